//! The launch: the configuration becomes a client, and is told in one block.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rocket::{Build, Orbit, Rocket};

use crate::clock::Clock;
use crate::config::{self, Config, Settings};
use crate::hooks::Hooks;
use crate::logto::Logto;
use crate::oidc::{ClientSecret, Oidc, OidcSettings};
use crate::session::{Ended, Live, Names, Sessions, Vault};

/// Reads the configuration. Every mistake in it is told at once, and the launch fails.
pub(super) fn ignite(
    rocket: Rocket<Build>,
    config: Option<&Config>,
    clock: Clock,
    hooks: impl FnOnce() -> Hooks,
) -> Result<(Rocket<Build>, Logto), Rocket<Build>> {
    let (settings, warnings) = match config::read(rocket.figment(), config) {
        Ok(read) => read,
        Err(mistakes) => {
            log::error!("{mistakes}");
            return Err(rocket);
        }
    };
    for warning in warnings {
        log::warn!("{warning}");
    }
    let oidc = match Oidc::new(oidc_settings(&settings), clock.clone()) {
        Ok(oidc) => Arc::new(oidc),
        Err(error) => {
            log::error!("{error}");
            return Err(rocket);
        }
    };
    let rocket = with_secret_key(rocket, &settings);
    let secure = settings.base_url.as_ref().is_some_and(config::Origin::is_https);
    let sessions = Sessions {
        names: Names::new(
            secure,
            settings.session.cookie.as_deref(),
            &settings.app_id,
            settings.base.as_str(),
        ),
        vault: Vault::new(settings.secret_keys.clone()),
        clock: clock.clone(),
        clock_skew: settings.clock_skew,
        oidc,
        secure,
        settings: settings.session.clone(),
        live: Live::default(),
        ended: Ended::default(),
        warned_of_size: AtomicBool::new(false),
    };
    Ok((rocket, Logto::new(settings, clock, sessions, hooks())))
}

/// Tells what was attached. No secret is among it.
pub(super) fn announce(logto: &Logto, rocket: &Rocket<Orbit>) {
    let settings = logto.settings();
    let session = &settings.session;
    tell("Logto:");
    tell_more(format_args!("issuer: {}", settings.issuer.as_str()));
    tell_more(format_args!("redirect URI to register: {}", logto.door_url("sign-in-callback")));
    tell_more(format_args!(
        "post sign-out redirect URI to register: {}",
        logto.door_url("sign-out-callback")
    ));
    tell_more(format_args!(
        "sessions: in cookies, at most {}",
        humantime::format_duration(session.max_lifetime)
    ));
    for (place, requirement) in logto.protected() {
        let mounted = rocket.routes().find(|route| route.name.as_deref() == Some(place.name));
        match mounted {
            Some(route) => {
                tell_more(format_args!(
                    "{} {} ({}): {requirement}",
                    route.method, route.uri, place.name
                ));
            }
            None => {
                tell_more(format_args!(
                    "{} ({}:{}): {requirement}",
                    place.name, place.file, place.line
                ));
            }
        }
    }
}

/// Hands the key that seals to Rocket too, so that its private cookies and ours are one kind.
fn with_secret_key(rocket: Rocket<Build>, settings: &Settings) -> Rocket<Build> {
    let Some(key) = settings.secret_keys.first() else { return rocket };
    let figment = rocket.figment().clone().merge(("secret_key", key.master()));
    rocket.configure(figment)
}

fn oidc_settings(settings: &Settings) -> OidcSettings {
    let prompt = settings.prompt.as_str().split(' ');
    OidcSettings {
        issuer: settings.issuer.as_str().to_owned(),
        internal: settings.internal_endpoint.clone(),
        endpoint_given: settings.endpoint.is_some(),
        client_id: settings.app_id.clone(),
        client_secret: ClientSecret::new(settings.app_secret.expose()),
        prompt: prompt.filter_map(|word| word.parse().ok()).collect(),
        clock_skew: settings.clock_skew,
        timeout: settings.timeout,
        connect_timeout: settings.connect_timeout,
        ca_certificates: settings.ca_certificates.iter().map(|file| file.pem.clone()).collect(),
        pushed_authorization: settings.pushed_authorization,
    }
}

fn tell(line: &str) {
    log::warn!(target: "rocket::launch", "{line}");
}

fn tell_more(line: std::fmt::Arguments<'_>) {
    log::warn!(target: "rocket::launch_", "{line}");
}
