#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(email = "alice@example.com")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
