#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");

#[derive(Clone, rocket::serde::Deserialize)]
#[serde(crate = "rocket::serde")]
struct Claims {}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/")]
fn account(user: logto_rocket::ClaimsAs<Claims>) {
    drop(user);
}

fn main() {
    let _ = routes![account];
}
