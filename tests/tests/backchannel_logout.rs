//! Back-channel logout: Logto says that a session ended, and nobody else can say so.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use logto_rocket::testing::{Endpoint, Fault, Tamper};
use logto_rocket::{Config, Event, LogoutError, LogtoUser, SessionConfig};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, Browser};
use logto_rocket_tests::wait::until;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rocket::futures::future::{join, join_all};
use rocket::http::{Method, Status};
use rocket::{get, routes};
use serde_json::{Value, json};

const DOOR: &str = "/auth/backchannel-logout";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What Logto sends besides the token.
const FROM_LOGTO: [(&str, &str); 3] = [
    ("Content-Type", "application/x-www-form-urlencoded"),
    ("Sec-Fetch-Mode", "cors"),
    ("Accept", "*/*"),
];

/// An application whose sessions Logto knows by `sid`.
async fn app() -> App {
    with(|config| config).await
}

async fn with(config: impl FnOnce(Config) -> Config) -> App {
    App::with(|idp| idp.session_required(true), config, |it| it).await
}

async fn post(mut browser: Browser<'_>, token: &str) -> Answer {
    browser.request(Method::Post, DOOR, &FROM_LOGTO, &format!("logout_token={token}")).await
}

async fn tell(app: &App, token: &str) -> Answer {
    post(app.browser(), token).await
}

/// A logout token for alice's latest session, with something wrong.
fn forged(app: &App, tampers: &[Tamper]) -> String {
    for tamper in tampers {
        app.idp.tamper(tamper.clone());
    }
    let token = app.idp.logout_token("alice").unwrap();
    app.idp.heal();
    token
}

/// A logout token for all of alice's sessions.
fn without_sid(app: &App) -> String {
    forged(app, &[Tamper::remove_claim("sid")])
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.open("/account").await.status == Status::Ok
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status, Status::BadRequest, "{what}: {answer:?}");
    assert_eq!(answer.body, r#"{"error":"invalid_request"}"#, "{what}: it tells nothing");
    assert_eq!(answer.header("Content-Type"), Some("application/json"), "{what}");
    assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{what}");
    assert!(!answer.sets_cookies(), "{what}");
}

#[rocket::async_test]
async fn a_sid_ends_exactly_its_session_and_no_old_cookie_revives_it() {
    let app = app().await;
    let (mut laptop, mut bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
    app.clock.advance(Duration::from_secs(1));
    let mut phone = app.signed_in("alice").await;
    let old = phone.cookies.clone();
    let answer = tell(&app, &app.idp.logout_token("alice").unwrap()).await;
    assert_eq!((answer.status, &*answer.body), (Status::Ok, ""));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert!(!answer.sets_cookies());
    for _ in 0..3 {
        assert!(!is_signed_in(&mut phone).await);
        assert_eq!(phone.open("/").await.body, "Hello, stranger");
        assert_eq!(phone.open("/profile").await.status, Status::SeeOther);
        phone.cookies.clone_from(&old);
    }
    assert!(is_signed_in(&mut laptop).await);
    assert!(is_signed_in(&mut bob).await);
}

/// Past mistake 28: of three sessions of a user, one ended.
#[rocket::async_test]
async fn a_sub_ends_all_sessions_that_were_signed_in_before_it_and_no_later_one() {
    for session_required in [true, false] {
        let app = App::with(|idp| idp.session_required(session_required), |it| it, |it| it).await;
        let mut bob = app.signed_in("bob").await;
        let mut before = Vec::new();
        for _ in 0..3 {
            before.push(app.signed_in("alice").await);
            app.clock.advance(Duration::from_secs(20));
        }
        before.push(app.signed_in("alice").await);
        let token = without_sid(&app);
        app.clock.advance(Duration::from_secs(20));
        let mut later = app.signed_in("alice").await;
        assert_eq!(tell(&app, &token).await.status, Status::Ok);
        for browser in &mut before {
            assert!(!is_signed_in(browser).await);
        }
        assert!(is_signed_in(&mut later).await);
        assert!(is_signed_in(&mut bob).await);
    }
}

#[rocket::async_test]
async fn a_session_keeps_its_sid_whatever_other_claims_it_keeps() {
    let app = with(|config| config.session(SessionConfig::new().claims(["email"]))).await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(tell(&app, &app.idp.logout_token("alice").unwrap()).await.status, Status::Ok);
    assert!(!is_signed_in(&mut alice).await);
}

#[rocket::async_test]
async fn it_needs_no_cookie_and_is_no_request_of_a_browser() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let mut stranger = app.browser();
    stranger.headers = vec![
        ("Origin".into(), "https://elsewhere.example".into()),
        ("Sec-Fetch-Site".into(), "cross-site".into()),
    ];
    let token = app.idp.logout_token("alice").unwrap();
    assert_eq!(post(stranger, &token).await.status, Status::Ok);
    assert!(!is_signed_in(&mut alice).await);
}

