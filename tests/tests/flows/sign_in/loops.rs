//! Loops: which browsers are led to the sign-in again and again, and which are not.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Tamper};
use logto_rocket::{
    Clock, Config, Error, Logto, LogtoUser, Refusal, Resource, SessionConfig, SignIn, Store,
    authenticated, requires, resource,
};
use logto_rocket_tests::app::{App, ORIGIN, config_for, launch};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::uri::{encoded, path_of};
use rocket::http::{Method, Status};
use rocket::{Route, get, routes};

resource!(Orders = "https://api.example.test/orders");

#[authenticated(resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders() {}

#[authenticated(max_age = "15m")]
#[get("/vault")]
fn vault() {}

#[get("/checked-vault")]
async fn checked_vault(user: LogtoUser) -> Result<(), Refusal> {
    requires!(max_age = "15m").check(&user).await
}

/// A handler that leads to the sign-in by itself.
#[get("/by-handler")]
async fn by_handler(logto: &Logto, user: Option<LogtoUser>) -> Result<Result<(), SignIn>, Error> {
    match user {
        Some(_) => Ok(Ok(())),
        None => logto.sign_in().return_to("/by-handler").start().await.map(Err),
    }
}

fn all() -> Vec<Route> {
    routes![orders, vault, checked_vault, by_handler]
}

/// The usual application, with sessions in cookies or in a store.
async fn app(store: Store) -> App {
    App::builder()
        .provider(|provider| {
            let provider = provider.resource(Orders::URI, &["read:orders"]);
            provider.role("admin", Orders::URI, &["read:orders"])
        })
        .config(|config| config.session(SessionConfig::new().store(store)))
        .routes(all())
        .start()
        .await
}

async fn apps() -> [App; 2] {
    [app(Store::Cookie).await, app(Store::Memory).await]
}

/// Comes back from Logto with the answer of a sign-in that has begun.
async fn come_back(app: &App, browser: &mut Browser<'_>, start: &Answer) -> Answer {
    assert!(start.location().starts_with(&app.idp.issuer()), "{start:?}");
    let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
    let back = browser.navigate(&path_of(&callback), From::OtherSite).await;
    assert_eq!(back.status, Status::SeeOther, "{back:?}");
    back
}

/// As a browser does that keeps no cookie of the session.
fn lose_the_session(browser: &mut Browser<'_>) {
    browser.cookies.retain(|name, _| name.contains("-flow-"));
}

/// Signs in where the browser is led to, twice, and loses the session each time.
async fn twice_without_a_session(app: &App, browser: &mut Browser<'_>, sign_in: &str) {
    for _ in 0..2 {
        let start = browser.open(sign_in).await;
        come_back(app, browser, &start).await;
        lose_the_session(browser);
    }
}

#[track_caller]
fn assert_is_the_page_of_a_loop(answer: &Answer) {
    assert_eq!(answer.status, Status::Unauthorized, "{answer:?}");
    assert!(answer.body.contains(">sign_in_loop<"), "{answer:?}");
    assert!(answer.location().is_empty(), "{answer:?}");
}

/// That a guarded page leads to the sign-in, and this to Logto.
async fn assert_is_in_no_loop(app: &App, browser: &mut Browser<'_>) {
    let refused = browser.open("/account").await;
    assert_eq!(refused.status, Status::SeeOther, "{refused:?}");
    let start = browser.open(refused.location()).await;
    assert!(start.location().starts_with(&app.idp.issuer()), "{start:?}");
}

