//! Fifty requests of one session at once, when its access token has expired: one token request, and
//! all are answered.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{Error, LogtoUser, Resource, SessionConfig, authenticated, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, Browser};
use logto_rocket_tests::wait::until;
use rocket::futures::future::join_all;
use rocket::http::Status;
use rocket::{Route, get, routes, tokio};

resource!(Orders = "https://api.example.test/orders");
resource!(Invoices = "https://api.example.test/invoices");

/// As long as Logto's access tokens live, and as claims are believed.
const LIFE: Duration = Duration::from_secs(3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

const AT_ONCE: usize = 50;

/// How often that is repeated.
const REPETITIONS: usize = 200;

/// Routes that need a token, and then end as a handler may.
fn demanding() -> Vec<Route> {
    #[get("/needs/none")]
    async fn none(user: LogtoUser) -> Result<Option<()>, Error> {
        user.fetch_user_info().await.map(|_| None)
    }
    #[get("/needs/panic")]
    async fn panic(user: LogtoUser) -> Result<(), Error> {
        user.fetch_user_info().await?;
        panic!("as a handler may")
    }
    #[authenticated(resource = Orders, scope = "read:orders")]
    #[get("/orders")]
    fn orders(user: &LogtoUser) -> String {
        user.id().into()
    }
    #[authenticated(resource = Invoices, scope = "read:invoices")]
    #[get("/invoices")]
    fn invoices(user: &LogtoUser) -> String {
        user.id().into()
    }
    routes![none, panic, orders, invoices]
}

/// An application at a provider that honours a refresh token once, with three seconds of grace.
async fn app() -> App {
    app_with(SessionConfig::new()).await
}

async fn app_with(session: SessionConfig) -> App {
    App::builder()
        .provider(|idp| {
            idp.rotating(true)
                .resource(Orders::URI, &["read:orders"])
                .resource(Invoices::URI, &["read:invoices"])
                .role("admin", Orders::URI, &["read:orders"])
                .role("admin", Invoices::URI, &["read:invoices"])
        })
        .config(|config| config.session(session))
        .routes(demanding())
        .start()
        .await
}

/// What the tabs get that open these pages at once, one after the other in turn.
async fn at_once(tabs: &mut [Browser<'_>], paths: &[&str]) -> Vec<Answer> {
    let paths = paths.iter().cycle();
    join_all(tabs.iter_mut().zip(paths).map(|(tab, path)| tab.open(path))).await
}

/// All of them are answered, with the newest session.
fn are_all_answered(answers: &[Answer]) {
    for answer in answers {
        assert_eq!(answer.status, Status::Ok, "{answer:?}");
        assert!(answer.sets_cookies(), "{answer:?}");
    }
}

/// Requests at once, and late ones with the cookies from before them. Leaves the browser with the newest.
async fn refresh_at_once(app: &App, alice: &mut Browser<'_>) {
    app.clock.advance(LIFE);
    app.idp.forget_requests();
    let mut at_once_tabs = app.tabs(alice, AT_ONCE);
    are_all_answered(&at_once(&mut at_once_tabs, &["/profile"]).await);
    assert_eq!(app.refreshes(), 1);
    for mut late in app.tabs(alice, 20) {
        app.clock.advance(Duration::from_millis(1500));
        are_all_answered(&[late.open("/profile").await]);
        assert!(!late.open("/profile").await.sets_cookies(), "it has the newest now");
    }
    app.clock.advance(Duration::from_secs(600));
    are_all_answered(&[app.tabs(alice, 1)[0].open("/profile").await]);
    assert_eq!(app.refreshes(), 1);
    alice.cookies = at_once_tabs.swap_remove(0).cookies;
}

#[rocket::async_test]
async fn fifty_requests_at_once_make_one_token_request_and_late_ones_none() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(40))).for_ever();
    for _ in 0..3 {
        refresh_at_once(&app, &mut alice).await;
    }
}

#[rocket::async_test]
async fn two_hundred_rounds_of_requests_at_once_sign_no_user_out() {
    let session = SessionConfig::new().max_lifetime(400 * DAY);
    let app = app_with(session).await;
    let mut alice = app.signed_in("alice").await;
    for repetition in 0..REPETITIONS {
        app.clock.advance(LIFE);
        app.idp.forget_requests();
        let delay = Duration::from_millis(20 + repetition as u64 % 40);
        app.idp.fault(Endpoint::Token, Fault::Delay(delay));
        let mut tabs = app.tabs(&alice, AT_ONCE);
        are_all_answered(&at_once(&mut tabs, &["/account"]).await);
        assert_eq!(app.refreshes(), 1, "in repetition {repetition}");
        alice.cookies = tabs.swap_remove(repetition % AT_ONCE).cookies;
    }
}

#[rocket::async_test]
async fn tokens_for_different_resources_are_asked_for_one_after_the_other_and_each_once() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(20))).for_ever();
    for _ in 0..2 {
        app.clock.advance(LIFE);
        app.idp.forget_requests();
        let mut tabs = app.tabs(&alice, AT_ONCE);
        let answers = at_once(&mut tabs, &["/orders", "/invoices", "/profile"]).await;
        are_all_answered(&answers);
        assert_eq!(app.refreshes(), 3, "one for each resource, one for the user");
        // What came first does not have the newest of them all.
        alice.cookies.clone_from(&tabs[0].cookies);
        assert_eq!(alice.open("/account").await.status, Status::Ok);
    }
}

#[rocket::async_test]
async fn handlers_that_answer_404_or_panic_lose_no_token() {
    let app = app().await;
    let alice = app.signed_in("alice").await;
    app.clock.advance(LIFE);
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(20)));
    let mut tabs = app.tabs(&alice, AT_ONCE);
    let answers = at_once(&mut tabs, &["/needs/none", "/needs/panic"]).await;
    for (answer, status) in answers.iter().zip([404, 500].into_iter().cycle()) {
        assert_eq!(answer.status.code, status, "{answer:?}");
        assert!(answer.sets_cookies(), "{answer:?}");
    }
    assert_eq!(app.refreshes(), 1);
    app.clock.advance(LIFE);
    are_all_answered(&at_once(&mut tabs, &["/profile"]).await);
    assert_eq!(app.refreshes(), 2);
}

#[rocket::async_test]
async fn a_browser_that_goes_away_in_the_middle_loses_no_token() {
    let app = app().await;
    let alice = app.signed_in("alice").await;
    app.clock.advance(LIFE);
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, Fault::Hang);
    let mut gone = app.tabs(&alice, 1).remove(0);
    tokio::select! {
        answer = gone.open("/profile") => panic!("Logto has not answered yet: {answer:?}"),
        () = until("Logto is asked", async || app.refreshes() > 0) => {}
    }
    app.idp.heal();
    let mut tabs = app.tabs(&alice, AT_ONCE);
    are_all_answered(&at_once(&mut tabs, &["/profile"]).await);
    assert_eq!(app.refreshes(), 1);
}

#[rocket::async_test]
async fn answers_that_are_lost_on_the_way_lose_no_session() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for _ in 0..10 {
        app.clock.advance(LIFE);
        app.idp.forget_requests();
        app.idp.fault(Endpoint::Token, Fault::LoseAnswer);
        let mut tabs = app.tabs(&alice, AT_ONCE);
        are_all_answered(&at_once(&mut tabs, &["/profile"]).await);
        assert_eq!(app.refreshes(), 2, "the one that was lost, and the one after it");
        alice.cookies = tabs.swap_remove(7).cookies;
    }
}
