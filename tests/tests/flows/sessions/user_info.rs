//! `session.user_info`: a session also holds what Logto puts into user info only.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{Config, Error, LogtoUser, SessionConfig, authenticated, resource};
use logto_rocket_tests::app::{App, config_for, launch};
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::fault;
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use rocket::{Route, get, routes};
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_secs(3600);
const HALF_A_MINUTE: Duration = Duration::from_secs(30);

resource!(Orders = "https://api.example.test/orders");

#[authenticated(claim("custom_data.plan" = "gold"))]
#[get("/gold")]
fn gold() {}

#[authenticated(not(claim("custom_data.plan" = "gold")))]
#[get("/not-gold")]
fn not_gold() {}

#[get("/claims")]
fn claims(user: &LogtoUser) -> String {
    user.claims().as_json().to_owned()
}

#[get("/orders")]
async fn orders(user: &LogtoUser) -> Result<String, Error> {
    Ok(user.access_token(Orders).await?.scopes().join(" "))
}

#[get("/refresh")]
async fn refresh(user: &LogtoUser) -> Result<String, Error> {
    Ok(user.refresh().await?.claims().as_json().to_owned())
}

fn all_routes() -> Vec<Route> {
    routes![gold, not_gold, claims, orders, refresh]
}

fn with_user_info(config: Config) -> Config {
    let kept = ["name", "roles", "custom_data", "identities", "team", "organizations", "acr"];
    config
        .resources(["https://api.example.test/orders"])
        .session(SessionConfig::new().user_info(true).claims(kept))
}

async fn app() -> App {
    App::builder().config(with_user_info).routes(all_routes()).start().await
}

async fn claims_of(browser: &mut Browser<'_>) -> Value {
    serde_json::from_str(&browser.open("/claims").await.body).expect("claims")
}

/// What user info says of a user, with more claims.
fn info(app: &App, username: &str, more: &Value) -> Fault {
    let mut info = json!({ "sub": app.idp.user_id(username) });
    let more = more.as_object().expect("an object").clone();
    info.as_object_mut().expect("an object").extend(more);
    fault::json(200, info.to_string())
}