#[rocket::async_test]
async fn a_browser_that_keeps_no_session_gets_a_page_whatever_leads_it_to_the_sign_in() {
    for app in apps().await {
        let sign_in = "/auth/sign-in?return_to=%2Faccount";
        let htmx = [("HX-Request", "true"), ("HX-Current-URL", "http://localhost:8000/account")];
        let script = [("Accept", "application/json"), ("Sec-Fetch-Mode", "cors")];
        let mut browser = app.browser();
        twice_without_a_session(&app, &mut browser, sign_in).await;
        assert_is_the_page_of_a_loop(&browser.open("/account").await);
        // What a part of a page, or a script, is told to load.
        let part = browser.request(Method::Get, "/account", &htmx, "").await;
        assert_eq!(part.header("HX-Redirect"), Some(sign_in), "{part:?}");
        let problem = browser.request(Method::Get, "/account", &script, "").await.problem();
        for address in [sign_in, problem["sign_in"].as_str().unwrap(), "/auth/sign-up"] {
            assert_is_the_page_of_a_loop(&browser.open(address).await);
        }
        assert_is_the_page_of_a_loop(&browser.open("/by-handler").await);

        let again = "/auth/sign-in?return_to=%2Faccount&again=1";
        let page = browser.open("/account").await;
        assert!(page.body.contains(&again.replace('&', "&amp;")), "{page:?}");
        let start = browser.open(again).await;
        assert_eq!(come_back(&app, &mut browser, &start).await.location(), "/account");
        // This time it keeps the session.
        assert_eq!(browser.open("/account").await.status, Status::Ok);
        lose_the_session(&mut browser);
        assert_is_in_no_loop(&app, &mut browser).await;
    }
}

#[rocket::async_test]
async fn a_handler_that_begins_sign_ins_by_itself_makes_no_loop() {
    let app = app(Store::Cookie).await;
    let mut browser = app.browser();
    twice_without_a_session(&app, &mut browser, "/by-handler").await;
    assert_is_the_page_of_a_loop(&browser.open("/by-handler").await);
}

/// A cookie that is kept is no session if it leads to none at the process that is asked.
#[rocket::async_test]
async fn a_session_that_another_process_keeps_to_itself_is_a_loop() {
    let app = app(Store::Memory).await;
    let config = config_for(&app.idp).session(SessionConfig::new().store(Store::Memory));
    let other = launch(&app.clock, config, all()).await;
    let mut browser = app.browser();
    for _ in 0..2 {
        let mut there = browser.at(&other);
        let start = there.open("/auth/sign-in").await;
        come_back(&app, &mut there, &start).await;
        browser = there.at(&app.client);
        browser.open("/").await;
    }
    assert_is_the_page_of_a_loop(&browser.open("/account").await);
}

#[rocket::async_test]
async fn a_clock_that_is_ahead_at_another_process_makes_no_loop() {
    let app = app(Store::Cookie).await;
    let clock = Clock::frozen();
    clock.advance(Duration::from_secs(600));
    let other = launch(&clock, config_for(&app.idp), all()).await;
    let mut browser = app.browser();
    for _ in 0..2 {
        assert_eq!(browser.open("/account").await.status, Status::SeeOther);
        let mut there = browser.at(&other);
        let start = there.open("/auth/sign-in").await;
        come_back(&app, &mut there, &start).await;
        browser = there.at(&app.client);
    }
    assert_is_the_page_of_a_loop(&browser.open("/account").await);
}

/// Logto refuses the refresh token of each session that it has just begun.
#[rocket::async_test]
async fn a_session_that_ends_at_the_first_page_is_a_loop() {
    for app in apps().await {
        let mut browser = app.browser();
        for round in 0..3 {
            let body = r#"{"error":"invalid_grant"}"#.to_owned();
            let content_type = "application/json".into();
            app.idp.fault(Endpoint::Token, Fault::Body { status: 400, content_type, body });
            let refused = browser.open("/orders").await;
            app.idp.heal();
            if round == 2 {
                assert_is_the_page_of_a_loop(&refused);
                break;
            }
            let start = browser.open(refused.location()).await;
            assert_eq!(come_back(&app, &mut browser, &start).await.location(), "/orders");
        }
    }
}

