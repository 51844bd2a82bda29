#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

mod shop {
    #[logto_rocket::authenticated]
    #[get("/shop")]
    pub fn index() {}
}

mod office {
    use logto_rocket::authenticated;

    #[authenticated(role = "staff")]
    #[get("/office")]
    pub fn index() {}
}

#[authenticated]
#[get("/")]
fn index() {}

fn main() {
    assert_eq!(routes![index, shop::index, office::index].len(), 3);
}
