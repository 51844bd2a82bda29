//! Signing out: only by a request of this site, and then for good.

use std::sync::Arc;
use std::time::Duration;

use logto_rocket::SessionConfig;
use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{From, navigation};
use logto_rocket_tests::uri::query;
use rocket::futures::future::join;
use rocket::http::{Method, Status};
use rocket::tokio::sync::Notify;

const ROUTE: &str = "/auth/sign-out";

/// Guards against this mistake: a link or an image on another site signed people out.
#[rocket::async_test]
async fn no_other_site_signs_the_user_out() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let before = alice.cookies.clone();
    let html = ("Accept", "text/html");
    let fetched = |site, mode, dest| {
        vec![html, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)]
    };
    let with = |from, name, value| {
        let mut headers = navigation(from);
        headers.push((name, value));
        headers
    };
    let never = [
        navigation(From::OtherSite),
        fetched("same-site", "navigate", "document"),
        fetched("cross-site", "navigate", "iframe"),
        fetched("cross-site", "no-cors", "image"),
        vec![html],
        vec![html, ("Origin", "https://evil.example")],
        vec![html, ("Origin", "null")],
        vec![html, ("Referer", "http://localhost:8000/account")],
        with(From::OtherSite, "Origin", ORIGIN),
    ];
    let not_by_get = [
        navigation(From::AddressBar),
        fetched("same-origin", "no-cors", "image"),
        fetched("same-origin", "navigate", "iframe"),
        fetched("same-origin", "cors", "empty"),
        with(From::OwnPage, "Sec-Purpose", "prefetch;prerender"),
        with(From::OwnPage, "Purpose", "prefetch"),
        with(From::OwnPage, "X-Moz", "prefetch"),
    ];
    let by_get = never.iter().chain(&not_by_get).map(|headers| (Method::Get, headers));
    let by_post = never.iter().map(|headers| (Method::Post, headers));
    for (method, headers) in by_get.chain(by_post) {
        let answer = alice.request(method, ROUTE, headers, "").await;
        assert_eq!(answer.status, Status::Ok, "{method} {headers:?}");
        assert!(answer.body.contains(r#"<form method="post" action="/auth/sign-out">"#));
        assert!(!answer.sets_cookies(), "{method} {headers:?}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{method} {headers:?}");
    }
    alice.request(Method::Head, ROUTE, &navigation(From::OwnPage), "").await;
    alice.request(Method::Get, "/auth/sign-out-callback", &navigation(From::OtherSite), "").await;
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    assert_eq!(alice.cookies, before);
    assert_eq!((app.idp.requests().revocation(), app.idp.requests().end_session()), (0, 0));
}

#[rocket::async_test]
async fn the_sites_own_page_signs_out_by_link_and_by_form() {
    let app = App::start().await;
    let html = ("Accept", "text/html");
    let mut form = navigation(From::OwnPage);
    form.push(("Origin", ORIGIN));
    for (method, headers) in [
        (Method::Get, navigation(From::OwnPage)),
        (Method::Get, vec![html, ("Origin", ORIGIN)]),
        (Method::Post, form),
        (Method::Post, vec![html, ("Origin", ORIGIN)]),
    ] {
        let mut alice = app.signed_in("alice").await;
        let answer = alice.request(method, ROUTE, &headers, "").await;
        assert_eq!(answer.status, Status::SeeOther, "{method} {headers:?}");
        let sent = query(answer.location());
        assert_eq!(sent["client_id"], app.idp.app_id());
        assert_eq!(sent["post_logout_redirect_uri"], format!("{ORIGIN}/auth/sign-out-callback"));
        assert_eq!(alice.open("/account").await.status, Status::SeeOther);
    }
    assert_eq!(app.idp.requests().revocation(), 4);
}

#[rocket::async_test]
async fn the_page_with_the_button_works() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let page = alice.navigate(&format!("{ROUTE}?return_to=/x%3Fa%3D1"), From::OtherSite).await;
    assert!(page.body.contains(r#"action="/auth/sign-out?return_to=%2Fx%3Fa%3D1""#), "{page:?}");
    assert_eq!(page.header("Referrer-Policy"), Some("same-origin"));
    let policy = page.header("Content-Security-Policy").unwrap();
    assert!(policy.contains(&format!("form-action 'self' {}", app.idp.endpoint())), "{policy}");
    let out = alice.post("/auth/sign-out?return_to=%2Fx%3Fa%3D1", From::OwnPage, ORIGIN).await;
    assert_eq!(out.status, Status::SeeOther);
    let back = alice.navigate("/auth/sign-out-callback", From::OtherSite).await;
    assert_eq!(back.location(), "/x?a=1");
    let again = alice.navigate("/auth/sign-out-callback", From::OtherSite).await;
    assert_eq!(again.location(), "/", "the path is kept for once");
}

/// Guards against this mistake: the cookie was deleted in the browser, and a copy of it went on.
#[rocket::async_test]
async fn every_old_cookie_is_invalid() {
    let app = App::builder().provider(|provider| provider.rotating(true)).start().await;
    let mut alice = app.signed_in("alice").await;
    let other = app.signed_in("alice").await;
    let first = alice.cookies.clone();
    app.clock.advance(Duration::from_secs(3550));
    assert_eq!(alice.open("/profile").await.status, Status::Ok);
    let renewed = alice.cookies.clone();
    assert_ne!(first, renewed);
    let token = app.idp.requests().token();
    alice.navigate(ROUTE, From::OwnPage).await;
    for cookies in [first, renewed] {
        let mut copy = app.browser();
        copy.cookies = cookies;
        assert_eq!(copy.open("/").await.body, "Hello, stranger");
        assert_eq!(copy.open("/profile").await.status, Status::SeeOther);
        assert_eq!(copy.fetch("/auth/user").await.status, Status::Unauthorized);
        app.clock.set_back(Duration::from_secs(3600));
        assert_eq!(copy.open("/account").await.status, Status::SeeOther);
    }
    assert_eq!(app.idp.requests().token(), token);
    let mut other_browser = app.browser();
    other_browser.cookies = other.cookies;
    assert_eq!(other_browser.open("/account").await.status, Status::Ok, "only this one ended");
}

#[rocket::async_test]
async fn the_session_here_ends_also_while_logto_is_away() {
    let slow = |config: logto_rocket::Config| config.timeout(Duration::from_secs(1));
    for fault in [Fault::Status(500), Fault::Reset, Fault::Hang] {
        let app = App::builder().config(slow).start().await;
        let mut alice = app.signed_in("alice").await;
        let before = alice.cookies.clone();
        app.idp.fault(Endpoint::Revocation, fault.clone()).for_ever();
        let out = alice.navigate(ROUTE, From::OwnPage).await;
        assert!(matches!(out.status.code, 200 | 303), "{fault:?}: {out:?}");
        alice.cookies.extend(before);
        assert_eq!(alice.open("/account").await.status, Status::SeeOther, "{fault:?}");
    }
}

#[rocket::async_test]
async fn a_browser_without_a_session_is_not_sent_to_logto() {
    let app = App::builder().config(|config| config.after_sign_out("/bye")).start().await;
    for from in [From::OwnPage, From::OtherSite] {
        let answer = app.browser().navigate(ROUTE, from).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, "/bye"));
    }
    assert_eq!(app.idp.requests().revocation(), 0);
}

