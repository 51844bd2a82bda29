use logto_rocket::{LogtoUser, authenticated};
use rocket::http::CookieJar;

#[authenticated]
#[get("/<name>")]
fn greeting<'r>(name: &'r str, _user: LogtoUser, _jar: &'r CookieJar<'_>) -> &'r str {
    name
}

#[test]
fn compiles() {
    assert_eq!(routes![greeting].len(), 1);
}
