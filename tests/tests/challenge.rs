//! What a refused request gets, row by row.

use logto_rocket::{Challenge, Logto, LogtoUser, Refusal, authenticated};
use logto_rocket_tests::app::{App, ORIGIN, config_for, rocket};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use rocket::fs::FileServer;
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use serde_json::Value;

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
            is_for_one_pair_of_eyes(&answer);
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
            is_for_one_pair_of_eyes(&answer);
            assert!(!answer.sets_cookies(), "{what}: {answer:?}");
            if what != "XHR" {
                let problem = problem(&answer);
                assert_eq!(problem["status"], 401, "{what}");
                assert_eq!(problem["sign_in"], returning, "{what}");
            }
        }
    }
    let unknown = app.browser().request(Method::Get, "/account", &fetch, "").await;
    assert_eq!(problem(&unknown)["sign_in"], "/auth/sign-in", "no page is known to return to");
}

#[rocket::async_test]
async fn htmx_is_told_where_to_go_in_its_own_words() {
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
        is_for_one_pair_of_eyes(&answer);
    }
    // Who is no HTMX gets no such header.
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
    is_for_one_pair_of_eyes(&answer);
    assert!(!answer.sets_cookies());
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
        is_for_one_pair_of_eyes(&answer);
        let door = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
        assert_eq!(door.status, Status::BadRequest, "{headers:?}: {door:?}");
        assert!(!door.sets_cookies(), "{headers:?}");
    }
    assert_eq!(app.idp.requests().authorizations(), 0);
}

#[rocket::async_test]
async fn who_may_not_see_a_page_is_told_and_never_redirected() {
    let app = App::start().await;
    let mut bob = app.signed_in("bob").await;
    let page = bob.open("/admin").await;
    assert_eq!(page.status, Status::Forbidden);
    assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"));
    let script = bob.fetch("/admin").await;
    assert_eq!(problem(&script)["status"], 403);
    assert_eq!(problem(&script)["detail"], "required: role = \"admin\"");
    let htmx = [("HX-Request", "true"), ("HX-Current-URL", PAGE)];
    let htmx = bob.request(Method::Get, "/admin", &htmx, "").await;
    assert_eq!((htmx.status, htmx.header("HX-Redirect")), (Status::Forbidden, None));
    for answer in [page, script, htmx] {
        assert_eq!(answer.header("Location"), None);
        is_for_one_pair_of_eyes(&answer);
    }
}

#[rocket::async_test]
async fn a_browser_that_keeps_no_session_is_told_so_instead_of_a_third_redirect() {
    let app = App::start().await;
    let mut browser = app.browser();
    for attempt in 1..=2 {
        let refused = browser.open("/account").await;
        assert_eq!(refused.status, Status::SeeOther, "attempt {attempt}");
        app.sign_in(&mut browser, "alice", "/account").await;
        browser.cookies.retain(|name, _| name.contains("-flow-"));
    }
    let told = browser.open("/account").await;
    assert_eq!(told.status, Status::Unauthorized, "{told:?}");
    assert!(told.body.contains("refuses cookies"), "{}", told.body);
}

