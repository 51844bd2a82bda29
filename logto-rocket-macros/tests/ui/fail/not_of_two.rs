#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(not(role = "trial", role = "guest"))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
