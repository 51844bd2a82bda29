//! Whatever goes wrong at the token endpoint, nothing is lost that Logto still honours: what a handler
//! sees, and what the session is afterwards.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

mod bad_answers;
mod id_tokens;
mod lifetimes;
mod no_answer;

use std::time::Duration;

use logto_rocket::{AccessToken, Error, LogtoUser, SessionConfig, authenticated, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, Browser};
use rocket::http::Status;
use rocket::{Route, get, routes};

resource!(Orders = "https://api.example.test/orders");

/// Longer than an access token lives, shorter than claims are believed here.
const LATER: Duration = Duration::from_secs(3700);

/// How long nothing is tried after an answer that cannot be used.
const PAUSE: Duration = Duration::from_secs(30);

const SECOND: Duration = Duration::from_secs(1);

fn orders() -> Vec<Route> {
    #[get("/orders")]
    fn token(token: AccessToken<Orders>) -> String {
        token.as_str().into()
    }
    #[authenticated(resource = Orders, scope = "write:orders")]
    #[get("/orders/new")]
    fn new() {}
    #[get("/refresh")]
    async fn refresh(user: LogtoUser) -> Result<String, Error> {
        Ok(user.refresh().await?.roles().join(" "))
    }
    routes![token, new, refresh]
}

/// A provider that honours a refresh token once, with three seconds of grace.
async fn rotating() -> App {
    app(true).await
}

async fn app(rotating: bool) -> App {
    let session = SessionConfig::new().revalidate_after(2 * LATER);
    let config = |config: logto_rocket::Config| config.timeout(SECOND).session(session);
    App::builder()
        .provider(|provider| provider.rotating(rotating))
        .config(config)
        .routes(orders())
        .start()
        .await
}

/// The session is alive, and what Logto honours of it is not lost: not here, and not in another
/// process, which has nothing but the cookie to go by.
async fn goes_on(app: &App, alice: &mut Browser<'_>, row: &str) {
    app.idp.heal();
    app.clock.advance(PAUSE + SECOND);
    let elsewhere = app.second_process(app.clock.clone()).await;
    let mut moved = alice.at(&elsewhere);
    assert_eq!(alice.open("/profile").await.status, Status::Ok, "{row}");
    // Within the grace, in which what this process has just used is still honoured.
    assert_eq!(moved.open("/profile").await.status, Status::Ok, "{row}, in another process");
}

fn is_unavailable(answer: &Answer, seconds: &str, row: &str) {
    assert_eq!(answer.status, Status::ServiceUnavailable, "{row}: {answer:?}");
    assert_eq!(answer.header("Retry-After"), Some(seconds), "{row}: {answer:?}");
}
