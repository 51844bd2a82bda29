//! Which sessions a webhook ends.

use std::sync::Arc;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{Clock, Logto, MemoryStore, WebhookConfig};
use logto_rocket_tests::app::{App, config_for, launch, rocket};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::wait::until;
use logto_rocket_tests::webhooks::{self, post};
use rocket::futures::future::join;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use serde_json::json;

use super::{HOUR, SECOND, app, builder};

#[rocket::async_test]
async fn a_suspended_or_deleted_user_is_out_at_the_next_request_in_every_browser() {
    let app = app().await;
    let mut bob = app.signed_in("bob").await;
    let [mut laptop, mut phone] = [app.signed_in("alice").await, app.signed_in("alice").await];
    let old = phone.cookies.clone();
    app.idp.suspend("alice");
    assert!(laptop.is_signed_in().await, "nobody has told");
    app.idp.forget_requests();
    app.deliver().await;
    for browser in [&mut laptop, &mut phone] {
        assert_eq!(browser.open("/account").await.location(), "/auth/sign-in?return_to=%2Faccount");
        assert_eq!(browser.open("/").await.body, "Hello, stranger");
        assert_eq!(browser.fetch("/auth/user").await.status, Status::Unauthorized);
    }
    phone.cookies = old;
    assert!(!phone.is_signed_in().await, "no old cookie revives it");
    assert_eq!(app.refreshes(), 0, "Logto is not asked");
    app.idp.delete("bob");
    assert!(bob.is_signed_in().await);
    app.deliver().await;
    assert!(!bob.is_signed_in().await);
}

#[rocket::async_test]
async fn that_a_user_is_no_longer_suspended_ends_and_revives_nothing() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.suspend("alice");
    app.deliver().await;
    app.idp.reinstate("alice");
    app.deliver().await;
    assert!(!alice.is_signed_in().await);
    app.clock.advance(SECOND);
    let mut again = app.signed_in("alice").await;
    app.idp.reinstate("alice");
    app.deliver().await;
    assert!(again.is_signed_in().await);
}

/// Events keep no order, and anybody who has seen one can send it again.
#[rocket::async_test]
async fn a_late_or_repeated_report_spares_a_session_that_began_after_what_it_reports() {
    let app = app().await;
    let mut before = app.signed_in("alice").await;
    app.idp.suspend("alice");
    let suspended = app.idp.webhooks();
    app.clock.advance(SECOND);
    app.idp.reinstate("alice");
    let mut after = app.signed_in("alice").await;
    app.idp.forget_requests();
    for _ in 0..3 {
        for webhook in &suspended {
            assert_eq!(post(&app.client, webhook).await.status, Status::NoContent);
        }
        assert!(after.is_signed_in().await);
        assert!(!before.is_signed_in().await);
    }
    assert_eq!(app.refreshes(), 0, "what is newer need not be confirmed");
}

/// Both instants are of Logto's clock, so that none of ours is compared with it.
#[rocket::async_test]
async fn clocks_that_differ_spare_no_session_and_end_none_too_many() {
    for (ahead, behind) in [(30, 0), (0, 30)] {
        let (logto, own) = (Clock::frozen(), Clock::frozen());
        logto.advance(ahead * SECOND);
        own.advance(behind * SECOND);
        for in_store in [false, true] {
            let store = MemoryStore::timed_by(own.clone(), 100);
            let app = builder()
                .provider(|provider| provider.clock(logto.clone()))
                .fairing(|fairing| {
                    let fairing = fairing.clock(own.clone());
                    if in_store { fairing.store(store) } else { fairing }
                })
                .start()
                .await;
            let mut before = app.signed_in("alice").await;
            logto.advance(SECOND);
            own.advance(SECOND);
            app.idp.suspend("alice");
            logto.advance(SECOND);
            own.advance(SECOND);
            app.idp.reinstate("alice");
            let mut after = app.signed_in("alice").await;
            app.deliver().await;
            let what = format!("Logto {ahead} s ahead, we {behind} s, in a store: {in_store}");
            assert!(!before.is_signed_in().await, "{what}");
            assert!(after.is_signed_in().await, "{what}");
        }
    }
}

/// Guards against this mistake: with Logto's clock ahead, a logout token ended no session that had begun
/// shortly before.
#[rocket::async_test]
async fn a_logout_token_is_compared_by_logtos_clock_too() {
    for (ahead, behind) in [(30, 0), (0, 30)] {
        let (logto, own) = (Clock::frozen(), Clock::frozen());
        logto.advance(ahead * SECOND);
        own.advance(behind * SECOND);
        let app = App::builder()
            .provider(|provider| provider.clock(logto.clone()))
            .fairing(|fairing| fairing.clock(own.clone()))
            .start()
            .await;
        let mut before = app.signed_in("alice").await;
        let token = app.idp.logout_token("alice").unwrap();
        logto.advance(SECOND);
        own.advance(SECOND);
        let mut after = app.signed_in("alice").await;
        assert_eq!(app.post_logout_token(&token).await.status, Status::Ok);
        assert!(!before.is_signed_in().await, "Logto {ahead} s ahead, we {behind} s");
        assert!(after.is_signed_in().await, "Logto {ahead} s ahead, we {behind} s");
    }
}

