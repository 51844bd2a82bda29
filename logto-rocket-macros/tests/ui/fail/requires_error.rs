use logto_rocket::requires;

fn main() {
    let _ = requires!(roel = "admin", roles());
}
