use std::sync::{Arc, Mutex};

use logto_rocket::testing::{Builder, Idp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use crate::support::*;

/// An application that listens for logout tokens, answers with a status, and keeps what came.
struct Listener {
    uri: String,
    posted: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    async fn start(status: &'static str) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/auth/backchannel-logout", socket.local_addr().unwrap());
        let posted = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&posted);
        rocket::tokio::spawn(async move {
            while let Ok((mut stream, _)) = socket.accept().await {
                let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
                while !is_complete(&request) {
                    let read = stream.read(&mut buffer).await.unwrap();
                    request.extend_from_slice(&buffer[..read]);
                }
                kept.lock().unwrap().push(String::from_utf8(request).unwrap());
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { uri, posted }
    }

    /// The bodies that came since the last call, each of a form by `POST`.
    fn posted(&self) -> Vec<String> {
        let requests = std::mem::take(&mut *self.posted.lock().unwrap());
        let body = |request: String| {
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("POST /auth/backchannel-logout HTTP/1.1\r\n"), "{head}");
            let kind = "content-type: application/x-www-form-urlencoded";
            assert!(head.to_ascii_lowercase().contains(kind), "{head}");
            body.to_owned()
        };
        requests.into_iter().map(body).collect()
    }
}

fn is_complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    length.is_none_or(|length| body.len() >= length.parse::<usize>().unwrap())
}

/// The claims of the one logout token of a body.
fn token(body: &str) -> serde_json::Value {
    let token = body.strip_prefix("logout_token=").expect("one parameter");
    claims(&token.to_owned().into())
}

async fn started(builder: Builder, listener: &Listener, session_required: bool) -> Idp {
    builder.backchannel_logout(&listener.uri, session_required).start().await.unwrap()
}

/// Signs out on the provider's page, and answers with where it leads.
async fn sign_out(idp: &Idp, browser: &mut Browser<'_>) -> String {
    let mut url = Url::parse(&format!("{}/oidc/session/end", idp.endpoint())).unwrap();
    url.query_pairs_mut().append_pair("client_id", idp.app_id());
    let page = browser.get(url.as_str()).await;
    let xsrf = page.text.split(r#"name="xsrf" value=""#).nth(1).unwrap().split('"').next().unwrap();
    let form = [("xsrf", xsrf), ("logout", "yes")];
    let got = browser.post("/oidc/session/end/confirm", &form).await;
    assert_eq!(got.status, 303, "{}", got.text);
    got.header("location").to_owned()
}

#[rocket::async_test]
async fn a_sign_out_posts_a_logout_token_once_before_the_user_goes_on() {
    for (status, required) in [("200 OK", true), ("204 No Content", false), ("500 Oh", true)] {
        let listener = Listener::start(status).await;
        let idp = started(Idp::builder(), &listener, required).await;
        let mut browser = Browser::new(&idp);
        let callback = browser.sign_in(&authorization_url(&idp, "openid", &[]), "alice").await;
        let tokens = exchange(&idp, &query(&callback)["code"], &[]).await.json();
        assert_eq!(sign_out(&idp, &mut browser).await, "/oidc/session/end/success");
        let posted = listener.posted();
        assert_eq!(posted.len(), 1, "{status}");
        let (logout_claims, of_session) = (token(&posted[0]), claims(&tokens["id_token"]));
        assert_eq!(logout_claims["sub"], of_session["sub"]);
        assert_eq!(logout_claims["sid"], of_session["sid"]);
        assert_eq!(logout_claims["sid"].is_string(), required);
        assert_eq!(logout_claims["aud"], idp.app_id());
        sign_out(&idp, &mut browser).await;
        assert!(listener.posted().is_empty(), "no user was signed in any more");
    }
}

#[rocket::async_test]
async fn an_application_that_is_away_keeps_no_user_from_signing_out() {
    let idp = Idp::builder().backchannel_logout("http://127.0.0.1:9/", true).start().await.unwrap();
    let mut browser = Browser::new(&idp);
    browser.sign_in(&authorization_url(&idp, "openid", &[]), "alice").await;
    assert_eq!(sign_out(&idp, &mut browser).await, "/oidc/session/end/success");
}

#[rocket::async_test]
async fn another_user_who_signs_in_over_the_session_ends_it() {
    let listener = Listener::start("200 OK").await;
    let idp = started(Idp::builder(), &listener, true).await;
    let mut browser = Browser::new(&idp);
    let again = authorization_url(&idp, "openid", &[("prompt", "login consent")]);
    browser.sign_in(&again, "alice").await;
    browser.sign_in(&again, "alice").await;
    assert!(listener.posted().is_empty(), "the same user goes on");
    browser.sign_in(&again, "bob").await;
    let posted = listener.posted();
    assert_eq!(posted.len(), 1);
    assert_eq!(token(&posted[0])["sub"], idp.user_id("alice").unwrap());
}

#[rocket::async_test]
async fn an_application_that_took_no_part_gets_no_logout_token() {
    let listener = Listener::start("200 OK").await;
    let idp = started(Idp::builder().app("one", "x").app("two", "y"), &listener, true).await;
    let mut browser = Browser::new(&idp);
    browser.sign_in(&authorization_url(&idp, "openid", &[("client_id", "two")]), "alice").await;
    sign_out(&idp, &mut browser).await;
    assert!(listener.posted().is_empty());
}

#[rocket::async_test]
async fn all_sessions_of_a_user_end_by_one_call_and_an_administrator_sends_no_logout_token() {
    let listener = Listener::start("200 OK").await;
    let idp = started(Idp::builder(), &listener, true).await;
    let url = authorization_url(&idp, "openid", &[]);
    for user in ["alice", "alice", "bob"] {
        idp.authorize(&url, user).await.unwrap();
    }
    idp.sign_out("alice").await;
    let posted = listener.posted();
    assert_eq!(posted.len(), 2);
    assert_ne!(token(&posted[0])["sid"], token(&posted[1])["sid"]);
    idp.end_sessions();
    idp.sign_out("bob").await;
    assert!(listener.posted().is_empty());
}
