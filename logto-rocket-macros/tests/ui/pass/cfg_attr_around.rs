#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[cfg_attr(debug_assertions, authenticated(role = "admin"))]
#[cfg_attr(not(debug_assertions), authenticated(role = "support"))]
#[get("/")]
fn account() {}

fn main() {
    assert_eq!(routes![account].len(), 1);
}
