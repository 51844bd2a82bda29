//! How the application proves that it is the one.

use std::collections::BTreeSet;

use url::Url;

use super::*;
use crate::oidc::{ClientAuthentication, RefreshToken, SignInOptions, Target};

const PUSHED: &str = "/oidc/request";
const TOKEN: &str = "/oidc/token";
const REVOCATION: &str = "/oidc/token/revocation";

fn client_by(server: &Server, authentication: ClientAuthentication) -> Oidc {
    let issuer = Issuer::new(settings(server), Clock::system(), Observer::default()).unwrap();
    let of_a_test = ClientSettings::of_a_test();
    let client = ClientSettings { authentication, pushed_authorization: true, ..of_a_test };
    Oidc::new(Arc::new(issuer), client)
}

/// Makes a request of each kind that the application makes in its own name.
async fn every_request(server: &Server, client: &Oidc) {
    let tokens = json!({ "access_token": "at-1", "token_type": "Bearer" });
    server.answer(TOKEN, Reply::json(200, &tokens));
    server.answer(REVOCATION, Reply::json(200, &json!({})));
    server.answer(PUSHED, Reply::json(201, &json!({ "request_uri": "urn:x" })));
    let refresh_token = RefreshToken::from("rt-1");
    client.refresh(&refresh_token, Target::default()).await.outcome.unwrap();
    client.client_credentials(None, Target::default(), &BTreeSet::new()).await.unwrap();
    client.revoke(&refresh_token).await.unwrap();
    let callback = Url::parse("http://localhost:8000/auth/sign-in-callback").unwrap();
    client.authorize(&callback, &SignInOptions::new(), &["openid".into()], &[]).await.unwrap();
}

/// RFC 6749, section 2.3: a client uses one method in each request.
#[tokio::test]
async fn the_secret_is_in_the_header_or_in_the_body_and_never_in_both() {
    for authentication in [ClientAuthentication::Basic, ClientAuthentication::Post] {
        let server = Server::start().await;
        every_request(&server, &client_by(&server, authentication)).await;
        let sent: Vec<_> =
            [TOKEN, REVOCATION, PUSHED].iter().flat_map(|path| server.received(path)).collect();
        assert_eq!(sent.len(), 4);
        for request in sent {
            let form = request.form();
            let values = |name: &str| {
                let named = form.iter().filter(|(known, _)| known == name);
                named.map(|(_, value)| value.clone()).collect::<Vec<_>>()
            };
            let in_header = request.head.to_lowercase().contains("authorization:");
            if authentication == ClientAuthentication::Post {
                assert!(!in_header, "{request:?}");
                assert_eq!(values("client_id"), [APP], "{request:?}");
                assert_eq!(values("client_secret"), ["se:cret+/\u{fc}"], "{request:?}");
            } else {
                assert!(in_header && values("client_secret").is_empty(), "{request:?}");
            }
        }
    }
}
