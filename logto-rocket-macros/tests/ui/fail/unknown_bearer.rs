#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(baerer, resource = "urn:orders", machine)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
