#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

fn business_hours() -> bool {
    true
}

#[authenticated(check = business_hours)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
