//! The requests for tokens, for user info, and to revoke.

use url::Url;

use super::super::{AuthorizationCode, RefreshToken, SignOutHints, Target, Tokens, Verifier};
use super::*;
use crate::error::Call;

const TOKEN: &str = "/oidc/token";

async fn exchange(client: &Oidc) -> Result<Tokens, Error> {
    let callback = Url::parse("http://localhost:8000/auth/sign-in-callback").unwrap();
    client
        .exchange(&AuthorizationCode::from("code-1"), &Verifier::from("v".repeat(43)), &callback)
        .await
        .map_err(|not_exchanged| not_exchanged.error)
}

fn answer() -> Value {
    json!({
        "access_token": "at-1", "expires_in": 3600, "id_token": "a.b.c", "refresh_token": "rt-1",
        "scope": "openid offline_access profile", "token_type": "Bearer",
    })
}

#[tokio::test]
async fn a_code_is_exchanged_with_verifier_and_client_secret() {
    let server = Server::start().await;
    server.answer(TOKEN, Reply::json(200, &answer()));
    let tokens = exchange(&client(&server)).await.unwrap();
    assert_eq!(tokens.access_token.reveal(), "at-1");
    assert_eq!(tokens.refresh_token.as_ref().unwrap().reveal(), "rt-1");
    assert_eq!(tokens.id_token.as_ref().unwrap().reveal(), "a.b.c");
    assert_eq!(tokens.expires_in, Some(Duration::from_secs(3600)));

    let received = server.received(TOKEN);
    let mut form = received[0].form();
    form.sort();
    let expected = [
        ("code", "code-1"),
        ("code_verifier", &"v".repeat(43)),
        ("grant_type", "authorization_code"),
        ("redirect_uri", "http://localhost:8000/auth/sign-in-callback"),
    ];
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    // `app_1:se%3Acret%2B%2F%C3%BC`, each part encoded as in a form.
    let basic = "authorization: basic YXBwXzE6c2UlM0FjcmV0JTJCJTJGJUMzJUJD";
    assert!(received[0].head.to_lowercase().contains(&basic.to_lowercase()));
    assert_eq!(received.len(), 1);
}

#[tokio::test]
async fn an_answer_may_lack_what_the_standard_lets_it_lack() {
    let server = Server::start().await;
    let client = client(&server);
    for kind in ["Bearer", "bearer", "BEARER"] {
        let least = json!({"access_token": "at-1", "token_type": kind});
        server.answer(TOKEN, Reply::json(200, &least));
        let tokens = exchange(&client).await.unwrap();
        assert!(tokens.expires_in.is_none());
        assert!(tokens.refresh_token.is_none() && tokens.id_token.is_none());
    }
    server.answer(TOKEN, Reply::json(200, &with(&answer(), "scope", json!(""))));
    assert!(exchange(&client).await.is_ok());
    server.answer(TOKEN, Reply::json(200, &with(&answer(), "expires_in", json!(u64::MAX))));
    assert!(exchange(&client).await.unwrap().expires_in < Some(Duration::from_secs(1 << 30)));
}

