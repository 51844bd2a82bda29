//! What a refused request gets, by kind of request.

use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{From, navigation};
use rocket::http::{Method, Status};

const PAGE: &str = "http://localhost:8000/basket?item=3";
const HTML: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[rocket::async_test]
async fn a_navigation_without_session_goes_to_the_sign_in_and_comes_back_to_its_own_path() {
    let app = App::start().await;
    let own = "/auth/sign-in?return_to=%2Faccount%3Ftab%3Dkeys%26x";
    for headers in [
        navigation(From::AddressBar),
        navigation(From::OwnPage),
        navigation(From::OtherSite),
        vec![HTML],
        vec![HTML, ("Referer", PAGE)],
    ] {
        for method in [Method::Get, Method::Head] {
            let mut browser = app.browser();
            let answer = browser.request(method, "/account?tab=keys&x", &headers, "").await;
            assert_eq!((answer.status, answer.location()), (Status::SeeOther, own), "{headers:?}");
            answer.assert_not_stored();
            assert!(!answer.sets_cookies(), "no sign-in has started: {answer:?}");
        }
    }
}

#[rocket::async_test]
async fn a_script_without_session_gets_a_problem_with_the_way_to_sign_in() {
    let app = App::start().await;
    let fetch = [
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Accept", "*/*"),
    ];
    let returning = format!("/auth/sign-in?return_to={}", "%2Fbasket%3Fitem%3D3");
    for (what, headers) in [
        ("fetch", [&fetch[..], &[("Referer", PAGE)]].concat()),
        ("XHR", vec![("X-Requested-With", "XMLHttpRequest"), HTML, ("Referer", PAGE)]),
        ("JSON", vec![("Accept", "application/json"), ("Referer", PAGE)]),
        ("a program", vec![("Accept", "*/*"), ("Referer", PAGE)]),
        ("a program that says nothing", vec![("Referer", PAGE)]),
    ] {
        for method in [Method::Get, Method::Post] {
            let path = if method == Method::Get { "/account?a=b" } else { "/change" };
            let answer = app.browser().request(method, path, &headers, "").await;
            assert_eq!(answer.status, Status::Unauthorized, "{what}: {answer:?}");
            assert_eq!(answer.header("Location"), None, "{what}");
            answer.assert_not_stored();
            assert!(!answer.sets_cookies(), "{what}: {answer:?}");
            if what != "XHR" {
                let problem = answer.problem();
                assert_eq!(problem["status"], 401, "{what}");
                assert_eq!(problem["sign_in"], returning, "{what}");
            }
        }
    }
    let unknown = app.browser().request(Method::Get, "/account", &fetch, "").await;
    assert_eq!(unknown.problem()["sign_in"], "/auth/sign-in", "no page is known to return to");
}

#[rocket::async_test]
async fn htmx_gets_a_redirect_in_its_own_header() {
    let app = App::start().await;
    let htmx = |more: &[(&'static str, &'static str)]| {
        [&[("HX-Request", "true"), ("Accept", "*/*")], more].concat()
    };
    let page = "/auth/sign-in?return_to=%2Fbasket%3Fitem%3D3";
    let own = "/auth/sign-in?return_to=%2Faccount%3Fa%3Db";
    for (headers, expected) in [
        (htmx(&[("HX-Current-URL", PAGE)]), page),
        (htmx(&[("HX-Current-URL", PAGE), ("Referer", "http://localhost:8000/other")]), page),
        (htmx(&[("Referer", PAGE)]), page),
        (htmx(&[("HX-Current-URL", "http://localhost:8000/basket?item=3#top")]), page),
        (htmx(&[("HX-Boosted", "true"), ("HX-Current-URL", PAGE)]), own),
        (htmx(&[("HX-Current-URL", "https://evil.example/basket")]), "/auth/sign-in"),
        (htmx(&[]), "/auth/sign-in"),
    ] {
        let answer = app.browser().request(Method::Get, "/account?a=b", &headers, "").await;
        assert_eq!(answer.status, Status::Unauthorized, "{headers:?}");
        assert_eq!(answer.header("HX-Redirect"), Some(expected), "{headers:?}");
        assert_eq!(answer.header("Location"), None);
        answer.assert_not_stored();
    }
    // A form under `hx-boost` is on the page where its user is.
    let headers = htmx(&[("HX-Boosted", "true"), ("HX-Current-URL", PAGE), ("Origin", ORIGIN)]);
    let answer = app.browser().request(Method::Post, "/change", &headers, "").await;
    assert_eq!(answer.header("HX-Redirect"), Some(page), "{answer:?}");
    // A request that is not HTMX's gets no such header.
    let headers = [("HX-Current-URL", PAGE), ("Accept", "*/*")];
    let answer = app.browser().request(Method::Get, "/account", &headers, "").await;
    assert_eq!(answer.header("HX-Redirect"), None);
}

#[rocket::async_test]
async fn a_form_without_session_gets_a_page_that_opens_the_sign_in_beside_it() {
    let app = App::start().await;
    let mut headers = navigation(From::OwnPage);
    headers.extend([("Origin", ORIGIN), ("Referer", PAGE)]);
    let answer = app.browser().request(Method::Post, "/change", &headers, "text=long").await;
    assert_eq!(answer.status, Status::Unauthorized);
    let link = "href=\"/auth/sign-in?return_to=%2Fbasket%3Fitem%3D3\" target=\"_blank\"";
    assert!(answer.body.contains(link), "{}", answer.body);
    assert!(answer.body.contains("still there"), "{}", answer.body);
    answer.assert_not_stored();
    assert!(!answer.sets_cookies());
}

