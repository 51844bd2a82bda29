//! What is asked of Logto, how often, and what comes of it.

use std::collections::BTreeSet;
use std::time::Duration;

use logto_rocket::testing::{Builder, Endpoint, Fault};
use logto_rocket::{Call, Config, Error, MachineToken};
use logto_rocket_tests::app::{App, ORIGIN, launch, logto_of};
use logto_rocket_tests::oidc_provider::{MACHINE_ID, MACHINE_SECRET, Provider, ProviderOptions};
use logto_rocket_tests::wait::until;
use rocket::futures::future::join_all;
use rocket::http::Status;
use rocket::tokio;

use super::{
    API, LIFE, ORDERS, Orders, ProviderOrders, Unknown, app, machine, token, token_requests,
    with_machine,
};

#[rocket::async_test]
async fn a_resource_that_is_known_at_run_time_is_named_by_a_text() {
    let app = app().await;
    let named = machine(app.logto()).scope("read:orders").access_token(ORDERS.to_owned()).await;
    assert_eq!(named.unwrap().as_str(), token(&app).await.unwrap().as_str());
    assert_eq!(token_requests(&app), 1);
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
        assert_eq!((tokens.len(), token_requests(&app)), (1, round));
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
    let handle = machine(app.logto()).scope("read:orders");
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
    let provider = |provider| {
        with_machine(provider).machine("m2m_2", "another", [(ORDERS, &["read:orders"][..])])
    };
    let app = App::builder().provider(provider).start().await;
    let logto = app.logto();
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
        assert_eq!(
            (texts.len(), token_requests(&app)),
            (tokens.len(), tokens.len()),
            "round {round}"
        );
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
    let provider =
        |provider: Builder| provider.machine("m2m", "machine_secret", [(ORDERS, &["a", "b"][..])]);
    let app = App::builder().provider(provider).start().await;
    let logto = app.logto();
    let one = machine(logto).scopes(["a", "b"]).access_token(Orders).await.unwrap();
    for other in [machine(logto).scope("b").scope("a"), machine(logto).scope("b a b")] {
        assert_eq!(other.access_token(Orders).await.unwrap().as_str(), one.as_str());
    }
    assert_eq!(token_requests(&app), 1);
}

#[rocket::async_test]
async fn a_token_without_a_scope_that_was_asked_for_is_an_error_that_says_so() {
    let app = app().await;
    let asked = machine(app.logto()).scope("read:orders").scope("write:orders");
    let error = asked.access_token(Orders).await.unwrap_err();
    let (scopes, target) = (vec!["write:orders".to_owned()], ORDERS.to_owned());
    assert_eq!(error, Error::ScopeNotGranted { scopes, target });
    let text = error.to_string();
    assert!(text.contains("write:orders") && text.contains(ORDERS), "{text}");
    let error = machine(app.logto()).scope("manage:billing").organization_token("org_1").await;
    assert!(matches!(error, Err(Error::ScopeNotGranted { target, .. }) if target == "org_1"));
    let answer = app.client.get("/orders?scope=write:orders").dispatch().await;
    assert_eq!(answer.status(), Status::InternalServerError);
    // The application has the role, but the role has no permission.
    let provider = |provider: Builder| provider.machine("m2m", "machine_secret", [(API, &[][..])]);
    let app = App::builder().provider(provider).start().await;
    let error = machine(app.logto()).management_api().await.unwrap_err();
    assert!(matches!(error, Error::ScopeNotGranted { scopes, .. } if scopes == ["all"]));
}

#[rocket::async_test]
async fn a_refusal_says_the_remedy_and_is_the_answer_for_half_a_minute() {
    let app = app().await;
    let logto = app.logto();
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
        assert!(is_refusal(&error, call, code), "{error}");
    }
    // A token that one secret got is not given for another.
    machine().access_token(Orders).await.unwrap();
    assert!(matches!(wrong.access_token(Orders).await, Err(Error::Refused { .. })));
    let before = token_requests(&app);
    let answers = join_all((0..20).map(|_| wrong.access_token(Orders))).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(token_requests(&app), before, "the refusal stands");
    app.clock.advance(Duration::from_secs(31));
    let answers = join_all((0..20).map(|_| wrong.access_token(Orders))).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(token_requests(&app), before + 1, "they share the next one");
}

#[rocket::async_test]
async fn a_caller_that_is_cancelled_cancels_no_token_request() {
    let app = app().await;
    app.idp.fault(Endpoint::Token, Fault::Hang);
    let asked = async || token_requests(&app) > 0;
    tokio::select! {
        answer = app.client.get("/orders?scope=read:orders").dispatch() => panic!("{answer:?}"),
        () = until("Logto is asked", asked) => {}
    }
    app.idp.heal();
    let next = app.client.get("/orders?scope=read:orders").dispatch().await;
    assert_eq!(next.status(), Status::Ok);
    assert_eq!(token_requests(&app), 1);
}

#[rocket::async_test]
async fn at_oidc_provider_the_same_application_gets_its_tokens() {
    let Some(provider) = Provider::start(&ProviderOptions::default()) else { return };
    let config = Config::new()
        .endpoint(provider.origin())
        .app_id(MACHINE_ID)
        .app_secret(MACHINE_SECRET)
        .base_url(ORIGIN);
    let client = launch(&logto_rocket::Clock::movable(), config, Vec::new()).await;
    let logto = logto_of(&client);
    let asked = logto.client_credentials().scope("read:orders");
    let tokens = join_all((0..20).map(|_| asked.access_token(ProviderOrders))).await;
    let texts: BTreeSet<_> = tokens.iter().map(|token| token.as_ref().unwrap().as_str()).collect();
    assert_eq!(texts.len(), 1);
    assert_eq!(tokens[0].as_ref().unwrap().scopes(), ["read:orders"]);
    let error = logto.client_credentials().scope("nope").access_token(ProviderOrders).await;
    assert!(matches!(error, Err(Error::ScopeNotGranted { .. })), "{error:?}");
    let wrong = logto.client_credentials().app(MACHINE_ID, "nope");
    let (call, code) = (Call::ClientCredentials, "invalid_client".to_owned());
    let error = wrong.access_token(ProviderOrders).await.unwrap_err();
    assert!(is_refusal(&error, call, &code), "{error}");
}

fn is_refusal(error: &Error, at: Call, with: &str) -> bool {
    matches!(error, Error::Refused { call, code, .. } if *call == at && code == with)
}
