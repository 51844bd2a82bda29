#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

struct Orders;

#[authenticated(bearer, resource = Orders)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
