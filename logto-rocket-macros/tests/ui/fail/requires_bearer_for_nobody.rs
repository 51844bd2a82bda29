fn main() {
    let _ = logto_rocket::requires!(bearer, scope = "read:orders");
}
