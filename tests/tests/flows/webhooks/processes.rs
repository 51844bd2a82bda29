//! Several processes of one application, of which one gets the webhook.

use logto_rocket_tests::app::config_for;
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::webhooks::{self, post};
use rocket::http::Status;

use super::{SECOND, app};

at_each_place!(shared: Shared, redis: Redis, configured: ConfiguredRedis => [
    who_is_suspended_is_out_everywhere_at_the_next_request,
]);

async fn who_is_suspended_is_out_everywhere_at_the_next_request(place: Place) {
    let Some(fleet) = Fleet::builder(place).start().await else { return };
    let (app, other) = (&fleet.app, fleet.another().await);
    let mut bob = app.signed_in("bob").await;
    let mut here = app.signed_in("alice").await;
    let mut there = here.at(&other);
    // The process that gets the webhook has never seen this one.
    let mut only_there = Browser::new(&other);
    app.sign_in(&mut only_there, "alice", "/").await;
    for browser in [&mut here, &mut there, &mut only_there] {
        assert!(browser.is_signed_in().await);
    }
    app.idp.suspend("alice");
    let suspended = app.idp.webhooks();
    app.deliver_all(&suspended).await;
    for browser in [&mut here, &mut there, &mut only_there] {
        assert!(!browser.is_signed_in().await);
    }
    assert!(bob.is_signed_in().await);
    app.clock.advance(SECOND);
    app.idp.reinstate("alice");
    let mut later = Browser::new(&other);
    app.sign_in(&mut later, "alice", "/").await;
    app.deliver_all(&suspended).await;
    assert!(later.is_signed_in().await, "it is newer than what was reported");
}

/// With sessions in cookies the other processes learn of it when claims are due.
#[rocket::async_test]
async fn in_cookie_mode_the_process_that_gets_the_webhook_ends_the_sessions() {
    let app = app().await;
    let config = webhooks::known(config_for(&app.idp), &app.idp);
    let other = logto_rocket_tests::app::launch(&app.clock, config, Vec::new()).await;
    let alice = app.signed_in("alice").await;
    let mut there = alice.at(&other);
    app.idp.suspend("alice");
    for webhook in app.idp.webhooks() {
        assert_eq!(post(&other, &webhook).await.status, Status::NoContent);
    }
    assert!(!there.is_signed_in().await, "though it had never seen the session");
}
