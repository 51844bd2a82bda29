#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(organization = "")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
