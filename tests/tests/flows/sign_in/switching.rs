//! Requests of other sites that browsers send without the session's cookie: none of them replaces the user before a
//! page has asked.

use std::sync::Arc;

use logto_rocket::{MemoryStore, SessionConfig};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::gated_store::GatedStore;
use rocket::http::{Method, SameSite, Status};

/// A link whose author chooses the user that it signs in.
const LINK: &str = "/auth/sign-in?login_hint=mallory&one_time_token=abc";

async fn strict() -> App {
    let session = SessionConfig::new().same_site(SameSite::Strict);
    App::builder().config(|config| config.session(session)).start().await
}

/// A browser in which Alice has signed in. With a `Strict` cookie, a sign-in has one more page than with a `Lax` one.
async fn alice(app: &App) -> Browser<'_> {
    let mut alice = app.browser();
    app.sign_in(&mut alice, "alice", "/").await;
    assert!(alice.is_signed_in().await);
    alice
}

/// The address to which a page navigates by itself.
fn refresh(page: &Answer) -> Option<String> {
    let (_, from) = page.body.split_once("content=\"0; url=")?;
    Some(from.split_once('"')?.0.replace("&amp;", "&"))
}

#[track_caller]
fn assert_asks(answer: &Answer) {
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
    assert!(answer.body.contains("<code>sign_in_again</code>"), "{answer:?}");
    assert!(answer.body.contains("Alice Liddell"), "{answer:?}");
    assert!(!answer.sets_cookies(), "{answer:?}");
}

/// The link on a page that does not navigate by itself.
fn link(page: &Answer) -> String {
    let (_, from) =
        page.body.split_once("href=\"/auth/sign-").unwrap_or_else(|| panic!("{page:?}"));
    let (link, _) = from.split_once('"').unwrap();
    format!("/auth/sign-{}", link.replace("&amp;", "&"))
}

/// Rocket replaces the method of a request by the `_method` of its form. Browsers send no `Lax` cookie with a form or a
/// frame of another site. Such a request gets a page with the link, and the user follows it from a page of this site.
#[rocket::async_test]
async fn a_link_on_a_page_for_another_sites_form_or_frame_asks_as_well() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    for to in [LINK.to_owned(), "/auth/sign-up?switch=1".into(), format!("{LINK}&elsewhere=0")] {
        let mut form = navigation(From::OtherSite);
        form.push(("Origin", "https://evil.example"));
        form.push(("Content-Type", "application/x-www-form-urlencoded"));
        let mut frame = navigation(From::OtherSite);
        frame.retain(|(name, _)| *name != "Sec-Fetch-Dest");
        frame.push(("Sec-Fetch-Dest", "iframe"));
        let requests = [
            (Method::Post, &form, "_method=GET&x=y"),
            (Method::Post, &form, "_method=get"),
            (Method::Get, &frame, ""),
        ];
        for (method, headers, body) in requests {
            let page = app.browser().request(method, &to, headers, body).await;
            assert_eq!(page.status, Status::BadRequest, "{to}: {page:?}");
            assert!(!page.sets_cookies(), "{to}: {page:?}");
            assert_asks(&alice.navigate(&link(&page), From::OwnPage).await);
        }
        let head = app.browser().request(Method::Post, &to, &form, "_method=HEAD&x=y").await;
        assert!(!head.sets_cookies(), "{to}: {head:?}");
    }
    assert_eq!(app.idp.requests().authorizations(), 1, "that of alice");
}

/// Some clients repeat the header with each redirect.
#[rocket::async_test]
async fn a_link_with_the_type_of_a_form_is_not_redirected() {
    let app = App::start().await;
    let mut headers = navigation(From::OwnPage);
    headers.push(("Content-Type", "application/x-www-form-urlencoded"));
    let page = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
    assert_eq!(page.status, Status::BadRequest, "{page:?}");
    assert_eq!(link(&page), "/auth/sign-in");
}

/// A page of this site navigates to the link again, so the browser sends its `Strict` cookie. The next page says who is
/// signed in, and asks.
#[rocket::async_test]
async fn with_a_strict_cookie_a_link_of_another_site_asks_as_well() {
    let app = strict().await;
    let mut alice = alice(&app).await;
    for link in [LINK.to_owned(), format!("{LINK}&elsewhere=0"), format!("{LINK}&elsewhere=1")] {
        let mut without_cookie = app.browser();
        let page = without_cookie.navigate(&link, From::OtherSite).await;
        assert!(!page.sets_cookies(), "{link}: {page:?}");
        let next = refresh(&page).unwrap_or_else(|| panic!("{link}: {page:?}"));
        let asked = alice.navigate(&next, From::OwnPage).await;
        assert_asks(&asked);
        assert!(asked.body.contains(&LINK.replace('&', "&amp;")), "{asked:?}");
        // If no user is signed in, no page asks.
        let start = app.browser().navigate(&next, From::OwnPage).await;
        assert!(start.location().starts_with(&app.idp.issuer()), "{start:?}");
    }
    let start = alice.navigate(LINK, From::OwnPage).await;
    assert!(start.location().starts_with(&app.idp.issuer()), "{start:?}");
    let start = app.browser().navigate("/auth/sign-in", From::OtherSite).await;
    assert!(start.location().starts_with(&app.idp.issuer()), "{start:?}");
}

/// If a page of this site navigated there after the sign-in, the request would count as one of this site.
#[rocket::async_test]
async fn with_a_strict_cookie_no_sign_in_returns_to_a_sign_out_or_a_sign_in_as_from_a_page_of_this_site()
 {
    let app = strict().await;
    for path in [
        "/auth/sign-out",
        "/auth/sign-out?everywhere=1",
        "/auth//sign-out",
        "/auth/%73ign-out",
        "/auth%2Fsign-out",
        "/x/%2e%2e/auth/sign-out",
        "/x/..%2fauth/sign-out",
        "/./auth/./sign-out/",
        LINK,
        "/auth/sign-up?switch=1",
    ] {
        let back = app.sign_in(&mut app.browser(), "alice", path).await;
        assert_eq!(back.status, Status::SeeOther, "{path}: {back:?}");
    }
    for path in ["/", "/auth", "/sign-out", "/auth/sign-outs", "/auth/user", "/x/auth/sign-out"] {
        let back = app.sign_in(&mut app.browser(), "alice", path).await;
        assert_eq!(refresh(&back).as_deref(), Some(path), "{back:?}");
    }
}

#[rocket::async_test]
async fn while_the_store_does_not_answer_no_link_of_another_site_switches_the_user() {
    let store = GatedStore::before(Arc::new(MemoryStore::new(1000)));
    let app = App::builder().fairing(|it| it.store(Arc::clone(&store))).start().await;
    let mut alice = app.signed_in("alice").await;
    store.set_away(true);
    let answer = alice.navigate(LINK, From::OtherSite).await;
    assert_eq!(answer.status, Status::ServiceUnavailable, "{answer:?}");
    assert!(!answer.sets_cookies(), "{answer:?}");
    store.set_away(false);
    assert_asks(&alice.navigate(LINK, From::OtherSite).await);
}
