//! The room that the cookies of sign-ins take: a page of another site can have a browser begin any number
//! of them, also at the very same moment.

use std::time::Duration;

use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::uri::{encoded, query};
use rocket::http::Status;

use super::return_to::{LONGEST, SITE, demanding, path};

/// What all cookies of sign-ins may take of a `Cookie` header.
const ALL_FLOWS: usize = 3_000;

/// The longest page of those that several sign-ins side by side keep.
const USUAL: usize = 88;

/// What a browser sends of the cookies of sign-ins.
fn bytes(browser: &Browser<'_>) -> usize {
    let flows = browser.cookies.iter().filter(|(name, _)| name.contains("-flow-"));
    flows.map(|(name, value)| name.len() + value.len() + 3).sum()
}

/// What a response takes on the wire, about: its headers, as hyper writes them.
fn head(answer: &Answer) -> usize {
    answer.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum()
}

/// A link of several kB, which anybody can write, makes no response that a proxy refuses.
#[rocket::async_test]
async fn the_options_of_a_link_have_a_room_of_their_own() {
    let all = [
        ("login_hint", "ä".repeat(256)),
        ("ui_locales", "de ".repeat(1_000)),
        ("identifier", "email ".repeat(1_000)),
        ("direct_sign_in", format!("social:{}", "\"".repeat(512))),
        ("organization_id", "<".repeat(512)),
        ("one_time_token", ">".repeat(512)),
    ];
    for app in [App::start().await, demanding().await] {
        for page in [2, USUAL, LONGEST] {
            for first in 0..all.len() {
                let (last, first) = all.split_at(first);
                let link = format!("/auth/sign-in?return_to={}", encoded(&path(page)));
                let link = first
                    .iter()
                    .chain(last)
                    .fold(link, |link, (name, value)| format!("{link}&{name}={}", encoded(value)));
                let start = app.browser().navigate(&link, From::OtherSite).await;
                assert_eq!(start.status, Status::SeeOther, "{start:?}");
                assert!(head(&start) < 3_900, "{} bytes: {start:?}", head(&start));
            }
        }
        // What people use has room beside a usual page.
        let link = format!(
            "/auth/sign-in?return_to={}&login_hint={}&ui_locales=fr-CA%20fr&organization_id={}\
             &one_time_token={}",
            encoded(&path(USUAL)),
            encoded(&format!("{}@example.test", "a".repeat(240))),
            "o".repeat(21),
            "t".repeat(64)
        );
        let start = app.browser().navigate(&link, From::OtherSite).await;
        let sent = query(start.location());
        for name in ["login_hint", "ui_locales", "organization_id", "one_time_token"] {
            assert!(sent.contains_key(name), "{name}: {sent:?}");
        }
    }
}

/// Another application on this host can set cookies. It must not be able to make a response too long for a proxy.
#[rocket::async_test]
async fn made_up_cookies_of_sign_ins_leave_the_response_short() {
    let app = App::start().await;
    let mut browser = app.browser();
    begin(&app, &mut browser, "/").await;
    let (name, _) = browser.only_cookie();
    let slots = name.trim_end_matches(|char: char| char.is_ascii_digit()).to_owned();
    for number in 0..100 {
        browser.cookies.insert(format!("{slots}x{number}"), "x".into());
    }
    let page = path(LONGEST);
    let callback = begin(&app, &mut browser, &page).await;
    let end = browser.navigate(&callback, From::OtherSite).await;
    assert_eq!(end.location(), page, "{end:?}");
    assert!(head(&end) < 3_600, "{} bytes", head(&end));
}

/// Begins a sign-in that returns to this page, and answers with where Logto sends the browser back to.
async fn begin(app: &App, browser: &mut Browser<'_>, page: &str) -> String {
    let link = format!("/auth/sign-in?return_to={}", encoded(page));
    let start = browser.navigate(&link, From::OtherSite).await;
    assert_eq!(start.status, Status::SeeOther, "{start:?}");
    assert!(head(&start) < 3_600, "{} bytes", head(&start));
    let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
    let callback = callback.strip_prefix(SITE).or_else(|| callback.strip_prefix(ORIGIN));
    callback.unwrap().to_owned()
}

