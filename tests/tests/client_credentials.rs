//! Tokens of the application itself: one request for all who want the same one, renewed early, kept
//! while Logto is away, and never without the scopes that were asked for.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use logto_rocket::testing::{Builder, Endpoint, Fault};
use logto_rocket::{Call, ClientCredentials, Config, Error, Logto, MachineToken, resource};
use logto_rocket_tests::app::{App, ORIGIN, launch};
use logto_rocket_tests::node::{MACHINE_ID, MACHINE_SECRET, Provider, ProviderOptions};
use rocket::futures::future::join_all;
use rocket::http::Status;
use rocket::tokio::task::yield_now;
use rocket::{get, routes};

resource!(Orders = "https://api.example.test/orders");
resource!(EngineOrders = "https://orders.example.test");
resource!(Unknown = "https://nope.test/");

const API: &str = "https://default.logto.app/api";
const ORDERS: &str = "https://api.example.test/orders";

/// The default life of a token at Logto.
const LIFE: Duration = Duration::from_secs(3600);

/// A minute before the end it is time for the next one.
const SOON_OVER: Duration = Duration::from_secs(3541);

#[get("/orders?<scope>")]
async fn orders(scope: &str, logto: &Logto) -> Result<String, Error> {
    let token = machine(logto).scope(scope).access_token(Orders).await?;
    Ok(token.as_str().to_owned())
}

fn machine(logto: &Logto) -> ClientCredentials {
    logto.client_credentials().app("m2m", "machine_secret")
}

fn with_machine(idp: Builder) -> Builder {
    let permissions: [(&str, &[&str]); 3] =
        [(API, &["all"]), (ORDERS, &["read:orders"]), ("org_1", &["invite:member"])];
    idp.machine("m2m", "machine_secret", permissions)
}

async fn app() -> App {
    App::mounted(routes![orders], with_machine, |config| config, |fairing| fairing).await
}

fn logto(app: &App) -> &Logto {
    app.client.rocket().state::<Logto>().expect("the client")
}

async fn token(app: &App) -> Result<MachineToken, Error> {
    machine(logto(app)).scope("read:orders").access_token(Orders).await
}

fn requests(app: &App) -> usize {
    app.idp.requests().token_by_grant("client_credentials")
}

#[rocket::async_test]
async fn fifty_handlers_at_once_make_one_request() {
    let app = app().await;
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(50))).for_ever();
    for round in 1..=3 {
        let ask = || app.client.get("/orders?scope=read:orders").dispatch();
        let answers = join_all((0..50).map(|_| ask())).await;
        let mut tokens = BTreeSet::new();
        for answer in answers {
            assert_eq!(answer.status(), Status::Ok);
            tokens.insert(answer.into_string().await.unwrap());
        }
        assert_eq!((tokens.len(), requests(&app)), (1, round));
        app.clock.advance(LIFE);
    }
}

#[rocket::async_test]
async fn a_token_says_what_it_is_good_for_and_prints_nothing_secret() {
    let app = app().await;
    let token = token(&app).await.unwrap();
    assert!(token.has_scope("read:orders") && !token.has_scope("write:orders"));
    assert_eq!(token.scopes(), ["read:orders"]);
    assert!(token.expires_in() <= LIFE && token.expires_in() > Duration::from_secs(3570));
    let handle = machine(logto(&app)).scope("read:orders");
    let printed = format!("{token:?} {handle:#?}");
    assert!(printed.contains("read:orders") && printed.contains("m2m"), "{printed}");
    for secret in [token.as_str(), "machine_secret", app.idp.app_secret()] {
        assert!(!printed.contains(secret), "{printed}");
    }
    app.clock.advance(LIFE);
    assert_eq!(token.expires_in(), Duration::ZERO);
}

#[rocket::async_test]
async fn each_resource_organization_scope_and_application_has_a_token_of_its_own() {
    let idp = |idp| with_machine(idp).machine("m2m_2", "another", [(ORDERS, &["read:orders"][..])]);
    let app = App::with(idp, |config| config, |fairing| fairing).await;
    let logto = logto(&app);
    for round in 0..2 {
        let read = machine(logto).scopes(["read:orders"]);
        let tokens = [
            read.access_token(Orders).await.unwrap(),
            machine(logto).access_token(Orders).await.unwrap(),
            machine(logto).access_token_for(Orders, "org_1").await.unwrap(),
            machine(logto).organization_token("org_1").await.unwrap(),
            machine(logto).scope("invite:member").organization_token("org_1").await.unwrap(),
            machine(logto).management_api().await.unwrap(),
            read.app("m2m_2", "another").access_token(Orders).await.unwrap(),
        ];
        let texts: BTreeSet<_> = tokens.iter().map(MachineToken::as_str).collect();
        assert_eq!((texts.len(), requests(&app)), (tokens.len(), tokens.len()), "round {round}");
    }
    let received = app.idp.requests();
    let forms: Vec<_> = received
        .all()
        .filter(|received| received.endpoint() == Endpoint::Token)
        .map(|form| ["resource", "organization_id", "scope"].map(|name| form.param(name)))
        .collect();
    let orders = Some(ORDERS);
    assert_eq!(
        forms,
        [
            [orders, None, Some("read:orders")],
            [orders, None, None],
            [orders, Some("org_1"), None],
            [None, Some("org_1"), None],
            [None, Some("org_1"), Some("invite:member")],
            [Some(API), None, Some("all")],
            [orders, None, Some("read:orders")],
        ]
    );
}

