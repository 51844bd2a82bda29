//! Libraries that load pages by script. None can follow a redirect to Logto's origin, so each is told in
//! its own way to leave the browser to load the address.

use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, From};
use rocket::http::{Method, Status};

/// What a library sends with each request.
type Headers = Vec<(&'static str, &'static str)>;

/// The address that an answer tells a library to load in full.
type Told = fn(&Answer) -> Option<String>;

fn fetched(accept: &'static str, own: &[(&'static str, &'static str)]) -> Headers {
    let by_script = [
        ("Accept", accept),
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
    ];
    [&by_script[..], own].concat()
}

const PAGE: &str = "text/html, application/xhtml+xml";

fn libraries() -> Vec<(&'static str, Headers, Told)> {
    vec![
        ("hx-boost", fetched("*/*", &[("HX-Request", "true"), ("HX-Boosted", "true")]), by_htmx),
        ("HTMX", fetched("*/*", &[("HX-Request", "true")]), by_htmx),
        ("HTMX in an old browser", vec![("Accept", "*/*"), ("HX-Request", "true")], by_htmx),
        (
            "Inertia",
            fetched(PAGE, &[("X-Inertia", "true"), ("X-Requested-With", "XMLHttpRequest")]),
            by_inertia,
        ),
        ("Turbo", fetched(PAGE, &[("X-Turbo-Request-Id", "6b4f")]), by_turbo),
        ("Turbo in a frame", fetched(PAGE, &[("Turbo-Frame", "menu")]), by_turbo),
        (
            "Turbo that takes streams",
            fetched("text/vnd.turbo-stream.html, text/html, application/xhtml+xml", &[]),
            by_turbo,
        ),
        ("Unpoly", fetched("*/*", &[("X-Up-Version", "3.12.0")]), by_unpoly),
        (
            "Unpoly for a fragment",
            fetched("text/html", &[("X-Up-Version", "3.12.0"), ("X-Up-Target", ".menu")]),
            by_unpoly,
        ),
    ]
}

fn by_htmx(answer: &Answer) -> Option<String> {
    answer.header("HX-Redirect").map(str::to_owned).filter(|_| answer.status == Status::Ok)
}

fn by_inertia(answer: &Answer) -> Option<String> {
    let location = answer.header("X-Inertia-Location").map(str::to_owned);
    location.filter(|_| answer.status == Status::Conflict)
}

/// Turbo loads the address that it has asked for once more, in full.
fn by_turbo(answer: &Answer) -> Option<String> {
    let reload = "<meta name=\"turbo-visit-control\" content=\"reload\">";
    let is_page = answer.header("Content-Type") == Some("text/html; charset=utf-8");
    let reloads = answer.status == Status::Ok && is_page && answer.body.contains(reload);
    reloads.then(|| link(answer)).flatten()
}

/// Unpoly shows the page, from which the browser goes on by itself.
fn by_unpoly(answer: &Answer) -> Option<String> {
    let link = link(answer)?;
    let url = link.replace('&', "&amp;");
    let refresh =
        format!("<main lang=\"en\"><meta http-equiv=\"refresh\" content=\"0; url={url}\">");
    let shows = answer.header("X-Up-Target") == Some("body") && answer.status == Status::Ok;
    (shows && answer.body.contains(&refresh)).then_some(link)
}

/// The first link of a page, which no library follows by script.
fn link(answer: &Answer) -> Option<String> {
    let (_, from) = answer.body.split_once("href=\"")?;
    let (link, rest) = from.split_once('"')?;
    rest.starts_with(" target=\"_top\"").then(|| link.replace("&amp;", "&"))
}

#[rocket::async_test]
async fn each_library_is_told_to_load_the_sign_in_in_full() {
    let app = App::start().await;
    for (what, headers, told) in libraries() {
        for path in ["/auth/sign-in?return_to=%2Fx&login_hint=ada", "/auth/sign-up"] {
            let mut browser = app.browser();
            let answer = browser.request(Method::Get, path, &headers, "").await;
            assert_eq!(told(&answer).as_deref(), Some(path), "{what}: {answer:?}");
            assert!(!answer.sets_cookies(), "{what}: no sign-in has started");
            assert_eq!(answer.header("Location"), None, "{what}");
            answer.assert_not_stored();
            let start = browser.navigate(path, From::OwnPage).await;
            assert!(start.location().starts_with(&app.idp.issuer()), "{what}: {start:?}");
        }
    }
    assert_eq!(app.idp.requests().authorizations(), 0);
}

/// Where a library is slow, or the browser ignores the refresh, the page is there to be read.
#[rocket::async_test]
async fn a_page_that_leads_on_fits_a_phone_and_follows_the_colour_scheme_of_the_device() {
    let app = App::start().await;
    for (what, headers, _) in libraries() {
        let answer = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
        let is_page = what.starts_with("Turbo") || what.starts_with("Unpoly");
        for meta in [
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
            "<meta name=\"color-scheme\" content=\"light dark\">",
        ] {
            assert_eq!(answer.body.contains(meta), is_page, "{what}: {answer:?}");
        }
    }
}

