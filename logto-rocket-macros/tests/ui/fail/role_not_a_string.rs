#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(role = 7)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
