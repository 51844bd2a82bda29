const READING: &[&str] = logto_rocket::scopes!["read:orders read:invoices"];

fn main() {
    let _ = READING;
}
