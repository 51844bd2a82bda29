#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

async fn business_hours(_: &logto_rocket::LogtoUser) -> bool {
    let hours = std::rc::Rc::new(9);
    std::future::ready(()).await;
    *hours > 8
}

#[authenticated(check = business_hours)]
#[get("/")]
fn account() {}

fn main() {
    let _ = routes![account];
}
