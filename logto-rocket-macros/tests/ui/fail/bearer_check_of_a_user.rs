#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");

fn business_hours(_: &logto_rocket::LogtoUser) -> bool {
    true
}

#[authenticated(bearer, resource = Orders, scope = "read:orders", check = business_hours)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
