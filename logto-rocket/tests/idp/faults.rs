use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Idp, IdpError};

use crate::support::*;

#[rocket::async_test]
async fn a_fault_is_for_the_next_request_and_nothing_else_happens() {
    let idp = Idp::start().await.unwrap();
    let code = code(&idp, "alice", "openid", &[]).await;
    idp.fault(Endpoint::Token, Fault::Status(500));
    let got = exchange(&idp, &code, &[]).await;
    assert_eq!((got.status, got.text.as_str()), (500, ""));
    assert_eq!(exchange(&idp, &code, &[]).await.status, 200, "the code was not touched");
    assert_eq!(idp.requests().token_by_grant("authorization_code"), 2, "both were received");
}

#[rocket::async_test]
async fn faults_come_in_their_order_and_number_and_until_healed() {
    let idp = Idp::start().await.unwrap();
    idp.fault(Endpoint::Keys, Fault::Status(503)).times(2);
    idp.fault(Endpoint::Keys, Fault::Status(502)).for_ever();
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(get(&idp, "/oidc/jwks").await.status);
    }
    assert_eq!(statuses, [503, 503, 502, 502, 502]);
    assert_eq!(get(&idp, "/oidc/.well-known/openid-configuration").await.status, 200);
    idp.heal();
    assert_eq!(get(&idp, "/oidc/jwks").await.status, 200);
}

#[rocket::async_test]
async fn a_body_and_a_redirect_take_the_place_of_the_answer() {
    let idp = Idp::start().await.unwrap();
    let (status, content_type) = (200, "application/json".to_owned());
    idp.fault(Endpoint::Discovery, Fault::Body { status, content_type, body: "{".into() });
    let got = get(&idp, "/oidc/.well-known/openid-configuration?x=1").await;
    assert_eq!((got.status, got.text.as_str()), (200, "{"));
    assert_eq!(got.header("content-type"), "application/json");
    assert_eq!(idp.requests().last(Endpoint::Discovery).unwrap().param("x"), Some("1"));
    idp.fault(Endpoint::Token, Fault::Redirect("http://127.0.0.1:1/x".into()));
    let got = token(&idp, &[("grant_type", "x")]).await;
    assert_eq!((got.status, got.header("location")), (302, "http://127.0.0.1:1/x"));
}

#[rocket::async_test]
async fn an_answer_that_asks_to_come_again_says_when() {
    let idp = Idp::start().await.unwrap();
    idp.fault(Endpoint::Keys, Fault::Later(429, Duration::from_secs(90)));
    let got = get(&idp, "/oidc/jwks").await;
    assert_eq!((got.status, got.header("retry-after"), got.text.as_str()), (429, "90", ""));
    assert_eq!(get(&idp, "/oidc/jwks").await.status, 200);
}

#[rocket::async_test]
async fn a_member_of_one_answer_is_another_or_missing_and_the_request_was_handled() {
    let idp = Idp::builder().rotating(true).start().await.unwrap();
    let first = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    idp.fault(Endpoint::Token, Fault::member("token_type", "DPoP"));
    let other = refresh(&idp, &first, &[]).await;
    assert_eq!((other.status, &other.json()["token_type"]), (200, &"DPoP".into()));
    assert_ne!(other.json()["refresh_token"], first["refresh_token"], "it was handled");
    idp.fault(Endpoint::Token, Fault::without_member("expires_in"));
    let missing = refresh(&idp, &other.json(), &[]).await.json();
    assert!(missing.get("expires_in").is_none() && missing["token_type"] == "Bearer", "{missing}");
    let whole = refresh(&idp, &missing, &[]).await.json();
    assert_eq!(whole["expires_in"], 3600, "{whole}");
    idp.fault(Endpoint::Discovery, Fault::member("issuer", "https://elsewhere.test/oidc"));
    let got = get(&idp, "/oidc/.well-known/openid-configuration").await.json();
    assert_eq!(got["issuer"], "https://elsewhere.test/oidc", "it is for every endpoint");
    assert_eq!(got["jwks_uri"], idp.discovery()["jwks_uri"]);
}

#[rocket::async_test]
async fn a_reset_closes_the_connection_and_the_request_counts() {
    let idp = Idp::start().await.unwrap();
    let code = code(&idp, "alice", "openid", &[]).await;
    idp.fault(Endpoint::Token, Fault::Reset);
    let form = [("grant_type", "authorization_code"), ("code", &*code)];
    let request = client().post(format!("{}/oidc/token", idp.endpoint())).form(&form);
    assert!(request.send().await.is_err());
    assert_eq!(idp.requests().token_by_grant("authorization_code"), 1);
    assert_eq!(exchange(&idp, &code, &[]).await.status, 200, "the code was not touched");
}

#[rocket::async_test]
async fn a_lost_answer_was_given() {
    let idp = Idp::builder().rotating(true).start().await.unwrap();
    let code = code(&idp, "alice", "openid", &[]).await;
    idp.fault(Endpoint::Token, Fault::LoseAnswer);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let request = client().post(format!("{}/oidc/token", idp.endpoint()));
    let request = request.basic_auth(idp.app_id(), Some(idp.app_secret())).form(&form);
    assert!(request.send().await.is_err());
    assert_eq!(exchange(&idp, &code, &[]).await.error(), invalid_grant(), "the code is spent");
}

