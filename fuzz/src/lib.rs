//! The applications that the fuzz targets send requests to.

mod api;
#[path = "../../tests/src/authorization.rs"]
mod authorization;

pub use self::api::present;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use logto_rocket::{Config, Logto, LogtoUser, SessionConfig, WebhookConfig};
use rocket::http::Status;
use rocket::local::blocking::{Client, LocalRequest};

/// Sends a request to the application of this thread, and asserts that nothing panicked and nobody
/// was sent to another site. What it was answered is returned.
///
/// # Panics
///
/// If either happened.
pub fn send(request: impl for<'c> FnOnce(&'c Client) -> LocalRequest<'c>) -> Status {
    thread_local! {
        static CLIENT: Client = Client::untracked(application()).expect("a launch");
    }
    CLIENT.with(|client| {
        let response = request(client).dispatch();
        assert_ne!(response.status(), Status::InternalServerError);
        if let Some(location) = response.headers().get_one("Location") {
            assert!(stays(location), "{location:?}");
        }
        response.status()
    })
}

/// The key by which the application knows webhooks.
pub const SIGNING_KEY: &str = "8o1CsKFhMryc8OiLZWzD1dPrehPWIQzk";

/// The signature of a webhook, as its header has it.
pub fn signature(key: &str, body: &[u8]) -> String {
    let tag = sign(&Key::new(HMAC_SHA256, key.as_bytes()), body);
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a browser that follows `location` stays on this site.
pub fn stays(location: &str) -> bool {
    let Ok(here) = url::Url::parse("http://localhost:8000/") else { return false };
    here.join(location).is_ok_and(|there| {
        let again = here.join(&there[url::Position::BeforePath..]);
        there.origin() == here.origin() && again.is_ok_and(|again| again.origin() == here.origin())
    })
}

fn application() -> rocket::Rocket<rocket::Build> {
    // Nobody listens there; what a stranger sends is judged without Logto.
    let config = Config::new()
        .endpoint("http://127.0.0.1:9")
        .app_id("an_app")
        .app_secret("a_secret")
        .base_url("http://localhost:8000")
        .webhook(WebhookConfig::new().signing_keys([SIGNING_KEY]))
        .session(SessionConfig::new().cookie("session"));
    let figment = rocket::Config::figment().merge(("log_level", "off"));
    rocket::custom(figment)
        .attach(Logto::fairing().config(config))
        .mount("/", rocket::routes![index])
}

#[rocket::get("/")]
fn index(user: Option<LogtoUser>) -> &'static str {
    assert!(user.is_none(), "nobody has signed in");
    "nobody"
}
