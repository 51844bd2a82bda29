//! What a subscriber of `tracing` sees: the spans that the manual lists, each with its fields.

use std::sync::Arc;
use std::time::Duration;

use logto_rocket::testing::{Builder, Endpoint, Fault};
use logto_rocket::{
    AccessToken, Bearer, Caller, ClaimsAs, LogtoUser, MemoryStore, Refusal, Resource,
    authenticated, requires, resource,
};
use logto_rocket_tests::app::App;
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::log::Log;
use logto_rocket_tests::spans::Span;
use rocket::http::{Header, Status};
use rocket::{get, routes};
use serde_json::{Value, json};
use tracing::Level;

resource!(Orders = "https://api.example.com/orders");

const HOUR: Duration = Duration::from_secs(60 * 60);

#[rocket::async_test]
async fn each_call_to_logto_is_a_span_with_its_status_or_error() {
    let log = Log::alone().await;
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let expected = |call: &str, status: &str| fields(&[("call", call), ("status", status)]);
    for call in ["discovery", "keys", "token"] {
        assert!(seen(&log, "logto.call").contains(&expected(call, "200")), "{:#?}", log.spans());
    }

    let before = log.spans().len();
    app.idp.fault(Endpoint::Userinfo, Fault::Status(503));
    assert_eq!(alice.open("/profile").await.status, Status::ServiceUnavailable);
    app.idp.fault(Endpoint::Userinfo, Fault::Reset);
    assert_eq!(alice.open("/profile").await.status, Status::ServiceUnavailable);
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    let error = ("error", "logto_unavailable");
    let expected = [
        fields(&[("call", "user_info"), ("status", "503"), error]),
        fields(&[("call", "user_info"), error]),
        expected("user_info", "200"),
    ];
    let calls = seen(&log, "logto.call").split_off(of(&log.spans()[..before], "logto.call").len());
    assert_eq!(calls, expected);
    assert_form(&log, "logto.call", &["call", "status", "error"]);
}

/// What Logto answers is no error of the call, as in the event.
#[rocket::async_test]
async fn a_refusal_of_logto_is_a_status_of_its_call() {
    let log = Log::alone().await;
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::Token, Fault::Status(400));
    app.clock.advance(HOUR);
    alice.open("/account").await;
    let refused = fields(&[("call", "token"), ("status", "400")]);
    assert!(seen(&log, "logto.call").contains(&refused), "{:#?}", log.spans());
}

#[rocket::async_test]
async fn each_decision_of_a_guard_is_a_span_with_its_requirement_and_outcome() {
    let log = Log::alone().await;
    let provider = |provider: Builder| provider.resource(Orders::URI, &["read:orders"]);
    let files = requires!(role = "staff").guard(routes![file]);
    let routes = routes![orders, claims, token, program, caller, checked];
    let app = App::builder().provider(provider).routes(routes).routes(files).start().await;
    let mut stranger = app.browser();
    let mut alice = app.signed_in("alice").await;
    let mut decided = log.spans().len();
    let mut last = async |path: &str, is_alice: bool| {
        if is_alice {
            alice.open(path).await
        } else {
            stranger.open(path).await
        };
        let spans = log.spans().split_off(decided);
        decided += spans.len();
        let decisions = of(&spans, "logto.decision");
        assert_eq!(decisions.len(), 1, "{path}: {decisions:#?}");
        decisions.into_iter().next().expect("one")
    };
    let decision = |requirement: &str, outcome: &str| {
        fields(&[("requirement", requirement), ("outcome", outcome)])
    };

    let admin = "role = \"admin\"";
    assert_eq!(last("/admin", false).await, decision(admin, "not_signed_in"));
    assert_eq!(last("/admin", true).await, decision(admin, "granted"));
    assert_eq!(last("/missing", true).await, decision("signed in", "granted"));
    assert_eq!(last("/file", true).await, decision("role = \"staff\"", "denied"));
    assert_eq!(last("/", true).await, decision("signed in", "granted"));
    assert_eq!(last("/", false).await, decision("signed in", "not_signed_in"));
    assert_eq!(last("/claims", true).await, decision("signed in", "claims_missing"));
    let token = format!("an access token for `{}`", Orders::URI);
    assert_eq!(last("/token", false).await, decision(&token, "not_signed_in"));
    assert_eq!(last("/token", true).await, decision(&token, "granted"));
    let bearer = format!("bearer, resource = \"{}\"", Orders::URI);
    assert_eq!(last("/program", false).await, decision(&bearer, "no_access_token"));
    let either = format!("session, {bearer}");
    assert_eq!(last("/caller", true).await, decision(&either, "granted"));
    let written = "bearer, resource = Orders, scope = \"read:orders\"";
    assert_eq!(last("/orders", false).await, decision(written, "no_access_token"));

    let header = Header::new("Authorization", "Bearer a.b.c");
    app.client.get("/caller").header(header).dispatch().await;
    let caller = seen(&log, "logto.decision").pop();
    assert_eq!(caller, Some(decision(&either, "invalid_access_token")));
    assert_form(&log, "logto.decision", &["requirement", "outcome"]);
}

