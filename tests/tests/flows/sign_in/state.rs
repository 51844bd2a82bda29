//! A callback completes the sign-in of the very browser that started it, and no other.

use std::time::Duration;

use logto_rocket::testing::Tamper;
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::uri::{encoded, path_of, query};
use rocket::http::Status;

async fn call_back(browser: &mut Browser<'_>, path: &str) -> Answer {
    browser.navigate(path, From::OtherSite).await
}

fn is_refused(answer: &Answer) {
    assert_eq!(answer.status, Status::BadRequest, "{answer:?}");
    assert!(answer.location().is_empty(), "{answer:?}");
    assert!(!answer.sets_cookies(), "{answer:?}");
}

/// Guards against this mistake: the state was not bound to the browser, so that a link signed its
/// victim in as the attacker.
#[rocket::async_test]
async fn the_callback_of_another_browser_signs_no_user_in() {
    let app = App::start().await;
    let mut attacker = app.browser();
    let callback = app.callback(&mut attacker, "bob", "/").await;
    let mut victim = app.browser();
    is_refused(&call_back(&mut victim, &callback).await);
    assert_eq!(app.idp.requests().token(), 0);

    assert_eq!(call_back(&mut attacker, &callback).await.location(), "/", "it was a good one");
    assert_eq!(app.idp.requests().token(), 1);
}

/// Guards against this mistake: a cookie was there, but its state was compared with nothing.
#[rocket::async_test]
async fn a_sign_in_under_way_takes_no_other_state() {
    let app = App::start().await;
    let mut attacker = app.browser();
    let foreign = app.callback(&mut attacker, "bob", "/").await;
    let mut victim = app.browser();
    let own = app.callback(&mut victim, "alice", "/account").await;
    is_refused(&call_back(&mut victim, &foreign).await);
    assert_eq!(app.idp.requests().token(), 0);
    assert_eq!(call_back(&mut victim, &own).await.location(), "/account");

    // The attacker's flow cookie under the name of the victim's is no help either.
    let mut victim = app.browser();
    let own = app.callback(&mut victim, "alice", "/").await;
    let name = victim.cookies.keys().next().unwrap().clone();
    let sealed = app.browser().open("/auth/sign-in").await;
    let sealed = sealed.header("Set-Cookie").unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    victim.cookies.insert(name, sealed);
    is_refused(&call_back(&mut victim, &own).await);
}

/// Guards against this mistake: the check did not know which provider it belonged to. And: a
/// callback of another tenant.
#[rocket::async_test]
async fn a_sign_in_at_one_provider_is_not_completed_at_another() {
    let (here, there) = (App::start().await, App::start().await);
    let mut browser = there.browser();
    let callback = there.callback(&mut browser, "alice", "/").await;
    let mut moved = here.browser();
    moved.cookies.clone_from(&browser.cookies);
    is_refused(&call_back(&mut moved, &callback).await);
    assert_eq!(here.idp.requests().token(), 0, "the code is not sent to the wrong provider");

    let mut renamed = query(&format!("{ORIGIN}{callback}"));
    renamed.insert("iss".into(), here.idp.issuer());
    let renamed =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(renamed).finish();
    let answer = call_back(&mut moved, &format!("/auth/sign-in-callback?{renamed}")).await;
    assert_eq!(answer.status, Status::BadRequest);
    assert_eq!(here.idp.requests().token(), 0, "whatever issuer the callback names");
    assert_eq!(moved.open("/account").await.status, Status::SeeOther);
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/", "it was a good one");
}

/// Guards against this mistake: the checks could be left out.
#[rocket::async_test]
async fn no_check_can_be_left_out() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", "/").await;
    let sent = query(&format!("{ORIGIN}{callback}"));
    let bare = format!("/auth/sign-in-callback?code={}&iss={}", sent["code"], sent["iss"]);
    is_refused(&call_back(&mut browser, &bare).await);
    is_refused(&call_back(&mut browser, &format!("{bare}&state=")).await);
    assert_eq!(app.idp.requests().token(), 0);

    // Another's code in one's own sign-in: the code verifier does not fit.
    let mut attacker = app.browser();
    let stolen = app.callback(&mut attacker, "bob", "/").await;
    let code = &query(&format!("{ORIGIN}{stolen}"))["code"];
    let injected = callback.replace(&sent["code"], code);
    let answer = call_back(&mut browser, &injected).await;
    assert_eq!(answer.status, Status::BadRequest, "{answer:?}");
    assert!(browser.open("/account").await.location().contains("/auth/sign-in"));

    app.idp.tamper(Tamper::remove_claim("nonce"));
    let answer = app.sign_in(&mut app.browser(), "alice", "/").await;
    assert_eq!(answer.status, Status::BadGateway);
    app.idp.heal();
    assert_eq!(app.sign_in(&mut app.browser(), "alice", "/").await.location(), "/");
}

