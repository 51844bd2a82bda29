//! Guards of the application that refuse as those of the library do.

use std::time::Duration;

use logto_rocket::{LogtoUser, Refusal};
use logto_rocket_tests::app::App;
use rocket::http::Status;
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{get, routes};

/// What only Alice has.
struct Key;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Key {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let user = try_outcome!(request.guard::<&LogtoUser>().await);
        match user.display_name() {
            "Alice Liddell" => Outcome::Success(Self),
            _ => Refusal::Denied("the key".into()).refuse(request),
        }
    }
}

/// What nobody can have now.
struct Away;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Away {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let retry_after = Some(Duration::from_secs(7));
        Refusal::Unavailable { why: "no database".into(), retry_after }.refuse(request)
    }
}

#[get("/key")]
fn key(_key: Key) {}

#[get("/away")]
fn away(_away: Away) {}

#[rocket::async_test]
async fn the_page_says_who_is_refused_and_leads_on() {
    let app = App::builder().routes(routes![key]).start().await;
    let mut alice = app.browser();
    app.sign_in(&mut alice, "alice", "/").await;
    assert_eq!(alice.open("/key").await.status, Status::Ok);
    let mut bob = app.browser();
    assert_eq!(bob.open("/key").await.status, Status::SeeOther, "a stranger may sign in");
    app.sign_in(&mut bob, "bob", "/").await;
    let refused = bob.open("/key").await;
    assert_eq!(refused.status, Status::Forbidden);
    for words in [
        "You are signed in as bob. Your account has no access to this page.",
        "Use another account",
        "Sign out",
        "<code>denied</code>",
    ] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    assert_eq!(refused.header("Cache-Control"), Some("no-store"));
    let problem = bob.fetch("/key").await;
    assert_eq!(problem.status, Status::Forbidden);
    assert!(problem.body.contains("urn:logto-rocket:denied"), "{}", problem.body);
}

#[rocket::async_test]
async fn the_response_has_the_headers_of_the_refusal() {
    let app = App::builder().routes(routes![away]).start().await;
    let refused = app.browser().open("/away").await;
    assert_eq!(refused.status, Status::ServiceUnavailable);
    assert_eq!(refused.header("Retry-After"), Some("7"));
    assert!(refused.body.contains("Please try again in a moment"), "{}", refused.body);
}