#[rocket::async_test]
async fn the_refresh_token_of_the_session_is_revoked_meanwhile() {
    let app = app().await;
    let _alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    assert_eq!(tell(&app, &app.idp.logout_token("alice").unwrap()).await.status, Status::Ok);
    until("the token is revoked", async || app.idp.requests().revocation() > 0).await;
}

#[rocket::async_test]
async fn a_session_that_ends_while_its_tokens_are_renewed_stays_ended() {
    let app = App::with(|idp| idp.session_required(true).rotating(true), |it| it, |it| it).await;
    let mut alice = app.signed_in("alice").await;
    let (mut tab, old) = (app.browser(), alice.cookies.clone());
    tab.cookies.clone_from(&old);
    app.clock.advance(Duration::from_secs(3550));
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(300)));
    let ending = async {
        until("the refresh begins", async || app.idp.requests().token() > 0).await;
        tell(&app, &app.idp.logout_token("alice").unwrap()).await
    };
    let (late, ended) = join(alice.open("/profile"), ending).await;
    assert_eq!(ended.status, Status::Ok);
    let written = |header: &&str| header.contains("logto-") && !header.contains("Max-Age=0");
    assert!(late.all("Set-Cookie").iter().find(|header| written(header)).is_none(), "{late:?}");
    assert!(!is_signed_in(&mut alice).await);
    assert!(!is_signed_in(&mut tab).await);
    alice.cookies = old;
    assert!(!is_signed_in(&mut alice).await);
    assert_eq!(alice.fetch("/auth/user").await.status, Status::Unauthorized);
}

#[rocket::async_test]
async fn no_token_but_logtos_own_ends_anything() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let now = app.clock.now();
    let claim = |name: &str, value: Value| vec![Tamper::claim(name, value)];
    let header = |name: &str, value: Value| vec![Tamper::header(name, value)];
    let without = |name: &str| vec![Tamper::remove_claim(name)];
    let issuer = app.idp.issuer();
    let attacks = [
        ("alg none", vec![Tamper::Unsigned]),
        ("HS256 with the app secret", vec![Tamper::Hs256]),
        ("a key that Logto does not publish", vec![Tamper::WrongKey]),
        ("another algorithm than the key's", header("alg", json!("ES256"))),
        ("RS256 with an EC key", header("alg", json!("RS256"))),
        ("an unknown key id", header("kid", json!("another"))),
        ("a demanded extension", header("crit", json!(["x"]))),
        ("no typ", header("typ", Value::Null)),
        ("the typ of older ID tokens", header("typ", json!("JWT"))),
        ("the typ of access tokens", header("typ", json!("at+jwt"))),
        ("another issuer", claim("iss", json!("https://elsewhere.test/oidc"))),
        ("a longer issuer", claim("iss", json!(format!("{issuer}/")))),
        ("a shorter issuer", claim("iss", json!(issuer[..issuer.len() - 1]))),
        ("no issuer", without("iss")),
        ("another audience", claim("aud", json!("another_app"))),
        ("an audience of several", claim("aud", json!([app.idp.app_id(), "another_app"]))),
        ("no audience", without("aud")),
        ("an old token", claim("iat", json!(now - 181))),
        ("a future token", claim("iat", json!(now + 90))),
        ("a time as text", claim("iat", json!(now.to_string()))),
        ("no time", without("iat")),
        ("an expired token", claim("exp", json!(now - 90))),
        ("no end", without("exp")),
        ("a negative end", claim("exp", json!(-1))),
        ("no events", without("events")),
        ("an empty set of events", claim("events", json!({}))),
        ("another event", claim("events", json!({ "https://elsewhere.test/event": {} }))),
        ("an event of no object", claim("events", json!({ EVENT: true }))),
        ("an event of null", claim("events", json!({ EVENT: null }))),
        ("events as a list", claim("events", json!([EVENT]))),
        ("a nonce", claim("nonce", json!("n"))),
        ("a nonce of null", claim("nonce", Value::Null)),
        ("neither sub nor sid", [without("sub"), without("sid")].concat()),
        ("a sub of null and no sid", [claim("sub", Value::Null), without("sid")].concat()),
        ("a sid of no text", claim("sid", json!(7))),
        ("an empty sid", claim("sid", json!(""))),
        ("no jti", without("jti")),
        ("a jti of no text", claim("jti", json!({}))),
    ];
    for (what, tampers) in attacks {
        assert_refused(&tell(&app, &forged(&app, &tampers)).await, what);
        assert!(is_signed_in(&mut alice).await, "{what}");
    }
    assert_eq!(tell(&app, &forged(&app, &[])).await.status, Status::Ok, "a good one is believed");
    assert!(!is_signed_in(&mut alice).await);
}

