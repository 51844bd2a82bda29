//! What is wrong at Logto, or with what the configuration says of it.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Idp};
use logto_rocket::{Clock, Config, Diagnosis, DiagnosisCheck as Check, Finding, Logto};
use logto_rocket_tests::app::{App, ORIGIN, config_without_address, figment, launch, logto_of};
use logto_rocket_tests::fault;
use logto_rocket_tests::server::free_port;
use rocket::local::asynchronous::Client;

use super::{Good, Unknown, Wrong, assert_only_wrong, of, only};

const REDIRECT_URI: &str = "http://localhost:8000/auth/sign-in-callback";
const POST_SIGN_OUT_URI: &str = "http://localhost:8000/auth/sign-out-callback";

#[rocket::async_test]
async fn what_logto_can_tell_is_good_where_all_is_registered() {
    let app = App::builder();
    let app = app
        .provider(|it| it.redirect_uri(REDIRECT_URI).post_logout_redirect_uri(POST_SIGN_OUT_URI));
    let app = app.config(|it| it.resources(["https://api.example.test/orders"])).start().await;
    let diagnosis = app.logto().diagnose().await;
    for check in [
        Check::Endpoint,
        Check::Issuer,
        Check::Clock,
        Check::SigningKeys,
        Check::AppId,
        Check::AppSecret,
        Check::RedirectUri,
        Check::PostSignOutUri,
        Check::Scopes,
        Check::Resource,
    ] {
        assert_eq!(only(&diagnosis, check).outcome(), Good, "{check}: {diagnosis}");
    }
    assert_eq!(only(&diagnosis, Check::RedirectUri).subject(), Some(REDIRECT_URI));
    assert_eq!(only(&diagnosis, Check::PostSignOutUri).subject(), Some(POST_SIGN_OUT_URI));
    assert!(of(&diagnosis, Check::Store).is_empty(), "sessions are in cookies: {diagnosis}");
    assert_eq!(app.idp.requests().authorizations(), 1, "one for URI and resources");
}

#[rocket::async_test]
async fn an_endpoint_where_nothing_listens_is_found() {
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let client = launch(&Clock::frozen(), config_at(&nowhere), Vec::new()).await;
    let diagnosis = logto_of(&client).diagnose().await;
    assert_only_wrong(&diagnosis, Check::Endpoint, "nothing listens there", "`logto.endpoint`");
    assert_names_the_endpoint_once(&diagnosis);
    for check in
        [Check::AppId, Check::AppSecret, Check::RedirectUri, Check::PostSignOutUri, Check::Scopes]
    {
        assert_eq!(only(&diagnosis, check).outcome(), Unknown, "{check}: {diagnosis}");
    }
}

#[rocket::async_test]
async fn an_endpoint_where_something_else_listens_is_found() {
    for other in [Fault::Status(404), fault::html(200, "<h1>Welcome to nginx!</h1>")] {
        let app = App::start().await;
        app.idp.fault(Endpoint::Discovery, other).for_ever();
        let diagnosis = app.logto().diagnose().await;
        let found = ".well-known/openid-configuration";
        assert_only_wrong(&diagnosis, Check::Endpoint, found, "`logto.endpoint`");
        assert_names_the_endpoint_once(&diagnosis);
    }
}

/// Asserts that only the cure names the key, and not also what was found.
fn assert_names_the_endpoint_once(diagnosis: &Diagnosis) {
    assert_eq!(diagnosis.to_string().matches("`logto.endpoint`").count(), 1, "{diagnosis}");
}

#[rocket::async_test]
async fn an_endpoint_that_cannot_answer_now_is_not_called_wrong() {
    let app = App::start().await;
    app.idp.fault(Endpoint::Discovery, Fault::Status(503)).for_ever();
    let diagnosis = app.logto().diagnose().await;
    assert_eq!(only(&diagnosis, Check::Endpoint).outcome(), Unknown, "{diagnosis}");
    assert!(!diagnosis.is_wrong(), "{diagnosis}");
}

#[rocket::async_test]
async fn another_issuer_is_found_and_gets_no_secret() {
    let app = App::start().await;
    let other = Fault::member("issuer", "https://login.example.com/oidc");
    app.idp.fault(Endpoint::Discovery, other).for_ever();
    let diagnosis = app.logto().diagnose().await;
    let found = "`https://login.example.com/oidc`";
    assert_only_wrong(&diagnosis, Check::Issuer, found, "`logto.issuer`");
    assert_eq!(app.idp.requests().token(), 0);
    assert_eq!(app.idp.requests().authorizations(), 0);
}

#[rocket::async_test]
async fn a_discovery_document_whose_token_endpoint_is_elsewhere_gets_no_secret() {
    let app = App::start().await;
    let other = Fault::member("token_endpoint", "https://evil.example/token");
    app.idp.fault(Endpoint::Discovery, other).for_ever();
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::Issuer, "`token_endpoint`", "`logto.endpoint`");
    assert_eq!(app.idp.requests().token(), 0);
}

#[rocket::async_test]
async fn an_unknown_app_id_is_found() {
    let app = App::builder().config(|it| it.app_id("no_such_app")).start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::AppId, "`no_such_app`", "`logto.app_id`");
    for check in [Check::AppSecret, Check::RedirectUri, Check::PostSignOutUri] {
        assert_eq!(only(&diagnosis, check).outcome(), Unknown, "{check}: {diagnosis}");
    }
}

#[rocket::async_test]
async fn a_wrong_app_secret_is_found_and_is_not_in_the_table() {
    let secret = "that-of-another-application";
    let app = App::builder().config(|it| it.app_secret(secret)).start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::AppSecret, "does not accept it", "`logto.app_secret`");
    assert!(!diagnosis.to_string().contains(secret), "{diagnosis}");
    assert!(!format!("{diagnosis:?}").contains(secret), "{diagnosis:?}");
}

