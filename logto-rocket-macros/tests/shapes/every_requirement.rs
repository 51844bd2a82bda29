use logto_rocket::{LogtoUser, authenticated};
use rocket::Request;

mod hours {
    pub async fn business<T>(_: &logto_rocket::LogtoUser) -> bool {
        std::future::ready(true).await
    }
}

mod api {
    logto_rocket::resource!(pub Orders = "https://api.example.com/orders");
}

fn named(user: &LogtoUser) -> bool {
    !user.id().is_empty()
}

async fn tenant_of(request: &Request<'_>) -> Option<String> {
    std::future::ready(()).await;
    request.headers().get_one("X-Tenant").map(ToOwned::to_owned)
}

fn tenant_at_once(request: &Request<'_>) -> Option<String> {
    request.host().map(ToString::to_string)
}

#[authenticated(
    role = "reader",
    roles("admin", "auditor"),
    claim("department" = "ops"),
    claim("address.country" = "FI"),
    claim("https://acme.com/department" = "ops"),
    claim("level" = -3),
    claim("email_verified" = true),
    check = named,
    check = self::hours::business::<u8>,
    all(role = "writer", not(any(role = "trial", not(role = "paid")))),
    any(role = "owner", all(check = named, claim("beta" = false))),
    organization = "<org>",
    organization_role = "owner",
    scope = "read:invoices",
    max_age = "15m",
    all(organization = "org_1", resource = api::Orders, scopes("read:orders", "write:orders")),
    any(
        all(resource = "urn:orders", scope = "read:orders"),
        all(organization = tenant_of, organization_role = "member"),
        organization = self::tenant_at_once,
        not(all(resource = self::api::Orders, any(scope = "a", not(scope = "b")))),
    ),
)]
#[get("/<org>")]
fn account(org: &str) -> String {
    org.into()
}

#[test]
fn compiles() {
    assert_eq!(routes![account].len(), 1);
}
