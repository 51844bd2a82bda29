//! What the launch logs, in one block.

use rocket::{Orbit, Rocket};

use super::listening::listens;
use super::protected;
#[cfg(feature = "testing")]
use super::provider;
use crate::client::Client;
use crate::config::{BaseUrls, Origin, ProxyPrefix, Settings};
use crate::resource_server::ResourceServer;
use crate::response::CATCHER;
use crate::session::{self, StoreSettings};
use crate::shown::duration;
use crate::webhook::Receiver;

/// Logs what was attached, in one block, without secrets.
pub(super) fn client(client: &Client, rocket: &Rocket<Orbit>) {
    let settings = client.settings();
    let mut lines = vec![format!("issuer: {}", settings.connection.issuer.as_str())];
    lines.push(format!("application: {}{}", settings.app_id, settings.source_of("app_id")));
    lines.extend(uris_to_register(client));
    lines.extend(place(settings));
    lines.push(format!("sessions: {}", sessions(&settings.session)));
    lines.push(format!("keys that encrypt them: {}", keys(settings)));
    lines.push(format!("scopes: {}", client.scopes().join(" ")));
    let resources = client.resources();
    if !resources.is_empty() {
        lines.push(format!("resources: {}", resources.join(" ")));
    }
    lines.extend(protected::list(rocket));
    if let Some(server) = ResourceServer::of(rocket) {
        lines.extend(audiences(server));
    }
    if let Some(place) = own_catcher(rocket, settings) {
        lines.push(format!(
            "the application has its own catcher for 401 at `{place}`: browsers are redirected to the \
             sign-in only if that catcher returns `Challenge::of(request)`"
        ));
    }
    #[cfg(feature = "testing")]
    lines.extend(provider::lines(rocket));
    print(lines, rocket);
    // The sessions of a test end with it anyway, and no browser looks for its address.
    if listens(rocket.config()) {
        if settings.generated_key {
            log::warn!(
                "There is no `secret_key`, so sessions end with this process. Generate one with \
                 `openssl rand -base64 32` and set ROCKET_SECRET_KEY to it."
            );
        }
        if let Some(doubt) = of_documentation(settings, rocket.config()) {
            log::warn!("{doubt}");
        }
    }
    let doubts = protected::doubts(client, rocket).into_iter();
    let doubts = doubts.chain(protected::outside(client, rocket));
    doubts.chain(protected::doubts_of_tokens(rocket)).for_each(|doubt| log::warn!("{doubt}"));
}

/// A warning if the address of the site was copied from a manual.
fn of_documentation(settings: &Settings, config: &rocket::Config) -> Option<String> {
    let is_debug = config.profile == rocket::Config::DEBUG_PROFILE;
    let mut hosts = settings.base_urls.hosts.iter();
    if is_debug || !hosts.any(Origin::is_of_documentation) {
        return None;
    }
    let key = settings.base_urls.key();
    Some(format!(
        "logto.{key}{} has a host that is reserved for documentation, so no browser finds the site \
         there. To fix it, write the address that browsers see.",
        settings.source_of(key)
    ))
}

/// What Logto must know of this site.
fn uris_to_register(client: &Client) -> impl Iterator<Item = String> {
    let settings = client.settings();
    let callbacks = client.host_ids().map(|host| client.redirect_uri(host));
    let after_sign_out = client.host_ids().map(|host| client.post_sign_out_uri(host));
    // Of these Logto takes one.
    let first = |name: &str| client.host_ids().next().map(|host| client.route_url(host, name));
    let backchannel_logout = settings.routes.backchannel_logout.as_deref().and_then(first);
    let webhook = settings.webhook.as_ref().and_then(|_| first(&settings.routes.webhook));
    callbacks
        .map(|url| format!("redirect URI to register: {url}"))
        .chain(after_sign_out.map(|url| format!("post sign-out redirect URI to register: {url}")))
        .chain(backchannel_logout.map(|url| format!("back-channel logout URI to register: {url}")))
        .chain(webhook.map(|url| format!("webhook to create: {url}")))
}

