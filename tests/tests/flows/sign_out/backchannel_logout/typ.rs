//! `backchannel_logout.typ`: whether a logout token must say that it is one.

use logto_rocket::testing::Tamper;
use logto_rocket::{LogtoUser, SessionConfig};
use logto_rocket_tests::app::App;
use rocket::http::Status;
use rocket::{get, routes};
use serde_json::{Value, json};

use super::{app_with, assert_refused, forged};

fn typ(typ: impl Into<Value>) -> Tamper {
    Tamper::header("typ", typ)
}

async fn optional() -> App {
    app_with(|config| config.backchannel_logout_typ("optional")).await
}

#[rocket::async_test]
async fn with_optional_a_token_without_typ_ends_its_session() {
    for config in ["required", "optional"] {
        let app = app_with(|it| it.backchannel_logout_typ(config)).await;
        let mut alice = app.signed_in("alice").await;
        let answer = app.post_logout_token(&forged(&app, &[typ(Value::Null)])).await;
        let is_accepted = config == "optional";
        assert_eq!(answer.status == Status::Ok, is_accepted, "{config}: {answer:?}");
        assert_eq!(alice.is_signed_in().await, !is_accepted, "{config}");
    }
}

#[rocket::async_test]
async fn with_optional_another_typ_is_refused_all_the_same() {
    let app = optional().await;
    let mut alice = app.signed_in("alice").await;
    for other in ["JWT", "at+jwt", "application/at+jwt", "jwt", "", "logout", "logout+jwt+x"] {
        assert_refused(&app.post_logout_token(&forged(&app, &[typ(other)])).await, other);
    }
    assert!(alice.is_signed_in().await);
    let genuine = app.idp.logout_token("alice").unwrap();
    assert_eq!(app.post_logout_token(&genuine).await.status, Status::Ok);
}

/// Without a `typ` the claims alone tell a logout token from an ID token.
#[rocket::async_test]
async fn with_optional_what_else_makes_a_logout_token_is_demanded_all_the_same() {
    let app = optional().await;
    let mut alice = app.signed_in("alice").await;
    for (what, wrong) in [
        ("no event", Tamper::remove_claim("events")),
        ("another event", Tamper::claim("events", json!({ "https://elsewhere.test": {} }))),
        ("a nonce", Tamper::claim("nonce", "n-1")),
        ("another issuer", Tamper::claim("iss", "https://elsewhere.test/oidc")),
        ("another audience", Tamper::claim("aud", "another_app")),
        ("an unknown key", Tamper::WrongKey),
        ("alg none", Tamper::Unsigned),
        ("HS256", Tamper::Hs256),
        ("no jti", Tamper::remove_claim("jti")),
    ] {
        let token = forged(&app, &[typ(Value::Null), wrong]);
        assert_refused(&app.post_logout_token(&token).await, what);
    }
    assert!(alice.is_signed_in().await);
}

#[rocket::async_test]
async fn with_optional_an_id_token_is_no_logout_token() {
    #[get("/id-token")]
    fn id_token(user: &LogtoUser) -> Option<String> {
        user.id_token().map(ToOwned::to_owned)
    }
    let session = SessionConfig::new().keep_id_token(true);
    let app = App::builder()
        .config(|config| config.session(session).backchannel_logout_typ("optional"))
        .routes(routes![id_token])
        .start()
        .await;
    let mut alice = app.signed_in("alice").await;
    let id_token = alice.open("/id-token").await.body;
    assert_refused(&app.post_logout_token(&id_token).await, "an ID token");
    assert!(alice.is_signed_in().await);
}
