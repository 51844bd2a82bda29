#[macro_use]
extern crate rocket;

use logto_rocket::{LogtoUser, authenticated};

#[authenticated(bearer, resource = "urn:orders")]
#[get("/")]
fn account(user: LogtoUser) {
    drop(user);
}

fn main() {
    let _ = routes![account];
}
