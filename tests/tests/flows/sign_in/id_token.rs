//! The ID token of a sign-in: one that is not valid signs no user in.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Signing, Tamper};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::From;
use logto_rocket_tests::fault;
use logto_rocket_tests::uri::path_of;
use rocket::http::Status;
use rocket::serde::json::{Value, json};

/// Signs alice in under a tampering, by the route with this query.
async fn tampered(app: &App, tampers: &[Tamper], query: &str) -> Status {
    let mut browser = app.browser();
    let start = browser.open(&format!("/auth/sign-in{query}")).await;
    let callback = path_of(&app.idp.authorize(start.location(), "alice").await.unwrap());
    let revoked = app.idp.requests().revocation();
    for tamper in tampers {
        app.idp.tamper(tamper.clone());
    }
    let answer = browser.navigate(&callback, From::OtherSite).await;
    app.idp.heal();
    let signed_in = browser.open("/account").await.status == Status::Ok;
    assert_eq!(signed_in, answer.status == Status::SeeOther, "{tampers:?}: {answer:?}");
    let sessions = browser.cookies.keys().filter(|name| !name.contains("-flow-")).count();
    assert_eq!(sessions, usize::from(signed_in), "{tampers:?}");
    // A refused sign-in leaves no usable tokens behind.
    let refused = usize::from(!signed_in);
    assert_eq!(app.idp.requests().revocation(), revoked + refused, "{tampers:?}");
    answer.status
}

async fn are_refused(app: &App, all: impl IntoIterator<Item = Tamper>) {
    for tamper in all {
        let status = tampered(app, std::slice::from_ref(&tamper), "").await;
        assert_eq!(status, Status::BadGateway, "{tamper:?}");
    }
}

fn claims(name: &str, values: impl IntoIterator<Item = Value>) -> Vec<Tamper> {
    let all = values.into_iter().map(|value| Tamper::claim(name, value));
    all.chain([Tamper::remove_claim(name)]).collect()
}

#[rocket::async_test]
async fn a_valid_token_signs_in_whatever_harmless_it_has_besides() {
    let app = App::start().await;
    let id = app.idp.app_id();
    let now = app.clock.now();
    for harmless in [
        vec![],
        vec![Tamper::claim("aud", json!([id]))],
        vec![Tamper::claim("azp", id)],
        vec![Tamper::claim("aud", json!([id, "another"])), Tamper::claim("azp", id)],
        vec![Tamper::claim("nbf", now)],
        vec![Tamper::claim("iat", now + 30)],
        vec![Tamper::claim("exp", now - 30)],
        vec![Tamper::header("typ", "JWT")],
        vec![Tamper::claim("department", "ops")],
    ] {
        assert_eq!(tampered(&app, &harmless, "").await, Status::SeeOther, "{harmless:?}");
    }
    assert_eq!(tampered(&app, &[], "?max_age=0").await, Status::SeeOther);
    for signing in [Signing::Rs256, Signing::Es384] {
        app.idp.rotate_keys(signing).unwrap();
        assert_eq!(tampered(&app, &[], "").await, Status::SeeOther, "{signing:?}");
        // A new key is fetched at once, but not twice in a row.
        app.clock.advance(Duration::from_secs(120));
    }
}

/// Guards against this mistake: a part of the issuer was enough.
#[rocket::async_test]
async fn the_issuer_is_this_one_to_the_byte() {
    let app = App::start().await;
    let issuer = app.idp.issuer();
    let wrong = [
        json!(format!("{issuer}/")),
        json!(format!("{issuer}.evil.example")),
        json!(issuer[..issuer.len() - 1]),
        json!(issuer.to_uppercase()),
        json!([issuer]),
        json!("https://evil.example/oidc"),
        json!(""),
        Value::Null,
    ];
    are_refused(&app, claims("iss", wrong)).await;
}

#[rocket::async_test]
async fn the_token_is_for_this_application() {
    let app = App::start().await;
    let id = app.idp.app_id();
    let wrong = [json!("another"), json!(["another"]), json!([]), json!(""), json!({ "aud": id })];
    are_refused(&app, claims("aud", wrong)).await;
    are_refused(&app, [Tamper::claim("aud", json!([id, "another"]))]).await;
    are_refused(&app, [Tamper::claim("azp", "another"), Tamper::claim("azp", 1)]).await;
}

