use logto_rocket::authenticated;

/// The account of the user who is signed in.
#[authenticated]
/// No other user sees it.
#[get("/")]
#[must_use]
pub fn account() -> &'static str {
    "yours"
}

#[test]
fn compiles() {
    assert_eq!(routes![account].len(), 1);
}