/// Sign-ins with these pages that begin at the same moment: each answer sees only the cookies that its
/// request carried. Answers with the browser that has them all, and with the callbacks.
async fn at_once<'a>(
    app: &'a App,
    browser: &Browser<'a>,
    pages: &[String],
) -> (Browser<'a>, Vec<String>) {
    let mut all = browser.at(&app.client);
    let mut callbacks = Vec::new();
    for (mut tab, page) in app.tabs(browser, pages.len()).into_iter().zip(pages) {
        callbacks.push(begin(app, &mut tab, page).await);
        // What its answer has changed, and nothing else.
        for (name, value) in &tab.cookies {
            if browser.cookies.get(name) != Some(value) {
                all.cookies.insert(name.clone(), value.clone());
            }
        }
        for name in browser.cookies.keys().filter(|name| !tab.cookies.contains_key(*name)) {
            all.cookies.remove(name);
        }
    }
    (all, callbacks)
}

#[rocket::async_test]
async fn twenty_sign_ins_that_another_site_begins_leave_the_site_usable() {
    let app = demanding().await;
    let mut browser = app.browser();
    begin(&app, &mut browser, "/mine").await;
    for number in 0..20 {
        let long = path(LONGEST - number);
        let callback = begin(&app, &mut browser, &long).await;
        assert!(bytes(&browser) <= ALL_FLOWS, "{} bytes", bytes(&browser));
        // The newest is whole.
        let end = browser.at(&app.client).navigate(&callback, From::OtherSite).await;
        assert_eq!(end.location(), long);
    }
}

#[rocket::async_test]
async fn twenty_sign_ins_at_the_same_moment_leave_the_site_usable_and_the_last_one_ends() {
    for app in [App::start().await, demanding().await] {
        for length in [2, USUAL, USUAL + 1, 300, LONGEST] {
            let pages = vec![path(length); 20];
            let (mut browser, callbacks) = at_once(&app, &app.browser(), &pages).await;
            assert!(bytes(&browser) <= ALL_FLOWS, "{length}: {} bytes", bytes(&browser));
            let end = browser.navigate(callbacks.last().unwrap(), From::OtherSite).await;
            assert_eq!(end.location(), pages[0]);
        }
    }
}

/// The cookies of some overwrite those of others, and more come while these are there.
#[rocket::async_test]
async fn no_order_of_sign_ins_exceeds_the_room() {
    let app = demanding().await;
    let mut browser = app.browser();
    let lengths = [2, 1_024, 60, 88, 89, 500, 2, 2, 1_024, 88];
    for round in 0..12 {
        let pages: Vec<_> =
            (0..8).map(|number| path(lengths[(round * 7 + number) % lengths.len()])).collect();
        let (all, callbacks) = at_once(&app, &browser, &pages).await;
        browser = all;
        assert!(bytes(&browser) <= ALL_FLOWS, "round {round}: {} bytes", bytes(&browser));
        app.clock.advance(Duration::from_secs(1));
        if round % 3 == 2 {
            let mut end = browser.at(&app.client);
            end.navigate(callbacks.last().unwrap(), From::OtherSite).await;
            assert!(end.is_signed_in().await, "round {round}");
        }
    }
}

#[rocket::async_test]
async fn sign_ins_at_the_same_moment_are_spread_over_the_room() {
    let app = App::start().await;
    let (mut browser, callbacks) = at_once(&app, &app.browser(), &vec![path(USUAL); 20]).await;
    let names = browser.cookies_named("logto-");
    assert_eq!(names.len(), 4, "{names:?}");
    let mut ended = 0;
    for callback in callbacks.iter().rev() {
        let end = browser.navigate(callback, From::OtherSite).await;
        assert!(matches!(end.status.code, 303 | 400), "{end:?}");
        ended += usize::from(end.location() == path(USUAL));
    }
    assert_eq!(ended, 4, "one of each place");
}

