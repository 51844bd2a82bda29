#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(role = "admin")]
#[cfg_attr(all(), authenticated(role = "auditor"))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
