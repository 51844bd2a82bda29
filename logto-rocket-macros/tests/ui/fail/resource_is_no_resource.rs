#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

struct Orders;

#[authenticated(resource = Orders, scope = "a")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
