//! The launch: makes a client from the configuration.

use std::sync::{Arc, Mutex, PoisonError};

use cookie::Key;
use rocket::{Build, Rocket};

use super::store::OwnStore;
use crate::client::{Client, Logto};
use crate::clock::Clock;
use crate::config::{self, Config, Connection, Settings};
use crate::events::{Event, Events};
use crate::local_path::LocalPath;
use crate::oidc::{ClientSettings, Issuer, IssuerSettings, Observer, Oidc};
use crate::resource_server::ResourceServer;
use crate::routes;
use crate::session::{
    MemoryStore, ObservedStore, SessionStore, Sessions, Site, SiteHost, StoreSettings,
};
use crate::webhook::{self, Receiver, WebhookHook};

/// The client and the resource server for this configuration. If the configuration has errors, all of
/// them are logged and there is neither.
pub(super) fn logto(
    rocket: &Rocket<Build>,
    config: Option<&Config>,
    own_store: &OwnStore,
    clock: Clock,
    events: Arc<Events>,
) -> Option<(Logto, ResourceServer)> {
    let has_own_store = !matches!(own_store, OwnStore::None);
    let read = config::read(rocket.figment(), config, has_own_store);
    let (settings, warnings) = read.inspect_err(|mistakes| log::error!("{mistakes}")).ok()?;
    for warning in warnings {
        log::warn!("{warning}");
    }
    let issuer = issuer(&settings.connection, clock.clone(), &events);
    let issuer = issuer.inspect_err(|mistake| log::error!("{mistake}")).ok()?;
    let issuer = Arc::new(issuer);
    let metadata = settings.resource_metadata.clone();
    let server = ResourceServer::new(Arc::clone(&issuer), Arc::clone(&events), metadata);
    let oidc = Oidc::new(issuer, client_settings(&settings));
    let store = store(&settings, own_store, &clock, &events);
    let (first, others) = hosts(rocket, &settings);
    let base = settings.base_path();
    let site = Site {
        issuer: settings.connection.issuer.as_str(),
        app_id: &settings.app_id,
        base: base.as_str(),
        is_https: settings.is_https(),
        first,
        others,
        secret_keys: settings.secret_keys.clone(),
        clock_skew: settings.connection.clock_skew,
    };
    let (own, oidc) = (settings.session.clone(), Arc::new(oidc));
    let sessions = Sessions::new(own, site, store, oidc, clock.clone(), events);
    Some((Logto::new(Client::new(settings, clock, Arc::new(sessions))), server))
}

/// The first host of this site and the others, if they are known. If no host is configured and the system
/// chooses the port at lift-off, there is one host without a name.
fn hosts(rocket: &Rocket<Build>, settings: &Settings) -> (SiteHost, Vec<SiteHost>) {
    let listening = || rocket.figment().extract_inner("port").ok().filter(|port| *port > 0);
    let origins = match listening() {
        None if settings.base_urls.hosts.is_empty() => Vec::new(),
        port => settings.hosts_for_port(port.unwrap_or_default()),
    };
    let names = origins.iter().map(|origin| origin.url().host_str());
    let hosts = origins.iter().enumerate().map(|(at, origin)| {
        let has_same_name = |(other, name)| other != at && name == origin.url().host_str();
        let is_one_of_several = names.clone().enumerate().any(has_same_name);
        let (name, port) = (origin.url().host_str(), origin.url().port_or_known_default());
        let name = name.unwrap_or_default();
        let name = match port.filter(|_| is_one_of_several) {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        // Cookies do not heed ports, and those without `__Host-` must not meet anybody's.
        let by_port = !settings.is_https() || is_one_of_several;
        SiteHost { name, port: port.filter(|_| by_port) }
    });
    let mut hosts = hosts.collect::<Vec<_>>().into_iter();
    let first = hosts.next().unwrap_or(SiteHost { name: String::new(), port: None });
    (first, hosts.collect())
}

/// Where sessions are stored, if not in cookies.
fn store(
    settings: &Settings,
    own_store: &OwnStore,
    clock: &Clock,
    events: &Arc<Events>,
) -> Option<Arc<ObservedStore>> {
    let store: Option<Arc<dyn SessionStore>> = match &settings.session.store {
        StoreSettings::Cookie => return None,
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
            );
            let store = Arc::new(store);
            let first = Arc::clone(&store);
            // The launch does not wait for Redis; the store logs a warning if Redis is unreachable.
            rocket::tokio::spawn(async move { first.ready().await });
            Some(store)
        }
        StoreSettings::Own => match own_store {
            OwnStore::Given(store) => Some(Arc::clone(store)),
            OwnStore::None | OwnStore::Later(_) => None,
        },
    };
    let observed = ObservedStore::later(Arc::clone(events), clock.clone());
    if let Some(store) = store {
        observed.is(store);
    }
    Some(Arc::new(observed))
}

