//! Nothing but a session of ours signs a request in.

use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{From, navigation};
use rocket::http::{Method, Status};

const BODIES: [&str; 3] = ["for administrators", "changed", "Hello, "];

/// Guards against this mistake: a header that a client sent was taken for the word of a proxy. And:
/// so was one that named another address.
#[rocket::async_test]
async fn no_header_of_a_request_names_its_user() {
    let app = App::start().await;
    let id = app.idp.user_id("alice").unwrap();
    for (name, value) in [
        ("X-Forwarded-User", &*id),
        ("X-Forwarded-Email", "alice@example.test"),
        ("X-Auth-Request-User", &*id),
        ("Remote-User", &*id),
        ("X-Forwarded-Uri", "/"),
        ("X-Original-URL", "/"),
        ("X-Rewrite-URL", "/"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "https"),
        ("Host", "evil.example"),
        ("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
        ("Authorization", "Basic YWxpY2U6YWxpY2U="),
        ("User-Agent", "GoogleHC/1.0"),
    ] {
        let mut headers = navigation(From::AddressBar);
        headers.push((name, value));
        let account = app.browser().request(Method::Get, "/account", &headers, "").await;
        assert_eq!(account.location(), "/auth/sign-in?return_to=%2Faccount", "{name}");
        let index = app.browser().request(Method::Get, "/", &headers, "").await;
        assert_eq!(index.body, "Hello, stranger", "{name}");
        let start = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
        let redirect = "redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fauth%2Fsign-in-callback";
        assert!(start.location().contains(redirect), "{name}: {}", start.location());
        assert!(!start.header("Set-Cookie").unwrap().contains("__Host-"), "{name}");
    }
}

/// Guards against this mistake: a path written otherwise slipped past the rules. And: the page came
/// along with its refusal.
#[rocket::async_test]
async fn a_refused_page_is_not_rendered_however_its_path_is_written() {
    let app = App::start().await;
    let mut bob = app.signed_in("bob").await;
    for path in ["/admin", "//admin", "/admin/", "/%61dmin", "/admin?x=/", "/./admin", "/ADMIN"] {
        for browser in [&mut app.browser(), &mut bob] {
            let answer = browser.open(path).await;
            assert_ne!(answer.status, Status::Ok, "{path}");
            assert!(BODIES.iter().all(|body| !answer.body.contains(body)), "{path}: {answer:?}");
        }
    }
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/admin").await.body, BODIES[0], "an administrator sees it");
}

/// Guards against this mistake: an error of the machinery counted as a user.
#[rocket::async_test]
async fn an_outage_signs_no_request_in() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.pause().await;
    assert_eq!(app.browser().open("/account").await.status, Status::SeeOther);
    assert_eq!(app.browser().open("/").await.body, "Hello, stranger");
    assert_eq!(app.browser().fetch("/auth/user").await.status, Status::Unauthorized);
    let callback = "/auth/sign-in-callback?code=x&state=x";
    let answer = app.browser().navigate(callback, From::OtherSite).await;
    assert_eq!(answer.status, Status::BadRequest);
    assert_eq!(alice.open("/account").await.status, Status::Ok, "signed-in users stay signed in");
}
