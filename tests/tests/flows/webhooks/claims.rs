//! Whose claims are confirmed after a webhook, when, and what decides meanwhile.

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{AccessToken, Error, LogtoUser, SessionConfig, authenticated, resource};
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::wait::{ENDLESS, until, within};
use logto_rocket_tests::webhooks::post;
use rocket::futures::future::join;
use rocket::http::Status;
use rocket::{Route, get, routes};
use serde_json::json;

use super::{HOUR, MINUTE, SECOND, app, builder};

resource!(
    /// The API of the provider.
    pub Orders = "https://api.example.test/orders"
);

#[authenticated(resource = Orders, scope = "read:orders")]
#[get("/readers")]
fn readers() -> &'static str {
    "for readers"
}

#[expect(clippy::needless_pass_by_value, reason = "a guard is a handler's own")]
#[get("/call")]
fn call(token: AccessToken<Orders>) -> String {
    token.as_str().to_owned()
}

#[get("/refresh")]
async fn refresh(user: LogtoUser) -> Result<String, Error> {
    Ok(user.refresh().await?.display_name().to_owned())
}

#[get("/end")]
async fn end(user: LogtoUser) -> &'static str {
    user.ended().await;
    "ended"
}

fn routes() -> Vec<Route> {
    routes![readers, call, refresh, end]
}

