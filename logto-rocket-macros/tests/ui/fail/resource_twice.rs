#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(resource = "urn:a", scope = "a", resource = "urn:b")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