/// Guards against this mistake: custom data `{"id": …}` named another user, who was signed out.
#[rocket::async_test]
async fn custom_data_names_nobody() {
    let app = app().await;
    let (mut alice, mut bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
    let of_alice = app.idp.user_id("alice").unwrap();
    app.idp.set_custom_data("bob", json!({ "id": of_alice, "isSuspended": true }));
    app.idp.forget_requests();
    app.deliver().await;
    assert!(alice.is_signed_in().await);
    assert_eq!(app.refreshes(), 0, "it is not about her");
    assert!(bob.is_signed_in().await);
    assert_eq!(app.refreshes(), 1);
    // What no Logto sends: the same without the user in the parameters.
    for (route, event) in [
        ("/users/:userId/custom-data", "User.Deleted"),
        ("/users/:userId/is-suspended", "User.SuspensionStatus.Updated"),
        ("/somewhere/:id/custom-data", "User.Deleted"),
    ] {
        let webhook = app.webhook(&json!({
            "event": event,
            "matchedRoute": route,
            "params": {},
            "data": { "id": of_alice, "isSuspended": true },
        }));
        assert_eq!(post(&app.client, &webhook).await.status, Status::NoContent);
        assert!(alice.is_signed_in().await, "{route}");
    }
}

#[rocket::async_test]
async fn only_true_is_suspended() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let id = app.idp.user_id("alice").unwrap();
    for value in [json!(false), json!("true"), json!(1), json!(null), json!({ "a": true })] {
        let webhook = app.webhook(&json!({
            "event": "User.SuspensionStatus.Updated",
            "matchedRoute": "/users/:userId/is-suspended",
            "params": { "userId": id },
            "data": { "id": id, "isSuspended": value },
        }));
        assert_eq!(post(&app.client, &webhook).await.status, Status::NoContent);
        assert!(alice.is_signed_in().await, "{value}");
    }
}

#[rocket::async_test]
async fn a_password_that_was_reset_ends_the_sessions_unless_the_application_wants_otherwise() {
    for end in [true, false] {
        let app = app().await;
        let config = WebhookConfig::new()
            .signing_keys([app.idp.webhook_signing_key()])
            .end_on_password_reset(end);
        let config = config_for(&app.idp).webhook(config);
        let own = launch(&app.clock, config, Vec::new()).await;
        let by_admin = |id: &str| {
            app.webhook(&json!({
                "event": "User.Data.Updated",
                "path": format!("/users/{id}/password"),
                "matchedRoute": "/users/:userId/password",
                "params": { "userId": id },
                "data": { "id": id, "isSuspended": false },
            }))
        };
        for user in ["alice", "bob"] {
            let mut browser = Browser::new(&own);
            browser.sign_in(&app.idp, user, "/").await;
            assert!(browser.is_signed_in().await);
            let webhook = if user == "alice" {
                app.idp.reset_password(user);
                app.idp.webhooks().remove(0)
            } else {
                by_admin(&app.idp.user_id(user).unwrap())
            };
            assert_eq!(post(&own, &webhook).await.status, Status::NoContent);
            assert_eq!(browser.is_signed_in().await, !end, "{user}");
        }
        until("refresh tokens are revoked", async || {
            app.idp.requests().revocation() == usize::from(end) * 2
        })
        .await;
    }
}

#[rocket::async_test]
async fn the_test_button_is_answered_and_does_nothing() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    for event in [
        "User.Deleted",
        "User.SuspensionStatus.Updated",
        "User.Data.Updated",
        "Organization.Membership.Updated",
        "Role.Deleted",
        "PostSignIn",
    ] {
        app.idp.test_webhook(event);
        app.deliver().await;
        app.clock.advance(120 * SECOND);
        assert!(alice.is_signed_in().await, "{event}");
    }
    assert_eq!(app.refreshes(), 0);
}

#[rocket::async_test]
async fn only_a_store_that_fails_is_an_error_and_the_next_try_does_it() {
    let store = GatedStore::before(Arc::new(MemoryStore::new(100)));
    let shared = Arc::clone(&store);
    let app = builder().fairing(|fairing| fairing.store(shared)).start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.suspend("alice");
    let [webhook] = app.idp.webhooks().try_into().unwrap();
    store.set_away(true);
    let answer = post(&app.client, &webhook).await;
    assert_eq!((answer.status, &*answer.body), (Status::ServiceUnavailable, ""));
    assert!(answer.header("Retry-After").is_some());
    store.set_away(false);
    assert!(!alice.is_signed_in().await, "in this process it has ended nevertheless");
    for _ in 0..2 {
        assert_eq!(post(&app.client, &webhook).await.status, Status::NoContent);
    }
    let config = config_for(&app.idp);
    let fairing = Logto::fairing()
        .config(webhooks::known(config, &app.idp))
        .clock(app.clock.clone())
        .store(store);
    let rocket = rocket(fairing);
    let other = Client::untracked(rocket).await.unwrap();
    assert!(!alice.at(&other).is_signed_in().await);
}

/// The report comes while the code of a sign-in from before is exchanged.
#[rocket::async_test]
async fn a_sign_in_that_is_under_way_gives_no_session() {
    let app = app().await;
    let mut alice = app.browser();
    let callback = app.callback(&mut alice, "alice", "/").await;
    app.idp.fault(Endpoint::Token, Fault::Hang);
    let report = async {
        until("the code is exchanged", async || app.idp.requests().token() > 0).await;
        app.idp.suspend("alice");
        app.deliver().await;
        app.idp.reinstate("alice");
        app.idp.heal();
    };
    join(alice.navigate(&callback, From::OtherSite), report).await;
    assert!(!alice.is_signed_in().await);
    app.clock.advance(HOUR);
    assert!(!alice.is_signed_in().await);
}
