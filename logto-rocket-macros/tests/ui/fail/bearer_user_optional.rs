#[macro_use]
extern crate rocket;

use logto_rocket::{LogtoUser, authenticated};

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/")]
fn account(user: Option<LogtoUser>) {
    drop(user);
}

fn main() {
    let _ = routes![account];
}
