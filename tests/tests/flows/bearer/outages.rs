//! Logto is away, hangs, or lies about its keys: who is refused, and who is let in all the same.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Idp, Signing, Tamper};
use logto_rocket::{Clock, Config, Logto, Resource as _};
use logto_rocket_tests::app::{config_for, figment, rocket};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::fault::{html, json};
use logto_rocket_tests::http;
use logto_rocket_tests::wait::{ENDLESS, until, within};
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::routes;
use serde_json::Value;

use super::{Orders, api, either};

/// For how long, at most, nothing is tried after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(31);

const HOUR: Duration = Duration::from_secs(3600);

/// A provider, and the time that it and the APIs live in.
struct Outage {
    idp: Idp,
    clock: Clock,
}

impl Outage {
    async fn start() -> Self {
        let clock = Clock::frozen();
        let machine = [(Orders::URI, &["read:orders"][..])];
        let builder = Idp::builder().resource(Orders::URI, &["read:orders"]);
        let idp = builder.machine("m2m", "secret", machine).clock(clock.clone()).start().await;
        Self { idp: idp.expect("a provider"), clock }
    }

    /// A new process of an API, which knows no keys yet.
    async fn api(&self) -> Client {
        self.api_with(|config| config).await
    }

    async fn api_with(&self, change: impl FnOnce(Config) -> Config) -> Client {
        let config = change(Config::new().endpoint(self.idp.endpoint()));
        let fairing = Logto::resource_server().config(config).clock(self.clock.clone());
        let rocket = rocket::custom(figment()).mount("/", api()).attach(fairing);
        Client::untracked(rocket).await.expect("a launch")
    }

    /// A token that Logto gives to a program. Each is another one, and lives for a year, so that an outage
    /// can be longer than an hour.
    async fn token(&self) -> String {
        let in_a_year = self.clock.now() + 365 * 86_400;
        self.idp.tamper_access_tokens(Tamper::claim("exp", in_a_year));
        let form = [
            ("grant_type", "client_credentials"),
            ("resource", Orders::URI),
            ("scope", "read:orders"),
        ];
        let request = http::client().post(format!("{}/oidc/token", self.idp.endpoint()));
        let request = http::form(request.basic_auth("m2m", Some("secret")), &form);
        let answer = request.send().await.expect("an answer").text().await.expect("a body");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// Logto is well again, and any pause is over.
    fn heal(&self) {
        self.idp.heal();
        self.clock.advance(LONGEST_PAUSE);
    }
}

async fn orders(api: &Client, token: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str())];
    let answer = Browser::new(api).request(Method::Get, "/orders", &headers, "").await;
    assert_eq!(answer.header("Set-Cookie"), None);
    assert_eq!(answer.header("Location"), None);
    answer
}

#[track_caller]
fn is_told_to_come_back(answer: &Answer, what: &str) {
    assert_eq!(answer.status, Status::ServiceUnavailable, "{what}: {answer:?}");
    let after = answer.header("Retry-After").and_then(|after| after.parse::<u32>().ok());
    assert!(after.is_some_and(|after| (1..=60).contains(&after)), "{what}: {answer:?}");
    assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{what}");
    assert_eq!(answer.header("WWW-Authenticate"), None, "{what}: the token may be good");
    assert_eq!(answer.problem()["status"], 503, "{what}");
}

