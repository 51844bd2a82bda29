#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

fn business_hours(_: &logto_rocket::LogtoUser) -> bool {
    true
}

#[authenticated(bearer, resource = "urn:orders", check = business_hours)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
