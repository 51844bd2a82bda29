//! `max_age` at both providers: what is asked for there, and what comes back.

use logto_rocket::authenticated;
use logto_rocket_tests::browser::{Answer, Browser};
use logto_rocket_tests::jar::Jar;
use rocket::http::Status;
use rocket::{Route, get, routes};
use url::Url;

use super::provider::{ProviderUnderTest, return_to};

#[authenticated(max_age = "15m")]
#[get("/vault")]
fn vault() -> &'static str {
    "the gold"
}

fn all() -> Vec<Route> {
    routes![vault]
}

#[rocket::async_test]
async fn a_user_who_is_signed_in_there_signs_in_again_and_comes_back_with_auth_time() {
    for provider in ProviderUnderTest::both().await {
        let (client, _) = provider.application_with(all()).await;
        let (mut alice, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&provider, &mut alice, &mut jar).await;
        let start = step_up(&provider, &mut alice).await;
        let query: Vec<_> = Url::parse(&start).unwrap().query_pairs().into_owned().collect();
        for (name, value) in [("prompt", "login consent"), ("max_age", "900")] {
            let asked = query.iter().filter(|(known, _)| known == name);
            let asked: Vec<_> = asked.map(|(_, value)| value.as_str()).collect();
            assert_eq!(asked, [value], "{}: {start}", provider.name);
        }
        let callback = provider.authorize_as("alice", &start, &mut jar).await;
        let back = return_to(&mut alice, &callback).await;
        assert_eq!(back.location(), "/vault", "{}: {back:?}", provider.name);
        for _ in 0..2 {
            let inside = alice.open("/vault").await;
            assert_eq!(inside.body, "the gold", "{}: {inside:?}", provider.name);
        }
    }
}

#[rocket::async_test]
async fn a_session_there_alone_is_no_fresh_sign_in() {
    for provider in ProviderUnderTest::both().await {
        let (client, _) = provider.application_with(all()).await;
        let (mut alice, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&provider, &mut alice, &mut jar).await;
        let mut elsewhere = Browser::new(&client);
        let start = elsewhere.open("/auth/sign-in").await;
        let callback = provider.pass_through(start.location(), &mut jar).await;
        return_to(&mut elsewhere, &callback).await;
        assert_eq!(elsewhere.open("/account").await.status, Status::Ok, "{}", provider.name);
        step_up(&provider, &mut elsewhere).await;
    }
}

#[rocket::async_test]
async fn a_fresh_sign_in_of_another_user_ends_at_the_usual_page() {
    for provider in ProviderUnderTest::both().await {
        let (client, _) = provider.application_with(all()).await;
        let (mut browser, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&provider, &mut browser, &mut jar).await;
        let start = step_up(&provider, &mut browser).await;
        let callback = provider.authorize_as("bob", &start, &mut jar).await;
        let back = return_to(&mut browser, &callback).await;
        assert_eq!(back.location(), "/", "{}: {back:?}", provider.name);
        let home = browser.open("/").await.body;
        assert_eq!(home, "Hello, bob", "{}", provider.name);
    }
}

#[rocket::async_test]
async fn a_provider_that_ignores_max_age_is_asked_once_and_then_a_page_explains_it() {
    for provider in ProviderUnderTest::both_without_step_up().await {
        let (client, _) = provider.application_with(all()).await;
        let (mut alice, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&provider, &mut alice, &mut jar).await;
        let start = step_up(&provider, &mut alice).await;
        let callback = provider.pass_through(&start, &mut jar).await;
        let refused = return_to(&mut alice, &callback).await;
        assert_explained(&provider, &refused);
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{}", provider.name);
    }
}

#[rocket::async_test]
async fn a_time_too_long_ago_is_no_fresh_sign_in() {
    for provider in
        ProviderUnderTest::both().await.into_iter().filter(ProviderUnderTest::is_oidc_provider)
    {
        let (client, clock) = provider.application_with(all()).await;
        let (mut alice, mut jar) = (Browser::new(&client), Jar::default());
        sign_in(&provider, &mut alice, &mut jar).await;
        // oidc-provider goes by the time of this machine, and so its answer is old for the application.
        clock.advance(std::time::Duration::from_secs(20 * 60));
        let start = step_up(&provider, &mut alice).await;
        let callback = provider.authorize_as("alice", &start, &mut jar).await;
        assert_explained(&provider, &return_to(&mut alice, &callback).await);
    }
}

async fn sign_in(provider: &ProviderUnderTest, browser: &mut Browser<'_>, jar: &mut Jar) {
    let callback = provider.callback_in(browser, jar, "/").await;
    let back = return_to(browser, &callback).await;
    assert_eq!(back.status, Status::SeeOther, "{}: {back:?}", provider.name);
    assert_eq!(browser.open("/account").await.status, Status::Ok, "{}", provider.name);
}

/// Opens the page that wants a fresh sign-in, and answers with where that begins.
async fn step_up(provider: &ProviderUnderTest, browser: &mut Browser<'_>) -> String {
    let refused = browser.open("/vault").await;
    let here = "/auth/sign-in?return_to=%2Fvault&max_age=900";
    assert_eq!(refused.location(), here, "{}: {refused:?}", provider.name);
    let start = browser.open(refused.location()).await;
    assert_eq!(start.status, Status::SeeOther, "{}: {start:?}", provider.name);
    start.location().to_owned()
}

fn assert_explained(provider: &ProviderUnderTest, refused: &Answer) {
    assert_eq!(refused.status, Status::Forbidden, "{}: {refused:?}", provider.name);
    assert_eq!(refused.location(), "", "{}", provider.name);
    assert!(refused.body.contains("A recent sign-in is needed"), "{}: {refused:?}", provider.name);
}
