//! [`Site`]: an application that can make every built-in page.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use logto_rocket::testing::User;
use logto_rocket::{Error, LogtoFairing, MemoryStore, Refusal, SessionConfig, authenticated};
use logto_rocket_tests::app::App;
use logto_rocket_tests::gated_store::GatedStore;
use rocket::fairing::AdHoc;
use rocket::http::{Header, SameSite};
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, get, post, routes};
use serde_json::json;

/// What an application makes of its pages.
pub type Looks = fn(LogtoFairing) -> LogtoFairing;

/// An application that can make every built-in page.
pub struct Site {
    app: App,
    languages: &'static str,
}

#[get("/refuse/<which>")]
fn refuse(which: &str) -> Result<(), Refusal> {
    Err(match which {
        "stays-old" => Refusal::SignInStaysOld { max_age: Duration::from_secs(60) },
        "claims" => Refusal::Claims("no `department`".into()),
        "undecided" => Refusal::Unavailable { why: "Logto is away".into(), retry_after: None },
        "misconfigured" => Refusal::Misconfigured("no scope".into()),
        _ => Refusal::NotAttached,
    })
}

#[post("/refuse/asked-less")]
fn refuse_form() -> Result<(), Refusal> {
    Err(Refusal::SignInAskedLess)
}

#[get("/fail/store")]
fn fail() -> Result<(), Error> {
    Err(Error::Store { why: "away".into() })
}

#[authenticated(max_age = "15m")]
#[post("/vault")]
fn vault() {}

#[authenticated(organization = "<org>")]
#[get("/organizations/<org>")]
fn organization(org: &str) -> String {
    org.to_owned()
}

impl Site {
    /// The site that can make a page, with this change to its fairing.
    pub async fn that_makes(code: &str, looks: Looks) -> Self {
        Self::in_languages("", code, looks).await
    }

    /// The same, whose visitors prefer these languages.
    pub async fn in_languages(languages: &'static str, code: &str, looks: Looks) -> Self {
        let app = app(languages, code, looks).await;
        Self { app, languages }
    }

    /// Another process with another fairing, and the same visitors.
    pub async fn beside(&self, fairing: LogtoFairing) -> Client {
        let rocket = visited(logto_rocket_tests::app::rocket(fairing), self.languages);
        Client::untracked(rocket).await.expect("a launch")
    }
}

impl Deref for Site {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

/// Adds the languages to each request, as browsers do.
fn visited(rocket: Rocket<Build>, languages: &'static str) -> Rocket<Build> {
    rocket.attach(AdHoc::on_request("languages", move |request, _| {
        Box::pin(async move {
            request.add_header(Header::new("Accept-Language", languages));
        })
    }))
}

async fn app(languages: &'static str, code: &str, looks: Looks) -> App {
    let same_site = if code == "signed_in" { SameSite::Strict } else { SameSite::Lax };
    let large = User::new("large").claim("roles", json!(vec!["a long name of a role"; 2000]));
    let app = App::builder()
        .provider(|provider| {
            let alice = User::new("alice").name("Alice Liddell").role("admin");
            provider.user(alice).user(User::new("bob")).user(User::new("mallory")).user(large)
        })
        .config(|config| {
            let session = SessionConfig::new().same_site(same_site);
            let config = config.session(session).pushed_authorization(true);
            config.after_sign_in("/home").after_sign_out("/bye")
        })
        .fairing(|fairing| {
            looks(fairing.on_sign_in(|_, user| {
                let admitted = user.display_name() != "mallory";
                Box::pin(async move { admitted.then_some(()).ok_or_else(|| "no".into()) })
            }))
        })
        .rocket(|rocket| visited(rocket, languages))
        .routes(routes![refuse, refuse_form, fail, vault, organization]);
    if !["signed_in_elsewhere", "signed_out_in_this_browser"].contains(&code) {
        return app.start().await;
    }
    let store = GatedStore::before(Arc::new(MemoryStore::new(10)));
    let own = Arc::clone(&store);
    app.fairing(|fairing| fairing.store(own)).rocket(|rocket| rocket.manage(store)).start().await
}
