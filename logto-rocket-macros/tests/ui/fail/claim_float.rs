#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(claim("score" = 1.5))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
