#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated]
#[get("/")]
#[post("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
