//! A sign-in on a machine that has no Logto.

use logto_rocket::{Config, testing::Idp};
use rocket::{Build, Rocket};

/// Starts a test provider if no Logto is configured, and configures it.
pub async fn provider(rocket: Rocket<Build>, config: Config) -> (Rocket<Build>, Config) {
    // An empty variable counts as not set, as in the library.
    let set = |key| std::env::var(key).is_ok_and(|value| !value.trim().is_empty());
    if set("LOGTO_ENDPOINT") || set("LOGTO_ISSUER") || rocket.figment().contains("logto") {
        return (rocket, config);
    }
    match Idp::start().await {
        Ok(idp) => {
            println!("No LOGTO_ENDPOINT is set, so that people sign in at a test provider:");
            println!("alice (an admin) and bob, both without a password.");
            let config = config.endpoint(idp.endpoint()).app_id(idp.app_id());
            let config = config.app_secret(idp.app_secret());
            (rocket.manage(idp), config)
        }
        Err(error) => {
            eprintln!("No LOGTO_ENDPOINT is set, and {error}.");
            (rocket, config)
        }
    }
}
