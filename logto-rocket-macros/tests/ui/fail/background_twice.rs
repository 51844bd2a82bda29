#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(background, role = "admin", background)]
#[get("/alerts")]
fn alerts() {}

fn main() {
    let _ = routes![alerts];
}
