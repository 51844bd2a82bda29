use logto_rocket::authenticated;

#[authenticated]
#[rocket::get("/")]
fn account() {}

#[logto_rocket::authenticated]
#[::rocket::post("/")]
fn update() {}

#[test]
fn compiles() {
    assert_eq!(rocket::routes![account, update].len(), 2);
}