#[rocket::async_test]
async fn tabs_that_begin_sign_ins_at_the_same_moment_are_no_loop() {
    for app in apps().await {
        let mut browser = app.browser();
        let mut starts = Vec::new();
        for mut tab in app.tabs(&browser, 4) {
            let refused = tab.open("/account").await;
            starts.push(tab.open(refused.location()).await);
            browser.cookies.append(&mut tab.cookies);
        }
        let mut back = 0;
        for start in &starts {
            let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
            let answer = browser.navigate(&path_of(&callback), From::OtherSite).await;
            back += usize::from(answer.status == Status::SeeOther);
            lose_the_session(&mut browser);
        }
        assert!(back > 0);
        assert_is_in_no_loop(&app, &mut browser).await;
    }
}

/// No page that asks for the user is between them.
#[rocket::async_test]
async fn sign_ins_of_a_browser_that_keeps_its_session_are_no_loop() {
    for app in apps().await {
        for again in [
            "/auth/sign-in?max_age=60",
            "/auth/sign-in?organization_id=org_1",
            "/auth/sign-in?switch=1",
            "/auth/sign-in",
        ] {
            let mut browser = app.browser();
            for _ in 0..4 {
                let start = browser.navigate(again, From::OwnPage).await;
                come_back(&app, &mut browser, &start).await;
                app.clock.advance(Duration::from_secs(20));
            }
            lose_the_session(&mut browser);
            assert_is_in_no_loop(&app, &mut browser).await;
        }
        let mut browser = app.browser();
        for _ in 0..4 {
            let start = browser.open("/auth/sign-in").await;
            come_back(&app, &mut browser, &start).await;
            browser.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
        }
        assert_is_in_no_loop(&app, &mut browser).await;
    }
}

/// Each has shown a page that says so.
#[rocket::async_test]
async fn sign_ins_that_fail_are_no_loop() {
    let app = app(Store::Cookie).await;
    let mut browser = app.browser();
    for _ in 0..4 {
        let callback = app.callback(&mut browser, "alice", "/account").await;
        let (path, _) = callback.split_once("?code=").unwrap();
        let state = callback.split_once("state=").unwrap().1;
        let cancelled = format!("{path}?error=access_denied&state={state}");
        let page = browser.navigate(&cancelled, From::OtherSite).await;
        assert_eq!(page.status, Status::Forbidden, "{page:?}");
    }
    assert_is_in_no_loop(&app, &mut browser).await;
}

#[rocket::async_test]
async fn a_row_of_sign_ins_is_forgotten_after_an_hour() {
    let app = app(Store::Cookie).await;
    let mut browser = app.browser();
    twice_without_a_session(&app, &mut browser, "/auth/sign-in").await;
    app.clock.advance(Duration::from_secs(3601));
    assert_is_in_no_loop(&app, &mut browser).await;
}

/// Both take the first of the cookies for sign-ins.
#[rocket::async_test]
async fn a_sign_in_that_has_ended_takes_no_other_one_away() {
    let app = app(Store::Cookie).await;
    let page = format!("/account?{}", "x".repeat(1_000));
    let mut alice = app.browser();
    for _ in 0..2 {
        let link = format!("/auth/sign-in?max_age=60&return_to={}", encoded(&page));
        let start = alice.navigate(&link, From::OwnPage).await;
        assert_eq!(come_back(&app, &mut alice, &start).await.location(), page);
    }
}

/// Signs in afresh where a refused request leads to; Logto does not ask for the password again.
async fn stays_old(app: &App, browser: &mut Browser<'_>, refused: &Answer) -> Answer {
    let sign_in = refused.header("HX-Redirect").unwrap_or(refused.location());
    assert!(sign_in.ends_with("max_age=900"), "{refused:?}");
    let start = browser.open(sign_in).await;
    app.idp.tamper(Tamper::claim("auth_time", app.clock.now() - 930));
    let back = come_back(app, browser, &start).await;
    app.idp.heal();
    back
}

