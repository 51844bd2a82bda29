//! Bounds of a call to Logto: time, size, redirects.

use super::server::Manner;
use super::*;
use crate::error::Call;

const TOKEN: &str = "/oidc/me";

fn impatient(server: &Server) -> Oidc {
    let timeout = Duration::from_millis(200);
    client_with(IssuerSettings { timeout, ..settings(server) }, Clock::system())
}

async fn user_info(client: &Oidc) -> Result<(), Error> {
    client.user_info(&AccessToken::from("at-1"), "user_1").await.map(drop)
}

#[tokio::test]
async fn an_answer_in_time_and_of_a_fit_size_is_read() {
    let server = Server::start().await;
    let padding = "x".repeat(900_000);
    server.answer(TOKEN, Reply::json(200, &json!({"sub": "user_1", "padding": padding})));
    assert_eq!(user_info(&client(&server)).await, Ok(()));
}

#[tokio::test]
async fn who_does_not_answer_or_drips_is_out_of_reach() {
    let server = Server::start().await;
    let client = impatient(&server);
    accepts_issuer(&client, None).await.unwrap();
    for manner in [Manner::Silent, Manner::Drip] {
        server.answer(TOKEN, Reply::behaving(manner));
        let error = user_info(&client).await.unwrap_err();
        assert!(matches!(&error, Error::Unavailable { call: Call::UserInfo, .. }), "{error}");
    }
}

#[tokio::test]
async fn who_is_not_there_is_out_of_reach() {
    let server = Server::start().await;
    let mut settings = settings(&server);
    // Nothing listens on port 9 of the loopback interface in any ordinary setup; TCP answers so.
    settings.issuer = "http://127.0.0.1:9/oidc".into();
    let client = client_with(settings, Clock::system());
    let error = client.issuer().ready().await.unwrap_err();
    assert!(matches!(&error, Error::Unavailable { call: Call::Discovery, .. }), "{error}");
}

#[tokio::test]
async fn an_answer_of_more_than_a_mebibyte_is_not_read_on() {
    let server = Server::start().await;
    let client = client(&server);
    let padding = "x".repeat(1 << 20);
    server.answer(TOKEN, Reply::json(200, &json!({"sub": "user_1", "padding": padding})));
    let whole = user_info(&client).await.unwrap_err();
    server.answer(TOKEN, Reply::behaving(Manner::Endless));
    let endless = user_info(&client).await.unwrap_err();
    for error in [whole, endless] {
        assert!(matches!(&error, Error::BadAnswer { call: Call::UserInfo, .. }), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::start().await;
    for status in [301, 302, 303, 307, 308] {
        server.answer(TOKEN, Reply::json(status, &json!({})).header("location", "/elsewhere"));
        let error = user_info(&client(&server)).await.unwrap_err();
        assert!(matches!(&error, Error::BadAnswer { call: Call::UserInfo, .. }), "{error}");
    }
    assert!(server.received("/elsewhere").is_empty());
}

#[tokio::test]
async fn an_overloaded_or_broken_logto_is_out_of_reach_for_as_long_as_it_says() {
    let server = Server::start().await;
    for (status, header, expected) in [
        (503, Some("7"), Some(Duration::from_secs(7))),
        (429, Some("999999999"), Some(Duration::from_secs(60))),
        (502, Some("soon"), None),
        (500, None, None),
    ] {
        let mut reply = Reply::json(status, &json!({"error": "invalid_grant"}));
        if let Some(value) = header {
            reply = reply.header("retry-after", value);
        }
        server.answer(TOKEN, reply);
        match user_info(&client(&server)).await {
            Err(Error::Unavailable { retry_after, .. }) => assert_eq!(retry_after, expected),
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn certificates_that_cannot_be_read_are_told_before_anything_is_sent() {
    let server = Server::start().await;
    let broken = b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n".to_vec();
    for pem in [b"no certificate".to_vec(), Vec::new(), broken] {
        let settings = IssuerSettings { ca_certificates: vec![pem], ..settings(&server) };
        assert!(Issuer::new(settings, Clock::system(), crate::oidc::Observer::default()).is_err());
    }
}
