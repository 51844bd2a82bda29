use logto_rocket::authenticated;

fn r#match(_: &logto_rocket::LogtoUser) -> bool {
    true
}

#[authenticated(check = r#match)]
#[get("/")]
fn r#type() {}

#[test]
fn compiles() {
    assert_eq!(routes![r#type].len(), 1);
}
