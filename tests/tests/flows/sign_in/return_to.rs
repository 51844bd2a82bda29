//! The page that a sign-in returns to: it comes back to the byte, whatever else the sign-in asks for, and
//! no text that a visitor chooses breaks anything.

use std::sync::{Arc, Mutex};

use logto_rocket::testing::{Builder, User};
use logto_rocket::{Event, Logto, NotLocal, SignIn};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::From;
use logto_rocket_tests::uri::encoded;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rocket::http::Status;
use rocket::{get, routes};

/// The longest page to return to.
pub const LONGEST: usize = 1_024;

const RESOURCES: [&str; 6] = [
    "https://api.example.test/orders",
    "https://api.example.test/invoices",
    "https://api.example.test/customers",
    "https://api.example.test/deliveries",
    "https://api.example.test/payments",
    "https://api.example.test/warehouses",
];

/// An application that asks for much, over https.
pub async fn demanding() -> App {
    let provider = |provider: Builder| {
        let provider = provider.user(User::new("alice")).redirect_uri(CALLBACK);
        let resources = RESOURCES.iter().chain([&"https://api.example.test/more"]);
        resources.fold(provider, |it, uri| it.resource(uri, &["read", "write"]))
    };
    let scopes = (0..13).map(|number| format!("read:item{number}"));
    App::builder()
        .provider(provider)
        .config(|it| it.resources(RESOURCES).scopes(scopes).base_url(SITE))
        .routes(routes![step_up, more])
        .start()
        .await
}

pub const SITE: &str = "https://site.example";
const CALLBACK: &str = "https://site.example/auth/sign-in-callback";

#[get("/step-up?<to>")]
async fn step_up(logto: &Logto, to: &str) -> Result<SignIn, logto_rocket::Error> {
    logto.sign_in().return_to(to).start().await
}

/// A sign-in that asks for more than the others.
#[get("/more?<to>")]
async fn more(logto: &Logto, to: &str) -> Result<SignIn, logto_rocket::Error> {
    let more = logto.sign_in().scope("read:more").resource(RESOURCES[0]);
    more.resource("https://api.example.test/more").return_to(to).start().await
}

/// A local path of so many bytes.
pub fn path(length: usize) -> String {
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
async fn a_path_of_1024_bytes_comes_back_also_where_a_handler_asks_for_more_or_signs_need_escapes()
{
    let app = demanding().await;
    for (link, path) in [
        ("/more?to=", path(LONGEST)),
        ("/auth/sign-in?return_to=", format!("/{}", "\"".repeat(LONGEST - 1))),
    ] {
        let mut browser = app.browser();
        let start = browser.open(&format!("{link}{}", encoded(&path))).await;
        let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
        let callback = callback.strip_prefix(SITE).unwrap();
        assert_eq!(browser.navigate(callback, From::OtherSite).await.location(), path);
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
        let ignored = events.iter().filter_map(|event| match event {
            Event::ReturnToIgnored { why } => Some(*why),
            _ => None,
        });
        assert_eq!(ignored.collect::<Vec<_>>(), [expected], "{events:?}");
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

/// If a link has two, the first one counts.
#[rocket::async_test]
async fn of_several_pages_to_return_to_none_leads_elsewhere() {
    let app = App::start().await;
    for (link, page) in [
        ("return_to=/ok&return_to=//evil.example", "/ok"),
        ("return_to=//evil.example&return_to=/ok", "/"),
        ("return_to=/ok&target_link_uri=https://evil.example", "/ok"),
        ("return_to=&target_link_uri=//evil.example", "/"),
        ("target_link_uri=/ok&return_to=https://evil.example", "/"),
        ("return_to[]=//evil.example", "/"),
        ("Return_To=//evil.example", "/"),
    ] {
        let mut browser = app.browser();
        let start = browser.navigate(&format!("/auth/sign-in?{link}"), From::OtherSite).await;
        let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
        let callback = logto_rocket_tests::uri::path_of(&callback);
        let end = browser.navigate(&callback, From::OtherSite).await;
        assert_eq!((end.status, end.location()), (Status::SeeOther, page), "{link}");
    }
}