/// Mounts the route for webhooks under `base` by its name, if there are any.
pub(super) fn with_webhooks(
    rocket: Rocket<Build>,
    base: &LocalPath,
    name: &str,
    settings: Option<webhook::Settings>,
    hook: &Mutex<Option<WebhookHook>>,
) -> Rocket<Build> {
    let hook = take(hook);
    let Some(settings) = settings else {
        if hook.is_some() {
            log::warn!(
                "`on_webhook` is never called: without `logto.webhook.signing_keys` no webhooks are \
                 received."
            );
        }
        return rocket;
    };
    let receiver = Receiver::new(base.join(name).to_string(), settings, hook);
    rocket.manage(receiver).mount(base.to_string(), routes::webhook(name))
}

/// Passes the encryption key to Rocket as well, so that its private cookies and this crate's
/// cookies use the same key.
pub(super) fn with_secret_key(rocket: Rocket<Build>, client: &Client) -> Rocket<Build> {
    let Some(key) = client.settings().secret_keys.first() else { return rocket };
    let figment = rocket.figment().clone().merge(("secret_key", key.master()));
    rocket.configure(figment)
}

/// Gives Rocket an encryption key of this process if there is none. Where its feature `secrets` is on,
/// Rocket does not launch without one outside the debug profile, even if nothing is encrypted.
pub(super) fn with_any_secret_key(rocket: Rocket<Build>) -> Rocket<Build> {
    match Key::try_generate() {
        Some(key) if !config::has_secret_key(rocket.figment()) => {
            let figment = rocket.figment().clone().merge(("secret_key", key.master()));
            rocket.configure(figment)
        }
        _ => rocket,
    }
}

/// Logto as the one who signs tokens, by where it is.
pub(super) fn issuer(
    connection: &Connection,
    clock: Clock,
    events: &Arc<Events>,
) -> Result<Issuer, String> {
    let settings = IssuerSettings {
        issuer: connection.issuer.as_str().to_owned(),
        internal: connection.internal_endpoint.clone(),
        endpoint_given: connection.endpoint.is_some(),
        clock_skew: connection.clock_skew,
        signing_algorithm: connection.signing_algorithm,
        timeout: connection.timeout,
        connect_timeout: connection.connect_timeout,
        ca_certificates: connection.ca_certificates.iter().map(|file| file.pem.clone()).collect(),
        sources: connection.sources.clone(),
    };
    let events = Arc::clone(events);
    let observer = Observer::new(move |call, took, answered| {
        let (status, error) = (answered.ok(), answered.err().cloned());
        events.emit(&Event::LogtoCalled { call, took, status, error });
    });
    Issuer::new(settings, clock, observer)
}

fn client_settings(settings: &Settings) -> ClientSettings {
    ClientSettings {
        id: settings.app_id.clone(),
        secret: settings.app_secret.clone(),
        authentication: settings.client_authentication,
        logout_typ: settings.logout_typ,
        prompt: settings.prompt.clone(),
        sign_in: settings.sign_in.clone(),
        pushed_authorization: settings.pushed_authorization,
    }
}

/// Whether one of the two fairings is attached already. Logs how to fix it.
pub(super) fn is_attached(rocket: &Rocket<Build>) -> bool {
    if Client::of(rocket).is_none() && ResourceServer::of(rocket).is_none() {
        return false;
    }
    log::error!(
        "Two fairings of Logto are attached. Attach only one: `Logto::fairing()` if users sign \
         in, which also verifies access tokens, otherwise `Logto::resource_server()`."
    );
    true
}

/// What a fairing was given and now hands on.
pub(super) fn take<T: Default>(given: &Mutex<T>) -> T {
    std::mem::take(&mut *given.lock().unwrap_or_else(PoisonError::into_inner))
}
