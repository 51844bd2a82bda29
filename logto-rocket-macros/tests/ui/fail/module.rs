use logto_rocket::authenticated;

#[authenticated]
mod account {
    pub fn index() {}
}

fn main() {
    account::index();
}
