#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated(role = 7, scope = "a", roles("b", "b"), any(organization = "<team>", claim("c" = 1.5)))]
#[get("/<org>")]
fn account(org: &str) -> String {
    format!("{org:?}")
}

fn main() {
    let _ = routes![account];
}
