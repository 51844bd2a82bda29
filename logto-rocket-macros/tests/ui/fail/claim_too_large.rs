#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(claim("level" = 9223372036854775808))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
