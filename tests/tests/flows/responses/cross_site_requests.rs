//! A request that changes something must come from the application's own pages.

use logto_rocket::{LogtoUser, Refusal, authenticated};
use logto_rocket_tests::app::{App, ORIGIN};
use rocket::data::{FromData, Outcome};
use rocket::http::{Method, Status};
use rocket::{Data, Request, Route, delete, get, patch, post, put, routes};

const PARTNER: &str = "https://partner.example.test";

fn changing() -> Vec<Route> {
    #[authenticated]
    #[put("/change")]
    fn put() -> &'static str {
        "changed"
    }
    #[authenticated]
    #[patch("/change")]
    fn patch() -> &'static str {
        "changed"
    }
    #[delete("/change")]
    fn delete(user: &LogtoUser) -> &'static str {
        let _ = user;
        "changed"
    }
    #[post("/maybe")]
    fn maybe(user: Option<&LogtoUser>) -> &'static str {
        if user.is_some() { "signed in" } else { "signed out" }
    }
    #[post("/why")]
    fn why(user: Result<LogtoUser, Refusal>) -> String {
        user.map_or_else(|refusal| format!("{refusal:?}"), |_| "signed in".into())
    }
    #[get("/live")]
    fn live(user: &LogtoUser) -> String {
        user.id().into()
    }
    #[post("/read", data = "<_body>")]
    fn read(user: &LogtoUser, _body: TooLong) -> String {
        user.id().into()
    }
    routes![put, patch, delete, maybe, why, live, read]
}

/// A body that is found to be too long as soon as it is looked at.
struct TooLong;

#[rocket::async_trait]
impl<'r> FromData<'r> for TooLong {
    type Error = ();

    async fn from_data(_: &'r Request<'_>, _: Data<'r>) -> Outcome<'r, Self> {
        Outcome::Error((Status::PayloadTooLarge, ()))
    }
}

async fn app() -> App {
    App::builder()
        .config(|config| config.trusted_origins([PARTNER]))
        .routes(changing())
        .start()
        .await
}

/// Requests of the application's own, or of nothing that a browser would have sent.
const OWN: [&[(&str, &str)]; 7] = [
    &[("Origin", ORIGIN)],
    &[("Origin", ORIGIN), ("Sec-Fetch-Site", "same-origin")],
    &[("Origin", PARTNER), ("Sec-Fetch-Site", "cross-site")],
    &[("Origin", PARTNER)],
    &[("Sec-Fetch-Site", "same-origin")],
    &[("Sec-Fetch-Site", "none")],
    &[("Origin", "http://127.0.0.1:8000"), ("Sec-Fetch-Site", "same-origin")],
];

const FOREIGN: [&[(&str, &str)]; 14] = [
    &[("Origin", "https://evil.example")],
    &[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")],
    &[("Origin", "null")],
    &[("Origin", "")],
    &[("Origin", "http://localhost:8000.evil.example")],
    &[("Origin", "http://localhost:80001")],
    &[("Origin", "http://localhost")],
    &[("Origin", "https://localhost:8000")],
    &[("Origin", "http://localhost:8000/")],
    &[("Origin", "http://evil.localhost:8000"), ("Sec-Fetch-Site", "same-site")],
    &[("Origin", "https://partner.example.test.evil.example")],
    &[("Sec-Fetch-Site", "cross-site")],
    &[("Sec-Fetch-Site", "same-site")],
    &[("Sec-Fetch-Site", "")],
];

/// Guards against this mistake: origins were compared by their beginning.
#[rocket::async_test]
async fn requests_that_change_something_are_refused_unless_they_are_the_sites_own() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
        for headers in OWN {
            let answer = alice.request(method, "/change", headers, "").await;
            assert_eq!((answer.status, &*answer.body), (Status::Ok, "changed"), "{headers:?}");
        }
        for headers in FOREIGN {
            let answer = alice.request(method, "/change", headers, "").await;
            assert_eq!(answer.status, Status::Forbidden, "{method} {headers:?}");
            assert!(!answer.body.contains("changed"), "{method} {headers:?}");
        }
        let program = alice.request(method, "/change", &[], "").await;
        assert_eq!(program.status, Status::Ok, "what sends neither header is no browser");
    }
    assert_eq!(alice.open("/account").await.status, Status::Ok, "a refusal ends nothing");
}

