#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

/// The account of whoever is signed in.
#[authenticated]
/// Nobody else sees it.
#[get("/")]
#[must_use]
pub fn account() -> &'static str {
    "yours"
}

fn main() {
    assert_eq!(routes![account].len(), 1);
}
