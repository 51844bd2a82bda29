//! What an API logs that has no sessions, where something asks for them.

use logto_rocket::{LogtoUser, Refusal, requires};
use logto_rocket_tests::log::Log;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{get, routes};

use super::{api, fairing};

/// The user's own record, which a guard of the application loads.
struct Account;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Account {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        request.guard::<&LogtoUser>().await.map(|_| Self)
    }
}

#[get("/record")]
fn record(_account: Account) {}

#[get("/plain")]
fn plain() {}

#[rocket::async_test]
async fn a_value_that_asks_for_a_session_is_a_launch_error_with_the_remedy() {
    let log = Log::alone().await;
    let routes = requires!(role = "staff").guard(routes![plain]);
    let refused = Client::untracked(api(fairing("http://127.0.0.1:9"), routes)).await;
    let error = refused.expect_err("no launch");
    assert!(matches!(error.kind(), rocket::error::ErrorKind::FailedFairings(_)), "{error}");
    for part in ["GET /plain", "role = \"staff\"", "Logto::fairing()", "needs sessions"] {
        assert!(log.ours().contains(part), "{part} is not in {}", log.ours());
    }
}

#[rocket::async_test]
async fn a_guard_by_hand_that_asks_for_a_session_is_an_error_that_is_logged_once_with_the_remedy() {
    let log = Log::alone().await;
    let api = api(fairing("http://127.0.0.1:9"), routes![record]);
    let client = Client::untracked(api).await.expect("a launch");
    for _ in 0..3 {
        let answer = client.get("/record").dispatch().await;
        assert_eq!(answer.status(), Status::InternalServerError);
    }
    let lines = log.lines().into_iter().filter(|line| line.text.contains("has no sessions"));
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), 1, "{}", log.ours());
    assert_eq!(lines[0].level, log::Level::Error);
    assert!(lines[0].text.contains("Attach `Logto::fairing()`"), "{}", lines[0].text);
}
