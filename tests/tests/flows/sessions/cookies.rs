//! Our cookies: what they look like, and what a forged, foreign or broken one does (nothing).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use logto_rocket::{Logto, LogtoFairing, MemoryStore, SessionConfig};
use logto_rocket_tests::app::{App, ORIGIN, config_for, launch, rocket};
use logto_rocket_tests::browser::{Answer, From};
use logto_rocket_tests::http;
use logto_rocket_tests::server::{Server, free_port};
use logto_rocket_tests::uri::{encoded, path_of};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rocket::http::{Cookie, CookieJar, SameSite, Status};
use rocket::{Route, get, routes};

const SITE: &str = "https://app.example.test";

/// Rocket's own private cookies, with the application's key.
fn private_cookies() -> Vec<Route> {
    #[get("/seal?<name>&<text>")]
    fn seal(jar: &CookieJar<'_>, name: String, text: String) {
        jar.add_private((name, text));
    }
    #[get("/unseal?<name>")]
    fn unseal(jar: &CookieJar<'_>, name: &str) -> Option<String> {
        Some(jar.get_private(name)?.value().to_owned())
    }
    routes![seal, unseal]
}

fn cookies(answer: &Answer) -> Vec<Cookie<'static>> {
    let set = answer.all("Set-Cookie").into_iter();
    set.map(|header| Cookie::parse(header.to_owned()).expect("a cookie")).collect()
}

/// Signs in and out, and gives back all the cookies that were set on the way.
async fn set_on_the_way(app: &App) -> Vec<Cookie<'static>> {
    let mut browser = app.browser();
    let start = browser.open("/auth/sign-in").await;
    let callback = path_of(&app.idp.authorize(start.location(), "alice").await.unwrap());
    let signed_in = browser.navigate(&callback, From::OtherSite).await;
    let account = browser.open("/account").await;
    let out = browser.navigate("/auth/sign-out?return_to=/x", From::OwnPage).await;
    let back = browser.navigate("/auth/sign-out-callback", From::OtherSite).await;
    assert_eq!(back.location(), "/x");
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    [start, signed_in, account, out, back].iter().flat_map(cookies).collect()
}

#[rocket::async_test]
async fn each_cookie_is_for_this_host_only_and_out_of_reach_of_scripts() {
    let https = App::builder()
        .provider(|provider| provider.redirect_uri(&format!("{SITE}/auth/sign-in-callback")))
        .config(|config| config.base_url(SITE))
        .start()
        .await;
    for (app, secure) in [(https, true), (App::start().await, false)] {
        let all = set_on_the_way(&app).await;
        let names: BTreeSet<_> = all.iter().map(|cookie| cookie.name().to_owned()).collect();
        // Two pieces that there might have been are deleted with the session.
        assert_eq!(names.len(), 5, "session, its pieces, sign-in, sign-out: {names:?}");
        assert!(all.iter().filter(|it| it.max_age().unwrap().is_zero()).count() >= 4);
        for cookie in all {
            assert_eq!(cookie.http_only(), Some(true), "{cookie}");
            assert_eq!(cookie.same_site(), Some(SameSite::Lax), "{cookie}");
            assert_eq!(cookie.path(), Some("/"), "{cookie}");
            assert_eq!(cookie.domain(), None, "{cookie}");
            assert_eq!(cookie.secure().unwrap_or_default(), secure, "{cookie}");
            assert_eq!(cookie.name().starts_with("__Host-"), secure, "{cookie}");
            assert!(cookie.max_age().is_some(), "{cookie}");
        }
    }
}

#[rocket::async_test]
async fn applications_on_one_host_do_not_overwrite_each_others_cookies() {
    let mut names = BTreeSet::new();
    let usual = App::start().await;
    let base = App::builder().config(|config| config.base("/login")).start().await;
    let other =
        App::builder().provider(|provider| provider.app("other_app", "secret")).start().await;
    for (app, route) in [(usual, "/auth"), (base, "/login"), (other, "/auth")] {
        let mut browser = app.browser();
        let start = browser.open(&format!("{route}/sign-in")).await;
        let callback = path_of(&app.idp.authorize(start.location(), "alice").await.unwrap());
        browser.navigate(&callback, From::OtherSite).await;
        browser.open("/account").await;
        names.insert(browser.only_cookie().0);
    }
    assert_eq!(names.len(), 3, "{names:?}");
}

