#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated]
#[get("/<_>", rank = 7)]
fn anything() {}

fn main() {
    assert_eq!(routes![anything][0].rank, 7);
}
