#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(claim("level" = 7u8))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
