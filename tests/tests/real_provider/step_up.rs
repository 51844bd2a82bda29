//! `max_age` at both providers: what is asked for there, and what comes back.

use logto_rocket::authenticated;
use logto_rocket_tests::browser::{Answer, Browser};
use rocket::http::Status;
use rocket::{Route, get, routes};
use url::Url;

use super::party::{Jar, Party, return_to};

#[authenticated(max_age = "15m")]
#[get("/vault")]
fn vault() -> &'static str {
    "the gold"
}

fn all() -> Vec<Route> {
    routes![vault]
}

#[rocket::async_test]
async fn whoever_is_signed_in_there_is_asked_again_and_comes_back_with_the_time_of_it() {
    for party in Party::both().await {
        let (client, _) = party.application_with(all()).await;
        let (mut alice, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&party, &mut alice, &mut jar).await;
        let door = step_up(&party, &mut alice).await;
        let query: Vec<_> = Url::parse(&door).unwrap().query_pairs().into_owned().collect();
        for (name, value) in [("prompt", "login consent"), ("max_age", "900")] {
            let asked = query.iter().filter(|(known, _)| known == name);
            let asked: Vec<_> = asked.map(|(_, value)| value.as_str()).collect();
            assert_eq!(asked, [value], "{}: {door}", party.name);
        }
        let callback = party.authorize_as("alice", &door, &mut jar).await;
        let back = return_to(&mut alice, &callback).await;
        assert_eq!(back.location(), "/vault", "{}: {back:?}", party.name);
        for _ in 0..2 {
            let inside = alice.open("/vault").await;
            assert_eq!(inside.body, "the gold", "{}: {inside:?}", party.name);
        }
    }
}

#[rocket::async_test]
async fn a_session_there_alone_is_no_fresh_sign_in() {
    for party in Party::both().await {
        let (client, _) = party.application_with(all()).await;
        let (mut alice, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&party, &mut alice, &mut jar).await;
        let mut elsewhere = Browser::new(&client);
        let door = elsewhere.open("/auth/sign-in").await;
        let callback = party.pass_through(door.location(), &mut jar).await;
        return_to(&mut elsewhere, &callback).await;
        assert_eq!(elsewhere.open("/account").await.status, Status::Ok, "{}", party.name);
        step_up(&party, &mut elsewhere).await;
    }
}

#[rocket::async_test]
async fn a_fresh_sign_in_of_somebody_else_ends_where_every_sign_in_does() {
    for party in Party::both().await {
        let (client, _) = party.application_with(all()).await;
        let (mut browser, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&party, &mut browser, &mut jar).await;
        let door = step_up(&party, &mut browser).await;
        let callback = party.authorize_as("bob", &door, &mut jar).await;
        let back = return_to(&mut browser, &callback).await;
        assert_eq!(back.location(), "/", "{}: {back:?}", party.name);
        let home = browser.open("/").await.body;
        assert_eq!(home, "Hello, bob", "{}", party.name);
    }
}

#[rocket::async_test]
async fn a_provider_that_does_not_care_is_asked_once_and_then_it_is_explained() {
    for party in Party::both_without_step_up().await {
        let (client, _) = party.application_with(all()).await;
        let (mut alice, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&party, &mut alice, &mut jar).await;
        let door = step_up(&party, &mut alice).await;
        let callback = party.pass_through(&door, &mut jar).await;
        let refused = return_to(&mut alice, &callback).await;
        assert_explained(&party, &refused);
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{}", party.name);
    }
}

#[rocket::async_test]
async fn a_time_too_long_ago_is_no_fresh_sign_in() {
    for party in Party::both().await.into_iter().filter(Party::is_engine) {
        let (client, clock) = party.application_with(all()).await;
        let (mut alice, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&party, &mut alice, &mut jar).await;
        // The engine goes by the time of this machine, and so its answer is old for the application.
        clock.advance(std::time::Duration::from_secs(20 * 60));
        let door = step_up(&party, &mut alice).await;
        let callback = party.authorize_as("alice", &door, &mut jar).await;
        assert_explained(&party, &return_to(&mut alice, &callback).await);
    }
}

async fn sign_in(party: &Party, browser: &mut Browser<'_>, jar: &mut Jar) {
    let callback = party.callback_in(browser, jar, "/").await;
    let back = return_to(browser, &callback).await;
    assert_eq!(back.status, Status::SeeOther, "{}: {back:?}", party.name);
    assert_eq!(browser.open("/account").await.status, Status::Ok, "{}", party.name);
}

/// Opens the page that wants a fresh sign-in, and answers with where that begins.
async fn step_up(party: &Party, browser: &mut Browser<'_>) -> String {
    let refused = browser.open("/vault").await;
    let here = "/auth/sign-in?return_to=%2Fvault&max_age=900";
    assert_eq!(refused.location(), here, "{}: {refused:?}", party.name);
    let door = browser.open(refused.location()).await;
    assert_eq!(door.status, Status::SeeOther, "{}: {door:?}", party.name);
    door.location().to_owned()
}

fn assert_explained(party: &Party, refused: &Answer) {
    assert_eq!(refused.status, Status::Forbidden, "{}: {refused:?}", party.name);
    assert_eq!(refused.location(), "", "{}", party.name);
    assert!(refused.body.contains("A fresh sign-in is needed"), "{}: {refused:?}", party.name);
}
