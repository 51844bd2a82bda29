//! The sites that strangers call.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use logto_rocket::{
    Config, Logto, LogtoFairing, LogtoUser, SessionConfig, SessionStore, WebhookConfig,
};
use rocket::{Build, Rocket, get, routes};

/// Where they are.
pub const ORIGIN: &str = "http://localhost:8000/";

/// The key by which they know webhooks.
const SIGNING_KEY: &str = "8o1CsKFhMryc8OiLZWzD1dPrehPWIQzk";

/// A site with sessions in cookies.
pub fn in_cookies() -> Rocket<Build> {
    site(|fairing| fairing)
}

/// A site with sessions in a store.
pub fn in_store(store: impl SessionStore) -> Rocket<Build> {
    site(|fairing| fairing.store(store))
}

/// The signature of a webhook with this body, as its header has it.
pub fn signature(body: &[u8]) -> String {
    let tag = sign(&Key::new(HMAC_SHA256, SIGNING_KEY.as_bytes()), body);
    tag.as_ref().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn site(change: impl FnOnce(LogtoFairing) -> LogtoFairing) -> Rocket<Build> {
    // Nobody listens there; what a stranger sends is judged without Logto.
    let config = Config::new()
        .endpoint("http://127.0.0.1:9")
        .app_id("an_app")
        .app_secret("a_secret")
        .base_url(ORIGIN)
        .webhook(WebhookConfig::new().signing_keys([SIGNING_KEY]))
        .session(SessionConfig::new().cookie("session"));
    let figment = rocket::Config::figment().merge(("log_level", "off"));
    let fairing = change(Logto::fairing().config(config));
    rocket::custom(figment).attach(fairing).mount("/", routes![index])
}

#[get("/")]
fn index(user: Option<&LogtoUser>) -> &'static str {
    assert!(user.is_none(), "nobody has signed in");
    "nobody"
}
