use logto_rocket::authenticated;

#[authenticated(role = 7)]
fn account() {}

fn main() {
    account();
}
