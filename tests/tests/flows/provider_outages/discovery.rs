//! Endpoints that the discovery document names.

use logto_rocket::Config;
use logto_rocket::testing::{Endpoint, Idp};
use logto_rocket_tests::app::{ORIGIN, config_for};
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::fault;
use rocket::http::Status;

use super::launch;

#[rocket::async_test]
async fn a_discovery_document_that_names_another_place_is_refused_with_endpoint() {
    for member in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
        "pushed_authorization_request_endpoint",
    ] {
        for foreign in ["https://evil.example/oidc/x", "http://127.0.0.1:9/oidc/x"] {
            let idp = naming(member, foreign).await;
            let client = launch(config_for(&idp)).await;
            let start = Browser::new(&client).open("/auth/sign-in").await;
            assert_eq!(start.status, Status::BadGateway, "{member} at {foreign}: {start:?}");
        }
    }
    let idp = naming("issuer", "https://evil.example/oidc").await;
    let client = launch(config_for(&idp)).await;
    assert_eq!(Browser::new(&client).open("/auth/sign-in").await.status, Status::BadGateway);
}

#[rocket::async_test]
async fn with_issuer_alone_endpoints_may_lie_elsewhere_on_https() {
    let authorization = "https://login.example/oidc/auth";
    let idp = naming("authorization_endpoint", authorization).await;
    let client = launch(issuer_of(&idp)).await;
    let start = Browser::new(&client).open("/auth/sign-in").await;
    assert_eq!(start.status, Status::SeeOther, "{start:?}");
    assert!(start.location().starts_with(&format!("{authorization}?")), "{}", start.location());

    for plain in ["http://login.example/oidc/auth", "https://me:secret@login.example/oidc/auth"] {
        let idp = naming("authorization_endpoint", plain).await;
        let client = launch(issuer_of(&idp)).await;
        let start = Browser::new(&client).open("/auth/sign-in").await;
        assert_eq!(start.status, Status::BadGateway, "{plain}: {start:?}");
    }
}

/// A configuration with `issuer` alone.
fn issuer_of(idp: &Idp) -> Config {
    Config::new()
        .issuer(idp.issuer())
        .app_id(idp.app_id())
        .app_secret(idp.app_secret())
        .base_url(ORIGIN)
}

/// A provider whose discovery document has this value in this member.
async fn naming(member: &str, value: &str) -> Idp {
    let idp = Idp::start().await.unwrap();
    let mut document = idp.discovery();
    document[member] = value.into();
    idp.fault(Endpoint::Discovery, fault::json(200, document.to_string())).for_ever();
    idp
}
