//! The callback: what Logto sends back, and what others send in its name.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Tamper};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::fault::html;
use logto_rocket_tests::uri::query;
use rocket::http::{Method, Status};

async fn call_back(browser: &mut Browser<'_>, path: &str) -> Answer {
    browser.navigate(path, From::OtherSite).await
}

/// A sign-in under way that Logto answers with this instead of a code.
async fn answered(app: &App, answer: &str) -> Answer {
    let mut browser = app.browser();
    let state = started(&mut browser).await;
    call_back(&mut browser, &with(&[("state", &state), ("iss", &app.idp.issuer())], answer)).await
}

async fn started(browser: &mut Browser<'_>) -> String {
    query(browser.open("/auth/sign-in").await.location())["state"].clone()
}

fn with(pairs: &[(&str, &str)], rest: &str) -> String {
    let pairs = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("/auth/sign-in-callback?{pairs}{rest}")
}

/// Guards against this mistake: of a parameter that came twice the last one won.
#[rocket::async_test]
async fn a_repeated_parameter_is_refused_before_anything_happens() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", "/").await;
    let before = browser.cookies.clone();
    let sent = query(&format!("{ORIGIN}{callback}"));
    for again in [
        format!("code={}", sent["code"]),
        format!("state={}", sent["state"]),
        "state=other".into(),
        "code=other".into(),
        "iss=https://evil.example/oidc".into(),
        "error=a&error=b".into(),
        "%63ode=other".into(),
        "x=1&x=2".into(),
    ] {
        for path in [format!("{callback}&{again}"), callback.replace('?', &format!("?{again}&"))] {
            let answer = call_back(&mut browser, &path).await;
            assert_eq!(answer.status, Status::BadRequest, "{again}");
            assert_eq!(browser.cookies, before, "{again}");
        }
    }
    assert_eq!(app.idp.requests().token(), 0);
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/", "the sign-in still works");
}

/// An address has room for about 16,000 parameters.
#[rocket::async_test]
async fn as_many_parameters_as_there_is_room_for_are_read_once() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", "/account").await;
    let many: Vec<_> = (0..12_000).map(|number| format!("{number:x}")).collect();
    let many = many.join("&");
    let repeated = format!("/auth/sign-in-callback?{many}&ff");
    assert_eq!(call_back(&mut browser, &repeated).await.status, Status::BadRequest);
    assert_eq!(app.idp.requests().token(), 0);
    let done = call_back(&mut browser, &format!("{callback}&{many}")).await;
    assert_eq!(done.location(), "/account", "others are ignored: {done:?}");
}

#[rocket::async_test]
async fn the_state_comes_before_anything_else() {
    let app = App::start().await;
    for forged in ["error=access_denied&state=x", "error=access_denied", "code=x&state=x"] {
        let answer = call_back(&mut app.browser(), &with(&[], forged)).await;
        assert_eq!(answer.status, Status::BadRequest, "{forged}");
        assert!(answer.body.contains("This sign-in is unknown"), "{forged}");
    }
    assert_eq!(answered(&app, "&error=access_denied").await.status, Status::Forbidden);
    assert_eq!(app.idp.requests().token(), 0);
}

/// Guards against this mistake: the issuer was not compared, or only a part of it.
#[rocket::async_test]
async fn the_issuer_is_compared_to_the_byte() {
    let app = App::start().await;
    let issuer = app.idp.issuer();
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", "/").await;
    let sent = query(&format!("{ORIGIN}{callback}"));
    let (state, code) = (sent["state"].as_str(), sent["code"].as_str());
    for wrong in [
        format!("{issuer}/"),
        format!("{issuer}x"),
        issuer[..issuer.len() - 1].to_owned(),
        issuer.to_uppercase(),
        format!("{issuer} "),
        "https://evil.example/oidc".into(),
        String::new(),
    ] {
        let path = with(&[("code", code), ("state", state), ("iss", &wrong)], "");
        let answer = call_back(&mut browser, &path).await;
        assert_eq!(answer.status, Status::BadRequest, "{wrong}");
    }
    // Discovery promises it.
    let missing = call_back(&mut browser, &with(&[("code", code), ("state", state)], "")).await;
    assert_eq!(missing.status, Status::BadRequest);
    // An error of another issuer is not believed, either.
    let error =
        with(&[("state", state), ("iss", "https://evil.example/oidc")], "&error=access_denied");
    assert_eq!(call_back(&mut browser, &error).await.status, Status::BadRequest);
    assert_eq!(app.idp.requests().token(), 0);
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/", "the sign-in still works");
}

#[rocket::async_test]
async fn two_callbacks_at_once_send_the_code_once_and_both_end_signed_in() {
    let app = App::start().await;
    let mut one = app.browser();
    let callback = app.callback(&mut one, "alice", "/account").await;
    let mut two = app.browser();
    two.cookies.clone_from(&one.cookies);
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(50))).for_ever();
    let both = rocket::tokio::join!(call_back(&mut one, &callback), call_back(&mut two, &callback));
    assert_eq!((both.0.location(), both.1.location()), ("/account", "/account"));
    assert_eq!(app.idp.requests().token(), 1);
    let (one, two) = (one.open("/account").await, two.open("/account").await);
    assert_eq!(one.status, Status::Ok);
    assert_eq!(one.body, two.body, "it is one session");
    assert_eq!(app.idp.requests().revocation(), 0);
}

