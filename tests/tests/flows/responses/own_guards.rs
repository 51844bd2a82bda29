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

/// Refuses without having asked who is signed in.
#[get("/closed")]
fn closed() -> Refusal {
    Refusal::Denied("the office to be open".into())
}

#[rocket::async_test]
async fn a_handler_that_has_not_asked_for_the_user_names_nobody() {
    let app = App::builder().routes(routes![closed]).start().await;
    let refused = app.signed_in("bob").await.open("/closed").await;
    assert_eq!(refused.status, Status::Forbidden);
    for words in ["<p>Your account has no access to this page.</p>", "Use another account"] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    for words in ["signed in as", "Sign out"] {
        assert!(!refused.body.contains(words), "{words}: {}", refused.body);
    }
}

/// A guard that refuses for lack of a scope, whose name comes from the path.
struct Scoped;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Scoped {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let name = request.param::<String>(1).and_then(Result::ok).unwrap_or_default();
        let scopes = format!("read:{name} list");
        Refusal::InsufficientScope { required: "a scope".into(), scopes }.refuse(request)
    }
}

#[get("/scoped/<_>")]
fn scoped(_scoped: Scoped) {}

/// The client chooses the name of the scope.
#[rocket::async_test]
async fn no_scope_of_an_own_refusal_ends_the_challenge() {
    let app = App::builder().routes(routes![scoped]).start().await;
    let challenge = async |path: String| {
        let refused = app.browser().open(&path).await;
        assert_eq!(refused.status, Status::Forbidden, "{path}: {refused:?}");
        let [challenge] = refused.all("WWW-Authenticate")[..] else { panic!("{refused:?}") };
        challenge.to_owned()
    };
    let of = |scopes| format!("Bearer error=\"insufficient_scope\", scope=\"{scopes}\"");
    assert_eq!(challenge("/scoped/a".into()).await, of("read:a list"));
    for odd in ["%22,%20error=%22x", "a%0d%0aSet-Cookie:x", "%5c", "%c3%a4", "a%20%22b"] {
        let found = challenge(format!("/scoped/{odd}")).await;
        assert!(!found.contains("error=\"x") && found.is_ascii(), "{odd}: {found}");
        assert!(found.ends_with("list\"") && !found.contains(['\r', '\n', '\\']), "{odd}: {found}");
        assert_eq!(found.matches('"').count(), 4, "{odd}: {found}");
    }
}
