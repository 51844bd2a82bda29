#[macro_use]
extern crate rocket;

use logto_rocket::{Bearer, authenticated};

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");
logto_rocket::resource!(pub Stock = "https://api.example.com/stock");

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/")]
fn account(token: Bearer<Stock>) {
    drop(token);
}

fn main() {
    let _ = routes![account];
}
