//! What a developer reads when something fails while the application runs: the cause, the value, where
//! it came from, and what to do. The log has it always, pages have it in Rocket's debug profile only.

mod happen;
mod rows;

use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::From;
use logto_rocket_tests::builder::Builder;
use logto_rocket_tests::log::Log;
use rocket::http::{Method, Status};

use self::rows::{FAILURES, FROM};

#[rocket::async_test]
async fn each_failure_tells_its_cause_the_value_where_that_is_from_and_what_to_do() {
    let log = Log::alone().await;
    let mut missing = Vec::new();
    for (failure, says) in FAILURES {
        let seen = Box::pin(failure.happen(&log, |app| app)).await;
        for text in *says {
            let in_log = seen.log.contains(text);
            let on_page = seen.page.as_ref().is_none_or(|page| page.body.contains(&escaped(text)));
            if !in_log || !on_page {
                let page = seen.page.as_ref().map(|page| &page.body);
                missing.push(format!("{failure:?}: {text}\nlog: {}\npage: {page:?}", seen.log));
            }
        }
        assert!(!seen.log.contains("hunter2"), "{failure:?}: {}", seen.log);
    }
    assert!(missing.is_empty(), "{} missing:\n{}", missing.len(), missing.join("\n\n"));
}

#[rocket::async_test]
async fn outside_the_debug_profile_no_page_tells_what_only_developers_should_know() {
    let log = Log::alone().await;
    for (failure, says) in FAILURES {
        let seen = Box::pin(failure.happen(&log, in_release)).await;
        let Some(page) = seen.page else { continue };
        for text in says.iter().filter(|text| text.contains("`logto.") || text.contains(FROM)) {
            assert!(seen.log.contains(text), "{failure:?}: {text}: {}", seen.log);
            assert!(!page.body.contains(&escaped(text)), "{failure:?}: {text}: {page:?}");
        }
    }
}

#[rocket::async_test]
async fn a_sign_out_under_another_name_of_the_site_is_warned_about_as_a_sign_in_is() {
    let log = Log::alone().await;
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    alice.headers.push(("Host".into(), "www.example.com:8000".into()));
    let before = log.ours().len();
    for _ in 0..2 {
        alice.post("/auth/sign-out", From::OwnPage, "http://www.example.com:8000").await;
    }
    let logged = log.ours().split_off(before);
    for text in [
        "A sign-out starts elsewhere: the request's `Host` is `www.example.com:8000`",
        "`logto.base_url` is",
    ] {
        assert_eq!(logged.matches(text).count(), 1, "{text}: {logged}");
    }
}

#[rocket::async_test]
async fn strangers_cannot_fill_the_log_with_hosts_cookies_and_claims() {
    let log = Log::alone().await;
    let app = App::start().await;
    let (cookie, _) = app.signed_in("alice").await.only_cookie();
    let before = log.ours().len();
    for number in 0..50 {
        let mut stranger = app.browser();
        let host = format!("made-up-{number}.example");
        stranger.headers.push(("Host".into(), host));
        stranger.cookies.insert(cookie.clone(), "A".repeat(100 + number));
        stranger.open("/auth/sign-in").await;
        stranger.open("/account").await;
    }
    let mut alice = app.signed_in("alice").await;
    for number in 0..50 {
        let origin = format!("https://made-up-{number}.example");
        let refused = alice.request(Method::Post, "/change", &[("Origin", &origin)], "").await;
        assert_eq!(refused.status, Status::Forbidden, "{refused:?}");
    }
    let logged = log.ours().split_off(before);
    assert_eq!(logged.matches("does not come from a page of").count(), 1, "{logged}");
    assert_eq!(logged.matches("`Host` is").count(), 1, "{logged}");
    assert_eq!(logged.matches("cannot be decrypted").count(), 1, "{logged}");
}

fn in_release(builder: Builder<'_>) -> Builder<'_> {
    builder.rocket(|rocket| {
        let figment = rocket.figment().clone().select(rocket::Config::RELEASE_PROFILE);
        rocket.configure(figment)
    })
}

/// A text as a page has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