#[rocket::async_test]
async fn a_signature_or_payload_that_was_changed_is_refused() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let token = app.idp.logout_token("alice").unwrap();
    let parts: Vec<_> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("a token of three parts") };
    let of_bob = app.idp.logout_token("bob").unwrap();
    let payload_of_bob = of_bob.split('.').nth(1).unwrap();
    for changed in [
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{header}.{payload}.{}", &signature[..signature.len() - 4]),
        format!("{header}.{payload}.{signature}.{signature}"),
        format!("{header}.{payload_of_bob}.{signature}"),
        format!("{header}.{payload}.{}", of_bob.split('.').nth(2).unwrap()),
        format!("{header}..{signature}"),
        ".".repeat(1_000),
        String::new(),
        "garbage".into(),
    ] {
        assert_refused(&tell(&app, &changed).await, &changed);
    }
    assert!(is_signed_in(&mut alice).await);
}

#[rocket::async_test]
async fn a_token_is_good_once() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let token = app.idp.logout_token("alice").unwrap();
    assert_eq!(tell(&app, &token).await.status, Status::Ok);
    assert_refused(&tell(&app, &token).await, "replayed");
    app.sign_in(&mut alice, "alice", "/").await;
    app.clock.advance(Duration::from_secs(170));
    assert_refused(&tell(&app, &token).await, "replayed late");
    assert!(is_signed_in(&mut alice).await);

    // What was refused is not remembered: nobody uses up a token that they only know the name of.
    app.clock.advance(Duration::from_secs(1));
    let name = Tamper::claim("jti", "the-name");
    assert_refused(&tell(&app, &forged(&app, &[name.clone(), Tamper::WrongKey])).await, "forged");
    assert_eq!(tell(&app, &forged(&app, &[name])).await.status, Status::Ok);
}

