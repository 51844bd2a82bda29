//! What a logout token must be.

use std::time::Duration;

use logto_rocket::testing::Tamper;
use logto_rocket::{LogtoUser, SessionConfig};
use logto_rocket_tests::app::App;
use logto_rocket_tests::http;
use rocket::http::Status;
use rocket::{get, routes};
use serde_json::{Value, from_str, json};

use super::{EVENT, app, assert_refused, forged};

#[rocket::async_test]
async fn only_tokens_of_logto_end_sessions() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let now = app.clock.now();
    let claim = |name: &str, value: Value| vec![Tamper::claim(name, value)];
    let header = |name: &str, value: Value| vec![Tamper::header(name, value)];
    let without = |name: &str| vec![Tamper::remove_claim(name)];
    let issuer = app.idp.issuer();
    let attacks = [
        ("alg none", vec![Tamper::Unsigned]),
        ("HS256 with the app secret", vec![Tamper::Hs256]),
        ("a key that Logto does not publish", vec![Tamper::WrongKey]),
        ("another algorithm than the key's", header("alg", json!("ES256"))),
        ("RS256 with an EC key", header("alg", json!("RS256"))),
        ("an unknown key id", header("kid", json!("another"))),
        ("a demanded extension", header("crit", json!(["x"]))),
        ("no typ", header("typ", Value::Null)),
        ("the typ of older ID tokens", header("typ", json!("JWT"))),
        ("the typ of access tokens", header("typ", json!("at+jwt"))),
        ("another issuer", claim("iss", json!("https://elsewhere.test/oidc"))),
        ("a longer issuer", claim("iss", json!(format!("{issuer}/")))),
        ("a shorter issuer", claim("iss", json!(issuer[..issuer.len() - 1]))),
        ("no issuer", without("iss")),
        ("another audience", claim("aud", json!("another_app"))),
        ("an audience of several", claim("aud", json!([app.idp.app_id(), "another_app"]))),
        ("no audience", without("aud")),
        ("an old token", claim("iat", json!(now - 181))),
        ("a future token", claim("iat", json!(now + 90))),
        ("a time as text", claim("iat", json!(now.to_string()))),
        ("no time", without("iat")),
        ("an expired token", claim("exp", json!(now - 90))),
        ("no end", without("exp")),
        ("a negative end", claim("exp", json!(-1))),
        ("no events", without("events")),
        ("an empty set of events", claim("events", json!({}))),
        ("another event", claim("events", json!({ "https://elsewhere.test/event": {} }))),
        ("an event of no object", claim("events", json!({ EVENT: true }))),
        ("an event of null", claim("events", json!({ EVENT: null }))),
        ("events as a list", claim("events", json!([EVENT]))),
        ("a nonce", claim("nonce", json!("n"))),
        ("a nonce of null", claim("nonce", Value::Null)),
        ("neither sub nor sid", [without("sub"), without("sid")].concat()),
        ("a sub of null and no sid", [claim("sub", Value::Null), without("sid")].concat()),
        ("a sid of no text", claim("sid", json!(7))),
        ("an empty sid", claim("sid", json!(""))),
        ("no jti", without("jti")),
        ("a jti of no text", claim("jti", json!({}))),
    ];
    for (what, tampers) in attacks {
        assert_refused(&app.post_logout_token(&forged(&app, &tampers)).await, what);
        assert!(alice.is_signed_in().await, "{what}");
    }
    assert_eq!(
        app.post_logout_token(&forged(&app, &[])).await.status,
        Status::Ok,
        "a good one is believed"
    );
    assert!(!alice.is_signed_in().await);
}