#[rocket::async_test]
async fn the_order_in_which_scopes_are_named_makes_no_difference() {
    let idp = |idp: Builder| idp.machine("m2m", "machine_secret", [(ORDERS, &["a", "b"][..])]);
    let app = App::with(idp, |config| config, |fairing| fairing).await;
    let logto = logto(&app);
    let one = machine(logto).scopes(["a", "b"]).access_token(Orders).await.unwrap();
    for other in [machine(logto).scope("b").scope("a"), machine(logto).scope("b a b")] {
        assert_eq!(other.access_token(Orders).await.unwrap().as_str(), one.as_str());
    }
    assert_eq!(requests(&app), 1);
}

#[rocket::async_test]
async fn a_token_is_renewed_a_minute_before_its_end() {
    let app = app().await;
    let first = token(&app).await.unwrap();
    app.clock.advance(Duration::from_secs(3510));
    assert_eq!(token(&app).await.unwrap().as_str(), first.as_str());
    app.clock.advance(Duration::from_secs(31));
    let second = token(&app).await.unwrap();
    assert_ne!(second.as_str(), first.as_str());
    assert_eq!(token(&app).await.unwrap().as_str(), second.as_str());
    assert_eq!(requests(&app), 2);
}

#[rocket::async_test]
async fn a_token_of_a_short_life_is_not_renewed_at_each_request() {
    let app = app().await;
    let body =
        r#"{"access_token":"short","token_type":"Bearer","expires_in":30,"scope":"read:orders"}"#;
    let short =
        Fault::Body { status: 200, content_type: "application/json".into(), body: body.into() };
    app.idp.fault(Endpoint::Token, short);
    assert_eq!(token(&app).await.unwrap().as_str(), "short");
    app.clock.advance(Duration::from_secs(20));
    assert_eq!(token(&app).await.unwrap().as_str(), "short");
    app.clock.advance(Duration::from_secs(8));
    assert_ne!(token(&app).await.unwrap().as_str(), "short");
    assert_eq!(requests(&app), 2);
}

#[rocket::async_test]
async fn an_old_token_that_lives_is_given_while_logto_is_away() {
    let app = app().await;
    let first = token(&app).await.unwrap();
    for fault in [
        Fault::Status(503),
        Fault::Reset,
        Fault::Body { status: 200, content_type: "text/html".into(), body: "<p>".into() },
        Fault::Body {
            status: 401,
            content_type: "application/json".into(),
            body: r#"{"error":"invalid_client"}"#.into(),
        },
    ] {
        let (app, before) = (self::app().await, fault.clone());
        let old = token(&app).await.unwrap();
        app.idp.fault(Endpoint::Token, fault).for_ever();
        app.clock.advance(SOON_OVER);
        for _ in 0..3 {
            assert_eq!(token(&app).await.unwrap().as_str(), old.as_str(), "{before:?}");
        }
        assert_eq!(requests(&app), 2, "{before:?}");
        app.clock.advance(Duration::from_secs(59));
        assert!(token(&app).await.is_err(), "an expired token is never given: {before:?}");
        app.idp.heal();
        app.clock.advance(Duration::from_secs(31));
        assert_ne!(token(&app).await.unwrap().as_str(), old.as_str(), "{before:?}");
    }
    assert_eq!(token(&app).await.unwrap().as_str(), first.as_str());
}

#[rocket::async_test]
async fn a_renewal_that_hangs_is_not_waited_for_while_the_old_token_lives() {
    let app = app().await;
    let old = token(&app).await.unwrap();
    app.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    app.clock.advance(SOON_OVER);
    let begun = Instant::now();
    assert_eq!(token(&app).await.unwrap().as_str(), old.as_str());
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let begun = Instant::now();
    assert_eq!(token(&app).await.unwrap().as_str(), old.as_str());
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    app.idp.heal();
}

#[rocket::async_test]
async fn a_logto_that_is_away_is_not_asked_again_at_once() {
    let app = app().await;
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    for _ in 0..5 {
        let answer = app.client.get("/orders?scope=read:orders").dispatch().await;
        assert_eq!(answer.status(), Status::ServiceUnavailable);
        let wait: u64 = answer.headers().get_one("Retry-After").unwrap().parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
    }
    assert_eq!(requests(&app), 1);
    app.clock.advance(Duration::from_secs(31));
    assert!(matches!(token(&app).await, Err(Error::Unavailable { .. })));
    assert_eq!(requests(&app), 2);
    app.idp.heal();
    app.clock.advance(Duration::from_secs(31));
    token(&app).await.unwrap();
    assert_eq!(requests(&app), 3);
}

