#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(any(organization_role = "owner", scope = "read:orders"), organization = "org_1", bearer)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
