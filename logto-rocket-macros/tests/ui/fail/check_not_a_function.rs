#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

const HOURS: bool = true;

#[authenticated(check = HOURS)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
