use logto_rocket::requires;

fn main() {
    let _ = requires!(organization = "<org>", any(role = "admin", organization = "<team>"));
}
