//! The application's own values in a session.

use logto_rocket::testing::{self, User};
use logto_rocket::{
    Error, LogtoFairing, LogtoUser, SessionConfig, SessionValues, Store, authenticated,
};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::browser::From;
use logto_rocket_tests::fleet::{Fleet, Place};
use rocket::http::Status;
use rocket::{Route, get, post, routes};
use serde_json::json;

#[authenticated]
#[get("/plan")]
fn plan(user: &LogtoUser) -> String {
    format!("{:?} {user:?}", user.values_as::<String>())
}

#[authenticated]
#[get("/number")]
fn number(user: &LogtoUser) -> Option<String> {
    user.values_as::<u64>().err().map(|error| error.to_string())
}

#[post("/refresh")]
async fn refresh(user: LogtoUser) -> Result<(), Error> {
    user.refresh().await.map(drop)
}

fn all() -> Vec<Route> {
    routes![plan, number, refresh]
}

/// Gives each user a plan by the name, and asks Logto for something before.
fn planned(fairing: LogtoFairing) -> LogtoFairing {
    fairing.on_sign_in(|_, user| {
        Box::pin(async move {
            user.account_token().await?;
            let values = SessionValues::new(&format!("plan of {}", user.display_name()))?;
            Ok(user.display_name().starts_with("Alice").then_some(values))
        })
    })
}

async fn values_stay_with_the_session_until_it_ends(place: Place) {
    let fleet = Fleet::builder(place).routes(all).fairing(planned);
    let Some(fleet) = fleet.start().await else { return };
    let app = &fleet.app;
    let mut alice = app.browser();
    app.sign_in(&mut alice, "alice", "/").await;
    let expected = "Ok(Some(\"plan of Alice Liddell\")) LogtoUser { id: ";
    if place != Place::Memory {
        // Any process may get the first request after the sign-in.
        let other = fleet.another().await;
        assert!(alice.at(&other).open("/plan").await.body.starts_with(expected));
    }
    assert!(alice.open("/plan").await.body.starts_with(expected));
    let refreshed = alice.post("/refresh", From::OwnPage, ORIGIN).await;
    assert_eq!(refreshed.status, Status::Ok, "{refreshed:?}");
    let plan = alice.open("/plan").await.body;
    assert!(plan.starts_with(expected), "{plan}");
    assert_eq!(plan.matches("plan of").count(), 1, "`Debug` of the user has none: {plan}");
    let misfit = alice.open("/number").await.body;
    assert!(misfit.contains("invalid type"), "{misfit}");
    if place != Place::Memory {
        let other = fleet.another().await;
        assert!(alice.at(&other).open("/plan").await.body.starts_with(expected));
    }
    // The next sign-in has its own.
    app.sign_in(&mut alice, "bob", "/").await;
    assert!(alice.open("/plan").await.body.starts_with("Ok(None)"));
}

at_each_place! {
    memory: Memory, shared: Shared, redis: Redis
    => [values_stay_with_the_session_until_it_ends]
}

#[rocket::async_test]
async fn a_cookie_takes_the_values_from_process_to_process() {
    let app = App::builder().fairing(planned).routes(all()).start().await;
    let mut alice = app.signed_in("alice").await;
    let config = logto_rocket_tests::app::config_for(&app.idp);
    let other = logto_rocket_tests::app::launch(&app.clock, config, all()).await;
    for _ in 0..2 {
        let plan = alice.at(&other).open("/plan").await.body;
        assert!(plan.starts_with("Ok(Some(\"plan of Alice Liddell\"))"), "{plan}");
        alice.post("/refresh", From::OwnPage, ORIGIN).await;
    }
}

#[rocket::async_test]
async fn values_that_are_too_large_sign_nobody_in() {
    for (store, fits, too_large) in
        [(Store::Cookie, 1_000, 3_000), (Store::Memory, 8_000, 8 * 1024)]
    {
        for (length, status) in [(fits, Status::SeeOther), (too_large, Status::InternalServerError)]
        {
            let long = move |fairing: LogtoFairing| {
                fairing.on_sign_in(move |_, _| {
                    Box::pin(async move { Ok(SessionValues::new(&"x".repeat(length))?) })
                })
            };
            let session = SessionConfig::new().store(store);
            let app = App::builder()
                .config(|config| config.session(session))
                .fairing(long)
                .routes(all())
                .start()
                .await;
            let mut alice = app.browser();
            let answer = app.sign_in(&mut alice, "alice", "/").await;
            assert_eq!(answer.status, status, "{store:?} {length}: {answer:?}");
            let is_refused = answer.body.contains(">session_too_large<");
            assert_eq!(is_refused, status != Status::SeeOther, "{answer:?}");
            assert_eq!(alice.is_signed_in().await, status == Status::SeeOther);
        }
    }
}

#[rocket::async_test]
async fn a_session_of_a_test_has_the_values_of_the_hook_or_its_own() {
    let app = App::builder().fairing(planned).routes(all()).start().await;
    let alice = || User::new("alice").name("Alice");
    for (session, expected) in [
        (alice().without_hooks(), "Ok(None)"),
        (alice().values("own").without_hooks(), "Ok(Some(\"own\"))"),
        (alice().values(&json!({ "plan": 1 })).without_hooks(), "Err(Error(\"invalid type"),
    ] {
        let cookies = testing::sign_in(&app.client, session).await.unwrap();
        let answer = app.client.get("/plan").cookies(cookies).dispatch().await;
        let plan = answer.into_string().await.unwrap();
        assert!(plan.starts_with(expected), "{plan}");
    }
    let too_long = alice().values(&"x".repeat(9_000)).without_hooks();
    let refused = testing::sign_in(&app.client, too_long).await.unwrap_err();
    assert!(refused.to_string().contains("bytes"), "{refused}");
}

#[rocket::async_test]
async fn a_test_may_replace_the_values_of_the_hook() {
    let hook = |fairing: LogtoFairing| {
        fairing.on_sign_in(|_, _| Box::pin(async { Ok(SessionValues::new("of the hook")?) }))
    };
    let app = App::builder().fairing(hook).routes(all()).start().await;
    for (session, expected) in
        [(User::new("alice").into(), "of the hook"), (User::new("alice").values("own"), "own")]
    {
        let session: testing::TestSession = session;
        let cookies = testing::sign_in(&app.client, session).await.unwrap();
        let answer = app.client.get("/plan").cookies(cookies).dispatch().await;
        let plan = answer.into_string().await.unwrap();
        assert!(plan.starts_with(&format!("Ok(Some({expected:?}))")), "{plan}");
    }
}
