#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(not(resource = "https://api.example.com", scope = "read:orders"))]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
