#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

mod hours {
    pub async fn business(_: &logto_rocket::LogtoUser) -> u8 {
        7
    }
}

#[authenticated(check = hours::business)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
