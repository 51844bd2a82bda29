#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

fn user(_: &logto_rocket::LogtoUser) -> bool {
    true
}

#[authenticated(check = user)]
#[get("/")]
fn account() {}

fn main() {
    assert_eq!(routes![account].len(), 1);
}
