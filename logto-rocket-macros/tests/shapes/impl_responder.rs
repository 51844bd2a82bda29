use logto_rocket::authenticated;
use rocket::response::Responder;

#[authenticated]
#[get("/<name>")]
fn greeting<'r>(name: &'r str) -> impl Responder<'r, 'static> {
    (rocket::http::Status::Accepted, name.to_owned())
}

#[test]
fn compiles() {
    assert_eq!(routes![greeting].len(), 1);
}
