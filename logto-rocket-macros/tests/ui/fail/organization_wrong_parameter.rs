#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

async fn tenant_of(_: &str) -> Option<String> {
    None
}

#[authenticated(organization = tenant_of)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
