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

#[test]
fn compiles() {
    assert_eq!(routes![order].len(), 1);
}
