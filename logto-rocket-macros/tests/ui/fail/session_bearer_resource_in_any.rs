#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(session, bearer, resource = "urn:orders", any(role = "admin", all(resource = "urn:stock", scope = "read:stock")))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
