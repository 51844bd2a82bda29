//! Logto is down, slow, or answers nonsense: what goes on, what waits, and what a person is told.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Idp};
use logto_rocket::{Clock, Config, Logto};
use logto_rocket_tests::app::{App, ORIGIN, config_for, rocket};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::tokio::io::copy_bidirectional;
use rocket::tokio::net::{TcpListener, TcpStream};
use rocket::tokio::spawn;
use rocket::tokio::task::{JoinHandle, JoinSet};
use rocket::tokio::time::timeout;
use serde_json::json;
use url::Url;

/// Longer than anybody who wants to sign in is made to wait, and shorter than the timeout of a call.
const A_MOMENT: Duration = Duration::from_secs(5);

/// For as long as this, at most, an attempt that failed stands for the next ones.
const LONGEST_PAUSE: Duration = Duration::from_secs(31);

#[rocket::async_test]
async fn without_logto_the_application_launches_and_signs_in_when_logto_is_back() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    idp.pause().await;
    let client = launch_at(config_for(&idp), clock.clone()).await;
    let mut browser = Browser::new(&client);
    let open = browser.open("/").await;
    assert_eq!((open.status, open.body.as_str()), (Status::Ok, "Hello, stranger"));
    assert_eq!(browser.open("/account").await.status, Status::SeeOther);

    let down = browser.open("/auth/sign-in?return_to=/account").await;
    says_that_logto_is_away(&down);
    assert!(down.body.contains("/auth/sign-in?return_to=/account"), "a way on: {}", down.body);
    assert!(!down.sets_cookies(), "no sign-in has started: {down:?}");
    let logto = client.rocket().state::<Logto>().unwrap();
    assert!(logto.ready().await.is_err());

    idp.resume().await.unwrap();
    clock.advance(LONGEST_PAUSE);
    let back = signs_in(&mut browser, &idp, "/account").await;
    assert_eq!((back.status, back.location()), (Status::SeeOther, "/account"));
    assert_eq!(browser.open("/account").await.status, Status::Ok);
    assert_eq!(logto.ready().await, Ok(()));
}

#[rocket::async_test]
async fn a_logto_that_takes_the_call_and_says_nothing_is_not_waited_for() {
    let idp = Idp::start().await.unwrap();
    idp.fault(Endpoint::Discovery, Fault::Hang).for_ever();
    let client = launch(config_for(&idp)).await;
    let mut browser = Browser::new(&client);
    let hung = timeout(A_MOMENT, browser.open("/auth/sign-in")).await.expect("an answer in time");
    says_that_logto_is_away(&hung);
    idp.heal();
    let back = signs_in(&mut browser, &idp, "/").await;
    assert_eq!(back.status, Status::SeeOther, "{back:?}");
}

#[rocket::async_test]
async fn who_is_signed_in_stays_signed_in_without_logto() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.pause().await;
    app.clock.advance(Duration::from_secs(1800));
    for path in ["/", "/account", "/admin"] {
        assert_eq!(alice.open(path).await.status, Status::Ok, "{path}");
    }
    // What needs Logto says so, and costs nobody the session.
    app.clock.advance(Duration::from_secs(1750));
    let profile = alice.open("/profile").await;
    assert_eq!(profile.status, Status::ServiceUnavailable, "{profile:?}");
    assert!(profile.header("Retry-After").is_some());
    assert_eq!(alice.open("/account").await.status, Status::Ok);
}

#[rocket::async_test]
async fn signing_out_without_logto_ends_the_session_here_and_says_what_may_live_on() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let first = launch_at(config_for(&idp), clock.clone()).await;
    let mut alice = Browser::new(&first);
    signs_in(&mut alice, &idp, "/").await;
    let cookies = alice.cookies.clone();

    // Another process, which has never heard of Logto, with the same keys.
    idp.pause().await;
    let second = launch_at(config_for(&idp), clock).await;
    let mut alice = Browser::new(&second);
    alice.cookies.clone_from(&cookies);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    let out = alice.navigate("/auth/sign-out?return_to=/bye", From::OwnPage).await;
    assert_eq!(out.status, Status::Ok, "{out:?}");
    assert!(out.body.contains("signed out here"), "{}", out.body);
    assert!(out.body.contains("may still be signed in there"), "{}", out.body);
    assert!(out.body.contains("/bye"));
    assert!(alice.cookies.is_empty(), "{:?}", alice.cookies);
    alice.cookies = cookies;
    assert_eq!(alice.open("/account").await.status, Status::SeeOther, "the old cookie is dead");
}

#[rocket::async_test]
async fn a_sign_out_that_logto_keeps_hanging_is_over_in_a_moment() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::Revocation, Fault::Hang).for_ever();
    let out = alice.navigate("/auth/sign-out", From::OwnPage);
    let out = timeout(A_MOMENT, out).await.expect("an answer in time");
    assert_eq!(out.status, Status::SeeOther, "{out:?}");
    assert!(alice.cookies_named("logto-").len() <= 1, "only the way back is left");
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
    app.idp.heal();
}