#[rocket::async_test]
async fn a_catcher_of_ones_own_asks_for_the_challenge_or_for_the_reason() {
    #[catch(401)]
    fn unauthorized(request: &Request<'_>) -> Result<Challenge, &'static str> {
        Challenge::of(request).ok_or("not about signing in")
    }
    #[catch(403)]
    fn forbidden(request: &Request<'_>) -> String {
        format!("{:?}", Refusal::of(request))
    }
    let site = |rocket: Rocket<Build>| {
        let routes = routes![key_needed, teapot];
        rocket.mount("/", routes).register("/", catchers![unauthorized, forbidden])
    };
    let (app, client) = launch(site).await;
    let mut bob = Browser::new(&client);
    assert_eq!(bob.open("/account").await.status, Status::SeeOther);
    let script = bob.fetch("/account").await;
    assert_eq!(problem(&script)["sign_in"], "/auth/sign-in");
    // The handler's own 401 is not about signing in.
    let key = bob.open("/key-needed").await;
    assert_eq!((key.status, key.body.as_str()), (Status::Unauthorized, "not about signing in"));
    sign_in_at(&app, &mut bob).await;
    assert_eq!(bob.open("/admin").await.body, r#"Some(Denied("role = \"admin\""))"#);
}

#[rocket::async_test]
async fn the_protocols_headers_are_there_whoever_wrote_the_body() {
    #[catch(401)]
    fn unauthorized() -> (Status, (rocket::http::ContentType, &'static str)) {
        (Status::Unauthorized, (rocket::http::ContentType::HTML, "a page of our own"))
    }
    let site = |rocket: Rocket<Build>| rocket.register("/", catchers![unauthorized]);
    let (_app, client) = launch(site).await;
    let headers = [("HX-Request", "true"), ("HX-Current-URL", PAGE)];
    let mut browser = Browser::new(&client);
    let answer = browser.request(Method::Get, "/account", &headers, "").await;
    assert_eq!((answer.status, answer.body.as_str()), (Status::Unauthorized, "a page of our own"));
    let expected = Some("/auth/sign-in?return_to=%2Fbasket%3Fitem%3D3");
    assert_eq!(answer.header("HX-Redirect"), expected);
    is_for_one_pair_of_eyes(&answer);
}

#[rocket::async_test]
async fn what_is_not_ours_is_left_to_the_applications_default_catcher_or_rockets() {
    #[catch(default)]
    fn anything(status: Status, _: &Request<'_>) -> String {
        format!("our own {}", status.code)
    }
    let mount = |rocket: Rocket<Build>| rocket.mount("/", routes![key_needed, teapot]);
    let (_app, client) = launch(|rocket| mount(rocket).register("/", catchers![anything])).await;
    let mut browser = Browser::new(&client);
    assert_eq!(browser.open("/key-needed").await.body, "our own 401");
    assert_eq!(browser.open("/teapot").await.body, "our own 418");
    assert_eq!(browser.open("/account").await.status, Status::SeeOther, "and ours is ours");

    let (_app, client) = launch(mount).await;
    let mut browser = Browser::new(&client);
    let rockets = browser.open("/key-needed").await;
    assert_eq!(rockets.status, Status::Unauthorized);
    assert!(rockets.body.contains("Rocket"), "{}", rockets.body);
}

#[rocket::async_test]
async fn a_401_of_a_handler_that_let_the_user_in_is_the_handlers_own() {
    let (app, client) = launch(|rocket| rocket.mount("/", routes![twice])).await;
    let mut alice = Browser::new(&client);
    assert_eq!(alice.open("/twice").await.status, Status::SeeOther);
    sign_in_at(&app, &mut alice).await;
    let own = alice.open("/twice").await;
    assert_eq!((own.status, own.header("Location")), (Status::Unauthorized, None));
}

#[rocket::async_test]
async fn no_guard_forwards_to_a_file_server_at_the_root() {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let site = |rocket: Rocket<Build>| {
        let routes = routes![guarded_file, user_file, claims_file];
        rocket.mount("/", FileServer::from(files).rank(50)).mount("/", routes)
    };
    let (app, client) = launch(site).await;
    let mut browser = Browser::new(&client);
    assert!(browser.open("/redirects.jsonl").await.body.contains("payload"), "there are files");
    for path in ["/redirects.jsonl?guarded", "/redirects.jsonl?user", "/redirects.jsonl?claims"] {
        let refused = browser.open(path).await;
        assert_eq!(refused.status, Status::SeeOther, "{path}: {}", refused.body);
        assert_eq!(browser.fetch(path).await.status, Status::Unauthorized, "{path}");
    }
    sign_in_at(&app, &mut browser).await;
    assert_eq!(browser.open("/redirects.jsonl?guarded").await.status, Status::Forbidden);
}

#[get("/key-needed")]
fn key_needed() -> Status {
    Status::Unauthorized
}

#[get("/teapot")]
fn teapot() -> Status {
    Status::ImATeapot
}

#[get("/twice")]
fn twice(_user: LogtoUser) -> Status {
    Status::Unauthorized
}

#[authenticated(role = "admin")]
#[get("/redirects.jsonl?guarded", rank = 1)]
fn guarded_file() -> &'static str {
    "let in"
}

#[get("/redirects.jsonl?user", rank = 2)]
fn user_file(_user: &LogtoUser) -> &'static str {
    "let in"
}

#[get("/redirects.jsonl?claims", rank = 3)]
fn claims_file(_claims: logto_rocket::ClaimsAs<Value>) -> &'static str {
    "let in"
}

/// The application with something more mounted or registered.
async fn launch(more: impl FnOnce(Rocket<Build>) -> Rocket<Build>) -> (App, Client) {
    let app = App::start().await;
    let fairing = Logto::fairing().config(config_for(&app.idp)).clock(app.clock.clone());
    let client = Client::untracked(more(rocket(fairing))).await.expect("a launch");
    (app, client)
}

async fn sign_in_at(app: &App, browser: &mut Browser<'_>) {
    let door = browser.open("/auth/sign-in").await;
    let callback = app.idp.authorize(door.location(), "bob").await.unwrap();
    let back = browser.navigate(callback.strip_prefix(ORIGIN).unwrap(), From::OtherSite).await;
    assert_eq!(back.status, Status::SeeOther, "{back:?}");
}

fn problem(answer: &Answer) -> Value {
    assert_eq!(answer.header("Content-Type"), Some("application/problem+json"), "{answer:?}");
    serde_json::from_str(&answer.body).expect("a problem in JSON")
}

fn is_for_one_pair_of_eyes(answer: &Answer) {
    assert_eq!(answer.all("Cache-Control"), ["no-store"], "{answer:?}");
    assert!(answer.all("Vary").iter().any(|vary| vary.contains("Cookie")), "{answer:?}");
}
