//! `session.keep_id_token` at the sign-out: the hint to Logto, and the state that must come back.

use logto_rocket::testing::Builder;
use logto_rocket::{LogtoUser, SessionConfig, Store};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::uri::query;
use rocket::http::Status;
use rocket::{get, routes};

const OUT: &str = "/auth/sign-out?return_to=/farewell";
const BACK: &str = "/auth/sign-out-callback";

#[get("/id-token")]
fn id_token(user: &LogtoUser) -> Option<String> {
    user.id_token().map(ToOwned::to_owned)
}

async fn app() -> App {
    app_of(|provider| provider).await
}

async fn app_of(provider: impl FnOnce(Builder) -> Builder) -> App {
    let session = SessionConfig::new().keep_id_token(true).store(Store::Memory);
    App::builder()
        .provider(provider)
        .config(|config| config.session(session).after_sign_out("/bye"))
        .routes(routes![id_token])
        .start()
        .await
}

/// A browser whose sign-out has led to Logto, and what it was sent there with.
async fn signed_out(app: &App) -> (Browser<'_>, Answer) {
    let mut alice = app.signed_in("alice").await;
    let out = alice.navigate(OUT, From::OwnPage).await;
    assert_eq!(out.status, Status::SeeOther, "{out:?}");
    (alice, out)
}

#[rocket::async_test]
async fn a_sign_out_sends_the_id_token_and_a_state_of_its_own() {
    let app = app().await;
    let mut states = Vec::new();
    for _ in 0..2 {
        let mut alice = app.signed_in("alice").await;
        let id_token = alice.open("/id-token").await.body;
        let out = alice.navigate(OUT, From::OwnPage).await;
        let sent = query(out.location());
        assert_eq!(sent["id_token_hint"], id_token);
        assert_eq!(sent["client_id"], app.idp.app_id());
        assert_eq!(sent["post_logout_redirect_uri"], format!("{ORIGIN}{BACK}"));
        assert!(sent["state"].len() >= 22, "128 bits: {}", sent["state"]);
        states.push(sent["state"].clone());
    }
    assert_ne!(states[0], states[1]);
}

#[rocket::async_test]
async fn the_return_with_the_state_leads_to_the_page_for_once() {
    let app = app().await;
    let (mut alice, out) = signed_out(&app).await;
    let back = format!("{BACK}?state={}", query(out.location())["state"]);
    assert_eq!(alice.navigate(&back, From::OtherSite).await.location(), "/farewell");
    assert_eq!(alice.navigate(&back, From::OtherSite).await.location(), "/bye");
}

/// Guards against this mistake: any site could send a browser to the page that a sign-out had left.
#[rocket::async_test]
async fn a_return_without_the_state_or_with_another_one_is_not_that_of_the_sign_out() {
    let app = app().await;
    let (mut alice, out) = signed_out(&app).await;
    let state = query(out.location())["state"].clone();
    for wrong in ["", "?state=", "?state=another", &format!("?state={state}x"), "?State=x"] {
        let back = alice.navigate(&format!("{BACK}{wrong}"), From::OtherSite).await;
        assert_eq!((back.status, back.location()), (Status::SeeOther, "/bye"), "{wrong}");
        assert!(!back.sets_cookies(), "the sign-out goes on: {wrong}");
    }
    let back = alice.navigate(&format!("{BACK}?state={state}"), From::OtherSite).await;
    assert_eq!(back.location(), "/farewell");
    let (_, of_another) = signed_out(&app).await;
    let state = query(of_another.location())["state"].clone();
    let (mut bob, _) = signed_out(&app).await;
    let back = bob.navigate(&format!("{BACK}?state={state}"), From::OtherSite).await;
    assert_eq!(back.location(), "/bye", "a state of another browser");
}

#[rocket::async_test]
async fn without_a_kept_id_token_neither_is_sent_and_the_return_needs_no_state() {
    let app = App::start().await;
    let (mut alice, out) = signed_out(&app).await;
    let sent = query(out.location());
    assert!(!sent.contains_key("id_token_hint") && !sent.contains_key("state"), "{sent:?}");
    assert_eq!(alice.navigate(BACK, From::OtherSite).await.location(), "/farewell");
}

/// A response of more than 4 kB of headers does not pass nginx as it comes, and with it would be lost that
/// the session's cookie is deleted.
#[rocket::async_test]
async fn an_id_token_that_is_too_long_for_a_header_is_not_sent() {
    let roles: Vec<_> = (0..200).map(|role| format!("role-{role}")).collect();
    let user =
        roles.iter().fold(logto_rocket::testing::User::new("alice"), |user, role| user.role(role));
    let app = app_of(|provider| provider.user(user)).await;
    let (mut alice, out) = signed_out(&app).await;
    assert!(out.location().len() < 1_000, "{}", out.location());
    assert!(!query(out.location()).contains_key("id_token_hint"));
    assert_eq!(alice.navigate(BACK, From::OtherSite).await.location(), "/farewell");
    assert!(!alice.is_signed_in().await);
}