#[rocket::async_test]
async fn the_token_is_of_this_sign_in_and_has_a_subject() {
    let app = App::start().await;
    let wrong = [json!("another"), json!(""), json!(1), Value::Null, json!(["x"])];
    are_refused(&app, claims("nonce", wrong)).await;
    let wrong =
        [json!(""), json!(1), Value::Null, json!(["x"]), json!("é"), json!("a".repeat(256))];
    are_refused(&app, claims("sub", wrong)).await;
    are_refused(&app, [Tamper::claim("at_hash", "AAAA"), Tamper::claim("at_hash", 1)]).await;
}

/// Guards against this mistake: a time of the wrong type counted as none, and none as for ever.
#[rocket::async_test]
async fn every_time_is_a_number_that_fits() {
    let app = App::start().await;
    let now = app.clock.now();
    let odd = || {
        let number = |text: &str| rocket::serde::json::from_str::<Value>(text).expect("a number");
        vec![
            json!(now.to_string()),
            json!([now]),
            json!({}),
            json!(true),
            json!("NaN"),
            json!(-1),
            number("1e300"),
            number("-1e300"),
        ]
    };
    let with = |mut odd: Vec<Value>, more: Value| {
        odd.push(more);
        odd
    };
    are_refused(&app, claims("exp", with(odd(), json!(now - 120)))).await;
    are_refused(&app, [Tamper::claim("exp", Value::Null), Tamper::claim("iat", Value::Null)]).await;
    are_refused(&app, claims("iat", with(odd(), json!(now + 120)))).await;
    let nbf = with(odd(), json!(now + 120)).into_iter().filter(|value| *value != json!(-1));
    are_refused(&app, nbf.map(|value| Tamper::claim("nbf", value))).await;
}

/// Guards against these mistakes: a number with a fraction was no number, and rounding made a token
/// valid for longer ([RFC 7519, section 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
#[rocket::async_test]
async fn a_time_with_a_fraction_counts_to_the_stricter_second() {
    let app = App::start().await;
    let now = app.clock.now();
    let half_past = |second: u64| -> Value {
        rocket::serde::json::from_str(&format!("{second}.5")).expect("a number")
    };
    // The clocks may differ by 60 seconds.
    for good in [
        Tamper::claim("exp", half_past(now + 600)),
        Tamper::claim("exp", json!(4_000_000_000.0)),
        Tamper::claim("exp", half_past(now - 59)),
        Tamper::claim("iat", half_past(now + 59)),
        Tamper::claim("nbf", half_past(now + 59)),
        Tamper::claim("auth_time", half_past(now - 1)),
        Tamper::claim("updated_at", json!(1.7e12)),
    ] {
        assert_eq!(
            tampered(&app, std::slice::from_ref(&good), "").await,
            Status::SeeOther,
            "{good:?}"
        );
    }
    are_refused(
        &app,
        [
            Tamper::claim("exp", half_past(now - 60)),
            Tamper::claim("iat", half_past(now + 60)),
            Tamper::claim("nbf", half_past(now + 60)),
        ],
    )
    .await;
    let auth_time = |second| [Tamper::claim("auth_time", half_past(second))];
    assert_eq!(tampered(&app, &auth_time(now - 360), "?max_age=300").await, Status::SeeOther);
    assert_eq!(tampered(&app, &auth_time(now - 361), "?max_age=300").await, Status::Forbidden);
}

