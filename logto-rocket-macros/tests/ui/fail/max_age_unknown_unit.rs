#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(max_age = "15 minutes")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
