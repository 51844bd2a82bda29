#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(bearer, resource = "urn:orders", machine("client_1"))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
