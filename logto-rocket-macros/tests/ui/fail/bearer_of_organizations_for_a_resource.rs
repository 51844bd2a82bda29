#[macro_use]
extern crate rocket;

use logto_rocket::{Bearer, Organizations, authenticated};

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");

#[authenticated(bearer, resource = Orders, organization = "org_1")]
#[get("/")]
fn account(token: Bearer<Organizations>) {
    drop(token);
}

fn main() {
    let _ = routes![account];
}
