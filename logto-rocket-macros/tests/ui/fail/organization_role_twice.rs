#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(organization = "org_1", organization_role = "a", organization_role = "b")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
