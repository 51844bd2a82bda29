//! `#[authenticated]`: its decisions, and what is reported about them.

use std::time::Duration;

use rocket::{get, routes};

use super::{App, Orders, said};
use crate::request::RequestState;
use crate::testing::User;
use crate::{AccessToken, LogtoUser, authenticated};

#[authenticated]
#[get("/home")]
fn home() -> &'static str {
    "home"
}

#[authenticated(background)]
#[get("/poll")]
fn poll() -> &'static str {
    "poll"
}

#[authenticated(role = "admin")]
#[get("/admin")]
pub(super) fn admin() -> &'static str {
    "admin"
}

#[authenticated(any(role = "admin", claim("plan" = "pro")))]
#[get("/pro")]
fn pro() -> &'static str {
    "pro"
}

#[authenticated(max_age = "15m")]
#[get("/transfer")]
fn transfer() -> &'static str {
    "transfer"
}

#[authenticated(role = "admin", max_age = "15m")]
#[get("/both")]
fn both() -> &'static str {
    "both"
}

#[authenticated(check = is_alice)]
#[get("/alice")]
fn alice() -> &'static str {
    "alice"
}

fn is_alice(user: &LogtoUser) -> bool {
    user.id() == "alice"
}

#[authenticated(resource = Orders, scope = "read:orders")]
#[get("/orders")]
pub(super) fn orders(_token: AccessToken<Orders>) -> &'static str {
    "orders"
}

#[authenticated(organization = "<org>", organization_role = "owner")]
#[get("/orgs/<org>/invoices")]
fn invoices(org: &str) -> String {
    org.to_owned()
}

async fn app() -> App {
    App::start(routes![home, poll, admin, pro, transfer, both, alice, orders, invoices]).await
}

#[rocket::async_test]
async fn a_user_is_let_in_who_meets_the_requirement() {
    let app = app().await;
    let alice = User::new("alice").with_id("alice").role("admin").claim("plan", "free");
    let alice = alice.organization("o1", ["owner"]).organization("o2", ["member"]);
    let alice = app.session(alice.access_token(Orders, ["read:orders"])).await;
    let bob = User::new("bob").with_id("bob").claim("plan", "pro");
    let bob = app.session(bob.access_token(Orders, ["write:orders"])).await;
    for (path, of_alice, of_bob) in [
        ("/home", 200, 200),
        ("/poll", 200, 200),
        ("/admin", 200, 403),
        ("/pro", 200, 200),
        ("/transfer", 200, 200),
        ("/both", 200, 403),
        ("/alice", 200, 403),
        ("/orders", 200, 403),
        ("/orgs/o1/invoices", 200, 403),
        ("/orgs/o2/invoices", 403, 403),
        ("/orgs/o3/invoices", 403, 403),
        ("/orgs/%2e%2e/invoices", 404, 404),
    ] {
        assert_eq!(app.get(path, &alice).await.0, of_alice, "{path} alice");
        assert_eq!(app.get(path, &bob).await.0, of_bob, "{path} bob");
        assert_eq!(app.get(path, &[]).await, (401, None), "{path}: nobody");
    }
    assert_eq!(app.get("/orgs/o1/invoices", &alice).await, said("o1"));
}

#[rocket::async_test]
async fn who_is_denied_is_reported_with_the_requirement() {
    let app = app().await;
    let bob = app.session(User::new("bob").with_id("bob")).await;
    assert_eq!(app.get("/home", &bob).await, said("home"));
    assert_eq!(app.get("/home", &[]).await, (401, None));
    assert_eq!(app.denied(), [""; 0], "who is let in or not signed in is not denied anything");
    assert_eq!(app.get("/pro", &bob).await, (403, None));
    assert_eq!(app.denied(), [r#"bob: any(role = "admin", claim("plan" = "pro"))"#]);
    assert_eq!(app.get("/orders", &bob).await, (403, None));
    assert_eq!(app.denied(), [r#"bob: resource = Orders, scope = "read:orders""#]);
}

#[rocket::async_test]
async fn an_old_sign_in_is_renewed_only_if_that_would_help() {
    let app = app().await;
    let hour = Duration::from_secs(3600);
    let bob = app.session(User::new("bob").signed_in(hour)).await;
    assert_eq!(app.get("/transfer", &bob).await, (401, None));
    assert_eq!(app.get("/both", &bob).await, (403, None), "another sign-in gives no role");
    let alice = app.session(User::new("alice").role("admin").signed_in(hour)).await;
    assert_eq!(app.get("/both", &alice).await, (401, None));
    let recently = Duration::from_secs(14 * 60);
    let alice = app.session(User::new("alice").role("admin").signed_in(recently)).await;
    assert_eq!(app.get("/both", &alice).await, said("both"));
}

#[rocket::async_test]
async fn a_request_in_the_background_is_no_activity() {
    use rocket::http::Method::Get;
    use rocket::request::FromRequest;

    use crate::guard::Authenticated;
    use crate::session::Activity;

    let app = app().await;
    let cookies = app.session(User::new("alice")).await;
    for (is_background, activity) in [(false, Activity::Use), (true, Activity::None)] {
        let request = app.client.req(Get, "/").cookies(cookies.clone());
        let request = request.inner();
        let is_let_in = if is_background {
            Authenticated::<poll>::from_request(request).await.is_success()
        } else {
            Authenticated::<home>::from_request(request).await.is_success()
        };
        assert!(is_let_in);
        assert_eq!(RequestState::of(request).activity(), activity);
    }
}
