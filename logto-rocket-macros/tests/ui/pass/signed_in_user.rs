#[macro_use]
extern crate rocket;

use logto_rocket::{Logto, LogtoUser, authenticated};

#[authenticated]
#[get("/")]
fn account(user: LogtoUser) -> String {
    user.id().to_owned()
}

fn main() {
    let _ = rocket::build().attach(Logto::fairing()).mount("/", routes![account]);
}