/// Guards against this mistake: the cookie of a sign-in under way was accepted as a session.
#[rocket::async_test]
async fn no_cookie_is_accepted_in_the_place_of_another() {
    let app = App::start().await;
    let alice = app.signed_in("alice").await;
    let (session_name, session_text) = alice.only_cookie();
    let mut starting = app.browser();
    let callback = app.callback(&mut starting, "bob", "/").await;
    let (flow_name, flow) = starting.only_cookie();
    let mut finished = app.browser();
    finished.cookies.clone_from(&starting.cookies);
    let mut leaving = app.signed_in("alice").await;
    leaving.navigate("/auth/sign-out?return_to=/account", From::OwnPage).await;
    let (sign_out_name, sign_out) = leaving.only_cookie();

    for (text, good) in [(&session_text, true), (&flow, false), (&sign_out, false)] {
        let mut browser = app.browser();
        browser.cookies.insert(session_name.clone(), text.clone());
        assert_eq!(browser.open("/account").await.status == Status::Ok, good);
        // Not as a piece, either.
        browser.cookies.insert(session_name.clone(), "2.".into());
        browser.cookies.insert(format!("{session_name}-1"), text.clone());
        assert_eq!(browser.open("/account").await.status == Status::Ok, good);
    }
    for (text, good) in [(&sign_out, true), (&session_text, false), (&flow, false)] {
        let mut browser = app.browser();
        browser.cookies.insert(sign_out_name.clone(), text.clone());
        let back = browser.navigate("/auth/sign-out-callback", From::OtherSite).await;
        assert_eq!(back.location() == "/account", good);
    }
    for (text, good) in [(&session_text, false), (&sign_out, false), (&flow, true)] {
        let mut browser = app.browser();
        browser.cookies.insert(flow_name.clone(), text.clone());
        let back = browser.navigate(&callback, From::OtherSite).await;
        assert_eq!(back.status == Status::SeeOther, good);
    }
}

/// Key, algorithm and text are those of Rocket's private cookies. What is authenticated besides says whose
/// session it is.
#[rocket::async_test]
async fn a_session_is_sealed_as_rocket_does_under_a_name_that_says_whose_it_is() {
    let app = App::builder().routes(private_cookies()).start().await;
    let mut alice = app.signed_in("alice").await;
    let (name, value) = alice.only_cookie();
    assert_eq!(unsealed(&app, &name, &value).await, None, "Rocket itself does not open it");
    let issuer = format!("{}/oidc", app.idp.endpoint());
    let parts = [&*issuer, app.idp.app_id(), "/auth", "localhost"];
    let owner = parts.map(|part| format!("{}:{part}", part.len())).concat();
    let context = format!("session{owner}{name}");
    let text = unsealed(&app, &context, &value).await.expect("a text");
    assert!(text.contains(&app.idp.user_id("alice").unwrap()), "{text}");

    alice.cookies.insert(name.clone(), sealed(&app, &context, &text).await);
    assert_eq!(alice.open("/account").await.status, Status::Ok, "and the other way round");
    let by_rocket = sealed(&app, &name, &text).await;
    is_signed_out(&app, &[(&name, &by_rocket)]).await;
    for other in [
        text.replacen("[3,", "[1,", 1),
        text.replacen("[3,", "[4,", 1),
        text.replacen("[3,", "[", 1),
        text[..text.len() - 1].to_owned(),
        format!("{text}x"),
        "{}".into(),
        "null".into(),
        String::new(),
    ] {
        assert_ne!(other, text);
        let value = sealed(&app, &context, &other).await;
        is_signed_out(&app, &[(&name, &value)]).await;
    }
}

/// What Rocket opens of a cookie.
async fn unsealed(app: &App, name: &str, value: &str) -> Option<String> {
    let mut browser = app.browser();
    browser.cookies.insert(name.into(), value.into());
    let answer = browser.open(&format!("/unseal?name={}", encoded(name))).await;
    (answer.status == Status::Ok).then_some(answer.body)
}

