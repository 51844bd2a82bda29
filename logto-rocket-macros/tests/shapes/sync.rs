use logto_rocket::authenticated;

#[authenticated]
#[get("/")]
fn account() -> &'static str {
    "yours"
}

#[test]
fn compiles() {
    assert_eq!(routes![account].len(), 1);
}
