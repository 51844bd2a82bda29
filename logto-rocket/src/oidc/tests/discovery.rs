//! Where endpoints may lie, and when the discovery document is fetched.

use url::Url;

use super::super::SignOutHints;
use super::*;
use crate::error::Call;

const DOCUMENT: &str = "/oidc/.well-known/openid-configuration";

fn back() -> Url {
    Url::parse("http://localhost:8000/auth/sign-out-callback").unwrap()
}

async fn discovered(server: &Server, settings: IssuerSettings) -> Result<Url, Error> {
    let client = client_with(settings, Clock::system());
    let url = client
        .end_session(&back(), None, &SignOutHints::default())
        .await
        .map(|at_logto| at_logto.url);
    assert!(!server.received(DOCUMENT).is_empty());
    url
}

#[tokio::test]
async fn many_callers_share_one_discovery() {
    let server = Server::start().await;
    let client = client(&server);
    let (a, b, c) = tokio::join!(
        accepts_issuer(&client, None),
        accepts_issuer(&client, None),
        accepts_issuer(&client, None),
    );
    assert_eq!([a, b, c], [Ok(false), Ok(false), Ok(false)]);
    assert_eq!(server.received(DOCUMENT).len(), 1);
}

/// Security item 35, for the discovery document.
#[tokio::test]
async fn the_document_must_name_the_configured_issuer_to_the_byte() {
    let server = Server::start().await;
    let issuer = server.issuer();
    for other in [
        format!("{issuer}/"),
        issuer.replace("127.0.0.1", "localhost"),
        issuer.to_uppercase(),
        "https://evil.example/oidc".into(),
    ] {
        let document = with(&server.discovery(), "issuer", json!(other));
        server.answer(DOCUMENT, Reply::json(200, &document));
        match discovered(&server, settings(&server)).await {
            Err(Error::BadAnswer { call: Call::Discovery, why }) => {
                assert!(why.contains(&issuer) && why.contains(&other), "{why}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_endpoint_on_a_foreign_origin_is_refused() {
    for member in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "revocation_endpoint",
        "pushed_authorization_request_endpoint",
    ] {
        let server = Server::start().await;
        let userinfo = server.origin.replace("http://", "http://evil@");
        for foreign in
            ["https://evil.example/x", &server.origin.replace("http", "https"), &userinfo]
        {
            let document = with(&server.discovery(), member, json!(foreign));
            server.answer(DOCUMENT, Reply::json(200, &document));
            let error = discovered(&server, settings(&server)).await.unwrap_err();
            assert!(
                matches!(&error, Error::BadAnswer { call: Call::Discovery, why } if why.contains(member)),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn with_an_issuer_alone_endpoints_may_lie_on_any_https_origin() {
    let server = Server::start().await;
    let alone = || IssuerSettings { endpoint_given: false, ..settings(&server) };
    for (url, good) in [
        ("https://login.example/out", true),
        ("http://localhost:1/out", true),
        ("http://login.example/out", false),
        ("ftp://login.example/out", false),
        ("javascript:alert(1)", false),
    ] {
        let document = with(&server.discovery(), "end_session_endpoint", json!(url));
        server.answer(DOCUMENT, Reply::json(200, &document));
        assert_eq!(discovered(&server, alone()).await.is_ok(), good, "{url}");
    }
}

/// The server is reached at its internal origin only, the browser goes to the public one.
#[tokio::test]
async fn browsers_go_to_the_issuer_and_this_server_to_the_internal_origin() {
    let server = Server::start().await;
    let public = "https://login.example";
    let document = server.discovery().to_string();
    for named in [public, server.origin.as_str()] {
        let document = document.replace(&server.origin, named);
        let document: Value = serde_json::from_str(&document).unwrap();
        let document = with(&document, "issuer", json!(format!("{public}/oidc")));
        server.answer(DOCUMENT, Reply::json(200, &document));
        server.answer("/oidc/me", Reply::json(200, &json!({"sub": "user_1"})));
        let settings = IssuerSettings {
            issuer: format!("{public}/oidc"),
            internal: Some(Url::parse(&server.origin).unwrap()),
            ..settings(&server)
        };
        let client = client_with(settings, Clock::system());
        let url = client.end_session(&back(), None, &SignOutHints::default()).await.unwrap().url;
        assert!(url.as_str().starts_with("https://login.example/oidc/session/end?"), "{url}");
        client.user_info(&AccessToken::from("at-1"), "user_1").await.unwrap();
    }
    assert_eq!(server.received("/oidc/me").len(), 2);
}

#[tokio::test]
async fn a_document_that_is_none_is_a_bad_answer() {
    let server = Server::start().await;
    for reply in [
        Reply::json(404, &json!({})),
        Reply::json(200, &json!([])),
        Reply::json(200, &without(&server.discovery(), "jwks_uri")),
        Reply::json(200, &without(&server.discovery(), "token_endpoint")),
    ] {
        server.answer(DOCUMENT, reply);
        let error = discovered(&server, settings(&server)).await.unwrap_err();
        assert!(matches!(&error, Error::BadAnswer { call: Call::Discovery, .. }), "{error}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_named_fails_only_what_needs_it() {
    let server = Server::start().await;
    let document = without(&server.discovery(), "end_session_endpoint");
    server.answer(DOCUMENT, Reply::json(200, &document));
    let client = client(&server);
    assert!(client.end_session(&back(), None, &SignOutHints::default()).await.is_err());
    assert_eq!(accepts_issuer(&client, None).await, Ok(false));
}

/// RFC 9207.
#[tokio::test]
async fn the_iss_parameter_must_be_right_and_there_if_promised() {
    let server = Server::start().await;
    let promising = client(&server);
    assert_eq!(accepts_issuer(&promising, Some(&server.issuer())).await, Ok(true));
    assert_eq!(accepts_issuer(&promising, Some("https://evil.example/oidc")).await, Ok(false));
    assert_eq!(accepts_issuer(&promising, None).await, Ok(false));

    let member = "authorization_response_iss_parameter_supported";
    server.answer(DOCUMENT, Reply::json(200, &without(&server.discovery(), member)));
    let silent = client(&server);
    assert_eq!(accepts_issuer(&silent, None).await, Ok(true));
    assert_eq!(accepts_issuer(&silent, Some("https://evil.example/oidc")).await, Ok(false));
}