#[rocket::async_test]
async fn a_user_whose_data_changed_is_confirmed_once_at_the_next_request_and_nobody_else() {
    let app = app().await;
    let (mut alice, mut bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
    app.idp.remove_role("alice", "admin");
    assert!(app.idp.webhooks().is_empty(), "Logto does not report roles that are taken");
    app.idp.forget_requests();
    // The way out for operators: custom data that changes nothing.
    app.idp.set_custom_data("alice", json!({}));
    app.deliver().await;
    assert_eq!(app.refreshes(), 0, "nobody is asked for before there is a request");
    for _ in 0..3 {
        assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
        assert_eq!(bob.open("/account").await.status, Status::Ok);
    }
    assert_eq!(app.refreshes(), 1);
    app.clock.advance(HOUR);
    assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
    assert_eq!(app.refreshes(), 1);
}

#[rocket::async_test]
async fn who_leaves_an_organization_is_no_member_at_the_next_request() {
    #[authenticated(organization = "<org>")]
    #[get("/orgs/<org>")]
    fn members(org: &str) -> String {
        org.to_owned()
    }
    let app = builder().routes(routes![members]).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/orgs/org_1").await.status, Status::Ok);
    app.idp.leave_organization("alice", "org_1");
    assert_eq!(alice.open("/orgs/org_1").await.status, Status::Ok, "nobody has told");
    app.deliver().await;
    assert_eq!(alice.open("/orgs/org_1").await.status, Status::Forbidden);
}

/// Tokens from before are good for calls still, and decide nothing.
#[rocket::async_test]
async fn cached_tokens_decide_nothing_after_a_report() {
    let app = builder().routes(routes()).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/readers").await.status, Status::Ok);
    let token = alice.open("/call").await.body;
    app.idp.remove_role("alice", "admin");
    assert_eq!(alice.open("/readers").await.status, Status::Ok, "nobody has told");
    app.idp.set_custom_data("alice", json!({}));
    app.deliver().await;
    assert_eq!(alice.open("/call").await.body, token);
    assert_eq!(alice.open("/readers").await.status, Status::Forbidden);
    let elsewhere = app.second_process(app.clock.clone()).await;
    assert!(alice.at(&elsewhere).is_signed_in().await, "the cookie is good everywhere");
}

/// Guards against this mistake: an answer that Logto had given before the change was taken for one from
/// after it.
#[rocket::async_test]
async fn a_confirmation_that_was_under_way_when_the_report_came_does_not_count() {
    let session = SessionConfig::new().revalidate_after(HOUR).max_stale(96 * HOUR);
    let app = builder().config(|config| config.session(session)).routes(routes());
    let app = app.start().await;
    // One that is due, one that the application asks for, and one for a token.
    for path in ["/account", "/refresh", "/call"] {
        app.idp.add_role("alice", "admin");
        let mut alice = app.signed_in("alice").await;
        if path == "/account" {
            app.clock.advance(HOUR);
        }
        app.idp.webhooks();
        app.idp.forget_requests();
        app.idp.fault(Endpoint::Token, Fault::Hang);
        let mut tab = alice.at(&app.client);
        let report = async {
            until("Logto is asked", async || app.idp.requests().token() > 0).await;
            // What the request that hangs will answer is decided when it goes on, so that the role is
            // taken later still.
            app.idp.set_custom_data("alice", json!({}));
            app.deliver().await;
            app.idp.heal();
        };
        join(alice.open(path), report).await;
        app.idp.remove_role("alice", "admin");
        assert_eq!(tab.open("/admin").await.status, Status::Forbidden, "{path}");
        let before = app.idp.requests().token();
        assert_eq!(tab.open("/admin").await.status, Status::Forbidden, "{path}");
        assert_eq!(app.idp.requests().token(), before, "{path}: once");
    }
}

#[rocket::async_test]
async fn while_logto_does_not_answer_nothing_from_before_a_report_decides_and_nothing_is_lost() {
    let app = app().await;
    let (mut alice, mut bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
    app.idp.set_custom_data("alice", json!({}));
    app.deliver().await;
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    for _ in 0..2 {
        let refused = alice.open("/account").await;
        assert_eq!(refused.status, Status::ServiceUnavailable);
        assert!(refused.header("Retry-After").is_some(), "{refused:?}");
        assert_eq!(alice.open("/").await.body, "Hello, stranger");
        assert!(bob.is_signed_in().await);
    }
    app.idp.heal();
    app.clock.advance(MINUTE);
    assert!(alice.is_signed_in().await);
}

#[rocket::async_test]
async fn where_claims_are_never_confirmed_a_report_has_them_confirmed() {
    let session = SessionConfig::new().revalidate_after(None);
    let app = builder().config(|config| config.session(session)).start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.remove_role("alice", "admin");
    app.clock.advance(24 * HOUR);
    assert_eq!(alice.open("/admin").await.status, Status::Ok);
    app.idp.set_custom_data("alice", json!({}));
    app.deliver().await;
    assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
}

#[rocket::async_test]
async fn a_deleted_role_reaches_all_sessions_within_a_minute_and_not_all_in_one_second() {
    let app = app().await;
    let mut browsers: Vec<Browser<'_>> = Vec::new();
    for _ in 0..60 {
        browsers.push(app.signed_in("alice").await);
    }
    app.idp.forget_requests();
    app.idp.delete_role("admin");
    app.deliver().await;
    let mut most = 0;
    for second in 0..60 {
        let before = app.refreshes();
        for browser in &mut browsers {
            browser.open("/account").await;
        }
        most = most.max(app.refreshes() - before);
        assert!(app.refreshes() <= browsers.len(), "each once: {second}");
        app.clock.advance(SECOND);
    }
    for browser in &mut browsers {
        assert_eq!(browser.open("/admin").await.status, Status::Forbidden);
    }
    assert_eq!(app.refreshes(), browsers.len());
    assert!(most < 20, "{most} in one second");
    // A later report has them confirmed again, and sessions that begin then are newer.
    app.idp.delete_role("another");
    app.deliver().await;
    app.clock.advance(SECOND);
    let mut later = app.signed_in("bob").await;
    app.clock.advance(MINUTE);
    app.idp.forget_requests();
    for browser in &mut browsers {
        browser.open("/account").await;
    }
    assert!(later.is_signed_in().await);
    assert_eq!(app.refreshes(), browsers.len());
}

/// Logto cuts a list of members at 5,000 without a sign, and before 1.40 it sent none.
#[rocket::async_test]
async fn members_who_may_not_be_named_are_all_confirmed() {
    let ids = |count: usize| -> Vec<String> { (0..count).map(|it| format!("u{it}")).collect() };
    for (lists, everybody) in [
        (json!({ "addedUserIds": ids(4_999) }), false),
        (json!({ "removedUserIds": ids(5_000) }), true),
        (json!({ "addedUserIds": "all" }), true),
        (json!({}), true),
        (json!({ "addedApplicationIds": ["a"] }), false),
    ] {
        let app = app().await;
        let mut alice = app.signed_in("alice").await;
        app.idp.forget_requests();
        let mut body = lists;
        body["event"] = "Organization.Membership.Updated".into();
        body["organizationId"] = "org_1".into();
        assert_eq!(post(&app.client, &app.webhook(&body)).await.status, Status::NoContent);
        app.clock.advance(MINUTE);
        assert!(alice.is_signed_in().await);
        assert_eq!(app.refreshes(), usize::from(everybody));
    }
}

/// Events that later versions add take effect if they name a user.
#[rocket::async_test]
async fn an_event_that_is_not_known_yet_has_its_user_confirmed() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let id = app.idp.user_id("alice").unwrap();
    app.idp.forget_requests();
    for (number, body) in [
        json!({ "event": "User.Roles.Updated", "data": { "id": id }, "roles": [] }),
        json!({ "event": "User.Roles.Updated", "params": { "userId": id } }),
        json!({ "event": "Organization.UserRoles.Updated", "params": { "id": "o", "userId": id } }),
        json!({ "event": "Organization.UserRoles.Updated", "userId": id }),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(post(&app.client, &app.webhook(body)).await.status, Status::NoContent);
        assert!(alice.is_signed_in().await);
        assert_eq!(app.refreshes(), number + 1, "{body}");
    }
    for body in [
        json!({ "event": "Session.Ended", "userId": id }),
        json!({ "event": "User.Created", "data": { "id": id } }),
        json!({ "event": "PostSignIn", "userId": id }),
        json!({ "event": "Role.Users.Updated", "params": { "id": "r" } }),
        json!({ "event": "Grant.LimitExceeded", "userId": id, "applicationId": "another" }),
    ] {
        assert_eq!(post(&app.client, &app.webhook(&body)).await.status, Status::NoContent);
        app.clock.advance(MINUTE);
        assert!(alice.is_signed_in().await);
        assert_eq!(app.refreshes(), 4, "{body}");
    }
}

#[rocket::async_test]
async fn a_session_that_cannot_be_confirmed_is_sent_to_the_sign_in_and_comes_back() {
    let app = builder().config(|config| config.prompt("login")).start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.set_custom_data("alice", json!({}));
    app.deliver().await;
    assert_eq!(alice.open("/account").await.location(), "/auth/sign-in?return_to=%2Faccount");
    app.clock.advance(SECOND);
    app.sign_in(&mut alice, "alice", "/").await;
    assert!(alice.is_signed_in().await);
}

#[rocket::async_test]
async fn open_streams_end_when_their_user_is_reported() {
    for is_suspended in [true, false] {
        let app = builder().routes(routes()).start().await;
        let (mut alice, mut bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
        let mut other = bob.at(&app.client);
        let report = async {
            if is_suspended {
                app.idp.suspend("alice");
            } else {
                app.idp.set_custom_data("alice", json!({}));
            }
            app.deliver().await;
        };
        let (ended, ()) = within("the end", Box::pin(join(alice.open("/end"), report))).await;
        assert_eq!(ended.body, "ended");
        assert!(other.is_signed_in().await);
        assert!(bob.is_signed_in().await);
    }
}

#[rocket::async_test]
async fn a_thousand_tabs_of_a_reported_user_make_one_request() {
    let app = builder().config(|config| config.timeout(ENDLESS)).start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    app.idp.set_custom_data("alice", json!({}));
    app.deliver().await;
    let mut tabs = app.tabs(&alice, 1_000);
    let answers =
        rocket::futures::future::join_all(tabs.iter_mut().map(|tab| tab.open("/account")));
    for answer in answers.await {
        // On a busy machine, some requests wait too long and get 503.
        assert!(matches!(answer.status, Status::Ok | Status::ServiceUnavailable), "{answer:?}");
    }
    let is_served = async || alice.open("/account").await.status == Status::Ok;
    until("the one answer is known to all", is_served).await;
    assert_eq!(app.refreshes(), 1);
}
