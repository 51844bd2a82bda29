use logto_rocket::authenticated;

mod shop {
    #[logto_rocket::authenticated]
    #[get("/shop")]
    pub fn index() {}
}

mod office {
    use logto_rocket::authenticated;

    #[authenticated(role = "staff")]
    #[get("/office")]
    pub fn index() {}
}

#[authenticated]
#[get("/")]
fn index() {}

#[test]
fn compiles() {
    assert_eq!(routes![index, shop::index, office::index].len(), 3);
}
