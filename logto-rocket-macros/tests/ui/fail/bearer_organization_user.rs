#[macro_use]
extern crate rocket;

use logto_rocket::{LogtoUser, authenticated};

#[authenticated(bearer, organization = "org_1")]
#[get("/")]
fn account(user: LogtoUser) {
    drop(user);
}

fn main() {
    let _ = routes![account];
}
