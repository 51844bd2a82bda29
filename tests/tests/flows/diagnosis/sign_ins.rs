//! Sign-ins that Logto sends back to the application with an error.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Idp};
use logto_rocket::{Clock, DiagnosisCheck as Check, SessionConfig};
use logto_rocket_tests::app::{App, config_without_address, launch, logto_of};

use super::{Good, Unknown, Wrong, assert_only_wrong, of, only};

/// What every sign-in asks for. A route of the usual application adds `roles`.
const USUAL: &str = "openid offline_access profile";

#[rocket::async_test]
async fn scopes_that_logto_accepts_are_good() {
    let app = App::builder().config(|it| it.scopes(["email"])).start().await;
    let diagnosis = app.logto().diagnose().await;
    let (scopes, expected) = (only(&diagnosis, Check::Scopes), format!("{USUAL} email roles"));
    assert_eq!((scopes.outcome(), scopes.subject()), (Good, Some(&*expected)), "{diagnosis}");
    assert!(of(&diagnosis, Check::SignIn).is_empty(), "{diagnosis}");
    let asked = app.idp.requests();
    let asked = asked.all().filter(|it| it.endpoint() == Endpoint::Authorization);
    let asked: Vec<_> = asked.map(|it| it.param("scope").map(ToOwned::to_owned)).collect();
    assert_eq!(asked, [Some(expected)], "the scopes of a sign-in");
}

#[rocket::async_test]
async fn a_sign_in_that_needs_somebody_to_be_signed_in_is_good() {
    for code in ["login_required", "consent_required", "interaction_required"] {
        let app = App::start().await;
        app.idp.fault(Endpoint::Authorization, sent_back(code)).for_ever();
        let diagnosis = app.logto().diagnose().await;
        for check in [Check::AppId, Check::RedirectUri, Check::Scopes] {
            assert_eq!(only(&diagnosis, check).outcome(), Good, "{code}: {diagnosis}");
        }
        assert!(of(&diagnosis, Check::SignIn).is_empty(), "{diagnosis}");
    }
}

#[rocket::async_test]
async fn a_scope_that_logto_refuses_is_found_and_named() {
    let app = App::builder().config(|it| it.scopes(["email", "read:tea"])).start().await;
    // All of them together, then each but `openid` alone.
    for answer in [Some(()), None, None, None, Some(())] {
        let handled = Fault::Delay(Duration::ZERO);
        let answer = answer.map_or(handled, |()| sent_back("invalid_scope"));
        app.idp.fault(Endpoint::Authorization, answer);
    }
    let diagnosis = app.logto().diagnose().await;
    let found = "Logto refuses `read:tea` (`invalid_scope`)";
    assert_only_wrong(&diagnosis, Check::Scopes, found, "`logto.scopes` (from");
    let scopes = only(&diagnosis, Check::Scopes);
    let asked = format!("{USUAL} email read:tea roles");
    assert_eq!(scopes.subject(), Some(&*asked), "{diagnosis}");
    assert!(!scopes.cure().unwrap().contains("include_reserved_scopes"), "{diagnosis}");
    assert_eq!(app.idp.requests().authorizations(), 6);
}

#[rocket::async_test]
async fn refused_scopes_that_cannot_be_told_apart_are_found_within_twelve_requests() {
    let scopes: Vec<_> = (0..20).map(|at| format!("read:{at}")).collect();
    let hosts = ["https://shop.example", "https://shop.example.org"];
    let idp = Idp::start().await.unwrap();
    let config = config_without_address(&idp).scopes(scopes).base_urls(hosts);
    let client = launch(&Clock::frozen(), config, Vec::new()).await;
    // The launch fetches the discovery document and the keys as well.
    logto_of(&client).ready().await;
    idp.forget_requests();
    let to = "https://shop.example/auth/sign-in-callback?error=invalid_scope";
    idp.fault(Endpoint::Authorization, Fault::Redirect(to.into()));
    idp.fault(Endpoint::Authorization, Fault::Delay(Duration::ZERO)).for_ever();
    let diagnosis = logto_of(&client).diagnose().await;
    let scopes = only(&diagnosis, Check::Scopes);
    assert_eq!(scopes.outcome(), Wrong, "{diagnosis}");
    assert!(scopes.found().contains("at least one of them (`invalid_scope`)"), "{diagnosis}");
    assert_eq!(idp.requests().all().count(), 12, "{diagnosis}");
    assert_eq!(only(&diagnosis, Check::SigningKeys).outcome(), Good, "{diagnosis}");
}

#[rocket::async_test]
async fn a_usual_scope_that_logto_refuses_leads_to_the_key_that_leaves_it_out() {
    let app = App::start().await;
    app.idp.fault(Endpoint::Authorization, sent_back("invalid_scope")).for_ever();
    let diagnosis = app.logto().diagnose().await;
    let found = "`offline_access`, `profile`";
    assert_only_wrong(&diagnosis, Check::Scopes, found, "`logto.include_reserved_scopes`");
    assert_eq!(only(&diagnosis, Check::RedirectUri).outcome(), Good, "it is registered");
}

