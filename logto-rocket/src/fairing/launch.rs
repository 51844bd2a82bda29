//! The launch: makes a client from the configuration and logs it in one block.

use std::sync::Arc;

use humantime::format_duration;
use rocket::{Build, Orbit, Rocket};

use super::protected;
use crate::client::{Client, Logto};
use crate::clock::Clock;
use crate::config::{self, Config, Connection, Settings};
use crate::events::Events;
use crate::oidc::{ClientSettings, Issuer, IssuerSettings, Oidc};
use crate::response::CATCHER;
use crate::session::{self, MemoryStore, SessionStore, Sessions, Site, StoreError, StoreSettings};

/// The client for this configuration. If the configuration has errors, all of them are logged and
/// there is no client.
pub(super) fn logto(
    rocket: &Rocket<Build>,
    config: Option<&Config>,
    own_store: Option<Arc<dyn SessionStore>>,
    clock: Clock,
    events: Arc<Events>,
) -> Option<Logto> {
    let read = config::read(rocket.figment(), config, own_store.is_some());
    let (settings, warnings) = read.inspect_err(|mistakes| log::error!("{mistakes}")).ok()?;
    for warning in warnings {
        log::warn!("{warning}");
    }
    if settings.generated_key {
        log::warn!(
            "There is no `secret_key`, so sessions end with this process. Generate one with \
             `openssl rand -base64 32` and set ROCKET_SECRET_KEY to it."
        );
    }
    let issuer = issuer(&settings.connection, clock.clone());
    let issuer = issuer.inspect_err(|mistake| log::error!("{mistake}")).ok()?;
    let oidc = Oidc::new(Arc::new(issuer), client_settings(&settings));
    let store = store(&settings, own_store, &clock);
    let store = store.inspect_err(|mistake| log::error!("{mistake}")).ok()?;
    let site = Site {
        issuer: settings.connection.issuer.as_str(),
        app_id: &settings.app_id,
        base: settings.base.as_str(),
        is_https: settings.is_https(),
        port: port(rocket, &settings),
        secret_keys: settings.secret_keys.clone(),
        clock_skew: settings.connection.clock_skew,
    };
    let (own, oidc) = (settings.session.clone(), Arc::new(oidc));
    let sessions = Sessions::new(own, site, store, oidc, clock.clone(), events);
    Some(Logto::new(Client::new(settings, clock, Arc::new(sessions))))
}

/// The port that browsers know this site by; none if the system chooses one at lift-off.
fn port(rocket: &Rocket<Build>, settings: &Settings) -> Option<u16> {
    let listening = || rocket.figment().extract_inner("port").ok().filter(|port| *port > 0);
    let configured = settings.base_url.as_ref();
    configured.map_or_else(listening, |site| site.url().port_or_known_default())
}

/// Where sessions are stored, if not in cookies.
#[cfg_attr(not(feature = "redis"), expect(clippy::unnecessary_wraps, reason = "Redis may fail"))]
fn store(
    settings: &Settings,
    own_store: Option<Arc<dyn SessionStore>>,
    clock: &Clock,
) -> Result<Option<Arc<dyn SessionStore>>, StoreError> {
    Ok(match &settings.session.store {
        StoreSettings::Cookie => None,
        StoreSettings::Memory => {
            let capacity = MemoryStore::DEFAULT_CAPACITY;
            Some(Arc::new(MemoryStore::timed_by(clock.clone(), capacity)))
        }
        #[cfg(feature = "redis")]
        StoreSettings::Redis(url) => {
            let store = crate::session::RedisStore::of_application(
                url.as_ref().clone(),
                settings.connection.issuer.as_str(),
                &settings.app_id,
            )?;
            let store = Arc::new(store);
            let first = Arc::clone(&store);
            // The launch does not wait for Redis; the store logs a warning if Redis is unreachable.
            rocket::tokio::spawn(async move { first.ready().await });
            Some(store)
        }
        StoreSettings::Own => own_store,
    })
}

