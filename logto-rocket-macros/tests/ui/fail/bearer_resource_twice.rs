#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(resource = "urn:orders", resource = "urn:stock", bearer)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
