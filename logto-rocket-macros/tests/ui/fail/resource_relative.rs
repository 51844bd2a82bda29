#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(resource = "/orders", scope = "a")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
