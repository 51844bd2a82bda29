use logto_rocket::authenticated;

fn user(_: &logto_rocket::LogtoUser) -> bool {
    true
}

#[authenticated(check = user)]
#[get("/")]
fn account() {}

#[test]
fn compiles() {
    assert_eq!(routes![account].len(), 1);
}
