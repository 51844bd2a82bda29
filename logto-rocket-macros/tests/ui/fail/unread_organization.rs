#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(orgnization = "<org>", scope = "a", organization_role = "b")]
#[get("/<org>")]
fn account(org: &str) -> String {
    format!("{org:?}")
}

fn main() {
    let _ = routes![account];
}
