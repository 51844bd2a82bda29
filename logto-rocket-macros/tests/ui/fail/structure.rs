use logto_rocket::authenticated;

#[authenticated]
struct Account;

fn main() {
    let _ = Account;
}
