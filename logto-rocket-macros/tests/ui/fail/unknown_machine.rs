#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(bearer, resource = "urn:orders", machines)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
