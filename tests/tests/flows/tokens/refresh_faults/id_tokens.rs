//! What the ID token of a refresh says of the sign-in, and refreshes that bring none
//! ([OpenID Connect Core, section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).

use std::sync::{Arc, Mutex};

use logto_rocket::testing::{Endpoint, Fault, Tamper};
use logto_rocket::{Config, Event, SessionConfig};
use logto_rocket_tests::app::App;
use logto_rocket_tests::fault;
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use serde_json::json;

use super::{LATER, PAUSE, SECOND, is_unavailable, orders, rotating};

/// An application in which claims are due whenever an access token is.
async fn soon_due() -> App {
    let session = SessionConfig::new().revalidate_after(LATER / 2);
    // `custom_data` is in user info only.
    let scopes = ["roles", "email", "custom_data"];
    let config = |config: Config| config.session(session).scopes(scopes);
    App::builder().config(config).routes(orders()).start().await
}

#[rocket::async_test]
async fn a_refresh_with_the_nonce_of_another_sign_in_is_refused_and_one_without_is_not() {
    let app = rotating().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(LATER);
    assert_eq!(alice.open("/profile").await.status, Status::Ok, "the same nonce");
    app.clock.advance(LATER);
    app.idp.tamper(Tamper::claim("nonce", "another"));
    is_unavailable(&alice.open("/profile").await, "30", "another nonce");
    app.idp.heal();
    app.clock.advance(PAUSE + SECOND);
    app.idp.tamper(Tamper::remove_claim("nonce"));
    assert_eq!(alice.open("/profile").await.status, Status::Ok, "none");
    // Another process knows the nonce by the cookie.
    app.idp.heal();
    app.clock.advance(LATER);
    let elsewhere = app.second_process(app.clock.clone()).await;
    let mut moved = alice.at(&elsewhere);
    app.idp.tamper(Tamper::claim("nonce", "another"));
    is_unavailable(&moved.open("/profile").await, "30", "in another process");
}

#[rocket::async_test]
async fn a_refresh_without_an_id_token_confirms_claims_only_if_user_info_agrees() {
    let app = soon_due().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/admin").await.status, Status::Ok);
    app.idp.tamper(Tamper::NoIdToken);
    app.clock.advance(LATER);
    app.idp.forget_requests();
    assert_eq!(alice.open("/admin").await.status, Status::Ok, "user info has the role");
    assert_eq!((app.refreshes(), app.idp.requests().userinfo()), (1, 1));
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    assert_eq!(app.refreshes(), 1, "it is confirmed");
    app.clock.advance(LATER);
    let others = [
        Fault::without_member("roles"),
        Fault::member("roles", Vec::<String>::new()),
        Fault::member("roles", vec!["admin", "banned"]),
        Fault::member("organizations", vec!["org_1"]),
        Fault::without_member("email"),
    ];
    for other in others {
        let row = format!("{other:?}");
        app.idp.heal();
        let mut alice = app.signed_in("alice").await;
        app.idp.tamper(Tamper::NoIdToken);
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Userinfo, other);
        let answer = alice.open("/admin").await;
        assert_eq!(answer.status, Status::SeeOther, "{row}: only a sign-in can prove it");
    }
}

#[rocket::async_test]
async fn a_refresh_without_an_id_token_gives_its_tokens_whatever_user_info_says() {
    for wrong in [
        Fault::member("sub", "somebody_else"),
        Fault::Status(404),
        fault::json(403, r#"{"error":"insufficient_scope"}"#),
    ] {
        let row = format!("{wrong:?}");
        let app = soon_due().await;
        let mut alice = app.signed_in("alice").await;
        app.idp.tamper(Tamper::NoIdToken);
        app.clock.advance(LATER);
        app.idp.fault(Endpoint::Userinfo, wrong).for_ever();
        is_unavailable(&alice.open("/refresh").await, "30", &row);
        assert_eq!(app.refreshes(), 1, "{row}");
        app.idp.heal();
        assert_eq!(alice.open("/profile").await.status, Status::Ok, "{row}: the token came");
        assert_eq!(app.refreshes(), 1, "{row}: the token came");
    }
}

#[rocket::async_test]
async fn a_refresh_that_tells_of_somebody_else_is_an_event_and_its_tokens_are_revoked() {
    let several = json!(["test_app", "another_app"]);
    for (name, wrong) in [
        ("sub", json!("somebody_else")),
        ("iss", json!("https://evil.example/oidc")),
        ("aud", several),
        ("azp", json!("another_app")),
    ] {
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&events);
        let fairing = |fairing: logto_rocket::LogtoFairing| {
            fairing.on_event(move |event| {
                if let Event::RefreshedAsAnother { claim, .. } = event {
                    heard.lock().unwrap().push((event.code(), *claim, event.to_string()));
                }
            })
        };
        let app = App::builder()
            .provider(|provider| provider.rotating(true))
            .fairing(fairing)
            .start()
            .await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(LATER);
        app.idp.tamper(Tamper::Claim(name.into(), wrong));
        assert_eq!(alice.open("/profile").await.status, Status::SeeOther, "{name}");
        let events = std::mem::take(&mut *events.lock().unwrap());
        let [(code, claim, text)] = &events[..] else { panic!("{name}: {events:?}") };
        assert_eq!((*code, *claim), ("refreshed_as_another", name));
        assert!(text.contains(&format!("claim `{name}`")), "{text}");
        let revoked = async || app.idp.requests().revocation() == 1;
        until("the new tokens are revoked", revoked).await;
    }
}