/// What Rocket seals for a cookie.
async fn sealed(app: &App, name: &str, text: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("name", name), ("text", text)])
        .finish();
    let answer = app.browser().open(&format!("/seal?{query}")).await;
    let header = answer.header("Set-Cookie").expect("a private cookie").to_owned();
    Cookie::parse_encoded(header).expect("a cookie").value().to_owned()
}

/// Whether these cookies mean signed out, and are left as they are.
async fn is_signed_out(app: &App, cookies: &[(&str, &str)]) {
    let mut browser = app.browser();
    let cookies: BTreeMap<_, _> =
        cookies.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    browser.cookies.clone_from(&cookies);
    let index = browser.open("/").await;
    assert_eq!((index.status, &*index.body), (Status::Ok, "Hello, stranger"), "{cookies:?}");
    let account = browser.open("/account").await;
    assert_eq!(account.status, Status::SeeOther, "{cookies:?}");
    assert_eq!(browser.fetch("/auth/user").await.status, Status::Unauthorized, "{cookies:?}");
    let change = browser.post("/change", From::OwnPage, "http://localhost:8000").await;
    assert_eq!(change.status, Status::Unauthorized, "{cookies:?}");
    let out = browser.navigate("/auth/sign-out", From::OwnPage).await;
    assert_eq!(out.status, Status::SeeOther, "{cookies:?}");
    assert!(!index.sets_cookies() && !account.sets_cookies() && !change.sets_cookies());
    assert_eq!(browser.cookies, cookies);
}

