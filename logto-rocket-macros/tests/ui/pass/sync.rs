#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated]
#[get("/")]
fn account() -> &'static str {
    "yours"
}

fn main() {
    assert_eq!(routes![account].len(), 1);
}
