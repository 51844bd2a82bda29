#[macro_use]
extern crate rocket;

use logto_rocket::{Caller, authenticated};

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");
logto_rocket::resource!(pub Stock = "https://api.example.com/stock");

#[authenticated(session, bearer, resource = Orders, scope = "read:orders")]
#[get("/")]
fn account(token: Caller<Stock>) {
    drop(token);
}

fn main() {
    let _ = routes![account];
}