/// The routes have no guard, so they must know by themselves that a session has ended.
#[rocket::async_test]
async fn the_routes_know_that_a_session_has_ended() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let mut copy = app.browser();
    copy.cookies.clone_from(&alice.cookies);
    let callback = "/auth/sign-in-callback?state=unknown&code=any";
    assert_eq!(copy.navigate(callback, From::OtherSite).await.location(), "/", "signed in already");
    assert_eq!(alice.post(ROUTE, From::OwnPage, ORIGIN).await.status, Status::SeeOther);
    copy.cookies.retain(|name, _| !name.contains("-flow-"));
    let answer = copy.navigate(callback, From::OtherSite).await;
    assert_eq!(answer.status, Status::BadRequest, "{answer:?}");
    let question = copy.navigate("/auth/sign-in?organization_id=org_1", From::OtherSite).await;
    assert_eq!(
        question.status,
        Status::SeeOther,
        "no page asks whether to stay signed in: {question:?}"
    );
}

/// A response that was under way when the session ended must not bring its cookie back.
#[rocket::async_test]
async fn a_response_that_comes_after_the_sign_out_writes_no_session() {
    #[rocket::get("/slow")]
    async fn slow(_user: logto_rocket::LogtoUser, gate: &rocket::State<Gate>) -> &'static str {
        gate.entered.notify_one();
        gate.open.notified().await;
        "at last"
    }
    let gate = Gate::default();
    let session = SessionConfig::new().idle_timeout(Duration::from_secs(3600));
    let app = App::builder()
        .config(|config| config.session(session))
        .routes(rocket::routes![slow])
        .rocket(|rocket| rocket.manage(gate.clone()))
        .start()
        .await;
    for signs_out in [false, true] {
        let mut alice = app.signed_in("alice").await;
        let mut late = app.browser();
        late.cookies.clone_from(&alice.cookies);
        app.clock.advance(Duration::from_secs(120));
        let meanwhile = async {
            gate.entered.notified().await;
            if signs_out {
                let answer = alice.post(ROUTE, From::OwnPage, ORIGIN).await;
                assert_eq!(answer.status, Status::SeeOther);
            }
            gate.open.notify_one();
        };
        let (answer, ()) = join(late.open("/slow"), meanwhile).await;
        assert_eq!((answer.status, answer.body.as_str()), (Status::Ok, "at last"));
        assert_eq!(answer.sets_cookies(), !signs_out, "{answer:?}");
    }
}

/// What a handler waits for.
#[derive(Clone, Default)]
struct Gate {
    entered: Arc<Notify>,
    open: Arc<Notify>,
}
