#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[get("/")]
#[authenticated]
fn account() {}

fn main() {
    let _ = routes![account];
}
