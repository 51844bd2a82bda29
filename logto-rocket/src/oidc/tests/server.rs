//! A server on the loopback interface that answers each path as a test wants.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::SigningKey;

#[derive(Clone)]
pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub manner: Manner,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Manner {
    Whole,
    /// Reads the request and never answers.
    Silent,
    /// Sends a byte now and then, without end.
    Drip,
    /// Sends as fast as it can, without end.
    Endless,
}

#[derive(Clone, Debug)]
pub(super) struct Received {
    pub path: String,
    pub head: String,
    pub body: String,
}

pub(super) struct Server {
    pub origin: String,
    answers: Arc<Mutex<HashMap<String, Reply>>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=utf-8".into())];
        Self { status, headers, body: body.to_string(), manner: Manner::Whole }
    }

    pub(super) fn behaving(manner: Manner) -> Self {
        Self { manner, ..Self::json(200, &json!({})) }
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Server {
    /// A server that answers as Logto does, with no key yet.
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { answers: Arc::default(), received: Arc::default(), origin };
        server.answer(
            "/oidc/.well-known/openid-configuration",
            Reply::json(200, &server.discovery()),
        );
        let (answers, received) = (Arc::clone(&server.answers), Arc::clone(&server.received));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answers), Arc::clone(&received)));
            }
        });
        server
    }

    pub(super) fn issuer(&self) -> String {
        format!("{}/oidc", self.origin)
    }

    /// The discovery document as Logto has it.
    pub(super) fn discovery(&self) -> Value {
        let issuer = self.issuer();
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/auth"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/me"),
            "jwks_uri": format!("{issuer}/jwks"),
            "end_session_endpoint": format!("{issuer}/session/end"),
            "revocation_endpoint": format!("{issuer}/token/revocation"),
            "pushed_authorization_request_endpoint": format!("{issuer}/request"),
            "authorization_response_iss_parameter_supported": true,
            "response_types_supported": ["code id_token", "code", "id_token", "none"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES384"],
        })
    }

    pub(super) fn answer(&self, path: &str, reply: Reply) {
        self.answers.lock().unwrap().insert(path.into(), reply);
    }

    pub(super) fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk.clone()).collect();
        self.answer("/oidc/jwks", Reply::json(200, &json!({ "keys": keys })));
    }

    /// What has been asked for at this path.
    pub(super) fn received(&self, path: &str) -> Vec<Received> {
        self.received.lock().unwrap().iter().filter(|it| it.path == path).cloned().collect()
    }
}

impl Received {
    /// The fields of the form, in order.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    answers: Arc<Mutex<HashMap<String, Reply>>>,
    received: Arc<Mutex<Vec<Received>>>,
) -> Option<()> {
    let request = read(&mut stream).await?;
    let reply = answers.lock().unwrap().get(&request.path).cloned();
    received.lock().unwrap().push(request);
    let reply = reply.unwrap_or_else(|| Reply::json(404, &json!({})));
    if reply.manner == Manner::Silent {
        return std::future::pending().await;
    }
    let mut head = format!("HTTP/1.1 {} Status\r\nconnection: close\r\n", reply.status);
    if reply.manner == Manner::Whole {
        let _ = write!(head, "content-length: {}\r\n", reply.body.len());
    }
    for (name, value) in &reply.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n{}", reply.body).as_bytes()).await.ok()?;
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    loop {
        match reply.manner {
            Manner::Drip => {
                pace.tick().await;
                stream.write_all(b" ").await.ok()?;
            }
            Manner::Endless => stream.write_all(&[b' '; 4096]).await.ok()?,
            Manner::Whole | Manner::Silent => return Some(()),
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut length = None;
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let wanted = *length.get_or_insert_with(|| {
                head.lines()
                    .find_map(|line| {
                        line.to_lowercase().strip_prefix("content-length: ")?.parse().ok()
                    })
                    .unwrap_or(0)
            });
            if body.len() >= wanted {
                let path = head.split(' ').nth(1)?.to_owned();
                return Some(Received { path, head: head.into(), body: body.into() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
