//! A whole application whose sessions are in a store: the browser has a secret and nothing else.

mod cookies;
mod lifetimes;
mod listing;
mod records;
mod tokens;

use std::time::Duration;

use logto_rocket::testing::{self};
use logto_rocket::{
    Error, Logto, LogtoUser, Resource, SessionConfig, SessionInfo, authenticated, resource,
};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::fleet::{Fleet, Place};
use rocket::serde::json::Json;
use rocket::{Route, get, routes};

resource!(Orders = "https://api.example.test/orders");

const MINUTE: Duration = Duration::from_secs(60);

/// As long as Logto's access tokens live, and as claims are believed.
const LIFE: Duration = Duration::from_secs(3600);

fn routes() -> Vec<Route> {
    #[get("/orders")]
    async fn orders(user: LogtoUser) -> Result<String, Error> {
        Ok(user.access_token(Orders).await?.as_str().to_owned())
    }
    #[get("/clear")]
    fn clear(user: &LogtoUser) -> &'static str {
        user.clear_access_tokens();
        "cleared"
    }
    #[get("/sessions")]
    async fn sessions(logto: &Logto, user: &LogtoUser) -> Result<Json<Vec<SessionInfo>>, Error> {
        Ok(Json(logto.sessions().of(user.id()).await?))
    }
    #[get("/end/<id>")]
    async fn end(logto: &Logto, user: &LogtoUser, id: &str) -> Result<(), Error> {
        for session in logto.sessions().of(user.id()).await? {
            if session.id().as_str() == id {
                logto.sessions().end(session.id()).await?;
            }
        }
        Ok(())
    }
    #[get("/end_all")]
    async fn end_all(logto: &Logto, user: &LogtoUser) -> Result<(), Error> {
        logto.sessions().end_all_of(user.id()).await
    }
    #[authenticated(background)]
    #[get("/poll")]
    fn poll() {}
    routes![orders, clear, sessions, end, end_all, poll]
}

async fn start(place: Place, session: SessionConfig) -> Option<Fleet> {
    Fleet::builder(place)
        .routes(routes)
        .session(session)
        .provider(provider)
        .config(config)
        .start()
        .await
}

fn provider(provider: testing::Builder) -> testing::Builder {
    provider.rotating(true).resource(Orders::URI, &["read:orders"])
}

fn config(config: logto_rocket::Config) -> logto_rocket::Config {
    config.resources([Orders::URI])
}

fn browser_with<'a>(app: &'a App, name: &str, value: &str) -> Browser<'a> {
    let mut browser = app.browser();
    browser.cookies.insert(name.into(), value.into());
    browser
}

/// No user is signed in by this cookie, and no public page fails.
async fn is_signed_out(app: &App, name: &str, value: &str) {
    let mut browser = browser_with(app, name, value);
    assert_eq!(browser.account().await, None, "{name}={value}");
    assert_eq!(browser.open("/").await.body, "Hello, stranger", "{name}={value}");
}
