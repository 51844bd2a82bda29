#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

struct Orders;

impl logto_rocket::Resource for Orders {
    const URI: &'static str = "https://api.example.com/#orders";
}

#[authenticated(resource = Orders, scope = "a")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
