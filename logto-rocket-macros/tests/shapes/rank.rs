use logto_rocket::authenticated;

#[authenticated]
#[get("/<_>", rank = 7)]
fn anything() {}

#[test]
fn compiles() {
    assert_eq!(routes![anything][0].rank, 7);
}
