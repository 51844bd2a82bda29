//! APIs that programs call with access tokens.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

mod challenges;
mod credentials;
mod fuzzed;
mod launch;
mod left_to_others;
mod metadata;
mod outages;
mod requirements;
mod sessions_beside;

use logto_rocket::testing::{self, BearerToken};
use logto_rocket::{
    Bearer, Caller, Clock, Config, Logto, Organizations, ResourceServerFairing, authenticated,
    resource,
};
use logto_rocket_tests::app::figment;
use logto_rocket_tests::browser::{Answer, Browser};
use rocket::http::Method;
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, get, post, routes};

resource!(
    /// The API of the tests.
    pub Orders = "https://api.example.com/orders"
);

resource!(
    /// Another API, which is not that of the tests.
    pub Stock = "https://api.example.com/stock"
);

/// A Logto that nobody asks: the tests sign by a key that only the application trusts.
const ENDPOINT: &str = "https://id.example.com";

/// An API without sign-ins.
struct Api {
    client: Client,
    clock: Clock,
}

impl Api {
    async fn start() -> Self {
        Self::with(|rocket| rocket).await
    }

    /// The API, with a change.
    async fn with(change: impl FnOnce(Rocket<Build>) -> Rocket<Build>) -> Self {
        let clock = Clock::frozen();
        let rocket = change(rocket::custom(figment()).mount("/", api()));
        let fairing = fairing().clock(clock.clone());
        let client = Client::untracked(rocket.attach(fairing)).await.expect("a launch");
        Self { client, clock }
    }

    fn token(&self) -> BearerToken<'_> {
        testing::bearer(&self.client).expect("a debug build")
    }

    /// A token that the route `/orders` lets in.
    fn reader(&self) -> BearerToken<'_> {
        self.token().resource(Orders).scopes(["read:orders"]).subject("alice")
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.request(Method::Get, path, headers).await
    }

    async fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        Browser::new(&self.client).request(method, path, headers, "").await
    }

    /// The answer to a token.
    async fn get_with(&self, path: &str, token: &BearerToken<'_>) -> Answer {
        let authorization = format!("Bearer {}", token.text());
        self.get(path, &[("Authorization", &authorization)]).await
    }
}

fn fairing() -> ResourceServerFairing {
    Logto::resource_server().config(Config::new().endpoint(ENDPOINT))
}

fn api() -> Vec<rocket::Route> {
    routes![
        health,
        orders,
        new_order,
        all,
        any,
        stock,
        people,
        of_organization,
        invoices,
        me,
        fresh
    ]
}

#[get("/health")]
fn health() -> &'static str {
    "ok"
}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(caller: Bearer<Orders>) -> String {
    format!("{} {} {}", caller.subject(), caller.client_id(), caller.scopes().join(" "))
}

#[authenticated(bearer, resource = Orders, scope = "write:orders")]
#[post("/orders", data = "<body>")]
fn new_order(body: String) -> String {
    body
}

#[authenticated(bearer, resource = Orders, scopes("read:orders", "audit:orders"))]
#[get("/all")]
fn all() -> &'static str {
    "all"
}

#[authenticated(bearer, resource = Orders, any(scope = "read:orders", scope = "audit:orders"))]
#[get("/any")]
fn any() -> &'static str {
    "any"
}

#[authenticated(bearer, resource = Orders, scope = "read:stock", machine)]
#[get("/stock")]
fn stock(caller: Bearer<Orders>) -> String {
    assert!(caller.is_machine());
    "stock".into()
}

#[authenticated(bearer, resource = Orders, not(machine))]
#[get("/people")]
fn people(caller: Bearer<Orders>) -> String {
    assert!(!caller.is_machine());
    "people".into()
}

#[authenticated(bearer, resource = Orders, organization = "<org>", scope = "read:orders")]
#[get("/orgs/<org>/orders")]
fn of_organization(org: &str, caller: Bearer<Orders>) -> String {
    assert_eq!(caller.organization_id(), Some(org));
    format!("orders of {org}")
}

#[authenticated(bearer, organization = "<org>", scope = "read:invoices")]
#[get("/orgs/<org>/invoices")]
fn invoices(org: &str, caller: Bearer<Organizations>) -> String {
    assert_eq!(caller.organization_id(), Some(org));
    format!("invoices of {org}")
}

#[authenticated(bearer, resource = Orders)]
#[get("/me")]
fn me(caller: Bearer<Orders>) -> String {
    caller.subject().into()
}

#[authenticated(bearer, resource = Orders, max_age = "5m")]
#[get("/fresh")]
fn fresh() -> &'static str {
    "fresh"
}

#[authenticated(session, bearer, resource = Orders, scope = "read:orders")]
#[get("/either")]
fn either(caller: Caller<Orders>) -> String {
    match &caller {
        Caller::User { user, .. } => format!("user {}", user.id()),
        Caller::Program(program) => format!("program {}", program.client_id()),
    }
}
