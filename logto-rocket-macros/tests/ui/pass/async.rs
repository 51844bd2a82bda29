#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(role = "admin")]
#[get("/")]
async fn account() -> &'static str {
    std::future::ready("yours").await
}

fn main() {
    assert_eq!(routes![account].len(), 1);
}