#[tokio::test]
async fn an_answer_that_is_none_is_told_by_its_place_not_by_its_text() {
    let server = Server::start().await;
    let client = client(&server);
    let secret = "hunter2";
    for body in [
        json!({"token_type": "Bearer", "refresh_token": secret}),
        json!({"access_token": [secret], "token_type": "Bearer"}),
        json!({"access_token": "", "token_type": "Bearer"}),
        json!({"access_token": secret}),
        json!({"access_token": secret, "token_type": secret}),
        json!({"access_token": secret, "token_type": "DPoP"}),
        json!({"access_token": secret, "token_type": "Bearer", "expires_in": secret}),
        json!({"access_token": secret, "token_type": "Bearer", "id_token": {"x": secret}}),
        json!(secret),
    ] {
        server.answer(TOKEN, Reply::json(200, &body));
        let error = exchange(&client).await.unwrap_err();
        assert!(matches!(&error, Error::BadAnswer { call: Call::Token, .. }), "{body}: {error}");
        assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_code_and_nothing_else() {
    let server = Server::start().await;
    let client = client(&server);
    let long = "x".repeat(65);
    for (status, error, code) in [
        (400, "invalid_grant", "invalid_grant"),
        (401, "invalid_client", "invalid_client"),
        (403, "access_denied", "access_denied"),
        (400, "<script>", "unrecognized"),
        (400, "a\nb", "unrecognized"),
        (400, &long, "unrecognized"),
        (400, "", "unrecognized"),
    ] {
        let body = json!({"error": error, "error_description": "hunter2", "message": "hunter2"});
        server.answer(TOKEN, Reply::json(status, &body));
        let error = exchange(&client).await.unwrap_err();
        assert_eq!(error, client.refused(Call::Token, code));
    }
}

/// A second exchange would destroy the tokens of the first.
#[tokio::test]
async fn a_code_is_never_sent_twice() {
    let server = Server::start().await;
    server.answer(TOKEN, Reply::json(503, &json!({})));
    assert!(matches!(exchange(&client(&server)).await, Err(Error::Unavailable { .. })));
    assert_eq!(server.received(TOKEN).len(), 1);
}

#[tokio::test]
async fn a_refresh_names_resource_and_organization() {
    let server = Server::start().await;
    server.answer(TOKEN, Reply::json(200, &answer()));
    let client = client(&server);
    let refresh_token = RefreshToken::from("rt-1");
    let both = Target { resource: Some("https://api.example"), organization: Some("org_1") };
    client.refresh(&refresh_token, both).await.outcome.unwrap();
    client.refresh(&refresh_token, Target::default()).await.outcome.unwrap();
    let received = server.received(TOKEN);
    let names = |n: usize| -> Vec<String> {
        let mut names: Vec<_> = received[n].form().into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    };
    assert_eq!(names(0), ["grant_type", "organization_id", "refresh_token", "resource"]);
    assert_eq!(names(1), ["grant_type", "refresh_token"]);
    assert!(received[0].form().contains(&("organization_id".into(), "org_1".into())));
}

#[tokio::test]
async fn a_revocation_proves_who_asks_and_takes_an_unknown_token_for_success() {
    let server = Server::start().await;
    let client = client(&server);
    let path = "/oidc/token/revocation";
    server.answer(path, Reply { body: String::new(), ..Reply::json(200, &json!({})) });
    assert_eq!(client.revoke(&RefreshToken::from("rt-1")).await, Ok(()));
    let received = &server.received(path)[0];
    assert!(received.form().contains(&("token".into(), "rt-1".into())));
    assert!(received.head.to_lowercase().contains("authorization: basic "));
    server.answer(path, Reply::json(400, &json!({"error": "unsupported_token_type"})));
    assert!(matches!(
        client.revoke(&RefreshToken::from("rt-1")).await,
        Err(Error::Refused { call: Call::Revocation, .. })
    ));
}

#[tokio::test]
async fn user_info_is_about_the_user_who_was_asked_for() {
    let server = Server::start().await;
    let client = client(&server);
    let ask = async || client.user_info(&AccessToken::from("at-1"), "user_1").await;
    server.answer("/oidc/me", Reply::json(200, &json!({"sub": "user_1", "name": null})));
    assert_eq!(ask().await.unwrap().sub, "user_1");
    let head = server.received("/oidc/me")[0].head.to_lowercase();
    assert!(head.contains("authorization: bearer at-1"));
    assert!(!head.contains("basic"));
    for other in [json!({"sub": "user_2"}), json!({}), json!([]), json!("a.b.c")] {
        server.answer("/oidc/me", Reply::json(200, &other));
        assert!(matches!(ask().await, Err(Error::BadAnswer { call: Call::UserInfo, .. })));
    }
    server.answer("/oidc/me", Reply::json(401, &json!({"error": "invalid_token"})));
    assert_eq!(ask().await.unwrap_err(), client.refused(Call::UserInfo, "invalid_token"));
}

#[tokio::test]
async fn sign_out_at_logto_names_the_application_and_the_way_back() {
    let server = Server::start().await;
    let back = Url::parse("http://localhost:8000/auth/sign-out-callback").unwrap();
    let url = client(&server).end_session(&back, None, &SignOutHints::default()).await.unwrap().url;
    let query: Vec<_> = url.query_pairs().into_owned().collect();
    let expected = [("client_id", APP), ("post_logout_redirect_uri", back.as_str())];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn sign_out_at_logto_with_an_id_token_has_a_state_of_its_own() {
    let server = Server::start().await;
    let (client, id_token) = (client(&server), RawIdToken::from("a.b.c"));
    let back = Url::parse("http://localhost:8000/auth/sign-out-callback").unwrap();
    let mut states = Vec::new();
    for _ in 0..2 {
        let at_logto =
            client.end_session(&back, Some(&id_token), &SignOutHints::default()).await.unwrap();
        let query: Vec<_> = at_logto.url.query_pairs().into_owned().collect();
        let state = at_logto.state.unwrap().reveal().to_owned();
        assert_eq!(
            query[2..],
            [("id_token_hint".to_owned(), "a.b.c".to_owned()), ("state".to_owned(), state.clone()),]
        );
        states.push(state);
    }
    assert_ne!(states[0], states[1]);
}

/// Rocket's handlers run on many threads.
#[test]
fn every_call_may_move_between_threads() {
    fn sendable<T: Send>(_: impl FnOnce(&'static Oidc) -> T) {}
    sendable(|oidc| async {
        let _ = (oidc.issuer().ready().await, exchange(oidc).await, verify(oidc, "").await);
        let _ = oidc.refresh(&RefreshToken::from(""), Target::default()).await;
        let url = Url::parse("http://localhost")?;
        let _ = oidc.authorize(&url, &super::super::SignInOptions::new(), &[], &[]).await;
        let _ = oidc.revoke(&RefreshToken::from("")).await;
        let _ = oidc.user_info(&AccessToken::from(""), "").await;
        let _ = oidc.end_session(&url, None, &SignOutHints::default()).await;
        Ok::<_, url::ParseError>(())
    });
}
