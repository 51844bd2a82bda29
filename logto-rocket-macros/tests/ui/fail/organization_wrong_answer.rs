#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

fn tenant_of(_: &rocket::Request<'_>) -> bool {
    true
}

#[authenticated(organization = tenant_of)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
