mod shop {
    use logto_rocket::authenticated;

    #[authenticated]
    #[get("/<name>")]
    pub(crate) fn article(name: &str) -> String {
        name.to_owned()
    }
}

#[test]
fn compiles() {
    assert_eq!(routes![shop::article].len(), 1);
    assert_eq!(uri!(shop::article("tea")).to_string(), "/tea");
}