/// Guards against these mistakes: a number with a fraction was no number, and rounding made a token
/// good for longer or spared a session.
#[rocket::async_test]
async fn a_time_with_a_fraction_counts_to_the_stricter_second() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let now = app.clock.now();
    let at = |name: &str, second: u64| -> Tamper {
        Tamper::claim(name, from_str::<Value>(&format!("{second}.5")).expect("a number"))
    };
    for (what, wrong) in [
        ("an old token", at("iat", now - 180)),
        ("a future token", at("iat", now + 60)),
        ("an expired token", at("exp", now - 60)),
    ] {
        assert_refused(&app.post_logout_token(&forged(&app, &[wrong])).await, what);
        assert!(alice.is_signed_in().await, "{what}");
    }
    for good in [at("iat", now - 179), at("iat", now + 59), at("exp", now - 59)] {
        let elsewhere = Tamper::claim("sid", "another");
        let token = forged(&app, &[good.clone(), elsewhere]);
        assert_eq!(app.post_logout_token(&token).await.status, Status::Ok, "{good:?}");
        assert!(alice.is_signed_in().await, "{good:?}");
    }
    // Signed in within the second in which the logout of all sessions was issued.
    let token = forged(&app, &[at("iat", now - 1), Tamper::remove_claim("sid")]);
    assert_eq!(app.post_logout_token(&token).await.status, Status::Ok);
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn a_signature_or_payload_that_was_changed_is_refused() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let token = app.idp.logout_token("alice").unwrap();
    let parts: Vec<_> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("a token of three parts") };
    let of_bob = app.idp.logout_token("bob").unwrap();
    let payload_of_bob = of_bob.split('.').nth(1).unwrap();
    for changed in [
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{header}.{payload}.{}", &signature[..signature.len() - 4]),
        format!("{header}.{payload}.{signature}.{signature}"),
        format!("{header}.{payload_of_bob}.{signature}"),
        format!("{header}.{payload}.{}", of_bob.split('.').nth(2).unwrap()),
        format!("{header}..{signature}"),
        ".".repeat(1_000),
        String::new(),
        "garbage".into(),
    ] {
        assert_refused(&app.post_logout_token(&changed).await, &changed);
    }
    assert!(alice.is_signed_in().await);
}

#[rocket::async_test]
async fn a_token_is_good_once() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let token = app.idp.logout_token("alice").unwrap();
    assert_eq!(app.post_logout_token(&token).await.status, Status::Ok);
    assert_refused(&app.post_logout_token(&token).await, "replayed");
    app.sign_in(&mut alice, "alice", "/").await;
    app.clock.advance(Duration::from_secs(170));
    assert_refused(&app.post_logout_token(&token).await, "replayed late");
    assert!(alice.is_signed_in().await);

    // A refused token is not remembered: a forged one does not use up the `jti` of another.
    app.clock.advance(Duration::from_secs(1));
    let name = Tamper::claim("jti", "the-name");
    assert_refused(
        &app.post_logout_token(&forged(&app, &[name.clone(), Tamper::WrongKey])).await,
        "forged",
    );
    assert_eq!(app.post_logout_token(&forged(&app, &[name])).await.status, Status::Ok);
}

#[rocket::async_test]
async fn other_tokens_of_logtos_are_no_logout_tokens() {
    #[get("/id-token")]
    fn id_token(user: &LogtoUser) -> Option<String> {
        user.id_token().map(ToOwned::to_owned)
    }
    const ORDERS: &str = "https://api.example.test/orders";
    let app = App::builder()
        .provider(|idp| {
            idp.session_required(true).machine("machine", "s", [(ORDERS, &["read:orders"][..])])
        })
        .config(|config| config.session(SessionConfig::new().keep_id_token(true)))
        .routes(routes![id_token])
        .start()
        .await;
    let mut alice = app.signed_in("alice").await;
    let id_token = alice.open("/id-token").await.body;
    let url = format!("{}/oidc/token", app.idp.endpoint());
    let request = http::client().post(url).basic_auth("machine", Some("s"));
    let fields =
        [("grant_type", "client_credentials"), ("resource", ORDERS), ("scope", "read:orders")];
    let response = http::form(request, &fields).send().await.unwrap();
    let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let access_token = answer["access_token"].as_str().unwrap();
    for (what, token) in [("ID token", &*id_token), ("access token", access_token)] {
        assert_eq!(token.split('.').count(), 3, "{what}: {token}");
        assert_refused(&app.post_logout_token(token).await, what);
    }
    assert!(alice.is_signed_in().await);
}
