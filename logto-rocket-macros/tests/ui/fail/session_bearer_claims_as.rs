#[macro_use]
extern crate rocket;

use logto_rocket::{ClaimsAs, authenticated};

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");

#[derive(Clone, rocket::serde::Deserialize)]
#[serde(crate = "rocket::serde")]
struct Claims {}

#[authenticated(session, bearer, resource = Orders, scope = "read:orders")]
#[get("/")]
fn account(user: ClaimsAs<Claims>) {
    drop(user);
}

fn main() {
    let _ = routes![account];
}
