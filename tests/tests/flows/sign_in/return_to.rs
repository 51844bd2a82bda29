//! The page that a sign-in returns to: it comes back to the byte, whatever else the sign-in asks for, and
//! no text that a visitor chooses breaks anything.

use std::sync::{Arc, Mutex};

use logto_rocket::testing::{Builder, User};
use logto_rocket::{Event, Logto, NotLocal, SignIn};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::uri::encoded;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rocket::http::Status;
use rocket::{get, routes};

/// The longest page to return to.
const LONGEST: usize = 1_024;

/// What all cookies of sign-ins may take of a `Cookie` header.
const ALL_FLOWS: usize = 3_000;

const RESOURCES: [&str; 6] = [
    "https://api.example.test/orders",
    "https://api.example.test/invoices",
    "https://api.example.test/customers",
    "https://api.example.test/deliveries",
    "https://api.example.test/payments",
    "https://api.example.test/warehouses",
];

/// An application that asks for much, over https.
async fn demanding() -> App {
    let provider = |provider: Builder| {
        let provider = provider.user(User::new("alice")).redirect_uri(CALLBACK);
        RESOURCES.iter().fold(provider, |it, uri| it.resource(uri, &["read", "write"]))
    };
    let scopes = (0..13).map(|number| format!("read:item{number}"));
    App::builder()
        .provider(provider)
        .config(|it| it.resources(RESOURCES).scopes(scopes).base_url(SITE))
        .routes(routes![step_up])
        .start()
        .await
}

const SITE: &str = "https://site.example";
const CALLBACK: &str = "https://site.example/auth/sign-in-callback";

#[get("/step-up?<to>")]
async fn step_up(logto: &Logto, to: &str) -> Result<SignIn, logto_rocket::Error> {
    logto.sign_in().return_to(to).start().await
}

/// A local path of so many bytes.
fn path(length: usize) -> String {
    format!("/{}", "a?b=c&d%20e/".repeat(length).chars().take(length - 1).collect::<String>())
}

/// Where a sign-in ends that is to return to this text.
async fn ends_at(app: &App, text: &str) -> String {
    let mut browser = app.browser();
    let answer = app.sign_in(&mut browser, "alice", text).await;
    assert_eq!(answer.status, Status::SeeOther, "{text}: {answer:?}");
    answer.location().to_owned()
}

#[rocket::async_test]
async fn a_path_of_up_to_1024_bytes_comes_back_whatever_is_asked_for() {
    for app in [App::start().await, demanding().await] {
        for length in [2, 100, 500, 900, LONGEST] {
            let path = path(length);
            assert_eq!(ends_at(&app, &path).await, path);
        }
    }
}

#[rocket::async_test]
async fn a_longer_one_and_one_of_another_site_are_told_and_the_sign_in_ends_at_the_default() {
    let events = Arc::<Mutex<Vec<Event>>>::default();
    let heard = Arc::clone(&events);
    let app = App::builder()
        .config(|config| config.after_sign_in("/start"))
        .fairing(|fairing| fairing.on_event(move |event| heard.lock().unwrap().push(event.clone())))
        .start()
        .await;
    for (text, expected) in
        [(path(LONGEST + 1), NotLocal::TooLong), ("//evil.example".into(), NotLocal::NotOneSlash)]
    {
        events.lock().unwrap().clear();
        assert_eq!(ends_at(&app, &text).await, "/start");
        let events = events.lock().unwrap();
        let Some(Event::ReturnToIgnored { why }) = events.first() else { panic!("{events:?}") };
        assert_eq!(*why, expected);
    }
}

#[rocket::async_test]
async fn fragments_blanks_letters_and_the_sites_own_address_lose_nothing() {
    let app = App::start().await;
    for (text, path) in [
        ("/a#b", "/a"),
        ("/search?q=a+b", "/search?q=a+b"),
        ("/a b", "/a%20b"),
        ("/straße/日本?q=é", "/stra%C3%9Fe/%E6%97%A5%E6%9C%AC?q=%C3%A9"),
        ("http://localhost:8000/account?tab=keys#top", "/account?tab=keys"),
        ("http://localhost:8000", "/"),
    ] {
        assert_eq!(ends_at(&app, text).await, path, "{text}");
    }
}

/// Texts of any length and alphabet, and what a path is made of.
#[rocket::async_test]
async fn no_text_makes_an_error_and_a_path_comes_back_to_the_byte() {
    let app = demanding().await;
    let paths = "/[a-zA-Z0-9._~!$&'()*+,;=:@/?%-]{0,1200}";
    let texts = prop_oneof![paths, "\\PC{0,300}", any::<String>(), "[/\\\\:#?@ \t\n]{0,12}"];
    let mut runner = TestRunner::deterministic();
    for _ in 0..300 {
        let text = texts.new_tree(&mut runner).unwrap().current();
        for link in [
            format!("/auth/sign-in?return_to={}", encoded(&text)),
            format!("/step-up?to={}", encoded(&text)),
        ] {
            let mut browser = app.browser();
            let start = browser.open(&link).await;
            assert_eq!(start.status, Status::SeeOther, "{text:?}: {start:?}");
            let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
            let callback = callback.strip_prefix(SITE).unwrap();
            let end = browser.navigate(callback, From::OtherSite).await;
            assert_eq!(end.status, Status::SeeOther, "{text:?}: {end:?}");
            let is_path = text.parse::<logto_rocket::LocalPath>().is_ok() && text.len() <= LONGEST;
            if is_path {
                assert_eq!(end.location(), text);
            }
        }
    }
}

