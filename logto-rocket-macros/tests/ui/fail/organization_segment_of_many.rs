#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(organization = "<org>")]
#[get("/<org..>")]
fn account(org: std::path::PathBuf) -> String {
    format!("{org:?}")
}

fn main() {
    let _ = routes![account];
}
