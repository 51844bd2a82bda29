#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(organization = "<org>")]
#[get("/teams/<team>/<page>")]
fn account(team: &str, page: u8) -> String {
    format!("{team:?}{page:?}")
}

fn main() {
    let _ = routes![account];
}
