const READING: &[&str] = logto_rocket::scopes!["read:orders", ""];

fn main() {
    let _ = READING;
}
