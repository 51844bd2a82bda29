use logto_rocket::{Bearer, Caller, LogtoUser, Organizations, Refusal, authenticated, resource};

resource!(pub Orders = "https://api.example.com/orders");

async fn is_open(caller: &Caller<Orders>) -> bool {
    let _ = caller;
    std::future::ready(true).await
}

fn is_member(_: &Caller<Organizations>) -> bool {
    true
}

#[authenticated(session, bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(caller: Caller<Orders>, user: Option<LogtoUser>) -> String {
    let _ = caller;
    user.map(|user| user.id().to_owned()).unwrap_or_default()
}

#[authenticated(
    resource = Orders,
    any(role = "admin", roles("a", "b"), machine, scope = "read:orders"),
    bearer,
    check = is_open,
    session,
)]
#[get("/desk")]
fn desk() {}

#[authenticated(background, session, bearer, resource = Orders)]
#[get("/orders/count")]
fn polled(_caller: Caller<Orders>) {}

#[authenticated(session, bearer, organization = "<org>", any(organization_role = "owner", scope = "s"), check = is_member)]
#[get("/orgs/<org>")]
fn organization(org: &str) -> String {
    org.into()
}

#[authenticated(session, bearer, resource = Orders, scope = "read:orders")]
#[get("/programs")]
fn for_programs(token: Option<Bearer<Orders>>, caller: Result<Caller<Orders>, Refusal>) {
    drop((token, caller));
}

#[test]
fn compiles() {
    assert_eq!(routes![orders, desk, polled, organization, for_programs].len(), 5);
}
