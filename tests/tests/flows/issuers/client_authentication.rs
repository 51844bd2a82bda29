//! `client_authentication`: where the app secret goes.

use std::time::Duration;

use logto_rocket::Config;
use logto_rocket::testing::{Builder, Endpoint, Idp};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::From;
use rocket::http::Status;

/// Signs in and out, and makes every other request in the name of the application.
async fn every_request(by: &str) -> App {
    let provider = |provider: Builder| provider.token_exchange(true);
    let config = |config: Config| config.client_authentication(by).pushed_authorization(true);
    let app = App::builder().provider(provider).config(config).start().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(Duration::from_secs(3600));
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    assert_eq!(app.refreshes(), 1);
    let subject = app.idp.subject_token("alice").unwrap();
    let token = app.logto().exchange_token(subject).scopes(["openid"]).send().await.unwrap();
    assert!(app.logto().introspect(token.as_str()).await.unwrap().is_ours());
    let out = alice.navigate("/auth/sign-out", From::OwnPage).await;
    assert_eq!(out.status, Status::SeeOther);
    app
}

const GRANTS: [&str; 3] =
    ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"];

const ENDPOINTS: [Endpoint; 4] =
    [Endpoint::Token, Endpoint::Revocation, Endpoint::Introspection, Endpoint::PushedAuthorization];

/// The provider refuses a request that has the secret in both places.
#[rocket::async_test]
async fn with_post_the_secret_is_in_the_body_of_every_request_and_in_no_header() {
    let app = every_request("post").await;
    let requests = app.idp.requests();
    for endpoint in ENDPOINTS {
        let sent: Vec<_> = requests.all().filter(|it| it.endpoint() == endpoint).collect();
        assert!(!sent.is_empty(), "{endpoint:?}");
        for request in sent {
            assert!(request.params("client_id").eq([app.idp.app_id()]), "{request:?}");
            assert!(request.params("client_secret").eq([app.idp.app_secret()]), "{request:?}");
        }
    }
    assert!(GRANTS.iter().all(|grant| requests.token_by_grant(grant) == 1));
}

#[rocket::async_test]
async fn by_default_and_with_basic_the_secret_is_in_no_body() {
    let app = every_request("basic").await;
    let usual = App::start().await;
    let _alice = usual.signed_in("alice").await;
    for idp in [&app.idp, &usual.idp] {
        assert!(idp.requests().all().all(|it| it.param("client_secret").is_none()));
    }
}

#[rocket::async_test]
async fn another_application_sends_its_own_secret_in_the_same_place() {
    let orders = "https://api.example.test/orders";
    let provider = |provider: Builder| provider.machine("m", "m_secret", [(orders, &["read"][..])]);
    let config = |config: Config| config.client_authentication("post");
    let app = App::builder().provider(provider).config(config).start().await;
    let credentials = app.logto().client_credentials().app("m", "m_secret");
    credentials.access_token(Orders).await.unwrap();
    assert_eq!(sent(&app.idp, "client_id"), ["m"]);
    assert_eq!(sent(&app.idp, "client_secret"), ["m_secret"]);
}

logto_rocket::resource!(Orders = "https://api.example.test/orders");

fn sent(idp: &Idp, name: &str) -> Vec<String> {
    let requests = idp.requests();
    let request = requests.last(Endpoint::Token).expect("a token request");
    request.params(name).map(ToOwned::to_owned).collect()
}
