//! The pages of the site.

use logto_rocket::{LogtoUser, authenticated};
use rocket::Route;

pub fn routes() -> Vec<Route> {
    routes![home, account, admin]
}

#[get("/")]
fn home() -> &'static str {
    "Everybody reads this. /account asks you to sign in, /admin wants a role."
}

#[authenticated]
#[get("/account")]
fn account(user: &LogtoUser) -> String {
    format!("Hello, {}", user.display_name())
}

#[authenticated(role = "admin")]
#[get("/admin")]
fn admin() -> &'static str {
    "Hello, admin"
}
