#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(max_age = "15m", max_age = "1h")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
