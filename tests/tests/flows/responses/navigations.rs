//! Which requests are a user's going to a page, and what a page in a frame gets.

use logto_rocket::SessionConfig;
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{From, navigation};
use rocket::http::{Method, SameSite, Status};

const HTML: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

/// Guards against this mistake: every `X-Requested-With` was taken for a script's. Android sends the
/// application's name with each page that it shows, and some clear it.
#[rocket::async_test]
async fn a_page_load_is_a_navigation_whatever_is_between_the_user_and_the_site() {
    let app = App::start().await;
    let with = |name, value| {
        let mut headers = navigation(From::AddressBar);
        headers.retain(|(known, _)| *known != name);
        headers.push((name, value));
        headers
    };
    for (what, headers) in [
        ("an Android WebView", with("X-Requested-With", "com.example.app")),
        ("a WebView whose application cleared it", with("X-Requested-With", "")),
        ("an old WebView", vec![HTML, ("X-Requested-With", "com.example.app")]),
        ("a service worker that passes requests on", with("Sec-Fetch-Dest", "empty")),
    ] {
        let guarded = app.browser().request(Method::Get, "/account", &headers, "").await;
        assert_eq!(guarded.status, Status::SeeOther, "{what}: {guarded:?}");
        assert_eq!(guarded.location(), "/auth/sign-in?return_to=%2Faccount", "{what}");
        for route in ["/auth/sign-in", "/auth/sign-up"] {
            let start = app.browser().request(Method::Get, route, &headers, "").await;
            assert_eq!(start.status, Status::SeeOther, "{what}: {start:?}");
            assert!(start.location().starts_with(&app.idp.issuer()), "{what}: {start:?}");
            assert!(start.sets_cookies(), "{what}");
        }
    }
    let mut form = with("X-Requested-With", "com.example.app");
    form.retain(|(name, _)| *name != "Sec-Fetch-Site");
    form.push(("Sec-Fetch-Site", "same-origin"));
    let refused = app.browser().request(Method::Post, "/change", &form, "").await;
    assert!(refused.body.contains("Sign in in a new tab"), "{refused:?}");
}

#[rocket::async_test]
async fn a_script_is_no_navigation_whatever_it_accepts() {
    let app = App::start().await;
    let fetched = |site, dest| {
        vec![HTML, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", dest)]
    };
    for headers in [
        fetched("same-origin", "empty"),
        fetched("cross-site", "empty"),
        vec![HTML, ("X-Requested-With", "XMLHttpRequest")],
        vec![HTML, ("X-Requested-With", "xmlhttprequest")],
    ] {
        let guarded = app.browser().request(Method::Get, "/account", &headers, "").await;
        assert_eq!(guarded.status, Status::Unauthorized, "{headers:?}: {guarded:?}");
        let start = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
        assert_eq!(start.status, Status::BadRequest, "{headers:?}: {start:?}");
        for answer in [guarded, start] {
            assert!(!answer.sets_cookies() && answer.location().is_empty(), "{answer:?}");
            assert!(answer.body.contains("href=\"/auth/sign-in"), "a way onward: {answer:?}");
        }
    }
}

/// Logto's pages refuse to be framed, so a redirect would end on a blank frame.
#[rocket::async_test]
async fn a_frame_gets_a_page_that_opens_the_sign_in_in_a_new_tab() {
    let own = App::start().await;
    let embedded = App::builder()
        .config(|config| {
            let session = SessionConfig::new().same_site(SameSite::None);
            config.base_url("https://app.example.com").session(session)
        })
        .start()
        .await;
    for (app, site, ancestors) in [(&own, "same-origin", "'self'"), (&embedded, "cross-site", "*")]
    {
        for dest in ["iframe", "frame", "fencedframe", "embed", "object"] {
            let headers = [
                HTML,
                ("Sec-Fetch-Site", site),
                ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", dest),
            ];
            for (path, status, link) in [
                ("/account", Status::Unauthorized, "/auth/sign-in?return_to=%2Faccount"),
                (
                    "/auth/sign-in?return_to=%2Fx",
                    Status::BadRequest,
                    "/auth/sign-in?return_to=%2Fx",
                ),
            ] {
                let page = app.browser().request(Method::Get, path, &headers, "").await;
                assert_eq!(page.status, status, "{dest}: {page:?}");
                let link = format!("href=\"{link}\" target=\"_blank\"");
                assert!(page.body.contains(&link), "{dest}: {}", page.body);
                let policy = page.header("Content-Security-Policy").unwrap();
                assert!(policy.ends_with(&format!("frame-ancestors {ancestors}")), "{policy}");
                assert!(!page.sets_cookies() && page.location().is_empty(), "{page:?}");
            }
        }
    }
    // Elsewhere a button in a frame could be clicked by people who do not see it.
    let mut alice = own.signed_in("alice").await;
    let framed = [
        HTML,
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "iframe"),
    ];
    let button = alice.request(Method::Get, "/auth/sign-out", &framed, "").await;
    assert!(button.body.contains("<form"), "{button:?}");
    let failed =
        embedded.browser().navigate("/auth/sign-in-callback?state=x", From::OtherSite).await;
    for page in [button, failed] {
        let policy = page.header("Content-Security-Policy").unwrap();
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    }
}