#[rocket::async_test]
async fn an_application_that_may_not_sign_users_in_is_found() {
    for (code, cure) in [
        ("unauthorized_client", "\"Traditional web\" in `logto.app_id` (from"),
        ("unsupported_response_type", "authorization code flow"),
    ] {
        let app = App::builder().config(|it| it.resources(["https://api.example.test/orders"]));
        let app = app.start().await;
        app.idp.fault(Endpoint::Authorization, sent_back(code)).for_ever();
        let diagnosis = app.logto().diagnose().await;
        assert_only_wrong(&diagnosis, Check::SignIn, &format!("`{code}`"), cure);
        assert_eq!(only(&diagnosis, Check::RedirectUri).outcome(), Good, "it is registered");
        for check in [Check::Scopes, Check::Resource] {
            assert_eq!(only(&diagnosis, check).outcome(), Unknown, "{check}: {diagnosis}");
        }
    }
}

#[rocket::async_test]
async fn an_endpoint_that_the_configuration_needs_and_logto_lacks_is_found() {
    let site = async || {
        let session = SessionConfig::new().user_info(true).claims(["custom_data"]);
        let app = App::builder().config(|it| it.pushed_authorization(true).session(session));
        app.start().await
    };
    assert!(!site().await.logto().diagnose().await.is_wrong());
    for (member, key) in [
        ("pushed_authorization_request_endpoint", "`logto.pushed_authorization`"),
        ("userinfo_endpoint", "`logto.session.user_info`"),
    ] {
        let app = site().await;
        app.idp.fault(Endpoint::Discovery, Fault::without_member(member)).for_ever();
        let diagnosis = app.logto().diagnose().await;
        assert_only_wrong(&diagnosis, Check::SignIn, &format!("`{member}`"), key);
    }
}

#[rocket::async_test]
async fn a_resource_that_is_refused_although_none_is_asked_for_is_shown() {
    let app = App::start().await;
    app.idp.fault(Endpoint::Authorization, sent_back("invalid_target")).for_ever();
    let diagnosis = app.logto().diagnose().await;
    let sign_in = only(&diagnosis, Check::SignIn);
    assert_eq!(sign_in.outcome(), Unknown, "{diagnosis}");
    assert!(sign_in.found().contains("`invalid_target`"), "{diagnosis}");
}

#[rocket::async_test]
async fn every_other_code_is_shown_and_unknown() {
    for (code, shown) in [
        ("access_denied", "`access_denied`"),
        ("server_error", "`server_error`"),
        ("temporarily_unavailable", "`temporarily_unavailable`"),
        ("invalid_request", "`invalid_request`"),
        ("odd%0a%1b%5b31m", r"`odd\n\u{1b}[31m`"),
    ] {
        let app = App::start().await;
        app.idp.fault(Endpoint::Authorization, sent_back(code)).for_ever();
        let diagnosis = app.logto().diagnose().await;
        let sign_in = only(&diagnosis, Check::SignIn);
        assert_eq!(sign_in.outcome(), Unknown, "{diagnosis}");
        assert!(sign_in.found().contains(shown), "{shown}: {diagnosis}");
        assert!(!diagnosis.is_good() && !diagnosis.is_wrong(), "{diagnosis}");
    }
}

#[rocket::async_test]
async fn a_code_at_the_second_host_is_found() {
    let hosts = ["https://shop.example", "https://shop.example.org"];
    let idp = hosts.iter().fold(Idp::builder(), |idp, host| {
        idp.redirect_uri(&format!("{host}/auth/sign-in-callback"))
    });
    let idp = idp.start().await.unwrap();
    let config = config_without_address(&idp).base_urls(hosts);
    let client = launch(&Clock::frozen(), config, Vec::new()).await;
    let to = "https://shop.example.org/auth/sign-in-callback?error=unauthorized_client";
    idp.fault(Endpoint::Authorization, Fault::Delay(Duration::ZERO));
    idp.fault(Endpoint::Authorization, Fault::Redirect(to.into()));
    let diagnosis = logto_of(&client).diagnose().await;
    let sign_in = only(&diagnosis, Check::SignIn);
    assert_eq!(sign_in.outcome(), Wrong, "{diagnosis}");
    assert!(sign_in.found().contains("`unauthorized_client`"), "{diagnosis}");
}

/// Back to the application, as Logto does it, with this code.
fn sent_back(code: &str) -> Fault {
    let to = "http://localhost:8000/auth/sign-in-callback";
    Fault::Redirect(format!("{to}?error={code}&state=x&error_description=y"))
}