#[rocket::async_test]
async fn a_request_that_no_page_makes_is_told_why_it_is_not_redirected() {
    let app = App::start().await;
    for (headers, words) in [
        (&[][..], "`Accept: text/html`"),
        (&[("Authorization", "Bearer abc")], "`session, bearer`"),
    ] {
        let answer = app.browser().request(Method::Get, "/account", headers, "").await;
        assert_eq!(answer.status, Status::Unauthorized);
        let detail = answer.problem()["detail"].to_string();
        assert!(detail.contains("signed in") && detail.contains(words), "{detail}");
    }
}

#[rocket::async_test]
async fn what_a_browser_loads_by_itself_starts_no_sign_in() {
    let app = App::start().await;
    let as_part = |dest| {
        let mode = if dest == "iframe" { "navigate" } else { "no-cors" };
        vec![HTML, ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)]
    };
    let early = |name, value| {
        let mut headers = navigation(From::OwnPage);
        headers.push((name, value));
        headers
    };
    for headers in [
        early("Sec-Purpose", "prefetch"),
        early("Sec-Purpose", "prefetch;prerender"),
        early("Purpose", "prefetch"),
        early("X-Moz", "prefetch"),
        as_part("iframe"),
        as_part("image"),
        as_part("script"),
        as_part("style"),
        as_part("frame"),
        as_part("embed"),
        as_part("object"),
    ] {
        let answer = app.browser().request(Method::Get, "/account", &headers, "").await;
        assert_eq!(answer.status, Status::Unauthorized, "{headers:?}");
        assert_eq!(answer.header("Location"), None, "{headers:?}");
        assert!(!answer.sets_cookies(), "{headers:?}");
        answer.assert_not_stored();
        let route = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
        assert_eq!(route.status, Status::BadRequest, "{headers:?}: {route:?}");
        assert!(!route.sets_cookies(), "{headers:?}");
    }
    assert_eq!(app.idp.requests().authorizations(), 0);
}

/// [RFC 9110, section 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1). Browsers ask for
/// a password where a challenge is `Basic`, `Digest`, `NTLM` or `Negotiate`.
#[rocket::async_test]
async fn every_401_has_a_challenge_that_no_browser_prompts_for() {
    let app = App::start().await;
    let form = navigation(From::OwnPage);
    let image = vec![HTML, ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")];
    for (what, method, path, headers) in [
        ("a script", Method::Get, "/account", vec![("Accept", "application/json")]),
        ("a script that changes something", Method::Post, "/change", vec![("Accept", "*/*")]),
        ("HTMX", Method::Get, "/account", vec![("HX-Request", "true")]),
        ("an image", Method::Get, "/account", image),
        ("a form", Method::Post, "/change", [form, vec![("Origin", ORIGIN)]].concat()),
        ("a handler's `?`", Method::Get, "/profile", vec![("Accept", "*/*")]),
        ("the route of the user", Method::Get, "/auth/user", vec![("Accept", "*/*")]),
    ] {
        let answer = app.browser().request(method, path, &headers, "").await;
        assert_eq!(answer.status, Status::Unauthorized, "{what}: {answer:?}");
        let challenges = answer.all("WWW-Authenticate");
        assert_eq!(challenges, ["Logto realm=\"http://localhost:8000\""], "{what}");
    }
    let mut bob = app.signed_in("bob").await;
    for answer in [app.browser().open("/account").await, bob.open("/admin").await] {
        assert_eq!(answer.header("WWW-Authenticate"), None, "{answer:?}");
    }
}

#[rocket::async_test]
async fn a_signed_in_user_without_access_gets_a_403_and_is_never_redirected() {
    let app = App::start().await;
    let mut bob = app.signed_in("bob").await;
    let page = bob.open("/admin").await;
    assert_eq!(page.status, Status::Forbidden);
    assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"));
    let script = bob.fetch("/admin").await;
    assert_eq!(script.problem()["status"], 403);
    let detail = script.problem()["detail"].to_string();
    for words in ["does not have", "required: role", "from the next sign-in"] {
        assert!(detail.contains(words), "{words}: {detail}");
    }
    let htmx = [("HX-Request", "true"), ("HX-Current-URL", PAGE)];
    let htmx = bob.request(Method::Get, "/admin", &htmx, "").await;
    assert_eq!((htmx.status, htmx.header("HX-Redirect")), (Status::Forbidden, None));
    for answer in [page, script, htmx] {
        assert_eq!(answer.header("Location"), None);
        answer.assert_not_stored();
    }
}

#[rocket::async_test]
async fn a_browser_that_keeps_no_session_gets_a_page_instead_of_a_third_redirect() {
    let app = App::start().await;
    let mut browser = app.browser();
    for attempt in 1..=2 {
        let refused = browser.open("/account").await;
        assert_eq!(refused.status, Status::SeeOther, "attempt {attempt}");
        app.sign_in(&mut browser, "alice", "/account").await;
        browser.cookies.retain(|name, _| name.contains("-flow-"));
    }
    let page = browser.open("/account").await;
    assert_eq!(page.status, Status::Unauthorized, "{page:?}");
    assert!(page.body.contains("rejects cookies"), "{}", page.body);
}

/// What a sign-in does not return to is in no header: percent-encoded it is three times as long, and a
/// proxy takes 4 kB.
#[rocket::async_test]
async fn a_long_address_makes_no_long_header() {
    let app = App::start().await;
    for address in
        [format!("/account?{}", "?".repeat(2_000)), format!("/account?{}", "x".repeat(1_400))]
    {
        let answer = app.browser().open(&address).await;
        assert_eq!(answer.location(), "/auth/sign-in", "{answer:?}");
    }
}
