//! The guards of an application in this process: which requests they accept, and what a refusal reports.

mod decisions;
mod either;
mod launch;
mod notes;
mod organizations;
mod programs;
mod provider;
mod requirements;
#[cfg(feature = "tracing")]
mod spans;
mod users;
mod values;

use std::sync::{Arc, Mutex, PoisonError};

use rocket::Route;
use rocket::http::{Cookie, Header};
use rocket::local::asynchronous::Client;

use crate::request::tests::{config, quiet};
use crate::testing::{self, BearerToken, TestSession};
use crate::{Config, Event, Logto, resource};

resource!(Orders = "https://api.example.com/orders");
resource!(Stock = "https://api.example.com/stock");

/// An application, and its refusals: the user and the requirement of each.
struct App {
    client: Client,
    denied: Arc<Mutex<Vec<String>>>,
}

/// A status, and the text of the handler if it ran.
type Answer = (u16, Option<String>);

impl App {
    /// Starts an application with sessions.
    async fn start(routes: Vec<Route>) -> Self {
        Self::with(config().scopes(["roles", "custom_data"]), routes).await
    }

    async fn with(config: Config, routes: Vec<Route>) -> Self {
        let denied = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&denied);
        let fairing = Logto::fairing().config(config).on_event(move |event| note(&noted, event));
        let client = Client::untracked(quiet().attach(fairing).mount("/", routes));
        Self { client: client.await.expect("an application"), denied }
    }

    /// Starts an API without sessions.
    async fn api(routes: Vec<Route>) -> Self {
        let denied = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&denied);
        let fairing = Logto::resource_server()
            .config(Config::new().endpoint("http://127.0.0.1:9"))
            .on_event(move |event| note(&noted, event));
        let client = Client::untracked(quiet().attach(fairing).mount("/", routes));
        Self { client: client.await.expect("an API"), denied }
    }

    async fn session(&self, session: impl Into<TestSession>) -> Vec<Cookie<'static>> {
        testing::sign_in(&self.client, session).await.expect("a session")
    }

    fn token(&self) -> BearerToken<'_> {
        testing::bearer(&self.client).expect("a token")
    }

    /// The answer to a script on a page of this site.
    async fn get(&self, path: &str, cookies: &[Cookie<'static>]) -> Answer {
        let request = self.client.get(path.to_owned()).cookies(cookies.to_vec());
        answer(request.dispatch().await).await
    }

    /// The answer to a program with an access token.
    async fn get_by(&self, path: &str, token: impl Into<Header<'static>>) -> Answer {
        answer(self.client.get(path.to_owned()).header(token.into()).dispatch().await).await
    }

    fn denied(&self) -> Vec<String> {
        std::mem::take(&mut *self.denied.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(response: rocket::local::asynchronous::LocalResponse<'_>) -> Answer {
    let status = response.status().code;
    (status, response.into_string().await.filter(|_| status == 200))
}

fn note(denied: &Mutex<Vec<String>>, event: &Event) {
    if let Event::Denied { sub, requirement } = event {
        denied.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{sub}: {requirement}"));
    }
}

/// The answer of a handler that returns this text.
fn said(text: &str) -> Answer {
    (200, Some(text.to_owned()))
}
