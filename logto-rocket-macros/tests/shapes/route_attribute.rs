use logto_rocket::authenticated;

#[authenticated]
#[route(GET, uri = "/account")]
fn account() {}

#[test]
fn compiles() {
    assert_eq!(routes![account].len(), 1);
}
