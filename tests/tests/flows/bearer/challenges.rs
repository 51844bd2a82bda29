//! What a refused program is told: RFC 6750 and RFC 9470, and never a page or a redirect.

use logto_rocket::authenticated;
use rocket::http::Status;
use rocket::{get, routes};
use serde_json::Value;

use super::{Api, Orders};

/// What browsers send when a person opens an address.
const NAVIGATION: [(&str, &str); 4] = [
    ("Accept", "text/html,application/xhtml+xml"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Dest", "document"),
    ("Sec-Fetch-Site", "none"),
];

const METADATA: &str =
    "resource_metadata=\"https://api.example.com/.well-known/oauth-protected-resource/orders\"";

#[rocket::async_test]
async fn each_refusal_has_its_status_its_error_and_a_problem_document() {
    let api = Api::start().await;
    let bearer = |token: String| format!("Bearer {token}");
    let few = bearer(api.token().resource(Orders).text());
    for (path, authorization, status, challenge, code) in [
        ("/orders", None, 401, String::new(), "no_access_token"),
        (
            "/orders",
            Some("Bearer"),
            400,
            "error=\"invalid_request\", ".into(),
            "invalid_authorization",
        ),
        (
            "/orders",
            Some("Bearer a.b.c"),
            401,
            "error=\"invalid_token\", ".into(),
            "invalid_access_token",
        ),
        (
            "/all",
            Some(few.as_str()),
            403,
            "error=\"insufficient_scope\", scope=\"audit:orders read:orders\", ".into(),
            "insufficient_scope",
        ),
        (
            "/fresh",
            Some(few.as_str()),
            401,
            "error=\"insufficient_user_authentication\", max_age=\"300\", ".into(),
            "insufficient_user_authentication",
        ),
    ] {
        for others in [&[][..], &NAVIGATION[..]] {
            let mut headers = others.to_vec();
            headers.extend(authorization.map(|value| ("Authorization", value)));
            let answer = api.get(path, &headers).await;
            assert_eq!(answer.status.code, status, "{code}: {answer:?}");
            let expected = format!("Bearer {challenge}{METADATA}");
            assert_eq!(answer.header("WWW-Authenticate"), Some(expected.as_str()), "{code}");
            assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
            assert_eq!(answer.header("Cache-Control"), Some("no-store"));
            assert_eq!(answer.header("Vary"), Some("Authorization"));
            assert_eq!(answer.header("Location"), None);
            assert_eq!(answer.header("Set-Cookie"), None);
            let problem: Value = serde_json::from_str(&answer.body).expect("a problem document");
            assert_eq!(problem["type"], format!("urn:logto-rocket:{code}"));
            assert_eq!(problem["status"], status);
            assert_eq!(problem.get("sign_in"), None);
        }
    }
}

#[authenticated(bearer, resource = Orders, not(any(scope = "read:drafts", machine)))]
#[get("/without-drafts")]
fn without_drafts() {}

/// A client that asks for the scopes of the challenge and comes again must not go on for ever.
#[rocket::async_test]
async fn scopes_are_told_only_where_they_would_help() {
    let api = Api::with(|rocket| rocket.mount("/", routes![without_drafts])).await;
    let user = || api.token().resource(Orders).subject("alice");
    for (path, token, scope) in [
        ("/stock", user(), "scope=\"read:stock\", "),
        ("/stock", user().scopes(["read:stock"]), ""),
        ("/without-drafts", user().scopes(["read:drafts"]), ""),
        ("/any", user(), "scope=\"audit:orders read:orders\", "),
    ] {
        let answer = api.get_with(path, &token).await;
        assert_eq!(answer.status, Status::Forbidden, "{path}");
        let expected = format!("Bearer error=\"insufficient_scope\", {scope}{METADATA}");
        assert_eq!(answer.header("WWW-Authenticate"), Some(expected.as_str()), "{path}");
    }
}

#[rocket::async_test]
async fn an_answer_to_a_token_is_stored_by_no_cache() {
    let api = Api::start().await;
    let answer = api.get_with("/orders", &api.reader()).await;
    assert_eq!(answer.status, Status::Ok);
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert_eq!(answer.header("Vary"), Some("Authorization"));
    assert_eq!(answer.header("Set-Cookie"), None);
    assert_eq!(answer.header("WWW-Authenticate"), None);
}

#[rocket::async_test]
async fn another_organization_in_the_path_is_told_as_a_token_for_somebody_else() {
    let api = Api::start().await;
    let token = api.reader().organization("o2");
    let answer = api.get_with("/orgs/o1/orders", &token).await;
    assert_eq!(answer.status, Status::Unauthorized);
    let challenge = answer.header("WWW-Authenticate").expect("a challenge");
    assert!(challenge.starts_with("Bearer error=\"invalid_token\""), "{challenge}");
}