#[rocket::async_test]
async fn user_info_is_fetched_at_the_sign_in_and_at_each_confirmation_and_at_no_other_time() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(app.idp.requests().userinfo(), 1);
    for _ in 0..3 {
        assert_eq!(alice.open("/gold").await.status, Status::Ok);
        assert_eq!(alice.open("/not-gold").await.status, Status::Forbidden);
        assert_eq!(alice.open("/orders").await.status, Status::Ok);
    }
    assert_eq!(app.idp.requests().userinfo(), 1);
    assert_eq!(claims_of(&mut alice).await["custom_data"]["theme"]["dark"], true);

    app.idp.set_custom_data("alice", json!({ "plan": "silver" }));
    assert_eq!(alice.open("/gold").await.status, Status::Ok, "not confirmed yet");
    app.clock.advance(HOUR);
    assert_eq!(alice.open("/gold").await.status, Status::Forbidden);
    assert_eq!(alice.open("/not-gold").await.status, Status::Ok);
    assert_eq!(app.idp.requests().userinfo(), 2);

    app.idp.set_custom_data("alice", json!({ "plan": "gold" }));
    assert!(alice.open("/refresh").await.body.contains(r#""plan":"gold""#));
    assert_eq!(alice.open("/gold").await.status, Status::Ok);
    assert_eq!(app.idp.requests().userinfo(), 3);
}

#[rocket::async_test]
async fn without_the_setting_user_info_is_not_fetched_and_its_claims_stay_unknown() {
    let app = App::builder().routes(all_routes()).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/gold").await.status, Status::Forbidden);
    assert_eq!(alice.open("/not-gold").await.status, Status::Forbidden);
    assert_eq!(app.idp.requests().userinfo(), 0);
}

/// Guards against this mistake: an answer without a signature overruled one with a signature.
#[rocket::async_test]
async fn user_info_replaces_no_claim_of_the_id_token_and_gives_no_rights() {
    let app = App::builder()
        .config(|config| {
            let scopes = ["openid", "offline_access", "profile", "custom_data"];
            with_user_info(config).include_reserved_scopes(false).scopes(scopes)
        })
        .routes(routes![claims])
        .start()
        .await;
    let forged = json!({
        "name": "Mallory", "roles": ["admin"], "organizations": ["org_1"], "acr": "high",
        "organization_roles": ["org_1:owner"], "auth_time": 1, "sid": "s", "amr": ["mfa"],
        "iss": "https://evil.example", "aud": "another", "exp": 1, "iat": 1, "nonce": "n",
        "team": "blue", "custom_data": {},
    });
    app.idp.fault(Endpoint::Userinfo, info(&app, "bob", &forged)).for_ever();
    let mut bob = app.signed_in("bob").await;
    let expected = json!({
        "sub": app.idp.user_id("bob"), "name": null, "team": "blue", "custom_data": {},
    });
    assert_eq!(claims_of(&mut bob).await, expected);
    app.clock.advance(HOUR);
    assert_eq!(claims_of(&mut bob).await, expected);
    assert_eq!(app.idp.requests().userinfo(), 2);
}

#[rocket::async_test]
async fn user_info_about_another_user_refuses_the_sign_in_and_changes_no_session() {
    let app = app().await;
    let other = info(&app, "bob", &json!({ "custom_data": { "plan": "silver" } }));
    app.idp.fault(Endpoint::Userinfo, other.clone());
    let mut browser = app.browser();
    let refused = app.sign_in(&mut browser, "alice", "/").await;
    assert_eq!(refused.status, Status::BadGateway, "{refused:?}");
    assert!(!browser.is_signed_in().await);
    assert_eq!(app.idp.requests().revocation(), 1, "no usable tokens are left behind");

    let mut alice = app.signed_in("alice").await;
    app.clock.advance(HOUR);
    app.idp.fault(Endpoint::Userinfo, other);
    assert_eq!(alice.open("/gold").await.status, Status::Ok, "the old claims stay valid");
    app.clock.advance(HALF_A_MINUTE);
    assert_eq!(alice.open("/gold").await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_sign_in_without_an_answer_of_user_info_gives_no_session() {
    let app = app().await;
    for (fault, status) in [
        (Fault::Status(503), Status::ServiceUnavailable),
        (Fault::Status(404), Status::BadGateway),
        (fault::json(200, "[]"), Status::BadGateway),
        (info(&app, "alice", &json!({ "name": 7 })), Status::BadGateway),
    ] {
        app.idp.forget_requests();
        app.idp.fault(Endpoint::Userinfo, fault);
        let mut browser = app.browser();
        let answer = app.sign_in(&mut browser, "alice", "/").await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(!browser.is_signed_in().await);
        assert_eq!(app.idp.requests().revocation(), 1);
    }
}

#[rocket::async_test]
async fn while_user_info_does_not_answer_the_old_claims_stand_with_a_pause_up_to_max_stale() {
    for silence in [Fault::Status(503), Fault::Hang] {
        let app = app().await;
        let mut alice = app.signed_in("alice").await;
        app.idp.fault(Endpoint::Userinfo, silence.clone()).for_ever();
        app.clock.advance(HOUR);
        app.idp.forget_requests();
        for _ in 0..20 {
            assert_eq!(alice.open("/gold").await.status, Status::Ok, "{silence:?}");
        }
        assert_eq!((app.refreshes(), app.idp.requests().userinfo()), (1, 1), "then a pause");
        app.clock.advance(23 * HOUR);
        assert_eq!(alice.open("/gold").await.status, Status::ServiceUnavailable, "max_stale");
        app.idp.heal();
        // The call that hung may end, and be followed by a pause, only after the answer that did not wait for it.
        until("the claims are confirmed", async || {
            app.clock.advance(HALF_A_MINUTE);
            alice.open("/gold").await.status == Status::Ok
        })
        .await;
    }
}

/// Guards against this mistake: what user info was never asked for counted as absent.
#[rocket::async_test]
async fn a_session_from_before_the_setting_knows_nothing_of_its_claims() {
    let app = app().await;
    let plain = |config: Config| config.scopes(["custom_data"]);
    let before = launch(&app.clock, plain(config_for(&app.idp)), all_routes()).await;
    let mut bob = Browser::new(&before);
    bob.sign_in(&app.idp, "bob", "/").await;
    let mut bob = bob.at(&app.client);
    assert_eq!(bob.open("/not-gold").await.status, Status::Unauthorized, "a sign-in would tell");
    app.clock.advance(HOUR);
    assert_eq!(bob.open("/not-gold").await.status, Status::Ok, "now it is known");
}

#[rocket::async_test]
async fn a_token_for_a_resource_leaves_the_claims_of_user_info_as_they_are() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(20 * 60));
        app.idp.set_claim("alice", "department", "ops");
        assert_eq!(alice.open("/orders").await.status, Status::Ok);
        assert_eq!(alice.open("/gold").await.status, Status::Ok);
    }
}

/// Users can write custom data without a limit of Logto's.
#[rocket::async_test]
async fn user_info_beyond_32_kilobytes_is_refused() {
    let app = app().await;
    let long = json!({ "custom_data": { "plan": "gold", "note": "x".repeat(40_000) } });
    app.idp.fault(Endpoint::Userinfo, info(&app, "alice", &long));
    let answer = app.sign_in(&mut app.browser(), "alice", "/").await;
    assert_eq!(answer.status, Status::BadGateway);
    // What is not kept does not count.
    let unkept = json!({ "custom_data": { "plan": "gold" }, "note": "x".repeat(40_000) });
    app.idp.fault(Endpoint::Userinfo, info(&app, "alice", &unkept));
    let answer = app.sign_in(&mut app.browser(), "alice", "/").await;
    assert_eq!(answer.status, Status::SeeOther);
}
