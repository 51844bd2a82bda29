use logto_rocket::authenticated;

#[authenticated(role = "admin")]
#[get("/")]
async fn account() -> &'static str {
    std::future::ready("yours").await
}

#[test]
fn compiles() {
    assert_eq!(routes![account].len(), 1);
}
