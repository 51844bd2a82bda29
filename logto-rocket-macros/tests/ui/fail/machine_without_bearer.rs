#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(role = "admin", not(machine))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
