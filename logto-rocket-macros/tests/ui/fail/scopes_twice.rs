#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(organization = "org_1", scopes("a"), scopes("b"))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