#[rocket::async_test]
async fn going_back_to_the_callback_sends_no_code_and_leads_home() {
    let app = App::builder().config(|config| config.after_sign_in("/profile")).start().await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", "/account").await;
    let unfinished = browser.cookies.clone();
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/account");
    // Reloaded at once, and later by the back button, when the finished sign-in is cleared away.
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/profile");
    browser.open("/account").await;
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/profile");
    app.clock.advance(Duration::from_secs(120));
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/profile");

    // In a browser that has no session, the same link is a page.
    let mut replayed = app.browser();
    replayed.cookies = unfinished;
    let answer = call_back(&mut replayed, &callback).await;
    assert_eq!(answer.status, Status::BadRequest);
    assert!(answer.body.contains("This sign-in has ended"), "{answer:?}");
    assert_eq!(app.idp.requests().token(), 1);
    assert_eq!(replayed.open("/account").await.status, Status::SeeOther);
}

#[rocket::async_test]
async fn a_callback_signs_in_no_user_who_has_signed_out() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", "/").await;
    let mut copy = app.browser();
    copy.cookies.clone_from(&browser.cookies);
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/");
    browser.navigate("/auth/sign-out", From::OwnPage).await;
    call_back(&mut browser, &callback).await;
    call_back(&mut copy, &callback).await;
    for mut browser in [browser, copy] {
        assert_eq!(browser.open("/").await.body, "Hello, stranger");
        assert_eq!(browser.open("/account").await.status, Status::SeeOther);
    }
    assert_eq!(app.idp.requests().token(), 1);
}

#[rocket::async_test]
async fn each_error_of_logto_has_a_page_of_its_own() {
    let app = App::start().await;
    let mut pages = Vec::new();
    for (answer, status) in [
        ("&error=access_denied", 403),
        ("&error=login_required", 403),
        ("&error=invalid_target", 502),
        ("&error=temporarily_unavailable", 503),
        ("", 403),
    ] {
        let page = answered(&app, answer).await;
        assert_eq!(page.status.code, status, "{answer}");
        assert!(page.location().is_empty(), "a failed callback never redirects: {answer}");
        assert!(page.body.contains("href=\"/auth/sign-in"), "it offers a way on: {}", page.body);
        assert_eq!(page.header("Cache-Control"), Some("no-store"));
        pages.push(page.body);
    }
    // A consent that was turned down comes back without anything.
    let cancelled = call_back(&mut app.browser(), "/auth/sign-in-callback").await;
    assert_eq!(cancelled.status, Status::Forbidden);
    assert!(cancelled.body.contains("cancelled"), "{}", cancelled.body);
    assert_ne!(pages[0], pages[1]);
    assert_ne!(pages[1], pages[2]);
    assert_eq!(app.idp.requests().token(), 0);
    for error in ["consent_required", "interaction_required", "account_selection_required"] {
        assert_eq!(answered(&app, &format!("&error={error}")).await.status, Status::Forbidden);
    }
    for error in ["server_error", "invalid_scope", "made%20up", ""] {
        let status = answered(&app, &format!("&error={error}")).await.status;
        let expected = if error.is_empty() { Status::Forbidden } else { Status::BadGateway };
        assert_eq!(status, expected, "{error}");
    }
}

#[rocket::async_test]
async fn a_program_gets_a_problem_document() {
    let app = App::start().await;
    for accept in ["application/json", "application/problem+json"] {
        let headers = [("Accept", accept)];
        let path = "/auth/sign-in-callback?code=x&state=x";
        let answer = app.browser().request(Method::Get, path, &headers, "").await;
        assert_eq!(answer.status, Status::BadRequest);
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
        let problem: rocket::serde::json::Value =
            rocket::serde::json::from_str(&answer.body).unwrap();
        assert_eq!(
            (&problem["status"], &problem["sign_in"]),
            (&400.into(), &"/auth/sign-in".into())
        );
    }
}

#[rocket::async_test]
async fn a_browser_that_refuses_the_session_gets_a_page_instead_of_a_third_redirect() {
    let app = App::start().await;
    let mut browser = app.browser();
    for _ in 0..2 {
        assert_eq!(browser.open("/account").await.status, Status::SeeOther);
        assert_eq!(app.sign_in(&mut browser, "alice", "/account").await.location(), "/account");
        browser.cookies.retain(|name, _| name.contains("-flow-"));
    }
    let page = browser.open("/account").await;
    assert_eq!(page.status, Status::Unauthorized);
    assert!(page.body.contains("Signing in did not work"), "{}", page.body);

    // A browser that keeps the session may sign in any number of times.
    let mut browser = app.browser();
    for _ in 0..4 {
        assert_eq!(browser.open("/account").await.status, Status::SeeOther);
        app.sign_in(&mut browser, "alice", "/account").await;
        assert_eq!(browser.open("/account").await.status, Status::Ok);
        browser.cookies.retain(|name, _| name.contains("-flow-"));
    }
}

#[rocket::async_test]
async fn a_code_that_cannot_be_exchanged_signs_no_user_in() {
    let app = App::builder().config(|config| config.timeout(Duration::from_secs(1))).start().await;
    for (fault, status) in [
        (Fault::Status(500), 503),
        (Fault::Reset, 503),
        (Fault::Hang, 503),
        (html(200, "<p>"), 502),
        (html(400, "<p>"), 502),
        (Fault::Redirect("https://evil.example/".into()), 502),
    ] {
        app.idp.forget_requests();
        app.idp.fault(Endpoint::Token, fault.clone());
        let mut browser = app.browser();
        let answer = app.sign_in(&mut browser, "alice", "/").await;
        assert_eq!(answer.status.code, status, "{fault:?}");
        assert_eq!(app.idp.requests().token(), 1, "the code is never sent again: {fault:?}");
        assert_ne!(browser.open("/account").await.status, Status::Ok);
    }
    app.idp.heal();
    app.idp.tamper(Tamper::NoAccessToken);
    let answer = app.sign_in(&mut app.browser(), "alice", "/").await;
    assert_eq!(answer.status, Status::BadGateway);
}