/// How requests reach the site, where that is not as usual: below a path, or at several hosts.
fn place(settings: &Settings) -> Vec<String> {
    let BaseUrls { hosts, prefix, proxy_prefix } = &settings.base_urls;
    let mut lines = Vec::new();
    if !prefix.is_empty() {
        let mounted = settings.mounted_at();
        lines.push(match proxy_prefix {
            ProxyPrefix::Keep => format!(
                "the proxy passes `{prefix}` on (`proxy_prefix = \"keep\"`): the routes of this \
                 crate are mounted at {mounted}; mount those of the application below {prefix}/"
            ),
            ProxyPrefix::Strip => format!(
                "the proxy removes `{prefix}` (`proxy_prefix = \"strip\"`): the routes of this \
                 crate are mounted at {mounted}"
            ),
        });
    }
    if hosts.len() > 1 {
        lines.push(
            "the `Host` of a request selects one of these hosts; sign-ins at other hosts are \
             refused"
                .into(),
        );
    }
    lines
}

/// Logs what a pure API has attached.
pub(super) fn resource_server(server: &ResourceServer, rocket: &Rocket<Orbit>) {
    let mut lines = vec![
        format!("issuer: {}", server.issuer().identifier()),
        "access tokens are verified; users do not sign in to this application".into(),
    ];
    let receiver = rocket.state::<Receiver>();
    lines.extend(receiver.map(|it| format!("webhooks are received at `{}`", it.path)));
    lines.extend(protected::list(rocket));
    lines.extend(audiences(server));
    #[cfg(feature = "testing")]
    lines.extend(provider::lines(rocket));
    print(lines, rocket);
    if let Some(doubt) = protected::doubts_of_tokens(rocket) {
        log::warn!("{doubt}");
    }
}

/// Which API resources access tokens are for, and where the metadata of which is served.
fn audiences(server: &ResourceServer) -> Vec<String> {
    let resources = server.resources();
    let resources = (!resources.is_empty())
        .then(|| format!("access tokens are for the resources: {}", resources.join(" ")));
    let urls = server.metadata_urls().into_iter();
    let documents = urls.map(|url| format!("metadata of a protected resource: {url}"));
    let clashes = server.without_metadata().into_iter().map(|resource| {
        format!("no metadata of {resource}: another resource of this application has the same path")
    });
    resources.into_iter().chain(documents).chain(clashes).collect()
}

/// Tests of an application are quiet: their local clients listen nowhere.
fn print(lines: Vec<String>, rocket: &Rocket<Orbit>) {
    if !listens(rocket.config()) {
        log::debug!(target: "logto_rocket::launch", "Logto:");
        for line in lines {
            log::debug!(target: "logto_rocket::launch", "{line}");
        }
        return;
    }
    // Rocket's logger recognizes launch messages by these targets, and indents those of the second.
    log::warn!(target: "rocket::launch", "Logto:");
    for line in lines {
        log::warn!(target: "rocket::launch_", "{line}");
    }
}

/// How many keys there are, and where they come from.
fn keys(settings: &Settings) -> String {
    let count = settings.secret_keys.len();
    if settings.generated_key {
        return format!("{count}, made at this launch");
    }
    let given = settings.source_of("secret_keys");
    let source = if given.is_empty() { settings.source_of("secret_key") } else { given };
    let order = if count > 1 { "; the first encrypts, all decrypt" } else { "" };
    format!("{count}{source}{order}")
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
    let lifetime = duration(settings.max_lifetime);
    match settings.revalidate_after {
        Some(after) => {
            let after = duration(after);
            format!(
                "{place}, for at most {lifetime}; claims are confirmed when they are {after} \
                old"
            )
        }
        None => format!("{place}, for at most {lifetime}"),
    }
}

/// The place of a catcher of the application's own for 401 that takes the place of this crate's.
fn own_catcher<'r>(rocket: &'r Rocket<Orbit>, settings: &Settings) -> Option<&'r str> {
    let own = rocket.catchers().find(|catcher| {
        let is_own = catcher.code == Some(401) && catcher.name.as_deref() != Some(CATCHER);
        is_own && settings.is_above_routes(catcher.base.path().as_str())
    })?;
    Some(own.base.path().as_str())
}
