#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(scope = "a", any(organization_role = "b", resource = "urn:c"))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
