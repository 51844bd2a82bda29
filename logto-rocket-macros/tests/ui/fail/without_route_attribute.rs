use logto_rocket::authenticated;

#[authenticated]
fn account() {}

fn main() {
    account();
}
