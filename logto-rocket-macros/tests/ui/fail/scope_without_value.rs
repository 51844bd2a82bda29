#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(organization = "org_1", scope)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