#[rocket::async_test]
async fn other_tokens_of_logtos_are_no_logout_tokens() {
    #[get("/id-token")]
    fn id_token(user: &LogtoUser) -> Option<String> {
        user.id_token().map(ToOwned::to_owned)
    }
    const ORDERS: &str = "https://api.example.test/orders";
    let app = App::mounted(
        routes![id_token],
        |idp| idp.session_required(true).machine("machine", "s", [(ORDERS, &["read:orders"][..])]),
        |config| config.session(SessionConfig::new().keep_id_token(true)),
        |it| it,
    )
    .await;
    let mut alice = app.signed_in("alice").await;
    let id_token = alice.open("/id-token").await.body;
    let response = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(format!("{}/oidc/token", app.idp.endpoint()))
        .basic_auth("machine", Some("s"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(format!("grant_type=client_credentials&resource={ORDERS}&scope=read:orders"))
        .send()
        .await
        .unwrap();
    let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let access_token = answer["access_token"].as_str().unwrap();
    for (what, token) in [("ID token", &*id_token), ("access token", access_token)] {
        assert_eq!(token.split('.').count(), 3, "{what}: {token}");
        assert_refused(&tell(&app, token).await, what);
    }
    assert!(is_signed_in(&mut alice).await);
}

#[rocket::async_test]
async fn only_a_form_with_one_token_is_read_and_only_by_post() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let token = app.idp.logout_token("alice").unwrap();
    let form = "application/x-www-form-urlencoded";
    let padding = "x".repeat(1 << 20);
    for (what, kind, body) in [
        ("no body", form, String::new()),
        ("an empty token", form, "logout_token=".into()),
        ("another parameter", form, format!("token={token}")),
        ("two tokens", form, format!("logout_token={token}&logout_token={token}")),
        ("an empty one and one", form, format!("logout_token=&logout_token={token}")),
        ("a megabyte behind", form, format!("logout_token={token}&x={padding}")),
        ("a megabyte before", form, format!("x={padding}&logout_token={token}")),
        ("a token of a megabyte", form, format!("logout_token={padding}")),
        ("JSON", "application/json", json!({ "logout_token": token }).to_string()),
        ("text", "text/plain", format!("logout_token={token}")),
        ("several parts", "multipart/form-data; boundary=x", format!("logout_token={token}")),
    ] {
        let headers = [("Content-Type", kind)];
        let answer = app.browser().request(Method::Post, DOOR, &headers, &body).await;
        assert_refused(&answer, what);
    }
    let form = format!("logout_token={token}");
    let no_kind = app.browser().request(Method::Post, DOOR, &[], &form).await;
    assert_refused(&no_kind, "no content type");
    let in_query = format!("{DOOR}?logout_token={token}");
    assert_refused(
        &app.browser().request(Method::Post, &in_query, &FROM_LOGTO, "").await,
        "a token in the address",
    );
    for method in [Method::Get, Method::Head, Method::Put, Method::Delete, Method::Patch] {
        let answer = app.browser().request(method, &in_query, &FROM_LOGTO, &form).await;
        assert!(answer.status.code >= 400, "{method}: {answer:?}");
    }
    assert!(is_signed_in(&mut alice).await);
    let with_more = format!("a=b&logout_token={token}&c=d");
    let answer = app.browser().request(Method::Post, DOOR, &FROM_LOGTO, &with_more).await;
    assert_eq!(answer.status, Status::Ok, "parameters that are not known are ignored");
}

#[rocket::async_test]
async fn whatever_is_posted_is_refused() {
    let app = app().await;
    let mut runner = TestRunner::deterministic();
    let bodies = prop_oneof![
        any::<String>(),
        any::<String>().prop_map(|text| format!("logout_token={text}")),
        "logout_token=[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}",
    ];
    for _ in 0..300 {
        let body = bodies.new_tree(&mut runner).unwrap().current();
        let answer = app.browser().request(Method::Post, DOOR, &FROM_LOGTO, &body).await;
        assert_refused(&answer, &body);
    }
}

/// Past mistake 41: with keys that are not known, each token fetched the key set.
#[rocket::async_test]
async fn a_flood_of_forged_tokens_fetches_the_keys_once() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    for number in 0..1_000 {
        let forged = forged(&app, &[Tamper::header("kid", format!("key-{number}"))]);
        assert_refused(&tell(&app, &forged).await, "forged");
    }
    assert!(app.idp.requests().keys() <= 1, "{}", app.idp.requests().keys());
    assert!(is_signed_in(&mut alice).await);
    assert_eq!(tell(&app, &app.idp.logout_token("alice").unwrap()).await.status, Status::Ok);
    assert!(!is_signed_in(&mut alice).await);
}

