use logto_rocket::testing::{Builder, Idp};
use logto_rocket::{AccessToken, Bearer, LogtoFairing, LogtoUser, authenticated, resource};
use rocket::{Build, Rocket, get, post, routes};

resource!(Orders = "https://api.example.com/orders");

#[authenticated(role = "clerk")]
#[get("/orders")]
fn orders(user: LogtoUser) -> String {
    format!("the orders of {}", user.display_name())
}

#[authenticated]
#[post("/orders")]
fn order(user: LogtoUser) -> String {
    format!("ordered by {}", user.id())
}

#[authenticated(max_age = "15m")]
#[get("/refunds")]
fn refunds() -> &'static str {
    "Which order?"
}

#[authenticated(organization = "<org>")]
#[get("/teams/<org>")]
fn team(user: LogtoUser, org: &str) -> String {
    format!("{} in {org}", user.id())
}

#[get("/invoices")]
fn invoices(token: AccessToken<Orders>) -> String {
    format!("asked for with the scopes {:?}", token.scopes())
}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/api/orders")]
fn api(caller: Bearer<Orders>) -> String {
    format!("for {}", caller.subject())
}

/// The site. `main` gives it `Logto::fairing()`, and a test the same with a provider.
fn site(logto: LogtoFairing) -> Rocket<Build> {
    let logto = logto.on_sign_in(|_request, user| {
        let is_blocked = user.display_name() == "mallory";
        Box::pin(async move { if is_blocked { Err("mallory is blocked".into()) } else { Ok(()) } })
    });
    rocket::build().attach(logto).mount("/", routes![orders, order, refunds, team, invoices, api])
}

/// A provider that knows the API resource of the site, as Logto must.
fn provider() -> Builder {
    Idp::builder().resource("https://api.example.com/orders", &["read:orders"])
}