/// Guards against this mistake: `none` in some spelling, unknown critical headers, a public key or the application's secret
/// as the key of an HMAC.
#[rocket::async_test]
async fn the_signature_is_one_of_logtos_keys() {
    let app = App::start().await;
    are_refused(&app, [Tamper::WrongKey, Tamper::Unsigned, Tamper::Hs256, Tamper::NoIdToken]).await;
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256", "HS384", "RS256", "ES256", "EdDSA"] {
        are_refused(&app, [Tamper::header("alg", alg)]).await;
    }
    are_refused(&app, [Tamper::header("alg", Value::Null), Tamper::header("alg", 1)]).await;
    are_refused(&app, [Tamper::header("crit", json!(["x"])), Tamper::header("crit", json!([]))])
        .await;
    are_refused(&app, [Tamper::header("typ", "at+jwt"), Tamper::header("typ", "logout+jwt")]).await;
    are_refused(&app, [Tamper::header("kid", "unknown")]).await;
}

/// Guards against this mistake: a plain token in the wrapping of an encrypted one, and texts that
/// blow up.
#[rocket::async_test]
async fn anything_but_a_signed_token_is_refused() {
    let app = App::start().await;
    // {"alg":"RSA-OAEP","enc":"A256GCM","zip":"DEF"}
    let jwe = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00iLCJ6aXAiOiJERUYifQ";
    let plain = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.";
    for text in [
        String::new(),
        "x".into(),
        "..".into(),
        plain.into(),
        format!("{plain}{plain}"),
        format!("{jwe}.AAAA.AAAA.{plain}AAAA"),
        format!("{jwe}.AAAA.AAAA.AAAA.AAAA"),
        ".".repeat(1_000_000),
        "A".repeat(1_000_000),
        "A".repeat(10_000_000),
    ] {
        let body = json!({
            "access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": text,
        });
        app.idp.fault(Endpoint::Token, fault::json(200, body.to_string()));
        let mut browser = app.browser();
        let answer = app.sign_in(&mut browser, "alice", "/").await;
        assert_eq!(answer.status, Status::BadGateway, "{text:.80}");
        assert!(browser.cookies.keys().all(|name| name.contains("-flow-")));
    }
    assert_eq!(app.sign_in(&mut app.browser(), "alice", "/").await.location(), "/");
}

/// Guards against this mistake: the age that one sign-in asked for was forgotten at its end.
#[rocket::async_test]
async fn auth_time_of_a_fresh_sign_in_is_checked() {
    let app = App::start().await;
    let now = app.clock.now();
    for (query, wrong) in [
        ("?max_age=0", Tamper::claim("auth_time", now - 120)),
        ("?max_age=300", Tamper::claim("auth_time", now - 600)),
        ("?max_age=300", Tamper::remove_claim("auth_time")),
        ("?max_age=300", Tamper::claim("auth_time", now.to_string())),
        ("?max_age=300", Tamper::claim("auth_time", Value::Null)),
    ] {
        let status = tampered(&app, std::slice::from_ref(&wrong), query).await;
        assert_eq!(status, Status::Forbidden, "{query} {wrong:?}");
    }
    let good = [Tamper::claim("auth_time", now - 200)];
    assert_eq!(tampered(&app, &good, "?max_age=300").await, Status::SeeOther);
}

/// Guards against this mistake: each token with an unknown key made a request for keys.
#[rocket::async_test]
async fn unknown_keys_are_searched_a_few_times() {
    let app = App::start().await;
    assert_eq!(tampered(&app, &[], "").await, Status::SeeOther);
    let before = app.idp.requests().keys();
    for number in 0..30 {
        are_refused(&app, [Tamper::header("kid", format!("unknown-{number}"))]).await;
    }
    assert!(app.idp.requests().keys() <= before + 5, "{}", app.idp.requests().keys());
    assert_eq!(tampered(&app, &[], "").await, Status::SeeOther, "the known one is still good");
}

/// Guards against this mistake: users were told apart by names that they choose.
#[rocket::async_test]
async fn user_info_about_another_user_is_discarded() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    for body in [
        json!({ "sub": "somebody_else", "email": "alice@example.test", "name": "Alice Liddell" }),
        json!({ "email": "alice@example.test" }),
        json!([]),
    ] {
        app.idp.fault(Endpoint::Userinfo, fault::json(200, body.to_string()));
        let answer = alice.open("/profile").await;
        assert_eq!(answer.status, Status::ServiceUnavailable, "{answer:?}");
        assert!(!answer.body.contains("Liddell"), "{}", answer.body);
    }
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
}
