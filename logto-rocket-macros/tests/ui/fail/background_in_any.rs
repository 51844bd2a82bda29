#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(any(background, role = "admin"))]
#[get("/alerts")]
fn alerts() {}

fn main() {
    let _ = routes![alerts];
}
