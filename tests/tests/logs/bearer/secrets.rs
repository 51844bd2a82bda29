//! No part of an access token is in a log line, a span, an event, a refusal or what a handler prints.

use std::collections::HashSet;
use std::slice;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use logto_rocket::testing::{self, Endpoint, Fault, Idp, Tamper};
use logto_rocket::{Bearer, Caller, Clock, Event, Logto, Organizations, Refusal, authenticated};
use logto_rocket_tests::app::{config_for, figment};
use logto_rocket_tests::http;
use logto_rocket_tests::log::{Line, Log};
use logto_rocket_tests::server::{Server, free_port};
use rocket::http::Header;
use rocket::local::asynchronous::Client;
use rocket::{get, routes};
use serde_json::json;

use super::{CLAIM, Orders, all, api, fairing, orders, organization, provider, stock, token};

#[get("/result")]
fn result(caller: Result<Bearer<Orders>, Refusal>) -> String {
    format!("{caller:?} {caller:#?}")
}

#[get("/organization")]
fn any_organization(caller: Option<Bearer<Organizations>>) -> String {
    format!("{caller:?}")
}

#[authenticated(session, bearer, resource = Orders)]
#[get("/either")]
fn either(caller: Caller<Orders>) -> String {
    format!("{caller:?} {caller:#?}")
}

#[rocket::async_test]
async fn no_part_of_a_token_is_in_a_log_line_a_span_or_an_event() {
    let log = Log::alone().await;
    let clock = Clock::frozen();
    let idp = provider(&clock).await;
    let mut tokens = vec!["a-token-that-is-opaque-and-long-enough".to_owned()];
    for tamper in [
        None,
        Some(Tamper::WrongKey),
        Some(Tamper::Unsigned),
        Some(Tamper::claim("iss", "https://evil.example")),
        Some(Tamper::claim("aud", "https://other.example.com")),
        Some(Tamper::claim("aud", "urn:logto:organization:o1")),
        Some(Tamper::claim("organization_id", "o1")),
        Some(Tamper::claim("exp", 1)),
        Some(Tamper::claim("exp", "soon")),
        Some(Tamper::claim("nbf", clock.now() + 3600)),
        Some(Tamper::claim("cnf", json!({"jkt": CLAIM}))),
        Some(Tamper::claim("sub", CLAIM.repeat(20))),
        Some(Tamper::header("kid", CLAIM)),
        Some(Tamper::header("alg", CLAIM)),
        Some(Tamper::header("typ", CLAIM)),
        Some(Tamper::header("crit", json!([CLAIM]))),
    ] {
        tokens.push(token(&idp, tamper).await);
    }
    let whole = tokens[1].clone();
    tokens.extend([format!("{whole}="), format!("{whole}.{whole}"), whole.replace('.', "")]);

    let events = Arc::new(Mutex::new(Vec::new()));
    let recorded = Arc::clone(&events);
    let hook = move |event: &Event| {
        let mut events = recorded.lock().unwrap_or_else(PoisonError::into_inner);
        events.extend([event.to_string(), format!("{event:?}"), format!("{event:#?}")]);
    };
    let port = free_port();
    let routes = routes![orders, all, stock, organization, result, any_organization];
    let fairing = fairing(idp.endpoint()).clock(clock.clone()).on_event(hook);
    let (before, spans_before) = (log.lines().len(), log.spans().len());
    let server = Server::launch(api(fairing, routes), port).await;
    let client = http::client();
    let mut bodies = String::new();
    let mut statuses = HashSet::new();
    for keys in [Some(Fault::Status(500)), None] {
        if let Some(fault) = keys {
            idp.fault(Endpoint::Keys, fault).for_ever();
        }
        for token in &tokens {
            for path in ["orders", "all", "stock", "orgs/o1", "result", "organization", "nowhere"] {
                for header in [format!("Bearer {token}"), format!("Bearer {token} x")] {
                    let request = client.get(format!("http://127.0.0.1:{port}/{path}"));
                    let answer = request.header("Authorization", header).send().await;
                    let answer = answer.expect("an answer");
                    statuses.insert(answer.status().as_u16());
                    bodies.push_str(&answer.text().await.expect("a body"));
                }
            }
        }
        idp.heal();
        clock.advance(Duration::from_secs(31));
    }
    server.stop().await;
    for status in [200, 400, 401, 403, 404, 503] {
        assert!(statuses.contains(&status), "{status} is not in {statuses:?}");
    }

    let parts = Parts::of(&tokens);
    assert!(
        parts.are_in(&format!("something with {} in it", &whole[60..100])),
        "a search that works"
    );
    let lines = log.lines().split_off(before);
    // Rocket logs whole requests at its level `debug`, as SECURITY.md says.
    let is_request = |line: &Line| {
        line.target == "rocket::server" && line.text.starts_with("received request: ")
    };
    for line in lines.iter().filter(|line| !is_request(line)) {
        assert!(!parts.are_in(&line.text) && !line.text.contains(CLAIM), "{line:?}");
    }
    let spans = log.spans().split_off(spans_before);
    for span in &spans {
        let fields = span.fields.values().map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(!parts.are_in(&fields) && !fields.contains(CLAIM), "{span:?}");
    }
    let events = events.lock().unwrap_or_else(PoisonError::into_inner);
    let events = events.join("\n");
    for text in [&events, &bodies] {
        assert!(!parts.are_in(text) && !text.contains(CLAIM), "{text}");
    }
    // All of them have said something.
    assert!(events.contains("a guard could not decide"), "{events}");
    assert!(bodies.contains("read:orders") && bodies.contains("m2m"), "{bodies}");
    assert!(lines.iter().any(|line| line.target.starts_with("rocket")), "{lines:#?}");
    assert!(spans.iter().any(|span| span.name == "logto.decision"), "{spans:#?}");
    assert!(lines.iter().any(|line| line.target.starts_with("reqwest")), "{lines:#?}");
}

/// All pieces of tokens, each of so many characters.
struct Parts(HashSet<Vec<u8>>);

impl Parts {
    const LENGTH: usize = 12;

    fn of(tokens: &[String]) -> Self {
        let all = tokens.iter().flat_map(|token| token.as_bytes().windows(Self::LENGTH));
        Self(all.map(<[u8]>::to_vec).collect())
    }

    fn are_in(&self, text: &str) -> bool {
        text.as_bytes().windows(Self::LENGTH).any(|window| self.0.contains(window))
    }
}

#[rocket::async_test]
async fn what_a_handler_prints_of_a_caller_has_no_part_of_the_token() {
    let _log = Log::alone().await;
    let idp = Idp::start().await.expect("a provider");
    let fairing = Logto::fairing().config(config_for(&idp));
    let site = rocket::custom(figment()).attach(fairing).mount("/", routes![either, result]);
    let client = Client::untracked(site).await.expect("a launch");
    let token = testing::bearer(&client).expect("a debug build");
    let token = token.resource(Orders).client_id("shop").claim("own", CLAIM).text();
    for path in ["/either", "/result"] {
        let header = Header::new("Authorization", format!("Bearer {token}"));
        let answer = client.get(path).header(header).dispatch().await;
        let body = answer.into_string().await.expect("a body");
        assert!(body.contains("shop"), "{body}");
        assert!(
            !Parts::of(slice::from_ref(&token)).are_in(&body) && !body.contains(CLAIM),
            "{body}"
        );
    }
}
