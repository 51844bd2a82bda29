#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated]
#[catch(404)]
fn not_found() {}

fn main() {
    let _ = catchers![not_found];
}