/// A click shows what was prefetched, so this must lead on as well, and start nothing.
#[rocket::async_test]
async fn what_a_library_prefetches_starts_no_sign_in() {
    let app = App::start().await;
    for (headers, told) in [
        (
            fetched(PAGE, &[("X-Turbo-Request-Id", "1"), ("X-Sec-Purpose", "prefetch")]),
            Some(by_turbo as Told),
        ),
        (fetched(PAGE, &[("X-Inertia", "true"), ("Purpose", "prefetch")]), Some(by_inertia)),
        (fetched("*/*", &[("HX-Request", "true"), ("HX-Preloaded", "true")]), None),
        (fetched(PAGE, &[("X-Sec-Purpose", "prefetch")]), None),
    ] {
        let answer = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
        match told {
            Some(told) => assert_eq!(told(&answer).as_deref(), Some("/auth/sign-in")),
            None => assert_eq!(answer.status, Status::BadRequest, "{headers:?}"),
        }
        assert!(!answer.sets_cookies() && answer.location().is_empty(), "{headers:?}");
    }
}

#[rocket::async_test]
async fn a_request_of_a_library_that_a_guard_refuses_leads_to_the_sign_in() {
    let app = App::start().await;
    let sign_in = "/auth/sign-in?return_to=%2Fbasket";
    for (what, mut headers, _) in libraries() {
        headers.push(("Referer", "http://localhost:8000/basket"));
        let mut browser = app.browser();
        let refused = browser.request(Method::Get, "/admin", &headers, "").await;
        let has = |name| headers.iter().any(|(known, _)| *known == name);
        let by_turbo = what.starts_with("Turbo");
        let goes_there = has("HX-Boosted") || has("X-Inertia") || by_turbo && !has("Turbo-Frame");
        let sign_in = if goes_there { "/auth/sign-in?return_to=%2Fadmin" } else { sign_in };
        if headers.contains(&("X-Inertia", "true")) {
            assert_eq!(by_inertia(&refused).as_deref(), Some(sign_in), "{what}: {refused:?}");
        } else {
            assert_eq!(refused.status, Status::Unauthorized, "{what}: {refused:?}");
            let told = refused.header("HX-Redirect").map(str::to_owned);
            let shown = told.or_else(|| link(&refused));
            assert_eq!(shown.as_deref(), Some(sign_in), "{what}: {refused:?}");
        }
        assert!(!refused.sets_cookies() && refused.location().is_empty(), "{what}");
    }
}

/// Turbo shows a refusal as it comes, also the answer to what it has prefetched.
#[rocket::async_test]
async fn a_page_that_turbo_goes_to_leads_on_by_itself_and_a_form_and_a_frame_do_not() {
    let app = App::start().await;
    let refresh =
        "<meta http-equiv=\"refresh\" content=\"0; url=/auth/sign-in?return_to=%2Faccount\">";
    for (method, path, own, leads) in [
        (Method::Get, "/account", ("X-Turbo-Request-Id", "1"), true),
        (Method::Get, "/account", ("X-Sec-Purpose", "prefetch"), true),
        (Method::Get, "/account", ("Turbo-Frame", "menu"), false),
        (Method::Post, "/change", ("Origin", "http://localhost:8000"), false),
    ] {
        let turbo = [("X-Turbo-Request-Id", "1"), ("Referer", "http://localhost:8000/account")];
        let headers = fetched(PAGE, &[turbo[0], turbo[1], own]);
        let refused = app.browser().request(method, path, &headers, "").await;
        assert_eq!(refused.status, Status::Unauthorized, "{own:?}: {refused:?}");
        assert_eq!(refused.body.contains(refresh), leads, "{own:?}: {refused:?}");
        assert!(!refused.sets_cookies(), "{own:?}: no sign-in has started");
        refused.assert_not_stored();
    }
}

/// Turbo takes a frame's content out of an answer, and says "Content missing" where there is no such frame.
#[rocket::async_test]
async fn a_frame_of_turbo_shows_a_refusal_in_its_place() {
    let app = App::start().await;
    let mut bob = app.signed_in("bob").await;
    for (id, frame) in [
        ("menu", "<turbo-frame id=\"menu\" lang=\"en\"><h1>No access</h1>"),
        (
            "\"><script>",
            "<turbo-frame id=\"&quot;&gt;&lt;script&gt;\" lang=\"en\"><h1>No access</h1>",
        ),
    ] {
        let headers = fetched(PAGE, &[("X-Turbo-Request-Id", "1"), ("Turbo-Frame", id)]);
        let refused = bob.request(Method::Get, "/admin", &headers, "").await;
        assert_eq!(refused.status, Status::Forbidden, "{refused:?}");
        assert!(refused.body.contains(frame), "{refused:?}");
    }
    let page = bob.open("/admin").await;
    assert!(page.body.contains("<main><h1>No access</h1>"), "{page:?}");
}

/// Headers that a library sends are no passport: another site cannot send them without being asked
/// first, and what the browser itself calls a navigation is one.
#[rocket::async_test]
async fn what_the_browser_says_counts_for_more_than_what_a_script_says() {
    let app = App::start().await;
    for own in [("HX-Request", "true"), ("X-Inertia", "true"), ("X-Up-Version", "3.12.0")] {
        let mut headers = logto_rocket_tests::browser::navigation(From::OwnPage);
        headers.push(own);
        let answer = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
        assert_eq!(answer.status, Status::SeeOther, "{own:?}: {answer:?}");
    }
}