#[rocket::async_test]
async fn while_the_keys_are_fetched_few_tokens_wait_and_none_longer_than_two_seconds() {
    let told = Arc::<Mutex<Vec<Event>>>::default();
    let teller = Arc::clone(&told);
    let app = App::with(
        |idp| idp.session_required(true),
        |config| config,
        |fairing| fairing.on_event(move |event| teller.lock().unwrap().push(event.clone())),
    )
    .await;
    let _alice = app.signed_in("alice").await;
    told.lock().unwrap().clear();
    app.idp.fault(Endpoint::Keys, Fault::Hang).for_ever();
    let tokens: Vec<_> = (0..10)
        .map(|number| {
            app.idp.tamper(Tamper::header("kid", format!("key-{number}")));
            app.idp.logout_token("alice").unwrap()
        })
        .collect();
    let asked = Instant::now();
    let answers = join_all(tokens.iter().map(|token| tell(&app, token))).await;
    assert!(asked.elapsed() < Duration::from_millis(2_500), "{:?}", asked.elapsed());
    for answer in &answers {
        assert_eq!(answer.status, Status::ServiceUnavailable);
        assert!(answer.header("Retry-After").is_some());
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    }
    let told = told.lock().unwrap();
    let count = |which: fn(&LogoutError) -> bool| {
        let refused = told.iter().filter(
            |event| matches!(event, Event::BackchannelLogoutRefused { error } if which(error)),
        );
        refused.count()
    };
    assert_eq!(count(|error| matches!(error, LogoutError::Busy)), 6, "{told:?}");
    assert_eq!(count(|error| matches!(error, LogoutError::Unavailable(_))), 4, "{told:?}");
}

#[rocket::async_test]
async fn without_logtos_keys_the_answer_is_503_and_the_token_is_good_later() {
    let app = app().await;
    let alice = app.signed_in("alice").await;
    let token = app.idp.logout_token("alice").unwrap();
    let wrong = [
        Tamper::header("typ", "JWT"),
        Tamper::Unsigned,
        Tamper::claim("iss", "https://elsewhere.test/oidc"),
        Tamper::claim("aud", "another_app"),
        Tamper::claim("iat", 1_000),
    ];
    let wrong: Vec<_> = wrong.map(|tamper| forged(&app, &[tamper])).into();
    app.idp.fault(Endpoint::Keys, Fault::Status(500)).for_ever();
    let elsewhere = app.second_process(app.clock.clone()).await;
    for token in &wrong {
        let answer = post(Browser::new(&elsewhere), token).await;
        assert_refused(&answer, "what is wrong at first sight needs no key");
    }
    let answer = post(Browser::new(&elsewhere), &token).await;
    assert_eq!(answer.status, Status::ServiceUnavailable, "{answer:?}");
    assert_eq!(answer.body, r#"{"error":"temporarily_unavailable"}"#);
    let mut moved = Browser::new(&elsewhere);
    moved.cookies.clone_from(&alice.cookies);
    assert!(is_signed_in(&mut moved).await);
    app.idp.heal();
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(post(Browser::new(&elsewhere), &token).await.status, Status::Ok);
    assert!(!is_signed_in(&mut moved).await);
}

#[rocket::async_test]
async fn the_application_is_told_of_each_and_never_of_the_token() {
    let told = Arc::<Mutex<Vec<Event>>>::default();
    let teller = Arc::clone(&told);
    let app = App::with(
        |idp| idp.session_required(true),
        |config| config,
        |fairing| fairing.on_event(move |event| teller.lock().unwrap().push(event.clone())),
    )
    .await;
    let _alice = app.signed_in("alice").await;
    told.lock().unwrap().clear();
    let (good, bad) = (app.idp.logout_token("alice").unwrap(), forged(&app, &[Tamper::WrongKey]));
    tell(&app, &bad).await;
    tell(&app, &good).await;
    tell(&app, &good).await;
    let told = told.lock().unwrap();
    let [
        Event::BackchannelLogoutRefused { error: LogoutError::Token(_) },
        Event::BackchannelLogout { sub: Some(sub), sid: Some(sid) },
        Event::BackchannelLogoutRefused { error: LogoutError::Replayed },
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!(*sub, app.idp.user_id("alice").unwrap());
    assert!(told[1].to_string().contains(sid), "{}", told[1]);
    for event in told.iter() {
        for secret in [&good, &bad] {
            assert!(!format!("{event} {event:?}").contains(secret.as_str()));
        }
    }
}
