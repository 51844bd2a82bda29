#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(session, session, bearer, resource = "urn:orders", scope = "read:orders")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
