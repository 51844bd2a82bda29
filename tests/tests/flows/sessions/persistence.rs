//! Whether a browser keeps a session when it is closed: what `Max-Age` its cookie has.

use std::time::Duration;

use logto_rocket::{Config, Error, Logto, SessionConfig, SignIn};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::uri::path_of;
use rocket::http::Method;
use rocket::{Route, get, routes};

const MINUTE: Duration = Duration::from_secs(60);

/// Whether the browser keeps the session that an answer sets.
#[track_caller]
fn is_kept(answer: &Answer) -> bool {
    let session = answer.all("Set-Cookie").into_iter().find(|it| !it.contains("-flow-"));
    let session = session.unwrap_or_else(|| panic!("a session: {answer:?}"));
    assert!(!session.contains("Expires="), "{session}");
    let max_age = session.contains("Max-Age=");
    assert_eq!(max_age, session.contains("Max-Age=1209600"), "as long as it lives: {session}");
    max_age
}

async fn start(persistent: bool) -> App {
    let session = SessionConfig::new().persistent(persistent).idle_timeout(60 * MINUTE);
    App::builder().routes(own()).config(|config| config.session(session)).start().await
}

fn own() -> Vec<Route> {
    #[get("/come-in?<remember>")]
    async fn come_in(logto: &Logto, remember: bool) -> Result<SignIn, Error> {
        logto.sign_in().remember(remember).start().await
    }
    routes![come_in]
}

/// Signs a user in by a link that the browser follows from such a page, and answers with the callback.
async fn by_link(
    app: &App,
    browser: &mut Browser<'_>,
    link: &str,
    from: From,
    username: &str,
) -> Answer {
    let start = browser.navigate(link, from).await;
    let callback = app.idp.authorize(start.location(), username).await.expect("a callback");
    browser.navigate(&path_of(&callback), From::OtherSite).await
}

#[rocket::async_test]
async fn a_browser_keeps_a_session_unless_the_configuration_says_otherwise() {
    for persistent in [true, false] {
        let app = start(persistent).await;
        let mut alice = app.browser();
        let callback = app.sign_in(&mut alice, "alice", "/account").await;
        assert_eq!(is_kept(&callback), persistent, "{callback:?}");
        app.clock.advance(2 * MINUTE);
        let used = alice.open("/account").await;
        assert!(used.sets_cookies(), "it is written as used");
        assert_eq!(used.header("Set-Cookie").unwrap().contains("Max-Age"), persistent, "{used:?}");
    }
}

#[rocket::async_test]
async fn a_sign_in_of_this_site_decides_for_its_session_for_good() {
    for persistent in [true, false] {
        let app = start(persistent).await;
        for (link, kept) in [
            ("/auth/sign-in?remember=1", true),
            ("/auth/sign-in?remember=0", false),
            ("/auth/sign-up?remember=1", true),
            ("/come-in?remember=true", true),
            ("/come-in?remember=false", false),
            ("/auth/sign-in?remember=yes", persistent),
            ("/auth/sign-in?remember=", persistent),
            ("/auth/sign-in", persistent),
        ] {
            let mut alice = app.browser();
            let callback = by_link(&app, &mut alice, link, From::OwnPage, "alice").await;
            assert_eq!(is_kept(&callback), kept, "{link}: {callback:?}");
            app.clock.advance(2 * MINUTE);
            let used = alice.open("/account").await;
            assert!(used.sets_cookies(), "it is written as used");
            assert_eq!(used.header("Set-Cookie").unwrap().contains("Max-Age"), kept, "{link}");
        }
    }
}

/// Guards against this mistake: a link on another site had a shared computer keep a session.
#[rocket::async_test]
async fn no_link_on_another_site_decides_whether_a_session_is_kept() {
    for persistent in [true, false] {
        let app = start(persistent).await;
        for (from, choice) in [(From::OtherSite, !persistent), (From::AddressBar, !persistent)] {
            let link = format!("/auth/sign-in?remember={}", u8::from(choice));
            let callback = by_link(&app, &mut app.browser(), &link, from, "alice").await;
            assert_eq!(is_kept(&callback), persistent, "{from:?}: {callback:?}");
        }
    }
}

/// Guards against this mistake: the page that asks before a link on another site signs another user in led on
/// with the choice of that link.
#[rocket::async_test]
async fn no_page_that_a_link_on_another_site_leads_to_passes_its_choice_on() {
    let app = start(false).await;
    let mut browser = app.signed_in("alice").await;
    let page = browser.navigate("/auth/sign-in?switch=1&remember=1", From::OtherSite).await;
    assert!(page.body.contains("switch=1"), "it asks first: {page:?}");
    assert!(!page.body.contains("remember"), "{page:?}");

    let mut stranger = app.browser();
    let mut framed = navigation(From::OtherSite);
    framed.retain(|(name, _)| *name != "Sec-Fetch-Dest");
    framed.push(("Sec-Fetch-Dest", "iframe"));
    let page = stranger.request(Method::Get, "/auth/sign-in?remember=1", &framed, "").await;
    assert!(page.body.contains("/auth/sign-in"), "{page:?}");
    assert!(!page.body.contains("remember"), "{page:?}");
}

#[rocket::async_test]
async fn who_signs_in_again_while_signed_in_keeps_the_choice_and_another_user_does_not() {
    for persistent in [true, false] {
        let app = start(persistent).await;
        let choice = format!("/auth/sign-in?remember={}", u8::from(!persistent));
        for (again, username, kept) in [
            ("/auth/sign-in", "alice", !persistent),
            ("/auth/sign-in?max_age=60", "alice", !persistent),
            ("/auth/sign-in", "bob", persistent),
        ] {
            let mut browser = app.browser();
            by_link(&app, &mut browser, &choice, From::OwnPage, "alice").await;
            let callback = by_link(&app, &mut browser, again, From::OwnPage, username).await;
            assert_eq!(is_kept(&callback), kept, "{again} {username}: {callback:?}");
        }
    }
}

#[rocket::async_test]
async fn a_session_in_a_store_is_kept_as_its_sign_in_says() {
    let session = SessionConfig::new().persistent(false).store(logto_rocket::Store::Memory);
    let config = |config: Config| config.session(session);
    let app = App::builder().config(config).start().await;
    for (link, kept) in [("/auth/sign-in?remember=1", true), ("/auth/sign-in", false)] {
        let callback = by_link(&app, &mut app.browser(), link, From::OwnPage, "alice").await;
        assert_eq!(is_kept(&callback), kept, "{link}: {callback:?}");
    }
}
