#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(roel = "admin", roles(), any(claim("score" = 1.5), not()), role = "")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
