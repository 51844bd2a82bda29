#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(max_age = "99999999999999999999d")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
