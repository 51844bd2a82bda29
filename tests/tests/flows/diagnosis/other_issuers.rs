//! Answers of issuers other than Logto: what they do not tell is unknown, and never wrong.

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{DiagnosisCheck as Check, DiagnosisOutcome, Finding};
use logto_rocket_tests::app::App;
use logto_rocket_tests::fault;

use super::{Good, Unknown, only};

#[rocket::async_test]
async fn errors_on_a_page_are_unknown() {
    let app = App::start().await;
    for endpoint in [Endpoint::Authorization, Endpoint::Token, Endpoint::EndSession] {
        app.idp.fault(endpoint, fault::html(400, "<h1>Something went wrong</h1>")).for_ever();
    }
    let diagnosis = app.logto().diagnose().await;
    for check in [Check::AppId, Check::AppSecret, Check::RedirectUri, Check::PostSignOutUri] {
        assert_eq!(only(&diagnosis, check).outcome(), Unknown, "{check}: {diagnosis}");
    }
    assert!(!diagnosis.is_wrong(), "{diagnosis}");
}

#[rocket::async_test]
async fn a_page_of_a_sign_in_is_unknown() {
    for answer in [
        fault::html(200, "<h1>Sign in</h1>"),
        Fault::Redirect("https://login.example.com/sign-in".into()),
    ] {
        let app = App::builder().config(|it| it.resources(["https://api.example.test/orders"]));
        let app = app.start().await;
        app.idp.fault(Endpoint::Authorization, answer).for_ever();
        let diagnosis = app.logto().diagnose().await;
        for check in [Check::AppId, Check::RedirectUri, Check::Scopes, Check::Resource] {
            assert_eq!(only(&diagnosis, check).outcome(), Unknown, "{check}: {diagnosis}");
        }
        assert!(!diagnosis.is_wrong(), "{diagnosis}");
    }
}

#[rocket::async_test]
async fn other_codes_than_those_of_the_standards_are_unknown() {
    let error = |code: &str| fault::json(400, format!(r#"{{"error":"{code}"}}"#));
    for code in ["access_denied", "invalid_request", "odd<code>"] {
        let app = App::start().await;
        for endpoint in [Endpoint::Authorization, Endpoint::Token, Endpoint::EndSession] {
            app.idp.fault(endpoint, error(code)).for_ever();
        }
        let diagnosis = app.logto().diagnose().await;
        assert!(!diagnosis.is_wrong(), "{code}: {diagnosis}");
    }
}

#[rocket::async_test]
async fn a_document_without_an_end_session_endpoint_leaves_it_unknown() {
    let app = App::start().await;
    app.idp.fault(Endpoint::Discovery, Fault::without_member("end_session_endpoint")).for_ever();
    let diagnosis = app.logto().diagnose().await;
    assert_eq!(only(&diagnosis, Check::PostSignOutUri).outcome(), Unknown, "{diagnosis}");
    assert_eq!(only(&diagnosis, Check::AppSecret).outcome(), Good, "{diagnosis}");
}

#[rocket::async_test]
async fn an_answer_that_does_not_come_is_unknown_and_the_others_are_asked_for() {
    let app = App::start().await;
    app.idp.fault(Endpoint::Authorization, Fault::Status(503)).for_ever();
    app.idp.fault(Endpoint::EndSession, Fault::Reset).for_ever();
    let diagnosis = app.logto().diagnose().await;
    let unknown = diagnosis.findings().iter().filter(|it| it.outcome() == Unknown);
    let unknown: Vec<_> = unknown.map(Finding::check).collect();
    let expected =
        [Check::AppId, Check::RedirectUri, Check::PostSignOutUri, Check::Scopes, Check::BaseUrl];
    assert_eq!(unknown, expected, "{diagnosis}");
    assert_eq!(only(&diagnosis, Check::AppSecret).outcome(), DiagnosisOutcome::Good);
}
