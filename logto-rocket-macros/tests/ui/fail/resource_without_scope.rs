#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(resource = "https://api.example.com")]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
