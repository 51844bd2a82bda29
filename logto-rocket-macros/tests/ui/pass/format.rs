#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated]
#[get("/", format = "json")]
fn account() -> &'static str {
    "{}"
}

fn main() {
    assert!(routes![account][0].format.as_ref().unwrap().is_json());
}
