use logto_rocket::authenticated;

#[authenticated(role = "admin")]
#[get("/orders/<id>?<page>")]
fn order(id: u32, page: Option<u8>) -> String {
    format!("{id} {page:?}")
}

#[test]
fn compiles() {
    assert_eq!(routes![order].len(), 1);
    assert_eq!(uri!(order(5, Some(2))).to_string(), "/orders/5?page=2");
    assert_eq!(uri!("/shop", order(id = 5, page = _)).to_string(), "/shop/orders/5");
}
