#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

fn r#match(_: &logto_rocket::LogtoUser) -> bool {
    true
}

#[authenticated(check = r#match)]
#[get("/")]
fn r#type() {}

fn main() {
    assert_eq!(routes![r#type].len(), 1);
}