/// Passes the encryption key to Rocket as well, so that its private cookies and this crate's
/// cookies use the same key.
pub(super) fn with_secret_key(rocket: Rocket<Build>, client: &Client) -> Rocket<Build> {
    let Some(key) = client.settings().secret_keys.first() else { return rocket };
    let figment = rocket.figment().clone().merge(("secret_key", key.master()));
    rocket.configure(figment)
}

/// Logs what was attached, in one block, without secrets.
pub(super) fn announce(client: &Client, rocket: &Rocket<Orbit>) {
    let settings = client.settings();
    let mut lines = vec![
        format!("issuer: {}", settings.connection.issuer.as_str()),
        format!("redirect URI to register: {}", client.route_url("sign-in-callback")),
        format!(
            "post sign-out redirect URI to register: {}",
            client.route_url("sign-out-callback")
        ),
        format!("back-channel logout URI to register: {}", client.route_url("backchannel-logout")),
        format!("sessions: {}", sessions(&settings.session)),
        format!("scopes: {}", client.scopes().join(" ")),
    ];
    let resources = client.resources();
    if !resources.is_empty() {
        lines.push(format!("resources: {}", resources.join(" ")));
    }
    lines.extend(protected::list(rocket));
    if has_own_catcher(rocket) {
        lines.push(
            "the application has its own catcher for 401 at `/`: browsers are redirected to the \
             sign-in only if that catcher returns `Challenge::of(request)`"
                .into(),
        );
    }
    // Rocket's logger recognizes launch messages by these targets, and indents those of the second.
    log::warn!(target: "rocket::launch", "Logto:");
    for line in lines {
        log::warn!(target: "rocket::launch_", "{line}");
    }
    for doubt in protected::doubts(client, rocket) {
        log::warn!("{doubt}");
    }
}

/// Where sessions are stored, and for how long.
fn sessions(settings: &session::Settings) -> String {
    let place = match &settings.store {
        StoreSettings::Cookie => "in cookies".to_owned(),
        StoreSettings::Memory => "in the memory of this process".to_owned(),
        #[cfg(feature = "redis")]
        StoreSettings::Redis(url) => format!("in Redis at {}", url.place()),
        StoreSettings::Own => "in the application's own store".to_owned(),
    };
    let lifetime = format_duration(settings.max_lifetime);
    match settings.revalidate_after {
        Some(after) => {
            let after = format_duration(after);
            format!(
                "{place}, for at most {lifetime}; claims are confirmed when they are {after} \
                old"
            )
        }
        None => format!("{place}, for at most {lifetime}"),
    }
}

fn has_own_catcher(rocket: &Rocket<Orbit>) -> bool {
    rocket.catchers().any(|catcher| {
        let at_root = catcher.code == Some(401) && catcher.base.path() == "/";
        at_root && catcher.name.as_deref() != Some(CATCHER)
    })
}

/// Logto as the one who signs tokens, by where it is.
pub(super) fn issuer(connection: &Connection, clock: Clock) -> Result<Issuer, String> {
    let settings = IssuerSettings {
        issuer: connection.issuer.as_str().to_owned(),
        internal: connection.internal_endpoint.clone(),
        endpoint_given: connection.endpoint.is_some(),
        clock_skew: connection.clock_skew,
        timeout: connection.timeout,
        connect_timeout: connection.connect_timeout,
        ca_certificates: connection.ca_certificates.iter().map(|file| file.pem.clone()).collect(),
        sources: connection.sources.clone(),
    };
    Issuer::new(settings, clock)
}

fn client_settings(settings: &Settings) -> ClientSettings {
    ClientSettings {
        id: settings.app_id.clone(),
        secret: settings.app_secret.clone(),
        prompt: settings.prompt.clone(),
        pushed_authorization: settings.pushed_authorization,
    }
}
