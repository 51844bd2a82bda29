use logto_rocket::authenticated;

#[cfg_attr(debug_assertions, authenticated(role = "admin"))]
#[cfg_attr(not(debug_assertions), authenticated(role = "support"))]
#[get("/")]
fn account() {}

#[test]
fn compiles() {
    assert_eq!(routes![account].len(), 1);
}
