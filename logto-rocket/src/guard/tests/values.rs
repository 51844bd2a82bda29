//! Requirements as values, which check a user or guard routes of other crates.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

use rocket::{get, routes};

use super::{App, Orders, said};
use crate::guard::{handler, requirements};
use crate::request::tests::config;
use crate::testing::User;
use crate::{LogtoUser, Refusal, Requirement, requires};

const STAFF: Requirement = requires!(role = "staff");

#[get("/plain")]
fn plain() -> &'static str {
    "plain"
}

#[get("/claims")]
fn claims(user: LogtoUser) -> String {
    STAFF.check_claims(&user).to_string()
}

#[get("/check")]
async fn check(user: LogtoUser) -> Result<&'static str, Refusal> {
    requires!(role = "staff", check = is_alice).check(&user).await?;
    Ok("checked")
}

fn is_alice(user: &LogtoUser) -> bool {
    user.id() == "alice"
}

#[rocket::async_test]
async fn a_value_checks_the_user_that_it_is_given() {
    let app = App::start(routes![claims, check]).await;
    let alice = app.session(User::new("alice").with_id("alice").role("staff")).await;
    let carol = app.session(User::new("carol").role("staff")).await;
    let bob = app.session(User::new("bob")).await;
    for (cookies, by_claims, checked) in [
        (&alice, "true", said("checked")),
        (&carol, "true", (403, None)),
        (&bob, "false", (403, None)),
    ] {
        assert_eq!(app.get("/claims", cookies).await, said(by_claims));
        assert_eq!(app.get("/check", cookies).await, checked);
    }
}

/// The launch does not know a requirement inside a handler, so no sign-in asks for what it needs.
#[rocket::async_test]
async fn nobody_is_sent_to_sign_in_again_for_what_no_sign_in_asks_for() {
    let app = App::with(config(), routes![check]).await;
    let alice = app.session(User::new("alice").with_id("alice").role("staff")).await;
    assert_eq!(app.get("/check", &alice).await, (403, None));
}

#[rocket::async_test]
async fn a_value_guards_the_routes_of_others() {
    let app = App::start(STAFF.guard(routes![plain])).await;
    let alice = app.session(User::new("alice").role("staff")).await;
    let bob = app.session(User::new("bob")).await;
    assert_eq!(app.get("/plain", &alice).await, said("plain"));
    assert_eq!(app.get("/plain", &bob).await, (403, None));
    assert_eq!(app.get("/plain", &[]).await, (401, None));
}

#[test]
fn a_guarded_route_says_what_guards_it() {
    let orders = requires!(bearer, resource = Orders, scope = "read:orders");
    let routes = orders.guard(STAFF.guard(routes![plain]));
    let [route] = &routes[..] else { panic!("{routes:?}") };
    assert_eq!(handler(route), Some("plain"));
    let named: Vec<_> = requirements(route).map(|requirement| requirement.0.to_owned()).collect();
    let resource = r#"bearer, resource = "https://api.example.com/orders", scope = "read:orders""#;
    assert_eq!(named, [r#"role = "staff""#, resource]);
    let plain = &routes![plain][0];
    assert_eq!((handler(plain), requirements(plain).count()), (Some("plain"), 0));
}
