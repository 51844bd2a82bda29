#[macro_use]
extern crate rocket;

use logto_rocket::{Bearer, authenticated};

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");

#[authenticated(role = "admin")]
#[get("/")]
fn account(token: Option<Bearer<Orders>>) {
    drop(token);
}

fn main() {
    let _ = routes![account];
}
