//! A sign-in on a machine that has no Logto.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_rocket::{Config, SessionConfig, testing::Idp};
use rocket::figment::Figment;

/// Gives the cookie a name for both instances, unless the environment does. Otherwise the port would be
/// part of it on `localhost`; in production both instances are behind one address.
pub fn shared_cookie(session: SessionConfig) -> SessionConfig {
    session.cookie("redis-sessions")
}

/// Starts a test provider if no Logto is configured, and configures it, with a key that both
/// instances have. It runs as long as what is returned is kept.
pub async fn provider(figment: &Figment, config: Config) -> (Option<Idp>, Config) {
    // An empty variable counts as not set, as in the library.
    let set = |key| std::env::var(key).is_ok_and(|value| !value.trim().is_empty());
    if set("LOGTO_ENDPOINT") || set("LOGTO_ISSUER") || figment.contains("logto") {
        return (None, config);
    }
    match Idp::start().await {
        Ok(idp) => {
            println!("No LOGTO_ENDPOINT is set, so that people sign in at a test provider:");
            println!("alice and bob, both without a password.");
            let config = config.endpoint(idp.endpoint()).app_id(idp.app_id());
            let config = config.app_secret(idp.app_secret());
            let key = STANDARD.encode(rand::random::<[u8; 32]>());
            // Without one key for both, neither could open what the other has sealed.
            let config = if set("ROCKET_SECRET_KEY") { config } else { config.secret_keys([key]) };
            (Some(idp), config)
        }
        Err(error) => {
            eprintln!("No LOGTO_ENDPOINT is set, and {error}.");
            (None, config)
        }
    }
}
