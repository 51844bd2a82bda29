#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(background = true)]
#[get("/alerts")]
fn alerts() {}

fn main() {
    let _ = routes![alerts];
}
