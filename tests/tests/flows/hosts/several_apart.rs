//! What one host of a site has given to a browser is nobody's at another host of it.

use logto_rocket::{SessionConfig, Store};
use logto_rocket_tests::browser::{Browser, From};
use rocket::http::{Method, Status};

use super::several::{HOSTS, at, origin, sign_in, signed_in, site, site_with};

/// The same cookies at the other host: whoever owns a host can read them.
fn moved<'a>(
    app: &'a logto_rocket_tests::app::App,
    browser: &Browser<'_>,
    to: &str,
) -> Browser<'a> {
    let mut other = at(app, to);
    other.cookies.clone_from(&browser.cookies);
    other
}

#[rocket::async_test]
async fn a_session_of_one_host_is_nobodys_at_another() {
    for store in [Store::Cookie, Store::Memory] {
        let app = site_with(|it| it.session(SessionConfig::new().store(store))).await;
        for [host, other] in [HOSTS, [HOSTS[1], HOSTS[0]]] {
            // It has been opened before, and this process remembers it.
            let mut browser = signed_in(&app, host).await;
            for _ in 0..2 {
                let mut elsewhere = moved(&app, &browser, other);
                assert!(!elsewhere.is_signed_in().await, "{host} at {other}");
                assert_eq!(elsewhere.fetch("/auth/user").await.status, Status::Unauthorized);
                assert!(browser.is_signed_in().await, "{host} stays signed in");
            }
        }
    }
}

#[rocket::async_test]
async fn a_new_process_opens_a_session_at_its_own_host_only() {
    let app = site().await;
    let browser = signed_in(&app, HOSTS[1]).await;
    let urls = HOSTS.map(origin);
    // The order of the list is of no importance.
    let turned = [urls[1].clone(), urls[0].clone()];
    for urls in [urls, turned] {
        let config = logto_rocket_tests::app::config_without_address(&app.idp).base_urls(urls);
        let process = logto_rocket_tests::app::launch(&app.clock, config, Vec::new()).await;
        for (host, is_good) in [(HOSTS[0], false), (HOSTS[1], true), (HOSTS[0], false)] {
            let mut there = browser.at(&process);
            there.headers.push(("Host".into(), host.into()));
            assert_eq!(there.is_signed_in().await, is_good, "{host}");
        }
    }
}

#[rocket::async_test]
async fn a_sign_in_of_one_host_is_not_finished_at_another() {
    let app = site().await;
    for [host, other] in [HOSTS, [HOSTS[1], HOSTS[0]]] {
        let mut browser = at(&app, host);
        let start = browser.open("/auth/sign-in?return_to=/account").await;
        let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
        let path = callback.strip_prefix(&origin(host)).unwrap();
        let mut elsewhere = moved(&app, &browser, other);
        let exchanges = app.idp.requests().token();
        let refused = elsewhere.navigate(path, From::OtherSite).await;
        assert_eq!(refused.status, Status::BadRequest, "{refused:?}");
        assert_eq!(app.idp.requests().token(), exchanges, "its code is not sent");
        let done = browser.navigate(path, From::OtherSite).await;
        assert_eq!(done.location(), "/account", "it was a good one");
    }
}

#[rocket::async_test]
async fn a_sign_out_of_one_host_leaves_no_way_back_at_another() {
    let app = site().await;
    for [host, other] in [HOSTS, [HOSTS[1], HOSTS[0]]] {
        let mut browser = signed_in(&app, host).await;
        browser.post("/auth/sign-out?return_to=/bye", From::OwnPage, &origin(host)).await;
        let mut elsewhere = moved(&app, &browser, other);
        let back = elsewhere.navigate("/auth/sign-out-callback", From::OtherSite).await;
        assert_eq!(back.location(), "/", "{other}");
        let back = browser.navigate("/auth/sign-out-callback", From::OtherSite).await;
        assert_eq!(back.location(), "/bye", "{host}");
    }
}

/// The owner of one host must not act as the user of another.
#[rocket::async_test]
async fn a_page_of_one_host_is_another_site_to_another_host() {
    let app = site().await;
    for [host, other] in [HOSTS, [HOSTS[1], HOSTS[0]]] {
        let mut browser = signed_in(&app, host).await;
        let (own, foreign) = (origin(host), origin(other));
        let mut change = async |headers: &[(&str, &str)]| {
            browser.request(Method::Post, "/own-change", headers, "").await.status
        };
        assert_eq!(change(&[("Origin", &own)]).await, Status::Ok, "{host}");
        assert_eq!(change(&[("Origin", &foreign)]).await, Status::Forbidden, "{host}");
        let site = [("Origin", &*foreign), ("Sec-Fetch-Site", "same-site")];
        assert_eq!(change(&site).await, Status::Forbidden, "{host}");
        let asked = browser.post("/auth/sign-out", From::OtherSite, &foreign).await;
        assert_eq!(asked.status, Status::Ok, "a question: {asked:?}");
        assert!(browser.is_signed_in().await);
        // Nor is a page of the other one to return to.
        let referer = format!("{foreign}/basket");
        let fetch = [("HX-Request", "true"), ("Referer", &*referer)];
        let refused = at(&app, host).request(Method::Get, "/account", &fetch, "").await;
        assert_eq!(refused.header("HX-Redirect"), Some("/auth/sign-in"), "{host}");
        let link = format!("/auth/sign-in?return_to={foreign}/account");
        let end = sign_in(&app, &mut at(&app, host), host, &link).await;
        assert_eq!(end.location(), "/", "{host}");
        let realm = format!("Logto realm=\"{own}\"");
        assert_eq!(refused.header("WWW-Authenticate"), Some(&*realm));
    }
}

#[rocket::async_test]
async fn sessions_of_all_hosts_are_listed_and_ended_one_by_one() {
    let app = site_with(|it| it.session(SessionConfig::new().store(Store::Memory))).await;
    let mut here = signed_in(&app, HOSTS[0]).await;
    let mut there = signed_in(&app, HOSTS[1]).await;
    let sub = app.idp.user_id("alice").unwrap();
    assert_eq!(app.logto().sessions().of(&sub).await.unwrap().len(), 2);
    let (_, id) = there.account().await.expect("a session");
    app.logto().sessions().end(&id.parse().unwrap()).await.unwrap();
    assert!(!there.is_signed_in().await);
    assert!(here.is_signed_in().await);
    let left = app.logto().sessions().of(&sub).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id().to_string(), here.account().await.unwrap().1);
}

/// A refresh seals the record again.
#[rocket::async_test]
async fn a_renewed_session_stays_at_its_host() {
    for store in [Store::Cookie, Store::Memory] {
        let app = site_with(|it| it.session(SessionConfig::new().store(store))).await;
        let mut browser = signed_in(&app, HOSTS[1]).await;
        app.clock.advance(std::time::Duration::from_secs(3_601));
        assert!(browser.is_signed_in().await);
        assert_eq!(app.refreshes(), 1);
        assert!(!moved(&app, &browser, HOSTS[0]).is_signed_in().await);
        assert!(browser.is_signed_in().await);
    }
}
