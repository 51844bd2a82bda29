#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated]
#[route(GET, uri = "/account")]
fn account() {}

fn main() {
    assert_eq!(routes![account].len(), 1);
}
