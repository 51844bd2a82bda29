//! `Retry-After` of Logto: it keeps claims unconfirmed for a minute at most, and one that answers a
//! request of one session pauses that session only.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::App;
use rocket::http::Status;

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

/// A suspended administrator must not stay signed in because Logto asked to wait for an hour.
#[rocket::async_test]
async fn a_long_retry_after_keeps_claims_unconfirmed_for_a_minute_at_most() {
    for status in [429, 503] {
        let app = App::start().await;
        let mut alice = app.signed_in("alice").await;
        app.idp.suspend("alice");
        app.clock.advance(HOUR);
        app.idp.fault(Endpoint::Token, Fault::Later(status, HOUR));
        assert_eq!(
            alice.open("/admin").await.status,
            Status::Ok,
            "{status}: old claims stay valid"
        );
        app.clock.advance(MINUTE);
        assert_eq!(alice.open("/admin").await.status, Status::SeeOther, "{status}");
    }
}

#[rocket::async_test]
async fn too_many_requests_of_one_session_pause_that_one_and_5xx_all() {
    for (status, of_the_other) in [(429, Status::Forbidden), (503, Status::Ok)] {
        let app = App::start().await;
        let mut alice = app.signed_in("alice").await;
        let mut other = app.signed_in("alice").await;
        app.idp.remove_role("alice", "admin");
        app.clock.advance(HOUR);
        app.idp.fault(Endpoint::Token, Fault::Later(status, MINUTE));
        assert_eq!(
            alice.open("/admin").await.status,
            Status::Ok,
            "{status}: old claims stay valid"
        );
        assert_eq!(other.open("/admin").await.status, of_the_other, "{status}: another session");
        app.idp.forget_requests();
        assert_eq!(alice.open("/admin").await.status, Status::Ok, "{status}: it is paused");
        assert_eq!(app.idp.requests().token(), 0, "{status}");
        app.clock.advance(MINUTE);
        assert_eq!(alice.open("/admin").await.status, Status::Forbidden, "{status}");
    }
}

/// A number that Logto sends makes no pause shorter, either.
#[rocket::async_test]
async fn a_short_retry_after_has_no_session_ask_more_than_twice_in_half_a_minute() {
    for (status, seconds) in [(503, 0), (503, 5), (429, 0), (500, 1)] {
        let app = App::start().await;
        let mut alice = app.signed_in("alice").await;
        app.clock.advance(HOUR);
        app.idp.forget_requests();
        let fault = Fault::Later(status, Duration::from_secs(seconds));
        app.idp.fault(Endpoint::Token, fault).for_ever();
        for _ in 0..29 {
            assert_eq!(alice.open("/account").await.status, Status::Ok, "old claims stay valid");
            app.clock.advance(Duration::from_secs(1));
        }
        let asked = app.idp.requests().token();
        assert!((1..=2).contains(&asked), "{status}, {seconds} s: {asked} requests");
    }
}
