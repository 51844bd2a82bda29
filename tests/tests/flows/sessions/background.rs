//! Requests that a page makes by itself: they do not keep an idle session alive.

use std::time::Duration;

use logto_rocket::{LogtoUser, SessionConfig, authenticated};
use logto_rocket_tests::app::App;
use rocket::http::Status;
use rocket::{Route, get, routes};

const MINUTE: Duration = Duration::from_secs(60);

fn polled() -> Vec<Route> {
    #[authenticated(background)]
    #[get("/notifications")]
    fn notifications(user: &LogtoUser) -> String {
        user.id().to_owned()
    }
    #[authenticated(background, role = "admin")]
    #[get("/alerts")]
    fn alerts() {}
    routes![notifications, alerts]
}

async fn start(session: SessionConfig) -> App {
    App::builder().routes(polled()).config(|config| config.session(session)).start().await
}

#[rocket::async_test]
async fn a_session_that_is_only_polled_ends_at_its_idle_timeout() {
    let app = start(SessionConfig::new().idle_timeout(10 * MINUTE).revalidate_after(None)).await;
    let mut polled = app.signed_in("bob").await;
    let mut used = app.signed_in("alice").await;
    for path in ["/notifications", "/alerts", "/notifications"] {
        app.clock.advance(3 * MINUTE);
        let answer = polled.fetch(path).await;
        let met = if path == "/alerts" { Status::Forbidden } else { Status::Ok };
        assert_eq!(answer.status, met, "{answer:?}");
        assert!(!answer.sets_cookies(), "{answer:?}");
        assert!(used.is_signed_in().await);
    }
    app.clock.advance(2 * MINUTE);
    assert_eq!(polled.fetch("/notifications").await.status, Status::Unauthorized);
    assert!(used.is_signed_in().await);
}

#[rocket::async_test]
async fn what_a_polled_route_learns_is_written_and_the_session_stays_as_idle_as_it_was() {
    let session = SessionConfig::new().idle_timeout(10 * MINUTE).revalidate_after(4 * MINUTE);
    let app = start(session).await;
    let mut alice = app.signed_in("alice").await;
    for poll in 1..=2 {
        app.clock.advance(4 * MINUTE);
        let answer = alice.fetch("/notifications").await;
        assert_eq!(answer.status, Status::Ok);
        assert_eq!(app.refreshes(), poll, "the claims are confirmed");
        assert!(answer.sets_cookies(), "{answer:?}");
    }
    app.clock.advance(2 * MINUTE);
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn another_request_of_a_polled_session_keeps_it_alive() {
    let app = start(SessionConfig::new().idle_timeout(10 * MINUTE).revalidate_after(None)).await;
    let mut alice = app.signed_in("alice").await;
    for _ in 0..3 {
        app.clock.advance(6 * MINUTE);
        assert_eq!(alice.fetch("/notifications").await.status, Status::Ok);
        assert!(alice.is_signed_in().await);
    }
}
