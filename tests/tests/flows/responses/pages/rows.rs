//! What makes each built-in page, in an application that can make all of them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use logto_rocket::Logto;
use logto_rocket::testing::{Endpoint, Fault, Tamper};
use logto_rocket_tests::app::{ORIGIN, config_for, config_without_address};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::gated_store::GatedStore;
use rocket::http::Method;

use super::site::{Looks, Site};

type Making<'a> = Pin<Box<dyn Future<Output = Answer> + 'a>>;

/// A page: its code and status, where its first action leads, and what makes it.
pub struct Row {
    pub code: &'static str,
    pub status: u16,
    pub first: &'static str,
    pub make: for<'a> fn(&'a Site, Looks) -> Making<'a>,
}

macro_rules! row {
    ($code:literal, $status:literal, $first:literal, |$app:ident| $make:expr) => {
        row!($code, $status, $first, |$app, _| $make)
    };
    ($code:literal, $status:literal, $first:literal, |$app:ident, $looks:pat_param| $make:expr) => {
        Row {
            code: $code,
            status: $status,
            first: $first,
            make: |$app, $looks| {
                Box::pin(async move {
                    let page: Answer = $make;
                    page
                })
            },
        }
    };
}

/// Sends the browser back from Logto with another answer than a code.
async fn called_back(app: &Site, path: &str, change: impl Fn(&str) -> String) -> Answer {
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", path).await;
    browser.navigate(&change(&callback), From::OtherSite).await
}

/// Answers a sign-in that returns to `/x` with this instead of a code.
pub async fn answered(app: &Site, answer: &str) -> Answer {
    called_back(app, "/x", |callback| callback.replace("?code=", &format!("?{answer}&x="))).await
}

async fn refused(app: &Site, path: &str) -> Answer {
    let mut headers = navigation(From::OwnPage);
    headers.push(("Referer", "http://localhost:8000/basket"));
    app.browser().request(Method::Get, path, &headers, "").await
}
/// All pages.
pub fn all() -> Vec<Row> {
    [refusals(), sign_ins(), questions_and_ends()].into_iter().flatten().collect()
}

/// What guards and handlers refuse.
fn refusals() -> Vec<Row> {
    vec![
        row!("not_signed_in", 401, "/auth/sign-in", |app| {
            let script = [("X-Requested-With", "XMLHttpRequest"), ("Accept", "text/html")];
            app.browser().request(Method::Get, "/account", &script, "").await
        }),
        row!("sign_in_first", 401, "/auth/sign-in", |app| {
            app.browser().post("/change", From::OwnPage, ORIGIN).await
        }),
        row!("sign_in_in_frame", 401, "/auth/sign-in?return_to=%2Faccount", |app| {
            let mut headers = navigation(From::OwnPage);
            headers.retain(|(name, _)| *name != "Sec-Fetch-Dest");
            headers.push(("Sec-Fetch-Dest", "iframe"));
            app.browser().request(Method::Get, "/account", &headers, "").await
        }),
        row!("sign_in_loop", 401, "/auth/sign-in?return_to=%2Faccount&again=1", |app| {
            let mut browser = app.browser();
            for _ in 1..=2 {
                app.sign_in(&mut browser, "alice", "/account").await;
                browser.cookies.retain(|name, _| name.contains("-flow-"));
            }
            browser.open("/account").await
        }),
        row!("sign_in_too_old", 401, "/auth/sign-in?max_age=900", |app| {
            let mut alice = app.signed_in("alice").await;
            app.clock.advance(Duration::from_secs(16 * 60));
            alice.post("/vault", From::OwnPage, ORIGIN).await
        }),
        row!(
            "sign_in_stays_old",
            403,
            "/auth/sign-in?return_to=%2Frefuse%2Fstays-old&max_age=60",
            |app| { refused(app, "/refuse/stays-old").await }
        ),
        row!("sign_in_asked_less", 401, "/auth/sign-in", |app| {
            app.browser().post("/refuse/asked-less", From::OwnPage, ORIGIN).await
        }),
        row!("denied", 403, "/auth/sign-in?return_to=%2Fadmin&switch=1", |app| app
            .signed_in("bob")
            .await
            .open("/admin")
            .await),
        row!("claims_missing", 403, "/auth/sign-in?return_to=%2Frefuse%2Fclaims&switch=1", |app| {
            refused(app, "/refuse/claims").await
        }),
        row!("no_organization", 404, "/home", |app| app
            .signed_in("bob")
            .await
            .open("/organizations/%C3%A4")
            .await),
        row!("foreign_origin", 403, "/home", |app| {
            let mut alice = app.signed_in("alice").await;
            alice.post("/change", From::OtherSite, "https://evil.example").await
        }),
        row!("undecided", 503, "/refuse/undecided", |app| refused(app, "/refuse/undecided").await),
        row!("misconfigured", 500, "/home", |app| refused(app, "/refuse/misconfigured").await),
        row!("not_attached", 500, "/home", |app| refused(app, "/refuse/not-attached").await),
        row!("store_unavailable", 503, "/fail/store", |app| refused(app, "/fail/store").await),
    ]
}

