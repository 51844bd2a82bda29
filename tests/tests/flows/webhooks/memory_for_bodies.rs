//! Strangers who send large bodies, over the network: what they can take, and what they cannot.

use std::sync::{Arc, Mutex};

use logto_rocket::testing::{Endpoint, Fault, SignedWebhook};
use logto_rocket::{Event, Logto, SessionConfig, WebhookError};
use logto_rocket_tests::app::{App, config_for, rocket};
use logto_rocket_tests::http;
use logto_rocket_tests::server::{Server, free_port};
use logto_rocket_tests::wait::{until, within};
use logto_rocket_tests::webhooks::{known, post};
use rocket::futures::future::join_all;
use rocket::http::Status;
use rocket::tokio::io::{AsyncReadExt, AsyncWriteExt};
use rocket::tokio::net::TcpStream;
use serde_json::json;

use super::{HOUR, MINUTE, app, builder};

/// An application that listens.
async fn listening(app: &App) -> (Server, u16) {
    let fairing = Logto::fairing().config(known(config_for(&app.idp), &app.idp));
    let port = free_port();
    (Server::launch(rocket(fairing.clock(app.clock.clone())), port).await, port)
}

/// Sends the head of a request and the beginning of its body, without waiting for the rest. Rocket itself
/// looks at the first bytes of each body.
async fn begun(port: u16, head: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let head = format!("POST /auth/webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // The answer may come before all is sent.
    stream.write_all(body).await.ok();
    stream
}

async fn status(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.windows(2).any(|pair| pair == b"\r\n") {
        let mut part = [0; 512];
        let count = stream.read(&mut part).await.unwrap_or_default();
        if count == 0 {
            break;
        }
        answer.extend_from_slice(&part[..count]);
    }
    String::from_utf8_lossy(answer.get(9..12).unwrap_or_default()).into_owned()
}

#[rocket::async_test]
async fn a_body_that_does_not_come_is_given_up() {
    let app = app().await;
    let (server, port) = listening(&app).await;
    let signature = format!("{}: {}\r\n", SignedWebhook::HEADER, "0".repeat(64));
    let head = |length: usize| format!("{signature}Content-Length: {length}\r\n");
    let small = begun(port, &head(1_000), &[b' '; 999]).await;
    let large = begun(port, &head(1 << 20), &vec![b' '; 100 << 10]).await;
    for mut stream in [large, small] {
        assert_eq!(within("an answer", status(&mut stream)).await, "408");
    }
    // One that goes away holds nothing.
    drop(begun(port, &head(8 << 20), &vec![b' '; 4 << 20]).await);
    server.stop().await;
}

#[rocket::async_test]
async fn a_body_in_chunks_is_refused_unread() {
    let app = app().await;
    let (server, port) = listening(&app).await;
    let webhook = app.webhook(&json!({ "event": "User.Created" }));
    let head = format!(
        "{}: {}\r\nTransfer-Encoding: chunked\r\n",
        SignedWebhook::HEADER,
        webhook.signature
    );
    let mut stream = begun(port, &head, b"20\r\n{\"event\":\"User.Created\",\"create").await;
    assert_eq!(within("an answer", status(&mut stream)).await, "411");
    // An unsigned one of any length, too.
    let mut stream = begun(port, "Content-Length: 8388608\r\n", &[b' '; 32]).await;
    assert_eq!(within("an answer", status(&mut stream)).await, "401");
    let whole = http::client()
        .post(format!("http://127.0.0.1:{port}/auth/webhook"))
        .header(SignedWebhook::HEADER, &webhook.signature)
        .body(webhook.body);
    assert_eq!(whole.send().await.unwrap().status().as_u16(), 204);
    server.stop().await;
}

/// So that a flood hides no suspension: while it lasts, the claims of all users are confirmed.
#[rocket::async_test]
async fn where_strangers_use_up_the_memory_small_reports_come_in_and_claims_of_all_are_confirmed() {
    let events = Arc::<Mutex<Vec<Event>>>::default();
    let for_hook = Arc::clone(&events);
    let session = SessionConfig::new().revalidate_after(24 * HOUR).max_stale(48 * HOUR);
    let app = builder().start().await;
    let config = known(config_for(&app.idp), &app.idp).session(session);
    let fairing = Logto::fairing().config(config).clock(app.clock.clone());
    let fairing = fairing.on_event(move |event| for_hook.lock().unwrap().push(event.clone()));
    let port = free_port();
    let server = Server::launch(rocket(fairing), port).await;
    let url = format!("http://127.0.0.1:{port}");
    let cookies = {
        let browser = app.signed_in("alice").await;
        let cookies = browser.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        cookies.collect::<Vec<_>>().join("; ")
    };
    let client = http::client();
    let account = async || {
        let request = client.get(format!("{url}/account")).header("Cookie", &cookies);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(account().await, 200);
    app.idp.forget_requests();
    let head =
        format!("{}: {}\r\nContent-Length: {}\r\n", SignedWebhook::HEADER, "0".repeat(64), 8 << 20);
    // They take 32 MiB, and wait.
    let body = vec![b' '; 7 << 20];
    let strangers = join_all((0..5).map(|_| begun(port, &head, &body))).await;
    let is_busy =
        |event: &Event| matches!(event, Event::WebhookRefused { error: WebhookError::Busy });
    until("the memory is used up", async || events.lock().unwrap().iter().any(is_busy)).await;
    // If Logto does not answer either, old claims stay valid, because no change is known.
    app.clock.advance(MINUTE);
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    assert_eq!(account().await, 200);
    assert!(app.refreshes() > 0, "it is asked");
    app.idp.heal();
    app.clock.advance(MINUTE);
    app.idp.forget_requests();
    for _ in 0..3 {
        assert_eq!(account().await, 200);
    }
    assert_eq!(app.refreshes(), 1, "each session is confirmed once");
    // A small report needs no share, and comes in meanwhile.
    app.idp.suspend("alice");
    let [webhook] = app.idp.webhooks().try_into().unwrap();
    let report = client
        .post(format!("{url}/auth/webhook"))
        .header(SignedWebhook::HEADER, &webhook.signature)
        .body(webhook.body.clone());
    assert_eq!(report.send().await.unwrap().status().as_u16(), 204);
    assert_ne!(account().await, 200);
    drop(strangers);
    server.stop().await;
    assert_eq!(post(&app.client, &webhook).await.status, Status::NoContent);
}