#[rocket::async_test]
async fn a_token_without_a_scope_that_was_asked_for_is_an_error_that_says_so() {
    let app = app().await;
    let asked = machine(logto(&app)).scope("read:orders").scope("write:orders");
    let error = asked.access_token(Orders).await.unwrap_err();
    let (scopes, target) = (vec!["write:orders".to_owned()], ORDERS.to_owned());
    assert_eq!(error, Error::ScopeNotGranted { scopes, target });
    let text = error.to_string();
    assert!(text.contains("write:orders") && text.contains(ORDERS), "{text}");
    let error = machine(logto(&app)).scope("manage:billing").organization_token("org_1").await;
    assert!(matches!(error, Err(Error::ScopeNotGranted { target, .. }) if target == "org_1"));
    let answer = app.client.get("/orders?scope=write:orders").dispatch().await;
    assert_eq!(answer.status(), Status::InternalServerError);
    // Somebody gives the application the role, and nothing else is done.
    let idp = |idp: Builder| idp.machine("m2m", "machine_secret", [(API, &[][..])]);
    let app = App::with(idp, |config| config, |fairing| fairing).await;
    let error = machine(logto(&app)).management_api().await.unwrap_err();
    assert!(matches!(error, Error::ScopeNotGranted { scopes, .. } if scopes == ["all"]));
}

#[rocket::async_test]
async fn a_refusal_says_what_to_mend_and_is_asked_again() {
    let app = app().await;
    let logto = logto(&app);
    let machine = || machine(logto);
    let wrong = logto.client_credentials().app("m2m", "nope");
    let cases = [
        (wrong.access_token(Orders).await, "invalid_client", ""),
        (
            logto.client_credentials().access_token(Orders).await,
            "invalid_request",
            "client_credentials().app(",
        ),
        (machine().access_token(Unknown).await, "invalid_target", ""),
        (
            machine().organization_token("org_2").await,
            "access_denied",
            "member of the organization",
        ),
    ];
    for (answer, code, remedy) in cases {
        let error = answer.unwrap_err();
        assert!(error.to_string().contains(remedy), "{error}");
        let call = Call::ClientCredentials;
        assert_eq!(error, Error::Refused { call, code: code.into() });
    }
    // A token that one secret got is not given for another.
    machine().access_token(Orders).await.unwrap();
    assert!(matches!(wrong.access_token(Orders).await, Err(Error::Refused { .. })));
    let before = requests(&app);
    let answers = join_all((0..20).map(|_| wrong.access_token(Orders))).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(requests(&app), before + 1, "they share the refusal");
}

#[rocket::async_test]
async fn a_caller_that_is_cancelled_takes_nothing_along() {
    let app = app().await;
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(50)));
    {
        let mut cancelled = pin!(app.client.get("/orders?scope=read:orders").dispatch());
        while requests(&app) == 0 {
            let once = std::future::poll_fn(|context| {
                std::task::Poll::Ready(cancelled.as_mut().poll(context).is_ready())
            });
            assert!(!once.await, "it is answered before Logto was asked");
            yield_now().await;
        }
    }
    let next = app.client.get("/orders?scope=read:orders").dispatch().await;
    assert_eq!(next.status(), Status::Ok);
    assert_eq!(requests(&app), 1);
}

#[rocket::async_test]
async fn at_the_engine_of_logto_the_same_application_gets_its_tokens() {
    let Some(provider) = Provider::start(&ProviderOptions::default()) else { return };
    let config = Config::new()
        .endpoint(provider.origin())
        .app_id(MACHINE_ID)
        .app_secret(MACHINE_SECRET)
        .base_url(ORIGIN);
    let client = launch(&logto_rocket::Clock::movable(), config, Vec::new()).await;
    let logto = client.rocket().state::<Logto>().expect("the client");
    let asked = logto.client_credentials().scope("read:orders");
    let tokens = join_all((0..20).map(|_| asked.access_token(EngineOrders))).await;
    let texts: BTreeSet<_> = tokens.iter().map(|token| token.as_ref().unwrap().as_str()).collect();
    assert_eq!(texts.len(), 1);
    assert_eq!(tokens[0].as_ref().unwrap().scopes(), ["read:orders"]);
    let error = logto.client_credentials().scope("nope").access_token(EngineOrders).await;
    assert!(matches!(error, Err(Error::ScopeNotGranted { .. })), "{error:?}");
    let wrong = logto.client_credentials().app(MACHINE_ID, "nope");
    let (call, code) = (Call::ClientCredentials, "invalid_client".to_owned());
    let error = wrong.access_token(EngineOrders).await.unwrap_err();
    assert_eq!(error, Error::Refused { call, code });
}
