#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(bearer, resource = "urn:orders", not(roles("admin", "auditor")))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
