#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(max_age = "401d")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
