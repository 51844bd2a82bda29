//! The code of a sign-in, whose callbacks come to two processes.

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::wait::{until, within};
use rocket::futures::future::join;
use rocket::http::Status;

use super::{MINUTE, two};

at_each_place!(shared: Shared, redis: Redis, configured: ConfiguredRedis => [
    two_callbacks_at_once_exchange_the_code_once_and_get_one_session,
    a_callback_that_comes_later_gets_the_session_of_the_first,
    a_stranger_with_the_cookie_and_without_the_code_gets_no_session,
    while_the_result_is_not_known_the_second_leads_onward_by_a_link,
]);

fn exchanges(fleet: &Fleet) -> usize {
    fleet.app.idp.requests().token_by_grant("authorization_code")
}

/// It is a page that leads to the one that the sign-in was for, and signs nobody in.
fn leads_onward(fleet: &Fleet, page: &Answer) {
    assert_eq!(page.status, Status::Ok, "{page:?}");
    assert!(page.body.contains("signed_in_elsewhere"), "{page:?}");
    assert!(page.body.contains("href=\"/account\""), "{page:?}");
    assert!(page.header("Refresh").is_none() && !page.sets_cookies(), "{page:?}");
    assert_eq!(exchanges(fleet), 1);
}

async fn two_callbacks_at_once_exchange_the_code_once_and_get_one_session(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    for round in 0..5 {
        let mut here = fleet.app.browser();
        let callback = fleet.app.callback(&mut here, "alice", "/account").await;
        let mut there = here.at(&other);
        fleet.app.idp.forget_requests();
        fleet.app.idp.fault(Endpoint::Token, Fault::Delay(super::SECOND / 5));
        let second = there.navigate(&callback, From::OtherSite);
        let (one, two) = join(here.navigate(&callback, From::OtherSite), second).await;
        fleet.app.idp.heal();
        for answer in [one, two] {
            assert_eq!(
                (answer.status, answer.location()),
                (Status::SeeOther, "/account"),
                "{answer:?}"
            );
        }
        assert_eq!(exchanges(&fleet), 1, "in round {round}");
        let session = here.account().await;
        assert!(session.is_some());
        assert_eq!(there.account().await, session);
    }
}

async fn a_callback_that_comes_later_gets_the_session_of_the_first(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let mut here = fleet.app.browser();
    let callback = fleet.app.callback(&mut here, "alice", "/account").await;
    // As if the answer were lost on its way.
    let mut there = here.at(&other);
    here.navigate(&callback, From::OtherSite).await;
    let answer = there.navigate(&callback, From::OtherSite).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, "/account"), "{answer:?}");
    assert_eq!(there.account().await, here.account().await);
    assert!(here.is_signed_in().await);
    assert_eq!(exchanges(&fleet), 1);
}

async fn a_stranger_with_the_cookie_and_without_the_code_gets_no_session(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let mut here = fleet.app.browser();
    let callback = fleet.app.callback(&mut here, "alice", "/account").await;
    let mut stranger = here.at(&other);
    here.navigate(&callback, From::OtherSite).await;
    let guessed = callback.replace("code=", "code=another");
    let page = stranger.navigate(&guessed, From::OtherSite).await;
    leads_onward(&fleet, &page);
    assert!(!stranger.is_signed_in().await);
}

async fn while_the_result_is_not_known_the_second_leads_onward_by_a_link(place: Place) {
    let Some((fleet, other)) = two(place).await else { return };
    let mut here = fleet.app.browser();
    let callback = fleet.app.callback(&mut here, "alice", "/account").await;
    let mut there = here.at(&other);
    fleet.app.idp.forget_requests();
    fleet.app.idp.fault(Endpoint::Token, Fault::Hang);
    let second = async {
        until("the code is sent", async || exchanges(&fleet) > 0).await;
        let page = within("an answer", there.navigate(&callback, From::OtherSite)).await;
        leads_onward(&fleet, &page);
        fleet.app.idp.heal();
    };
    join(here.navigate(&callback, From::OtherSite), Box::pin(second)).await;
    assert_eq!(exchanges(&fleet), 1);
}

#[rocket::async_test]
async fn a_code_is_used_at_all_processes_for_as_long_as_the_sign_in_may_take() {
    let Some((fleet, other)) = two(Place::Shared).await else { return };
    let mut here = fleet.app.browser();
    let callback = fleet.app.callback(&mut here, "alice", "/account").await;
    let mut there = here.at(&other);
    here.navigate(&callback, From::OtherSite).await;
    for _ in 0..2 {
        fleet.app.clock.advance(29 * MINUTE);
        let page = there.navigate(&callback, From::OtherSite).await;
        leads_onward(&fleet, &page);
    }
}

#[rocket::async_test]
async fn without_an_answer_of_the_store_the_code_is_not_exchanged_and_a_reload_tries_again() {
    let Some((fleet, other)) = two(Place::Shared).await else { return };
    let store = GatedStore::before(fleet.store().clone());
    let gated = fleet.another_behind(store.clone()).await;
    for reload_at in [&gated, &other] {
        let mut browser = Browser::new(&gated);
        let callback = fleet.app.callback(&mut browser, "alice", "/account").await;
        fleet.app.idp.forget_requests();
        store.set_leasing_fails(true);
        let failed = browser.navigate(&callback, From::OtherSite).await;
        assert_eq!(failed.status, Status::ServiceUnavailable, "{failed:?}");
        assert!(failed.header("Retry-After").is_some(), "{failed:?}");
        assert_eq!(exchanges(&fleet), 0);
        store.set_leasing_fails(false);
        // It was taken, though nobody learned of it, and is given back behind the answer.
        let mut reload = browser.at(reload_at);
        let answer = reload.navigate(&callback, From::OtherSite).await;
        assert_eq!(answer.status, Status::SeeOther, "{answer:?}");
        assert_eq!(exchanges(&fleet), 1);
        assert!(reload.is_signed_in().await);
    }
}

#[rocket::async_test]
async fn a_code_that_was_never_sent_is_exchanged_by_the_next_process() {
    let Some((fleet, other)) = two(Place::Shared).await else { return };
    // Both have Logto's keys.
    for process in [&fleet.app.client, &other] {
        fleet.app.sign_in(&mut Browser::new(process), "bob", "/").await;
    }
    let mut here = fleet.app.browser();
    let callback = fleet.app.callback(&mut here, "alice", "/account").await;
    fleet.app.idp.pause().await;
    let failed = here.navigate(&callback, From::OtherSite).await;
    assert_eq!(failed.status, Status::ServiceUnavailable, "{failed:?}");
    fleet.app.idp.resume().await.expect("the same port");
    let mut there = here.at(&other);
    let answer = there.navigate(&callback, From::OtherSite).await;
    assert_eq!(answer.status, Status::SeeOther, "{answer:?}");
    assert!(there.is_signed_in().await);
}
