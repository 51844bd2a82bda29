#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(session = true, bearer, resource = "urn:orders")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
