#[macro_use]
extern crate rocket;

use logto_rocket::{Caller, authenticated};

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");

#[authenticated(resource = Orders, scope = "read:orders")]
#[get("/")]
fn account(token: Caller<Orders>) {
    drop(token);
}

fn main() {
    let _ = routes![account];
}
