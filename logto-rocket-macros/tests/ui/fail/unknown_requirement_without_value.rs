#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(admin)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