#[rocket::async_test]
async fn five_sign_ins_with_usual_pages_keep_them_side_by_side() {
    for app in [App::start().await, demanding().await] {
        let mut browser = app.browser();
        let mut callbacks = Vec::new();
        for number in 0..5 {
            let page = format!("{}{number}", path(USUAL - 1));
            callbacks.push((begin(&app, &mut browser, &page).await, page));
            app.clock.advance(Duration::from_secs(1));
        }
        for (callback, page) in callbacks {
            assert_eq!(browser.navigate(&callback, From::OtherSite).await.location(), page);
        }
    }
}

#[rocket::async_test]
async fn of_two_long_pages_the_older_is_given_up_and_its_sign_in_still_ends() {
    let app = App::start().await;
    let mut browser = app.browser();
    let first = begin(&app, &mut browser, &path(LONGEST)).await;
    app.clock.advance(Duration::from_secs(1));
    let second = begin(&app, &mut browser, &path(LONGEST)).await;
    let mut other = browser.at(&app.client);
    let end = other.navigate(&first, From::OtherSite).await;
    assert_eq!((end.status, end.location()), (Status::SeeOther, "/"));
    let end = browser.navigate(&second, From::OtherSite).await;
    assert_eq!(end.location(), path(LONGEST));
}

/// As a long one begins, the others make room in the order of their age.
#[rocket::async_test]
async fn a_long_page_beside_five_sign_ins_costs_the_oldest() {
    let app = App::start().await;
    let mut browser = app.browser();
    let mut callbacks = Vec::new();
    for number in 0..5 {
        callbacks.push(begin(&app, &mut browser, &format!("/{number}")).await);
        app.clock.advance(Duration::from_secs(1));
    }
    callbacks.push(begin(&app, &mut browser, &path(LONGEST)).await);
    assert!(bytes(&browser) <= ALL_FLOWS, "{} bytes", bytes(&browser));
    let oldest = browser.navigate(&callbacks[0], From::OtherSite).await;
    assert_eq!(oldest.status, Status::BadRequest, "{oldest:?}");
    for (number, callback) in callbacks.iter().enumerate().skip(1) {
        let end = browser.navigate(callback, From::OtherSite).await;
        let page = if number == 5 { path(LONGEST) } else { format!("/{number}") };
        assert_eq!(end.location(), page);
    }
}

/// What is not needed any more is removed when the user is signed in.
#[rocket::async_test]
async fn the_next_page_of_a_signed_in_user_removes_sign_ins_that_have_ended() {
    let app = App::start().await;
    let alice = app.signed_in("alice").await;
    let (mut browser, callbacks) = at_once(&app, &alice, &vec!["/account".into(); 20]).await;
    let end = browser.navigate(callbacks.last().unwrap(), From::OtherSite).await;
    assert_eq!(end.location(), "/account");
    let before = browser.cookies_named("logto-").len();
    assert_eq!(browser.open("/account").await.status, Status::Ok);
    assert_eq!(browser.cookies_named("logto-").len(), before - 1);
    assert!(!browser.open("/account").await.sets_cookies(), "once");
}

/// A sibling domain, or an older version of this crate, can have set it.
#[rocket::async_test]
async fn a_cookie_that_cannot_be_read_makes_way() {
    let app = App::start().await;
    let name = app.signed_in("alice").await.only_cookie().0;
    let mut browser = app.browser();
    for slot in ["0", "1", "2", "3", "4", "5", "0123456789abcdef"] {
        browser.cookies.insert(format!("{name}-flow-{slot}"), "x".repeat(600));
    }
    let callback = begin(&app, &mut browser, &path(LONGEST)).await;
    assert_eq!(browser.cookies.len(), 1, "{:?}", browser.cookies);
    assert_eq!(browser.navigate(&callback, From::OtherSite).await.location(), path(LONGEST));
}