#[rocket::async_test]
async fn an_expired_app_secret_is_found() {
    // As Logto has it: the capture of token-code errors, and its source.
    let expired = r#"{"code":"oidc.invalid_request","message":"Request is invalid.","error":"invalid_request","error_description":"client secret has expired"}"#;
    let app = App::start().await;
    app.idp.fault(Endpoint::Token, fault::json(400, expired)).for_ever();
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::AppSecret, "has expired", "`logto.app_secret`");
}

#[rocket::async_test]
async fn an_unregistered_redirect_uri_is_found() {
    let builder = App::builder().provider(|it| it.redirect_uri("http://localhost:8000/callback"));
    let app = builder.config(|it| it.resources(["https://api.example.test/orders"])).start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::RedirectUri, "not registered", "`logto.base_url`");
    assert_eq!(only(&diagnosis, Check::RedirectUri).subject(), Some(REDIRECT_URI));
    assert_eq!(only(&diagnosis, Check::AppId).outcome(), Good, "{diagnosis}");
    assert_eq!(only(&diagnosis, Check::Resource).outcome(), Unknown, "{diagnosis}");
}

#[rocket::async_test]
async fn an_unregistered_uri_of_the_usual_address_leads_to_the_port() {
    let idp = Idp::builder().redirect_uri("http://localhost:9999/auth/sign-in-callback");
    let idp = idp.start().await.unwrap();
    let client = launch(&Clock::frozen(), config_without_address(&idp), Vec::new()).await;
    let diagnosis = logto_of(&client).diagnose().await;
    assert_only_wrong(&diagnosis, Check::RedirectUri, "not registered", "ROCKET_PORT");
}

#[rocket::async_test]
async fn an_unregistered_post_sign_out_uri_is_found() {
    let other = "http://localhost:8000/signed-out";
    let app = App::builder().provider(|it| it.post_logout_redirect_uri(other)).start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::PostSignOutUri, "not registered", "`logto.base_url`");
    assert_eq!(only(&diagnosis, Check::PostSignOutUri).subject(), Some(POST_SIGN_OUT_URI));
}

#[rocket::async_test]
async fn a_clock_that_is_five_minutes_off_is_found() {
    let app = App::start().await;
    app.clock.advance(Duration::from_secs(300));
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::Clock, "ahead of Logto's", "NTP");
    assert!(only(&diagnosis, Check::Clock).found().contains("`logto.clock_skew`"));
}

#[rocket::async_test]
async fn a_clock_within_the_accepted_difference_is_good() {
    let app = App::start().await;
    app.clock.advance(Duration::from_secs(30));
    let diagnosis = app.logto().diagnose().await;
    let clock = only(&diagnosis, Check::Clock);
    assert_eq!(clock.outcome(), Good, "{diagnosis}");
    assert!(clock.found().contains("ahead of Logto's"), "{diagnosis}");
}

#[rocket::async_test]
async fn the_addresses_of_each_host_are_looked_at() {
    let registered = "https://shop.example/auth/sign-in-callback";
    let idp = Idp::builder().redirect_uri(registered);
    let idp = idp.post_logout_redirect_uri("https://shop.example/auth/sign-out-callback");
    let idp = idp.start().await.unwrap();
    let config = config_without_address(&idp)
        .base_urls(["https://shop.example", "https://shop.example.org"]);
    let client = launch(&Clock::frozen(), config, Vec::new()).await;
    let diagnosis = logto_of(&client).diagnose().await;
    let [first, second] = of(&diagnosis, Check::RedirectUri)[..] else { panic!("{diagnosis}") };
    assert_eq!((first.subject(), first.outcome()), (Some(registered), Good), "{diagnosis}");
    assert!(second.subject().is_some_and(|it| it.contains("shop.example.org")), "{diagnosis}");
    assert!(second.cure().is_some_and(|it| it.contains("`logto.base_urls`")), "{diagnosis}");
    assert_eq!(second.outcome(), Wrong, "{diagnosis}");
    let post = of(&diagnosis, Check::PostSignOutUri);
    assert_eq!(post.iter().map(|it| it.outcome()).collect::<Vec<_>>(), [Good, Wrong]);
}

#[rocket::async_test]
async fn of_an_api_endpoint_issuer_clock_and_keys_are_looked_at() {
    let idp = Idp::start().await.unwrap();
    let fairing = Logto::resource_server().config(Config::new().endpoint(idp.endpoint()));
    let api = rocket::custom(figment()).attach(fairing);
    let client = Client::untracked(api).await.unwrap();
    let diagnosis = Diagnosis::of(client.rocket()).await.expect("a fairing");
    let checks: Vec<_> = diagnosis.findings().iter().map(Finding::check).collect();
    let expected = [Check::Endpoint, Check::Issuer, Check::Clock, Check::SigningKeys];
    assert_eq!(checks, expected, "{diagnosis}");
    assert!(diagnosis.is_good(), "{diagnosis}");
    assert_eq!(idp.requests().token() + idp.requests().authorizations(), 0);
}

/// The configuration of an application at this endpoint.
fn config_at(endpoint: &str) -> Config {
    Config::new().endpoint(endpoint).app_id("an_app").app_secret("a secret").base_url(ORIGIN)
}

#[rocket::async_test]
async fn without_a_fairing_there_is_no_diagnosis() {
    let bare = rocket::custom(figment());
    let client = Client::untracked(bare).await.unwrap();
    assert!(Diagnosis::of(client.rocket()).await.is_none());
}
