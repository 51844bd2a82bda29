//! What the log says where an issuer does things in another way than the settings have it.

use log::Level;
use logto_rocket::testing::{Signing, Tamper, User};
use logto_rocket::{Config, SessionConfig, Store};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::From;
use logto_rocket_tests::log::{Line, Log};
use serde_json::Value;

/// The lines of this library that have all of these parts.
fn lines(log: &Log, parts: &[&str]) -> Vec<Line> {
    let has_all = |line: &Line| parts.iter().all(|part| line.text.contains(part));
    log.lines().into_iter().filter(|line| line.is_ours() && has_all(line)).collect()
}

#[rocket::async_test]
async fn a_token_by_another_algorithm_is_told_with_both_and_the_key() {
    let log = Log::alone().await;
    let app = App::builder()
        .provider(|provider| provider.session_required(true))
        .config(|config| config.signing_algorithm("ES384"))
        .start()
        .await;
    let _alice = app.signed_in("alice").await;
    app.idp.rotate_keys(Signing::Rs256).unwrap();
    app.sign_in(&mut app.browser(), "bob", "/").await;
    app.post_logout_token(&app.idp.logout_token("alice").unwrap()).await;
    let parts = ["its algorithm is RS256, but `logto.signing_algorithm` (from", "pins ES384"];
    assert_eq!(lines(&log, &parts).len(), 2, "{}", log.ours());
}

#[rocket::async_test]
async fn a_pinned_algorithm_for_which_there_is_no_key_is_told_once() {
    let log = Log::alone().await;
    let app = App::builder().config(|config| config.signing_algorithm("RS256")).start().await;
    for _ in 0..2 {
        app.sign_in(&mut app.browser(), "alice", "/").await;
    }
    let parts =
        ["publishes no key for RS256, which `logto.signing_algorithm`", "Remove this setting"];
    let told = lines(&log, &parts);
    assert!(matches!(&told[..], [line] if line.level == Level::Warn), "{}", log.ours());
}

#[rocket::async_test]
async fn no_typ_and_a_wrong_typ_are_told_apart() {
    let log = Log::alone().await;
    let app = App::builder().provider(|provider| provider.session_required(true)).start().await;
    let _alice = app.signed_in("alice").await;
    for (typ, told) in [
        (
            Value::Null,
            "which Logto always sends; for an issuer that does not send it, set \
             `logto.backchannel_logout.typ`",
        ),
        ("JWT".into(), "its `typ` is that of another kind of token"),
    ] {
        app.idp.tamper(Tamper::header("typ", typ));
        let token = app.idp.logout_token("alice").unwrap();
        app.idp.heal();
        app.post_logout_token(&token).await;
        assert_eq!(lines(&log, &[told]).len(), 1, "{told}: {}", log.ours());
    }
}

fn with_id_tokens(config: Config) -> Config {
    config.session(SessionConfig::new().keep_id_token(true).store(Store::Memory))
}

#[rocket::async_test]
async fn a_return_that_is_not_of_the_sign_out_is_told_at_debug() {
    let log = Log::alone().await;
    let app = App::builder().config(with_id_tokens).start().await;
    let mut alice = app.signed_in("alice").await;
    alice.navigate("/auth/sign-out", From::OwnPage).await;
    for (query, told) in [("", "without the `state`"), ("?state=x", "with another `state`")] {
        alice.navigate(&format!("/auth/sign-out-callback{query}"), From::OtherSite).await;
        let told = lines(&log, &[told, "goes to `after_sign_out`"]);
        assert!(matches!(&told[..], [line] if line.level == Level::Debug), "{}", log.ours());
    }
}

#[rocket::async_test]
async fn an_id_token_that_is_too_long_to_be_sent_is_told_once() {
    let log = Log::alone().await;
    let user = (0..200).fold(User::new("alice"), |user, at| user.role(&format!("role-{at}")));
    let app = App::builder().provider(|it| it.user(user)).config(with_id_tokens).start().await;
    for _ in 0..2 {
        let mut alice = app.signed_in("alice").await;
        alice.navigate("/auth/sign-out", From::OwnPage).await;
    }
    let told = lines(&log, &["sends no `id_token_hint`", "has room for 2047"]);
    assert!(matches!(&told[..], [line] if line.level == Level::Warn), "{}", log.ours());
}

#[rocket::async_test]
async fn a_sign_in_from_another_issuer_is_told_at_debug_with_both() {
    let log = Log::alone().await;
    let app = App::start().await;
    app.browser().navigate("/auth/sign-in?iss=https://evil.example", From::OtherSite).await;
    let told = lines(&log, &["`iss` is `https://evil.example`, not `", &app.idp.issuer()]);
    assert!(matches!(&told[..], [line] if line.level == Level::Debug), "{}", log.ours());
}
