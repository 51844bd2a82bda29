#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(bearer, any(all(resource = "urn:orders", scope = "read:orders"), claim("staff" = true)))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