#[rocket::async_test]
async fn a_decision_that_a_handler_asks_for_is_a_span() {
    let log = Log::alone().await;
    let app = App::builder().routes(routes![checked]).start().await;
    app.signed_in("alice").await.open("/checked").await;
    let decisions = seen(&log, "logto.decision").split_off(1);
    let expected = ["\"a\"", "\"b\""]
        .map(|role| fields(&[("requirement", &format!("role = {role}")), ("outcome", "denied")]));
    assert!(decisions.ends_with(&expected), "{decisions:#?}");
}

#[rocket::async_test]
async fn each_call_of_the_session_store_is_a_span_that_tells_of_its_failure() {
    let log = Log::alone().await;
    let store = GatedStore::before(Arc::new(MemoryStore::new(100)));
    let shared: Arc<GatedStore> = Arc::clone(&store);
    let app = App::builder().fairing(|fairing| fairing.store(shared)).start().await;
    let mut alice = app.signed_in("alice").await;
    for call in ["create", "load", "lease"] {
        assert!(seen(&log, "logto.store").contains(&fields(&[("call", call)])), "{call}");
    }
    store.set_away(true);
    assert_eq!(alice.open("/account").await.status, Status::ServiceUnavailable);
    let failed = fields(&[("call", "load"), ("error", "store_unavailable")]);
    assert_eq!(seen(&log, "logto.store").pop(), Some(failed), "{:#?}", log.spans());
    assert_form(&log, "logto.store", &["call", "error"]);
}

/// A set of fields, as JSON.
fn fields(fields: &[(&str, &str)]) -> Value {
    fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
}

/// The fields of all spans of this name so far.
fn seen(log: &Log, name: &str) -> Vec<Value> {
    of(&log.spans(), name)
}

fn of(spans: &[Span], name: &str) -> Vec<Value> {
    let named = spans.iter().filter(|span| span.name == name);
    named.map(|span| json!(span.fields)).collect()
}

/// Asserts that the spans of this name are what the manual says: for debugging, ours, with these fields.
fn assert_form(log: &Log, name: &str, fields: &[&str]) {
    let spans = log.spans();
    let mut spans = spans.iter().filter(|span| span.name == name).peekable();
    assert!(spans.peek().is_some(), "no {name}");
    for span in spans {
        assert_eq!((span.target.as_str(), span.level), ("logto_rocket", Level::DEBUG));
        assert_eq!(span.known, fields);
    }
}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders() {}

#[get("/file")]
fn file() {}

#[get("/claims")]
fn claims(_claims: ClaimsAs<(u8, u8)>) {}

#[get("/token")]
fn token(_token: AccessToken<Orders>) {}

#[get("/program")]
fn program(_caller: Result<Bearer<Orders>, Refusal>) {}

#[get("/caller")]
fn caller(_caller: Caller<Orders>) {}

#[get("/checked")]
async fn checked(user: LogtoUser) -> String {
    let decided = requires!(role = "a").check(&user).await;
    format!("{decided:?} {}", requires!(role = "b").check_claims(&user))
}