#[rocket::async_test]
async fn a_sign_in_that_logto_does_not_renew_is_asked_for_once_and_explained() {
    for app in apps().await {
        for path in ["/vault", "/checked-vault"] {
            let mut alice = app.signed_in("alice").await;
            app.clock.advance(Duration::from_secs(1_000));
            let refused = alice.open(path).await;
            assert_eq!(stays_old(&app, &mut alice, &refused).await.location(), path);
            // Another page comes first, and some time passes.
            assert_eq!(alice.open("/account").await.status, Status::Ok);
            app.clock.advance(Duration::from_secs(60));
            let page = alice.open(path).await;
            assert_eq!(page.status, Status::Forbidden, "{page:?}");
            assert!(page.body.contains("did not ask for your password again"), "{page:?}");
            // Logto may do so by now.
            app.clock.advance(Duration::from_secs(900));
            assert_eq!(alice.open(path).await.status, Status::SeeOther);
        }
    }
}

/// The page is open to all users, and only a part of it is not.
#[rocket::async_test]
async fn a_part_of_a_page_asks_once_for_a_sign_in_that_logto_does_not_renew() {
    let htmx = [("HX-Request", "true"), ("HX-Current-URL", "http://localhost:8000/account")];
    for app in apps().await {
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(Duration::from_secs(1_000));
        let refused = alice.request(Method::Get, "/vault", &htmx, "").await;
        assert_eq!(stays_old(&app, &mut alice, &refused).await.location(), "/account");
        assert_eq!(alice.open("/account").await.status, Status::Ok);
        let part = alice.request(Method::Get, "/vault", &htmx, "").await;
        assert_eq!((part.status, part.header("HX-Redirect")), (Status::Forbidden, None));
    }
}

/// No refresh token comes with any sign-in, and a part of a page needs one.
#[rocket::async_test]
async fn a_part_of_a_page_that_needs_a_refresh_token_leads_to_no_sign_in_right_after_one() {
    let htmx = [("HX-Request", "true"), ("HX-Current-URL", "http://localhost:8000/account")];
    let app = App::builder().routes(routes![refresh]).start().await;
    app.idp.tamper(Tamper::NoRefreshToken);
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    let part = alice.request(Method::Get, "/refresh", &htmx, "").await;
    assert_eq!(part.status, Status::InternalServerError, "{part:?}");
    app.clock.advance(Duration::from_secs(60));
    let part = alice.request(Method::Get, "/refresh", &htmx, "").await;
    assert_eq!(part.status, Status::Unauthorized, "{part:?}");
}

#[get("/refresh")]
async fn refresh(user: LogtoUser) -> Result<(), Error> {
    user.refresh().await.map(drop)
}

/// Sign-ins that one process begins ask for less than another one needs, for ever.
#[rocket::async_test]
async fn processes_that_ask_for_different_things_make_no_loop() {
    let app = App::builder().routes(routes![refresh]).start().await;
    let more = |config: Config| config.resources([Orders::URI]);
    let other = launch(&app.clock, more(config_for(&app.idp)), routes![token]).await;
    let mut alice = app.signed_in("alice").await.at(&other);
    let page = alice.open("/token").await;
    assert_eq!(page.status, Status::Unauthorized, "{page:?}");
    assert!(page.body.contains("needs more permissions"), "{page:?}");
    let htmx = [("HX-Request", "true"), ("HX-Current-URL", "http://localhost:8000/account")];
    let part = alice.request(Method::Get, "/token", &htmx, "").await;
    assert_eq!((part.status, part.header("HX-Redirect")), (Status::Unauthorized, None));
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(alice.open("/token").await.status, Status::SeeOther);
}

#[get("/token")]
async fn token(user: LogtoUser) -> Result<String, Error> {
    user.access_token(Orders).await.map(|token| token.as_str().to_owned())
}