/// Rocket replaces the method of a request by the `_method` of its form, and answers `HEAD` with the route for `GET`.
#[rocket::async_test]
async fn neither_a_form_nor_another_method_gets_past_the_check() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let methods = ["POST", "put", "PATCH", "Delete", "GET", "HEAD", "OPTIONS", "TRACE", "CONNECT"];
    for headers in FOREIGN {
        let headers = [headers, &[form]].concat();
        for method in methods {
            let body = format!("_method={method}&x=y");
            let answer = alice.request(Method::Post, "/change", &headers, &body).await;
            assert!(answer.status.code >= 400, "{method} {headers:?}: {answer:?}");
            assert!(!answer.body.contains("changed"), "{method} {headers:?}");
        }
    }
    for method in [Method::Head, Method::Options, Method::Trace, Method::Connect] {
        let answer = alice.request(method, "/change", FOREIGN[0], "").await;
        assert!(answer.status.code >= 400, "{method}: {answer:?}");
    }
    let own = [OWN[0], &[form]].concat();
    let answer = alice.request(Method::Post, "/change", &own, "_method=PUT&x=y").await;
    assert_eq!(answer.body, "changed");
}

#[rocket::async_test]
async fn a_forged_request_is_refused_before_its_body_is_read() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let forged = alice.request(Method::Post, "/read", FOREIGN[0], "body").await;
    assert_eq!(forged.status, Status::Forbidden);
    let own = alice.request(Method::Post, "/read", OWN[0], "body").await;
    assert_eq!(own.status, Status::PayloadTooLarge);
}

#[rocket::async_test]
async fn an_upgrade_must_be_the_sites_own_even_by_get() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let upgrade = |headers: &[(&'static str, &'static str)]| {
        let mut all = vec![("Upgrade", "websocket"), ("Connection", "Upgrade")];
        all.extend_from_slice(headers);
        all
    };
    for headers in OWN {
        let answer = alice.request(Method::Get, "/live", &upgrade(headers), "").await;
        assert_eq!(answer.status, Status::Ok, "{headers:?}");
    }
    for headers in FOREIGN.into_iter().chain([&[][..]]) {
        let answer = alice.request(Method::Get, "/live", &upgrade(headers), "").await;
        assert_eq!(answer.status, Status::Forbidden, "{headers:?}");
    }
}

#[rocket::async_test]
async fn reading_is_allowed_from_a_link_anywhere() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for headers in FOREIGN {
        let answer = alice.request(Method::Get, "/live", headers, "").await;
        assert_eq!(answer.status, Status::Ok, "{headers:?}");
    }
}

#[rocket::async_test]
async fn an_optional_user_is_none_and_a_result_says_why() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for (headers, maybe, why) in
        [(OWN[0], "signed in", "signed in"), (FOREIGN[0], "signed out", "ForeignOrigin")]
    {
        assert_eq!(alice.request(Method::Post, "/maybe", headers, "").await.body, maybe);
        assert_eq!(alice.request(Method::Post, "/why", headers, "").await.body, why);
    }
    let stranger = app.browser().request(Method::Post, "/why", OWN[0], "").await;
    assert_eq!(stranger.body, "NotSignedIn");
}

#[rocket::async_test]
async fn without_a_session_the_answer_is_401_wherever_the_request_comes_from() {
    let app = app().await;
    for headers in OWN.into_iter().chain(FOREIGN) {
        let answer = app.browser().request(Method::Post, "/change", headers, "").await;
        assert_eq!(answer.status, Status::Unauthorized, "{headers:?}");
    }
}

#[rocket::async_test]
async fn developers_are_told_which_origin_was_seen_and_how_to_trust_it() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let headers = [
        ("Origin", "http://localhost:3000"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Accept", "text/html"),
    ];
    let page = alice.request(Method::Put, "/change", &headers, "").await;
    assert_eq!(page.status, Status::Forbidden, "{page:?}");
    for part in ["Origin: http://localhost:3000", ORIGIN, "logto.trusted_origins"] {
        assert!(page.body.contains(part), "{part}: {page:?}");
    }
}
