#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(and(role = "admin", role = "staff"))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