/// What a browser sends of the cookies of sign-ins.
fn bytes(browser: &Browser<'_>) -> usize {
    let flows = browser.cookies.iter().filter(|(name, _)| name.contains("-flow-"));
    flows.map(|(name, value)| name.len() + value.len() + 3).sum()
}

/// What a response takes on the wire, about: its headers, as hyper writes them.
fn head(answer: &Answer) -> usize {
    answer.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum()
}

/// A page of another site can have a browser begin any number of sign-ins.
#[rocket::async_test]
async fn twenty_sign_ins_that_another_site_begins_leave_the_site_usable() {
    let app = demanding().await;
    let mut browser = app.browser();
    let mine = browser.open("/auth/sign-in?return_to=/mine").await;
    for number in 0..20 {
        let long = path(LONGEST - number);
        let link = format!("/auth/sign-in?return_to={}", encoded(&long));
        let start = browser.navigate(&link, From::OtherSite).await;
        assert_eq!(start.status, Status::SeeOther, "{start:?}");
        assert!(bytes(&browser) <= ALL_FLOWS, "{} bytes", bytes(&browser));
        assert!(head(&start) < 3_600, "{} bytes", head(&start));
        // The newest is whole.
        let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
        let callback = callback.strip_prefix(SITE).unwrap();
        let end = browser.at(&app.client).navigate(callback, From::OtherSite).await;
        assert_eq!(end.location(), long);
    }
    drop(mine);
}

/// Twenty sign-ins that begin at the same moment: each answer sees only the cookies that its request
/// carried. Answers with the browser that has them all, and with the callback of the last one.
async fn twenty_at_once<'a>(app: &'a App, browser: &Browser<'a>) -> (Browser<'a>, String) {
    let mut all = browser.at(&app.client);
    let mut last = String::new();
    for mut tab in app.tabs(browser, 20) {
        last = app.callback(&mut tab, "alice", "/account").await;
        all.cookies.extend(tab.cookies);
        app.clock.advance(std::time::Duration::from_secs(1));
    }
    assert!(bytes(&all) > ALL_FLOWS, "{} bytes", bytes(&all));
    (all, last)
}

#[rocket::async_test]
async fn the_next_page_of_a_signed_in_user_removes_what_sign_ins_at_the_same_moment_left_too_much()
{
    let app = App::start().await;
    let alice = app.signed_in("alice").await;
    let (mut browser, last) = twenty_at_once(&app, &alice).await;
    assert_eq!(browser.open("/account").await.status, Status::Ok);
    assert!((1..=ALL_FLOWS).contains(&bytes(&browser)), "{} bytes", bytes(&browser));
    assert!(!browser.open("/account").await.sets_cookies(), "there is room now");
    let end = browser.navigate(&last, From::OtherSite).await;
    assert_eq!(end.location(), "/account", "the newest is left");
}

#[rocket::async_test]
async fn the_callback_removes_what_sign_ins_at_the_same_moment_left_too_much() {
    let app = App::start().await;
    for is_good in [true, false] {
        let (mut browser, last) = twenty_at_once(&app, &app.browser()).await;
        let callback = if is_good { last } else { last.replace("code=", "error=access_denied&x=") };
        let end = browser.navigate(&callback, From::OtherSite).await;
        assert_eq!(end.location() == "/account", is_good, "{end:?}");
        assert!((1..=ALL_FLOWS).contains(&bytes(&browser)), "{} bytes", bytes(&browser));
        assert_eq!(browser.is_signed_in().await, is_good);
    }
}

#[rocket::async_test]
async fn where_room_is_short_the_oldest_gives_up_its_page_and_still_signs_in() {
    let app = App::start().await;
    let mut browser = app.browser();
    let first = browser.open(&format!("/auth/sign-in?return_to={}", encoded(&path(LONGEST)))).await;
    app.clock.advance(std::time::Duration::from_secs(1));
    browser.open(&format!("/auth/sign-in?return_to={}", encoded(&path(LONGEST)))).await;
    let callback = app.idp.authorize(first.location(), "alice").await.unwrap();
    let callback = callback.strip_prefix(ORIGIN).unwrap();
    let end = browser.navigate(callback, From::OtherSite).await;
    assert_eq!((end.status, end.location()), (Status::SeeOther, "/"));
}