/// What fails at the sign-in and its callback.
fn sign_ins() -> Vec<Row> {
    vec![
        row!("not_a_navigation", 400, "/auth/sign-in?return_to=%2Fx", |app| {
            let script = [("X-Requested-With", "XMLHttpRequest"), ("Accept", "text/html")];
            let path = "/auth/sign-in?return_to=%2Fx";
            app.browser().request(Method::Get, path, &script, "").await
        }),
        row!("sign_in_not_started", 502, "/auth/sign-in?return_to=%2Fx", |app| {
            app.idp.fault(Endpoint::PushedAuthorization, Fault::Status(404));
            app.browser().open("/auth/sign-in?return_to=%2Fx").await
        }),
        row!("logto_unavailable", 503, "/auth/sign-in?return_to=%2Fx", |app| {
            app.idp.fault(Endpoint::PushedAuthorization, Fault::Status(500));
            app.browser().open("/auth/sign-in?return_to=%2Fx").await
        }),
        row!("repeated_parameter", 400, "/auth/sign-in", |app| {
            refused(app, "/auth/sign-in-callback?state=a&state=b").await
        }),
        row!("wrong_issuer", 400, "/auth/sign-in?return_to=%2Fx", |app| {
            called_back(app, "/x", |callback| callback.replace("iss=http", "iss=https")).await
        }),
        row!("other_issuer", 400, "/auth/sign-in", |app| {
            let link = "/auth/sign-in?iss=https%3A%2F%2Fevil.example%2Foidc";
            app.browser().navigate(link, From::OtherSite).await
        }),
        row!("unlisted_host", 400, "https://a.example/home", |app, looks| {
            let urls = ["https://a.example", "https://b.example"];
            let config = config_without_address(&app.idp).base_urls(urls).after_sign_in("/home");
            let site = app.beside(looks(Logto::fairing()).config(config)).await;
            Browser::new(&site).open("/auth/sign-in").await
        }),
        row!("unknown_sign_in", 400, "/auth/sign-in", |app| {
            refused(app, "/auth/sign-in-callback?state=a&code=b").await
        }),
        row!("sign_in_too_late", 400, "/auth/sign-in?return_to=%2Fx", |app| {
            let mut browser = app.browser();
            let callback = app.callback(&mut browser, "alice", "/x").await;
            app.clock.advance(Duration::from_secs(3601));
            browser.navigate(&callback, From::OtherSite).await
        }),
        row!("used_sign_in", 400, "/auth/sign-in?return_to=%2Fx", |app| {
            let mut browser = app.browser();
            let callback = app.callback(&mut browser, "alice", "/x").await;
            let mut copy = app.browser();
            copy.cookies.clone_from(&browser.cookies);
            browser.navigate(&callback, From::OtherSite).await;
            app.clock.advance(Duration::from_secs(120));
            copy.navigate(&callback, From::OtherSite).await
        }),
        row!("sign_in_expired", 400, "/auth/sign-in?return_to=%2Fx", |app| {
            called_back(app, "/x", |callback| callback.replace("?code=", "?code=no")).await
        }),
        row!("sign_in_cancelled", 403, "/auth/sign-in", |app| {
            refused(app, "/auth/sign-in-callback").await
        }),
        row!("access_denied", 403, "/auth/sign-in?return_to=%2Fx&switch=1", |app| {
            answered(app, "error=access_denied").await
        }),
        row!("interaction_required", 403, "/auth/sign-in?return_to=%2Fx", |app| {
            answered(app, "error=login_required").await
        }),
        row!("refused_by_logto", 502, "/auth/sign-in?return_to=%2Fx", |app| {
            answered(app, "error=invalid_scope").await
        }),
        row!("sign_in_refused", 403, "/auth/sign-in?return_to=%2F&switch=1", |app| {
            app.sign_in(&mut app.browser(), "mallory", "/").await
        }),
        row!("session_too_large", 500, "/auth/sign-in?return_to=%2F&switch=1", |app| {
            app.sign_in(&mut app.browser(), "large", "/").await
        }),
        row!("bad_answer", 502, "/auth/sign-in?return_to=%2Fx", |app| {
            app.idp.tamper(Tamper::NoIdToken);
            let page = called_back(app, "/x", str::to_owned).await;
            app.idp.heal();
            page
        }),
        row!("invalid_token", 502, "/auth/sign-in?return_to=%2Fx", |app| {
            app.idp.tamper(Tamper::WrongKey);
            let page = called_back(app, "/x", str::to_owned).await;
            app.idp.heal();
            page
        }),
    ]
}

/// What asks, and what has been done.
fn questions_and_ends() -> Vec<Row> {
    vec![
        row!("sign_in_again", 200, "/auth/sign-in?organization_id=o", |app| {
            let mut alice = app.signed_in("alice").await;
            alice.navigate("/auth/sign-in?organization_id=o", From::OtherSite).await
        }),
        row!("signed_in", 200, "/x", |app| called_back(app, "/x", str::to_owned).await),
        row!("signed_in_elsewhere", 200, "/x", |app| {
            let store = app.client.rocket().state::<Arc<GatedStore>>().expect("a store");
            store.set_leased(true);
            called_back(app, "/x", str::to_owned).await
        }),
        row!("sign_out", 200, "/auth/sign-out", |app| {
            let mut alice = app.signed_in("alice").await;
            alice.navigate("/auth/sign-out", From::OtherSite).await
        }),
        row!("signed_out_here", 200, "/bye", |app, looks| {
            let alice = app.signed_in("alice").await;
            app.idp.pause().await;
            // Another process, which has never heard of Logto, with the same keys.
            let fairing = looks(Logto::fairing().clock(app.clock.clone()));
            let config = config_for(&app.idp).after_sign_in("/home").after_sign_out("/bye");
            let second = app.beside(fairing.config(config)).await;
            alice.at(&second).navigate("/auth/sign-out", From::OwnPage).await
        }),
        row!("signed_out_in_this_browser", 503, "/bye", |app| {
            let mut alice = app.signed_in("alice").await;
            let store = app.client.rocket().state::<Arc<GatedStore>>().expect("a store");
            store.set_away(true);
            alice.navigate("/auth/sign-out", From::OwnPage).await
        }),
    ]
}
