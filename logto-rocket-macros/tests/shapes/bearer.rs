use logto_rocket::{Bearer, Organizations, authenticated, resource};
use rocket::Request;

resource!(pub Orders = "https://api.example.com/orders");

mod hours {
    use logto_rocket::Bearer;

    pub async fn business<R: logto_rocket::Resource>(token: &Bearer<R>) -> bool {
        std::future::ready(()).await;
        token.is_machine()
    }
}

fn has_subject(token: &Bearer<Orders>) -> bool {
    !token.subject().is_empty()
}

fn is_member(token: &Bearer<Organizations>) -> bool {
    token.organization_id().is_some()
}

async fn tenant_of(request: &Request<'_>) -> Option<String> {
    std::future::ready(()).await;
    request.headers().get_one("X-Tenant").map(ToOwned::to_owned)
}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(token: Bearer<Orders>) -> String {
    token.subject().to_owned()
}

#[authenticated(scopes("read:orders", "write:orders"), resource = self::Orders, bearer)]
#[post("/orders", data = "<order>")]
async fn order(token: Bearer<Orders>, order: String) -> String {
    order + token.subject()
}

#[authenticated(bearer, resource = "urn:orders")]
#[get("/any")]
fn any_token() {}

#[authenticated(bearer, resource = "https://api.example.com/orders")]
#[get("/by-uri")]
fn by_uri(token: Bearer<Orders>) -> String {
    token.subject().to_owned()
}

/// Another name of the same resource.
type TheSame = Orders;

#[authenticated(bearer, resource = Orders)]
#[get("/same")]
fn same(token: Option<Bearer<TheSame>>) -> String {
    token.map(|token| token.subject().to_owned()).unwrap_or_default()
}

#[authenticated(bearer, resource = Orders, machine)]
#[get("/machines")]
fn machines() {}

#[authenticated(bearer, organization = "<org>", scope = "read:invoices", not(machine))]
#[get("/orgs/<org>/invoices")]
fn invoices(org: &str, token: Bearer<Organizations>) -> String {
    format!("{org} {:?}", token.organization_id())
}

#[authenticated(bearer, resource = Orders, organization = "<org>", scope = "read:orders")]
#[get("/orgs/<org>/orders")]
fn orders_of(org: &str) -> String {
    org.into()
}

#[authenticated(bearer, organization = tenant_of, check = is_member)]
#[get("/board")]
fn board() {}

#[authenticated(
    bearer,
    resource = Orders,
    organization = "org_1",
    claim("department" = "ops"),
    max_age = "15m",
    check = has_subject,
    check = self::hours::business::<Orders>,
    all(scope = "a", any(machine, scopes("b", "c"), all(not(machine), check = hours::business))),
)]
#[delete("/orders")]
fn delete() {}

#[test]
fn compiles() {
    let routes = routes![
        orders, order, any_token, by_uri, same, machines, invoices, orders_of, board, delete
    ];
    assert_eq!(routes.len(), 10);
}