#[rocket::async_test]
async fn a_hanging_request_goes_on_when_healed() {
    let idp = Idp::start().await.unwrap();
    idp.fault(Endpoint::Keys, Fault::Hang);
    let url = format!("{}/oidc/jwks", idp.endpoint());
    let request = rocket::tokio::spawn(client().get(&url).send());
    while idp.requests().keys() < 1 {
        rocket::tokio::task::yield_now().await;
    }
    assert_eq!(client().get(&url).send().await.unwrap().status(), 200, "a later one is answered");
    assert!(!request.is_finished(), "it hangs, and counts since it arrived");
    idp.heal();
    assert_eq!(request.await.unwrap().unwrap().status(), 200);
}

#[rocket::async_test]
async fn a_hanging_request_does_not_keep_the_provider_from_stopping() {
    let idp = Idp::start().await.unwrap();
    idp.fault(Endpoint::Keys, Fault::Hang);
    let request = client().get(format!("{}/oidc/jwks", idp.endpoint()));
    let request = rocket::tokio::spawn(request.send());
    while idp.requests().keys() < 1 {
        rocket::tokio::task::yield_now().await;
    }
    idp.stop().await;
    request.await.unwrap().ok();
}

#[rocket::async_test]
async fn a_delay_and_a_drip_answer_in_the_end() {
    let idp = Idp::start().await.unwrap();
    idp.fault(Endpoint::Keys, Fault::Delay(Duration::from_millis(20)));
    assert_eq!(get(&idp, "/oidc/jwks").await.status, 200);
    idp.fault(Endpoint::Keys, Fault::Drip(Duration::from_millis(1)));
    assert_eq!(get(&idp, "/oidc/jwks").await.json(), idp.jwks());
    idp.fault(Endpoint::Keys, Fault::Drip(Duration::from_secs(10)));
    let dripping = client().get(format!("{}/oidc/jwks", idp.endpoint())).send().await.unwrap();
    assert_eq!(dripping.status(), 200);
    let body = rocket::tokio::spawn(dripping.bytes());
    assert_eq!(get(&idp, "/oidc/jwks").await.status, 200, "a later one is answered");
    assert!(!body.is_finished(), "the body takes its time");
    body.abort();
}

#[rocket::async_test]
async fn paused_it_is_not_there_and_resumed_it_knows_everything() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    let (endpoint, jwks) = (idp.endpoint().to_owned(), idp.jwks());
    idp.pause().await;
    let refused = client().get(format!("{endpoint}/oidc/jwks")).send().await;
    assert!(refused.unwrap_err().is_connect());
    idp.resume().await.unwrap();
    assert_eq!(idp.endpoint(), endpoint);
    assert_eq!(get(&idp, "/oidc/jwks").await.json(), jwks);
    assert_eq!(refresh(&idp, &tokens, &[]).await.status, 200);
}

#[rocket::async_test]
async fn dropped_or_stopped_its_port_is_free() {
    let idp = Idp::start().await.unwrap();
    let url = format!("{}/oidc/jwks", idp.endpoint());
    assert_eq!(client().get(&url).send().await.unwrap().status(), 200);
    idp.stop().await;
    assert!(client().get(&url).send().await.unwrap_err().is_connect());
}

#[rocket::async_test]
async fn what_was_received_prints_no_values() {
    let idp = Idp::start().await.unwrap();
    sign_in(&idp, "alice", "openid", &[]).await;
    let requests = idp.requests();
    let last = requests.last(Endpoint::Token).unwrap();
    assert_eq!(last.method(), "POST");
    assert_eq!(last.param("code_verifier"), Some(VERIFIER));
    let printed = format!("{requests:?}");
    assert!(printed.contains("code_verifier") && !printed.contains(VERIFIER));
    idp.forget_requests();
    assert_eq!(idp.requests().token(), 0);
}

#[rocket::async_test]
async fn a_head_of_more_than_16_kib_is_refused() {
    let idp = Idp::start().await.unwrap();
    let with_cookie = async |size: usize| {
        let request = client().get(format!("{}/oidc/auth", idp.endpoint()));
        send(request.header("cookie", format!("a={}", "x".repeat(size)))).await
    };
    let got = with_cookie(16_500).await;
    assert_eq!((got.status, got.text.as_str()), (431, ""));
    assert_eq!(with_cookie(16_000).await.error().1, "invalid_request", "it was read");
}

#[rocket::async_test]
async fn a_port_that_was_taken_meanwhile_is_an_error() {
    let idp = Idp::start().await.unwrap();
    let port = idp.endpoint().rsplit(':').next().unwrap().parse().unwrap();
    idp.pause().await;
    let taken = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).unwrap();
    assert!(matches!(idp.resume().await, Err(IdpError::Launch(_))));
    drop(taken);
    idp.resume().await.unwrap();
    assert_eq!(get(&idp, "/oidc/jwks").await.status, 200);
}
