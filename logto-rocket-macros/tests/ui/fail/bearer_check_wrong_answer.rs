#[macro_use]
extern crate rocket;

use logto_rocket::{Bearer, authenticated};

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");

fn business_hours(_: &Bearer<Orders>) -> u8 {
    7
}

#[authenticated(bearer, resource = Orders, scope = "read:orders", check = business_hours)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