/// What an endpoint that gives a document can do wrong.
fn faults(idp: &Idp) -> Vec<(&'static str, Fault)> {
    vec![
        ("500", Fault::Status(500)),
        ("429", Fault::Status(429)),
        ("503 for a while", Fault::Later(503, Duration::from_secs(7))),
        ("404", Fault::Status(404)),
        ("204", Fault::Status(204)),
        ("a closed connection", Fault::Reset),
        ("a lost answer", Fault::LoseAnswer),
        ("a redirect to a good place", Fault::Redirect(format!("{}/oidc/jwks", idp.endpoint()))),
        ("a redirect elsewhere", Fault::Redirect("http://127.0.0.1:9/".into())),
        ("a page", html(200, "<html>It works!</html>")),
        ("a page of a proxy", html(502, "<html>Bad Gateway</html>")),
        ("nothing", json(200, "")),
        ("null", json(200, "null")),
        ("an empty object", json(200, "{}")),
        ("half an answer", json(200, r#"{"keys":[{"kty":"EC""#)),
        ("5 MB", json(200, format!("{{\"keys\":[\"{}\"]}}", "a".repeat(5_000_000)))),
    ]
}

/// What only a key set can do wrong.
fn faults_of_keys() -> Vec<(&'static str, Fault)> {
    vec![
        ("no keys", json(200, r#"{"keys":[]}"#)),
        ("keys that are none", json(200, r#"{"keys":[null,7,"x",[],{}]}"#)),
        ("a secret", json(200, r#"{"keys":[{"kty":"oct","k":"c2VjcmV0","alg":"HS256"}]}"#)),
        ("a key that is no point", json(200, r#"{"keys":[{"kty":"EC","crv":"P-384","x":"AA"}]}"#)),
        (
            "a key for another use",
            json(200, r#"{"keys":[{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}]}"#),
        ),
    ]
}

#[rocket::async_test]
async fn without_keys_nobody_is_let_in_and_everybody_is_told_to_come_back() {
    let outage = Outage::start().await;
    let token = outage.token().await;
    let with_keys = faults(&outage.idp).into_iter().chain(faults_of_keys());
    let with_keys = with_keys.map(|(what, fault)| (Endpoint::Keys, what, fault));
    let discovery = faults(&outage.idp).into_iter();
    let discovery = discovery.map(|(what, fault)| (Endpoint::Discovery, what, fault));
    for (endpoint, what, fault) in with_keys.chain(discovery) {
        outage.idp.fault(endpoint, fault).for_ever();
        let api = outage.api().await;
        for _ in 0..3 {
            is_told_to_come_back(&orders(&api, &token).await, what);
        }
        // What needs no keys is answered as ever.
        let health = Browser::new(&api).request(Method::Get, "/health", &[], "").await;
        assert_eq!(health.status, Status::Ok, "{what}");
        assert_eq!(orders(&api, "a.b.c").await.status, Status::Unauthorized, "{what}");
        let metadata = "/.well-known/oauth-protected-resource/orders";
        let metadata = Browser::new(&api).request(Method::Get, metadata, &[], "").await;
        assert_eq!(metadata.status, Status::Ok, "{what}");
        outage.heal();
        assert_eq!(orders(&api, &token).await.status, Status::Ok, "{endpoint:?}: {what}");
    }
}

#[rocket::async_test]
async fn a_discovery_document_of_another_issuer_or_with_keys_elsewhere_gives_no_keys() {
    let outage = Outage::start().await;
    let token = outage.token().await;
    for (member, value) in [
        ("issuer", "https://evil.example/oidc".to_owned()),
        ("issuer", format!("{}/", outage.idp.issuer())),
        ("issuer", outage.idp.issuer().to_uppercase()),
        ("jwks_uri", "https://evil.example/oidc/jwks".to_owned()),
        ("jwks_uri", "http://127.0.0.1:9/oidc/jwks".to_owned()),
        ("jwks_uri", "file:///etc/passwd".to_owned()),
        ("jwks_uri", outage.idp.endpoint().replace("//", "//user:password@")),
    ] {
        let mut document = outage.idp.discovery();
        document[member] = value.clone().into();
        outage.idp.forget_requests();
        outage.idp.fault(Endpoint::Discovery, json(200, document.to_string())).for_ever();
        let api = outage.api().await;
        is_told_to_come_back(&orders(&api, &token).await, &value);
        assert_eq!(outage.idp.requests().keys(), 0, "{value}");
        outage.heal();
        assert_eq!(orders(&api, &token).await.status, Status::Ok, "{value}");
    }
}

#[rocket::async_test]
async fn a_request_does_not_wait_for_keys_that_hang() {
    for endpoint in [Endpoint::Discovery, Endpoint::Keys] {
        for fault in [Fault::Hang, Fault::Drip(Duration::from_secs(30))] {
            let outage = Outage::start().await;
            let token = outage.token().await;
            outage.idp.fault(endpoint, fault.clone()).for_ever();
            // The document never comes, and the call of it does not end.
            let api = outage.api_with(|config| config.timeout(ENDLESS)).await;
            let answer = within("an answer without keys", orders(&api, &token)).await;
            is_told_to_come_back(&answer, "hangs");
            if fault == Fault::Hang {
                outage.heal();
                let is_well = async || orders(&api, &token).await.status == Status::Ok;
                until("the keys have come", is_well).await;
            }
        }
    }
}

#[rocket::async_test]
async fn when_logto_says_when_to_come_back_the_program_is_told() {
    let outage = Outage::start().await;
    let token = outage.token().await;
    outage.idp.fault(Endpoint::Keys, Fault::Later(503, Duration::from_secs(17))).for_ever();
    let answer = orders(&outage.api().await, &token).await;
    is_told_to_come_back(&answer, "503");
    assert_eq!(answer.header("Retry-After"), Some("17"));
}

#[rocket::async_test]
async fn old_keys_serve_for_as_long_as_logto_is_away() {
    let outage = Outage::start().await;
    let api = outage.api().await;
    let seen = outage.token().await;
    assert_eq!(orders(&api, &seen).await.status, Status::Ok);
    let mut tokens = Vec::new();
    for _ in 0..4 {
        tokens.push(outage.token().await);
    }
    outage.idp.pause().await;
    for new in &tokens {
        outage.clock.advance(12 * HOUR);
        for token in [&seen, new] {
            let answer = within("an answer", orders(&api, token)).await;
            assert_eq!(answer.status, Status::Ok, "{answer:?}");
        }
    }
    outage.idp.resume().await.expect("a provider");
    outage.heal();
    outage.idp.rotate_keys(Signing::Rs256).expect("a key");
    assert_eq!(orders(&api, &outage.token().await).await.status, Status::Ok);
}

#[rocket::async_test]
async fn old_keys_serve_while_logto_hangs_or_lies_about_its_keys() {
    let outage = Outage::start().await;
    let api = outage.api_with(|config| config.timeout(ENDLESS)).await;
    let seen = outage.token().await;
    assert_eq!(orders(&api, &seen).await.status, Status::Ok);
    let faults = faults(&outage.idp).into_iter().chain(faults_of_keys());
    for (what, fault) in faults.chain([("hangs", Fault::Hang)]) {
        let new = outage.token().await;
        outage.idp.fault(Endpoint::Keys, fault).for_ever();
        outage.idp.forget_requests();
        outage.clock.advance(2 * HOUR);
        for token in [&seen, &new, &seen] {
            let answer = within("an answer", orders(&api, token)).await;
            assert_eq!(answer.status, Status::Ok, "{what}: {answer:?}");
        }
        // An attempt that is still under way from before ends in a pause.
        let is_asked = async || {
            outage.clock.advance(LONGEST_PAUSE);
            assert_eq!(orders(&api, &seen).await.status, Status::Ok, "{what}");
            outage.idp.requests().keys() > 0
        };
        until("the keys were asked for", is_asked).await;
        outage.heal();
    }
}

#[rocket::async_test]
async fn a_key_that_cannot_be_fetched_may_be_good_and_is_found_afterwards() {
    let outage = Outage::start().await;
    let api = outage.api().await;
    let old = outage.token().await;
    assert_eq!(orders(&api, &old).await.status, Status::Ok);
    outage.idp.rotate_keys(Signing::Rs256).expect("a key");
    let new = outage.token().await;
    outage.idp.fault(Endpoint::Keys, Fault::Status(503)).for_ever();
    for _ in 0..3 {
        is_told_to_come_back(&orders(&api, &new).await, "rotated meanwhile");
        assert_eq!(orders(&api, &old).await.status, Status::Ok);
    }
    outage.heal();
    for token in [&new, &old] {
        assert_eq!(orders(&api, token).await.status, Status::Ok);
    }
}

/// A browser's headers change nothing: who presents a token is a program.
#[rocket::async_test]
async fn beside_sessions_a_program_is_told_the_same_and_not_led_to_a_sign_in() {
    let outage = Outage::start().await;
    let token = outage.token().await;
    outage.idp.fault(Endpoint::Keys, Fault::Status(500)).for_ever();
    let fairing = Logto::fairing().config(config_for(&outage.idp)).clock(outage.clock.clone());
    let site = rocket(fairing).mount("/", routes![either]);
    let site = Client::untracked(site).await.expect("a launch");
    let authorization = format!("Bearer {token}");
    let mut headers = navigation(From::AddressBar);
    headers.push(("Authorization", &authorization));
    let either = async || Browser::new(&site).request(Method::Get, "/either", &headers, "").await;
    is_told_to_come_back(&either().await, "500");
    outage.heal();
    assert_eq!(either().await.body, "program m2m");
}
