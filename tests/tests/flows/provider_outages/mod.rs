//! Logto is down, slow, or answers nonsense: what goes on, what is refused, and what the user reads.

mod bad_answers;
mod discovery;
mod internal_endpoint;
mod no_answer;
mod readiness;

use std::time::Duration;

use logto_rocket::{Clock, Config, Logto};
use logto_rocket_tests::app::rocket;
use logto_rocket_tests::browser::Answer;
use rocket::http::Status;
use rocket::local::asynchronous::Client;

/// For how long, at most, nothing is tried after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(31);

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
