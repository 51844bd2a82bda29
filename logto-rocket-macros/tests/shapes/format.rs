use logto_rocket::authenticated;

#[authenticated]
#[get("/", format = "json")]
fn account() -> &'static str {
    "{}"
}

#[test]
fn compiles() {
    assert!(routes![account][0].format.as_ref().unwrap().is_json());
}
