#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(role = "admin", organization_role = "owner")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