/// Guards against this mistake: absurd numbers of pieces, headers that crashed the parser, seals
/// that did not notice a changed bit, plain text that was believed.
#[rocket::async_test]
async fn an_unreadable_session_means_signed_out_and_is_left_alone() {
    let app = App::start().await;
    let alice = app.signed_in("alice").await;
    let (name, good) = alice.only_cookie();
    let now = app.clock.now();
    let line = format!(r#"[2,"kZ3x0Qv9T2m7a1B4c5D6eA",0,null,{now},0,0,null]"#);
    let plain = format!("{line}\n{}", r#"{"s":"admin"}"#);
    let huge = "A".repeat(200_000);
    let counted = format!("2.{good}");
    let foreign = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for value in [
        "",
        ".",
        "x",
        "99999999.x",
        "-1.x",
        "0.x",
        "1.x",
        "+2.x",
        "2.",
        "2.x",
        "3.x",
        "4.x",
        "2.2.2",
        "18446744073709551616.x",
        "\u{0}",
        "%00",
        "ü",
        "\u{202e}",
        &plain,
        &huge,
        foreign,
        &counted,
        &good[1..],
        &good[..good.len() - 1],
        &good[..100],
        &format!("{good}{good}"),
    ] {
        is_signed_out(&app, &[(&name, value)]).await;
    }
    let piece = format!("{name}-1");
    is_signed_out(&app, &[(&name, "2.x"), (&piece, &huge)]).await;
    is_signed_out(&app, &[(&name, "99999999."), (&piece, &good)]).await;
    is_signed_out(&app, &[(&piece, &good)]).await;
    for at in (0..good.len()).step_by(good.len() / 48) {
        let mut changed = good.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        is_signed_out(&app, &[(&name, &String::from_utf8(changed).unwrap())]).await;
    }
    let mut browser = app.browser();
    browser.cookies.insert(name, good);
    assert_eq!(browser.open("/account").await.status, Status::Ok, "the untouched one is good");
}

/// The same with random values.
#[rocket::async_test]
async fn no_content_of_a_cookie_is_a_server_error() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let (name, _) = alice.only_cookie();
    alice.navigate("/auth/sign-out?return_to=/account", From::OwnPage).await;
    let (sign_out, _) = alice.only_cookie();
    let text = prop_oneof![
        any::<String>(),
        "[0-9+-]{0,22}\\.[A-Za-z0-9+/=]{0,40}",
        "[A-Za-z0-9+/=]{0,300}",
    ];
    let flow = format!("{name}-flow-0");
    let piece = format!("{name}-1");
    let mut runner = TestRunner::deterministic();
    for _ in 0..256 {
        let mut browser = app.browser();
        for name in [&name, &flow, &piece, &sign_out] {
            let value = text.new_tree(&mut runner).expect("a value").current();
            browser.cookies.insert(name.clone(), value);
        }
        let before = browser.cookies.clone();
        for path in ["/", "/account", "/auth/sign-in-callback?code=x&state=x", "/auth/user"] {
            let answer = browser.open(path).await;
            assert!(answer.status.code < 500, "{before:?}: {answer:?}");
            assert_eq!(browser.cookies, before);
        }
        for path in ["/auth/sign-out", "/auth/sign-out-callback", "/auth/sign-in"] {
            let answer = browser.navigate(path, From::OwnPage).await;
            assert_eq!(answer.status, Status::SeeOther, "{before:?}: {answer:?}");
        }
    }
}

/// A sibling domain, or another path, can have set a cookie of the same name; the browser sends both.
#[rocket::async_test]
async fn of_several_cookies_of_one_name_the_good_one_counts_wherever_it_stands() {
    let name = "shop";
    let session = SessionConfig::new().cookie(name);
    let stores: [Option<Arc<MemoryStore>>; 2] = [None, Some(Arc::new(MemoryStore::new(100)))];
    for store in stores {
        let with_store = |fairing: LogtoFairing| match &store {
            Some(store) => fairing.store(Arc::clone(store)),
            None => fairing,
        };
        let app = App::builder().config(|it| it.session(session.clone())).fairing(with_store);
        let app = app.start().await;
        let alice = app.signed_in("alice").await;
        let (_, good) = alice.only_cookie();
        // Rocket's local clients read no `Cookie` header.
        let config = config_for(&app.idp).session(session.clone());
        let fairing = with_store(Logto::fairing().config(config).clock(app.clock.clone()));
        let port = free_port();
        let server = Server::launch(rocket(fairing), port).await;
        let opened = async |cookies: String| {
            let page = http::client().get(format!("http://127.0.0.1:{port}/account"));
            let page = page.header("Accept", "text/html").header("Cookie", cookies).send().await;
            page.unwrap().status() == 200
        };
        // A session that opens, and is over.
        let bob = app.signed_in("bob").await;
        let (_, over) = bob.only_cookie();
        server_sign_out(port, name, &over).await;
        for bad in ["x", "", "2.x", &good[1..], &over] {
            assert!(opened(format!("{name}={good}; {name}={bad}")).await, "{bad}");
            assert!(opened(format!("{name}={bad}; {name}={good}")).await, "{bad}");
            assert!(opened(format!("{name}={bad}; other=y; {name}={good}")).await, "{bad}");
            assert!(opened(format!("{name}={bad}; {name}={good}; {name}={bad}")).await, "{bad}");
            assert!(!opened(format!("{name}={bad}; {name}={bad}")).await, "{bad}");
        }
        server.stop().await;
    }
}

/// Signs out at the server, which then knows that the session has ended.
async fn server_sign_out(port: u16, name: &str, session: &str) {
    let request = http::client().post(format!("http://127.0.0.1:{port}/auth/sign-out"));
    let request = request.header("Origin", ORIGIN).header("Accept", "text/html");
    let answer = request.header("Cookie", format!("{name}={session}")).send().await.unwrap();
    assert_eq!(answer.status(), 303);
}

#[rocket::async_test]
async fn two_applications_at_ports_of_localhost_leave_each_others_session_alone() {
    let app = App::start().await;
    let config = config_for(&app.idp).base_url("http://localhost:3000");
    let other = launch(&app.clock, config, vec![]).await;
    let mut alice = app.signed_in("alice").await;
    let mut browser = alice.at(&other);
    assert!(!browser.is_signed_in().await);
    browser.navigate("/auth/sign-out", From::OwnPage).await;
    let start = browser.open("/auth/sign-in").await;
    assert_eq!(start.status, Status::SeeOther);
    alice.cookies = browser.cookies.clone();
    assert!(alice.is_signed_in().await, "neither has touched the other's cookies");
}
