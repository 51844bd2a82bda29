#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;
use rocket::form::Form;

#[derive(FromForm)]
struct Order<'r> {
    article: &'r str,
}

#[authenticated]
#[post("/", data = "<order>")]
fn order(order: Form<Order<'_>>) -> String {
    order.article.to_owned()
}

fn main() {
    assert_eq!(routes![order].len(), 1);
}
