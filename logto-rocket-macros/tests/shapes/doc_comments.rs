use logto_rocket::authenticated;

/// The account of whoever is signed in.
#[authenticated]
/// Nobody else sees it.
#[get("/")]
#[must_use]
pub fn account() -> &'static str {
    "yours"
}

#[test]
fn compiles() {
    assert_eq!(routes![account].len(), 1);
}
