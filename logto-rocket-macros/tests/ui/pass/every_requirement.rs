#[macro_use]
extern crate rocket;

use logto_rocket::{LogtoUser, authenticated};

mod hours {
    pub async fn business<T>(_: &logto_rocket::LogtoUser) -> bool {
        std::future::ready(true).await
    }
}

fn named(user: &LogtoUser) -> bool {
    !user.id().is_empty()
}

#[authenticated(
    role = "reader",
    roles("admin", "auditor"),
    claim("department" = "ops"),
    claim("address.country" = "FI"),
    claim("level" = -3),
    claim("email_verified" = true),
    check = named,
    check = self::hours::business::<u8>,
    all(role = "writer", not(any(role = "trial", not(role = "paid")))),
    any(role = "owner", all(check = named, claim("beta" = false))),
)]
#[get("/")]
fn account() {}

fn main() {
    assert_eq!(routes![account].len(), 1);
}
