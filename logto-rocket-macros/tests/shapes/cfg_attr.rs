use logto_rocket::authenticated;

#[authenticated]
#[cfg_attr(all(), get("/yes"))]
fn yes() {}

#[authenticated]
#[cfg_attr(true, cfg_attr(not(debug_assertions), post("/either")))]
#[cfg_attr(debug_assertions, allow(unused), get("/either"))]
fn either() {}

#[test]
fn compiles() {
    assert_eq!(routes![yes, either].len(), 2);
}