/// What a token endpoint can do wrong, and the status of the callback.
#[rocket::async_test]
async fn a_token_endpoint_that_fails_gives_a_page_and_is_asked_once() {
    let body = |status, content_type: &str, body: String| Fault::Body {
        status,
        content_type: content_type.into(),
        body,
    };
    let whole = json!({"access_token": "at", "token_type": "Bearer", "expires_in": 3600});
    let cut = whole.to_string()[..40].to_owned();
    let large = format!("{{\"access_token\":\"{}\"}}", "a".repeat(10_000_000));
    let elsewhere = "http://127.0.0.1:9/oidc/token";
    let cases = [
        ("500", Fault::Status(500), 503),
        ("429", Fault::Status(429), 503),
        ("no answer", Fault::Hang, 503),
        ("byte by byte", Fault::Drip(Duration::from_millis(300)), 503),
        ("a closed connection", Fault::Reset, 503),
        ("a lost answer", Fault::LoseAnswer, 503),
        ("a page", body(200, "text/html", "<html>It works!</html>".into()), 502),
        ("a page of a proxy", body(502, "text/html", "<html>Bad Gateway</html>".into()), 503),
        ("half an answer", body(200, "application/json", cut), 502),
        ("nothing", body(200, "application/json", String::new()), 502),
        ("10 MB", body(200, "application/json", large), 502),
        ("no ID token", body(200, "application/json", whole.to_string()), 502),
        ("a redirect", Fault::Redirect(elsewhere.into()), 502),
        (
            "invalid_client",
            body(401, "application/json", r#"{"error":"invalid_client"}"#.into()),
            502,
        ),
        (
            "invalid_grant",
            body(400, "application/json", r#"{"error":"invalid_grant"}"#.into()),
            400,
        ),
    ];
    let app = App::with(|idp| idp, |config| config.timeout(Duration::from_secs(1)), |f| f).await;
    for (what, fault, expected) in cases {
        let mut browser = app.browser();
        let callback = app.callback(&mut browser, "alice", "/account").await;
        app.idp.forget_requests();
        app.idp.fault(Endpoint::Token, fault).for_ever();
        let answer = browser.navigate(&callback, From::OtherSite);
        let answer = timeout(A_MOMENT, answer).await.expect("an answer in time");
        assert_eq!(answer.status.code, expected, "{what}: {answer:?}");
        assert!(answer.header("Location").is_none(), "{what}: a failed callback never redirects");
        assert!(answer.body.contains("<h1>"), "{what}: {}", answer.body);
        assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{what}");
        let retry_after = answer.header("Retry-After").is_some();
        assert_eq!(retry_after, expected == 503, "{what}: {answer:?}");
        assert_eq!(app.idp.requests().token(), 1, "{what}: a code is sent once");
        app.idp.heal();
        assert_eq!(browser.open("/account").await.status, Status::SeeOther, "{what}");
        // Nobody is locked out: the way on is another sign-in.
        let back = app.sign_in(&mut browser, "alice", "/account").await;
        assert_eq!((back.status, back.location()), (Status::SeeOther, "/account"), "{what}");
    }
}

#[rocket::async_test]
async fn keys_that_do_not_come_let_nobody_in() {
    let app = App::start().await;
    for fault in [Fault::Status(500), Fault::Reset, Fault::Redirect(app.idp.endpoint().into())] {
        // Another process, so that no keys are known.
        app.idp.fault(Endpoint::Keys, fault.clone()).for_ever();
        let client = launch_at(config_for(&app.idp), app.clock.clone()).await;
        let mut browser = Browser::new(&client);
        let answer = signs_in(&mut browser, &app.idp, "/account").await;
        assert!([502, 503].contains(&answer.status.code), "{fault:?}: {answer:?}");
        assert_eq!(browser.open("/account").await.status, Status::SeeOther, "{fault:?}");
        app.idp.heal();
        app.clock.advance(LONGEST_PAUSE);
        let answer = signs_in(&mut browser, &app.idp, "/account").await;
        assert_eq!(answer.location(), "/account", "{fault:?}: {answer:?}");
    }
}

#[rocket::async_test]
async fn a_discovery_document_that_names_another_place_is_refused_with_endpoint() {
    for member in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
        "pushed_authorization_request_endpoint",
    ] {
        for foreign in ["https://evil.example/oidc/x", "http://127.0.0.1:9/oidc/x"] {
            let idp = naming(member, foreign).await;
            let client = launch(config_for(&idp)).await;
            let door = Browser::new(&client).open("/auth/sign-in").await;
            assert_eq!(door.status, Status::BadGateway, "{member} at {foreign}: {door:?}");
        }
    }
    let idp = naming("issuer", "https://evil.example/oidc").await;
    let client = launch(config_for(&idp)).await;
    assert_eq!(Browser::new(&client).open("/auth/sign-in").await.status, Status::BadGateway);
}

#[rocket::async_test]
async fn with_issuer_alone_endpoints_may_lie_elsewhere_on_https() {
    let authorization = "https://login.example/oidc/auth";
    let idp = naming("authorization_endpoint", authorization).await;
    let client = launch(issuer_of(&idp)).await;
    let door = Browser::new(&client).open("/auth/sign-in").await;
    assert_eq!(door.status, Status::SeeOther, "{door:?}");
    assert!(door.location().starts_with(&format!("{authorization}?")), "{}", door.location());

    for plain in ["http://login.example/oidc/auth", "https://me:secret@login.example/oidc/auth"] {
        let idp = naming("authorization_endpoint", plain).await;
        let client = launch(issuer_of(&idp)).await;
        let door = Browser::new(&client).open("/auth/sign-in").await;
        assert_eq!(door.status, Status::BadGateway, "{plain}: {door:?}");
    }
}

/// The issuer is the public address; this server is told of another one.
#[rocket::async_test]
async fn browsers_go_to_the_public_address_and_this_server_to_the_internal_one() {
    let idp = Idp::start().await.unwrap();
    let internal = Forwarder::to(idp.endpoint()).await;
    let client = launch(config_for(&idp).internal_endpoint(&internal.origin)).await;
    let mut browser = Browser::new(&client);
    let back = signs_in(&mut browser, &idp, "/profile").await;
    assert_eq!(back.location(), "/profile", "{back:?}");
    assert_eq!(browser.open("/profile").await.status, Status::Ok);
    let door = browser.open("/auth/sign-in").await;
    assert!(door.location().starts_with(&format!("{}/auth?", idp.issuer())), "{}", door.location());
    let out = browser.navigate("/auth/sign-out", From::OwnPage).await;
    let end = format!("{}/session/end?", idp.issuer());
    assert!(out.location().starts_with(&end), "{}", out.location());
    assert_eq!(idp.requests().revocation(), 1);
}

#[rocket::async_test]
async fn without_the_internal_address_nothing_is_asked_at_the_public_one() {
    let idp = Idp::start().await.unwrap();
    let internal = Forwarder::to(idp.endpoint()).await;
    let config = || config_for(&idp).internal_endpoint(&internal.origin);
    let client = launch(config()).await;
    let mut browser = Browser::new(&client);
    let door = browser.open("/auth/sign-in").await;
    let callback = idp.authorize(door.location(), "alice").await.unwrap();
    // The launch asks for the keys by itself, some time after the discovery document.
    until("the keys are fetched", async || idp.requests().keys() > 0).await;
    internal.stop();
    idp.forget_requests();
    let back = browser.navigate(callback.strip_prefix(ORIGIN).unwrap(), From::OtherSite).await;
    assert_eq!(back.status, Status::ServiceUnavailable, "{back:?}");
    let other = launch(config()).await;
    says_that_logto_is_away(&Browser::new(&other).open("/auth/sign-in").await);
    assert_eq!(idp.requests().all().count(), 0);
}

fn says_that_logto_is_away(answer: &Answer) {
    assert_eq!(answer.status, Status::ServiceUnavailable, "{answer:?}");
    assert!(answer.body.contains("does not answer"), "{}", answer.body);
    assert!(answer.header("Retry-After").is_some_and(|after| after.parse::<u32>().is_ok()));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
}

async fn launch(config: Config) -> Client {
    launch_at(config, Clock::system()).await
}

async fn launch_at(config: Config, clock: Clock) -> Client {
    let fairing = Logto::fairing().config(config).clock(clock);
    Client::untracked(rocket(fairing)).await.expect("a launch")
}

/// Goes through the whole sign-in, and answers with what the callback said.
async fn signs_in(browser: &mut Browser<'_>, idp: &Idp, path: &str) -> Answer {
    let door = browser.open(&format!("/auth/sign-in?return_to={path}")).await;
    assert_eq!(door.status, Status::SeeOther, "{door:?}");
    let callback = idp.authorize(door.location(), "alice").await.unwrap();
    browser.navigate(callback.strip_prefix(ORIGIN).unwrap(), From::OtherSite).await
}

/// The configuration by `issuer` alone.
fn issuer_of(idp: &Idp) -> Config {
    Config::new()
        .issuer(idp.issuer())
        .app_id(idp.app_id())
        .app_secret(idp.app_secret())
        .base_url(ORIGIN)
}

/// A provider whose discovery document has this value in this member.
async fn naming(member: &str, value: &str) -> Idp {
    let idp = Idp::start().await.unwrap();
    let mut document = idp.discovery();
    document[member] = value.into();
    let content_type = "application/json".into();
    let fault = Fault::Body { status: 200, content_type, body: document.to_string() };
    idp.fault(Endpoint::Discovery, fault).for_ever();
    idp
}

/// Another address of a server, until it is stopped.
struct Forwarder {
    origin: String,
    task: JoinHandle<()>,
}

impl Forwarder {
    async fn to(origin: &str) -> Self {
        let url = Url::parse(origin).unwrap();
        let server = url.socket_addrs(|| None).unwrap()[0];
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let task = spawn(async move {
            // What was connected goes down with the forwarder.
            let mut connected = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                connected.spawn(async move {
                    let mut far = TcpStream::connect(server).await?;
                    copy_bidirectional(&mut near, &mut far).await
                });
            }
        });
        Self { origin, task }
    }

    fn stop(&self) {
        self.task.abort();
    }
}