#[rocket::async_test]
async fn five_sign_ins_go_on_side_by_side_in_any_order() {
    let app = App::start().await;
    let mut browser = app.browser();
    let mut callbacks = Vec::new();
    for number in 0..5 {
        callbacks.push(app.callback(&mut browser, "alice", &format!("/?{number}")).await);
        app.clock.advance(Duration::from_secs(1));
    }
    for number in [3, 0, 4, 1, 2] {
        let answer = call_back(&mut browser, &callbacks[number]).await;
        assert_eq!(answer.location(), format!("/?{number}"));
        assert_eq!(browser.open("/account").await.status, Status::Ok);
    }
    assert_eq!(app.idp.requests().token(), 5);
}

#[rocket::async_test]
async fn a_sixth_sign_in_drops_the_oldest() {
    let app = App::start().await;
    let mut browser = app.browser();
    let mut callbacks = Vec::new();
    for number in 0..6 {
        callbacks.push(app.callback(&mut browser, "alice", &format!("/?{number}")).await);
        app.clock.advance(Duration::from_secs(1));
        assert!(browser.cookies.len() <= 5);
    }
    is_refused(&call_back(&mut browser, &callbacks[0]).await);
    for (number, callback) in callbacks.iter().enumerate().skip(1) {
        let answer = call_back(&mut browser, callback).await;
        assert_eq!(answer.location(), format!("/?{number}"));
    }
}

#[rocket::async_test]
async fn a_forged_callback_does_not_harm_a_sign_in_under_way() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", "/").await;
    let before = browser.cookies.clone();
    for forged in [
        "",
        "?error=access_denied",
        "?error=access_denied&state=guessed",
        "?code=made_up&state=guessed",
        "?code=made_up",
        "?state=guessed",
        "?state=a&state=b",
    ] {
        // The issuer is public.
        let sign = if forged.is_empty() { '?' } else { '&' };
        for issuer in [String::new(), format!("{sign}iss={}", encoded(&app.idp.issuer()))] {
            let path = format!("/auth/sign-in-callback{forged}{issuer}");
            let answer = call_back(&mut browser, &path).await;
            assert!(answer.status.code >= 400, "{path}: {answer:?}");
            assert_eq!(browser.cookies, before, "{path}");
        }
    }
    assert_eq!(app.idp.requests().token(), 0);
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/");
}

#[rocket::async_test]
async fn a_sibling_domain_cannot_plant_a_sign_in() {
    const SITE: &str = "https://app.example.test";
    let app = App::builder()
        .provider(|provider| provider.redirect_uri(&format!("{SITE}/auth/sign-in-callback")))
        .config(|config| config.base_url(SITE))
        .start()
        .await;
    let mut attacker = app.browser();
    let start = attacker.open("/auth/sign-in").await;
    let callback = path_of(&app.idp.authorize(start.location(), "bob").await.unwrap());
    let (name, sealed) = attacker.cookies.iter().next().unwrap();
    let plain = name.strip_prefix("__Host-").expect("a name that no sibling can use");

    let mut victim = app.browser();
    victim.cookies.insert(plain.to_owned(), sealed.clone());
    is_refused(&call_back(&mut victim, &callback).await);
    assert_eq!(app.idp.requests().token(), 0);
    assert_eq!(call_back(&mut attacker, &callback).await.location(), "/", "it was a good one");
}

#[rocket::async_test]
async fn a_sign_in_may_take_an_hour_by_the_servers_clock_and_one_click_begins_a_late_one_again() {
    let app = App::start().await;
    let mut browser = app.browser();
    let start = browser.open("/auth/sign-in").await;
    app.clock.advance(Duration::from_secs(3595));
    let callback = path_of(&app.idp.authorize(start.location(), "alice").await.unwrap());
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/");

    let mut browser = app.browser();
    let start = browser.open("/auth/sign-in?return_to=/account?tab=keys").await;
    app.clock.advance(Duration::from_secs(3601));
    let callback = path_of(&app.idp.authorize(start.location(), "alice").await.unwrap());
    let exchanges = app.idp.requests().token();
    let late = call_back(&mut browser, &callback).await;
    assert_eq!(late.status, Status::BadRequest, "{late:?}");
    assert!(!browser.is_signed_in().await);
    app.clock.set_back(Duration::from_secs(3600));
    assert_eq!(call_back(&mut browser, &callback).await.status, Status::BadRequest);
    assert_eq!(app.idp.requests().token(), exchanges, "its code is not sent");
    let link = "/auth/sign-in?return_to=%2Faccount%3Ftab%3Dkeys";
    assert!(late.body.contains(link), "{}", late.body);
    let start = browser.navigate(link, From::OwnPage).await;
    let callback = path_of(&app.idp.authorize(start.location(), "alice").await.unwrap());
    assert_eq!(call_back(&mut browser, &callback).await.location(), "/account?tab=keys");
}
