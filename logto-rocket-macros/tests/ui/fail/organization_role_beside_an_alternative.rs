#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(any(organization = "org_1", organization_role = "owner"))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
