//! [`read`]: all layers in, the parsed configuration or all errors out.

use cookie::Key;
use rocket::figment::Figment;

use super::errors::{ConfigErrors, Warning, Wrong};
use super::listener::Listener;
use super::reader::Reader;
use super::secret_keys::{self, MAKE_ONE};
#[cfg(feature = "testing")]
use super::test_provider::TestProvider;
use super::values::{self, Base, Origin};
use super::{
    BaseUrls, Config, Connection, Flash, ResourceMetadata, Routes, Settings, SiteData, connection,
    environment, keys, routes, session, sign_in, texts, webhook,
};
use crate::local_path::{LocalPath, NotLocal, Prefix};
use crate::names::scope;
use crate::oidc::Prompt;

/// Reads the configuration from Rocket's `figment`, with `config` below it and the `LOGTO_*`
/// environment variables above it. `has_own_store` is true if the application has passed its own
/// store to the fairing.
///
/// # Errors
///
/// All errors at once, and the warnings with them.
pub(crate) fn read(
    figment: &Figment,
    config: Option<&Config>,
    has_own_store: bool,
) -> Result<(Settings, Vec<Warning>), ConfigErrors> {
    let (mut reader, mut warnings) = open(figment, config, |_| true)?;
    let debug = is_debug(figment);

    let connection = connection::read(&mut reader, debug, &mut warnings);
    let resource_metadata = ResourceMetadata::read(&mut reader);
    let app_id = required(&mut reader, "app_id", "app id", texts::app_id);
    let app_secret = required(&mut reader, "app_secret", "app secret", values::app_secret);
    let listener = Listener::of(figment);
    let routes = Routes::read(&mut reader);
    let base_urls = BaseUrls::read(&mut reader, &routes, debug, &mut warnings);
    warnings.extend(listener.warnings(&base_urls, debug, &reader));
    let base = reader.text("base", Base::parse).unwrap_or_default();
    base_urls.reject_base(&mut reader, &base);
    let scopes = reader.list("scopes", texts::scope).unwrap_or_default();
    let resources = reader.list("resources", texts::resource).unwrap_or_default();
    let include_reserved_scopes = include_reserved_scopes(&mut reader, &scopes);
    let prompt = reader.text("prompt", values::prompt).unwrap_or_else(|| vec![Prompt::Consent]);
    warnings.extend(no_refresh_token(&reader, &prompt, include_reserved_scopes, &scopes));
    let sign_in = sign_in::read(&mut reader);
    let pushed_authorization = reader.flag("pushed_authorization").unwrap_or(false);
    let client_authentication =
        reader.text("client_authentication", texts::client_authentication).unwrap_or_default();
    let logout_typ = reader.text("backchannel_logout.typ", texts::logout_typ).unwrap_or_default();
    let after_sign_in = local_path(&mut reader, "after_sign_in", &base_urls.prefix);
    let after_sign_out = local_path(&mut reader, "after_sign_out", &base_urls.prefix);
    let base_path = base_urls.prefix.path_of(&LocalPath::root().join(base.as_str()));
    routes.reject_loops(&mut reader, &base_path, &after_sign_in, &after_sign_out);
    let clear_site_data =
        reader.list("sign_out.clear_site_data", SiteData::parse).unwrap_or_default();
    let flash = Flash::read(&mut reader);
    let trusted_origins = reader.list("trusted_origins", Origin::of_another).unwrap_or_default();
    let is_https = base_urls.is_https().unwrap_or(listener.has_tls);
    let session = session::read(&mut reader, is_https, has_own_store, &mut warnings);
    let webhook = webhook::read(&mut reader, &mut warnings);
    let (secret_keys, generated_key) = secret_keys(&mut reader, debug);
    let diagnose = diagnose(&mut reader, figment, config);
    let site_name = reader.text("site_name", texts::site_name);

    let errors = reader.into_errors();
    let (Some(connection), Some(app_id), Some(app_secret), true) =
        (connection, app_id, app_secret, errors.is_empty())
    else {
        return Err(errors.with(warnings));
    };
    let settings = Settings {
        connection,
        resource_metadata,
        app_id,
        app_secret,
        base_urls,
        has_tls: listener.has_tls,
        base,
        routes,
        scopes,
        resources,
        include_reserved_scopes,
        prompt,
        sign_in,
        pushed_authorization,
        client_authentication,
        logout_typ,
        after_sign_in,
        after_sign_out,
        clear_site_data,
        flash,
        trusted_origins,
        session,
        webhook,
        secret_keys,
        generated_key,
        diagnose,
        site_name,
    };
    Ok((settings, warnings))
}

/// The settings of an application that only verifies bearer tokens. The fields are named like the keys.
pub(crate) struct OfResourceServer {
    pub(crate) connection: Connection,
    pub(crate) resource_metadata: ResourceMetadata,
    /// The path that the route for webhooks is mounted under, and what it is called there.
    pub(crate) base: Base,
    pub(crate) webhook_route: String,
    pub(crate) webhook: Option<crate::webhook::Settings>,
    /// As in [`Settings`].
    pub(crate) diagnose: bool,
}

/// Reads what an application needs that only verifies bearer tokens, from the same layers. Other keys may
/// be there: the site that gets the tokens may have the same Rocket.toml.
///
/// # Errors
///
/// All errors at once, and the warnings with them.
pub(crate) fn read_resource_server(
    figment: &Figment,
    config: Option<&Config>,
) -> Result<(OfResourceServer, Vec<Warning>), ConfigErrors> {
    let (mut reader, mut warnings) = open(figment, config, keys::is_of_resource_server)?;
    let connection = connection::read(&mut reader, is_debug(figment), &mut warnings);
    let resource_metadata = ResourceMetadata::read(&mut reader);
    let base = reader.text("base", Base::parse).unwrap_or_default();
    let webhook_route = routes::webhook(&mut reader);
    let webhook = webhook::read(&mut reader, &mut warnings);
    let diagnose = diagnose(&mut reader, figment, config);
    let errors = reader.into_errors();
    match connection {
        Some(connection) if errors.is_empty() => {
            let settings = OfResourceServer {
                connection,
                resource_metadata,
                base,
                webhook_route,
                webhook,
                diagnose,
            };
            Ok((settings, warnings))
        }
        _ => Err(errors.with(warnings)),
    }
}

/// Opens all layers: the code's below Rocket's, the environment above, and on top a test provider. Only the
/// variables of keys that are `read` are looked at, and none of those that a test provider overrides.
pub(super) fn open(
    figment: &Figment,
    config: Option<&Config>,
    is_read: fn(&str) -> bool,
) -> Result<(Reader, Vec<Warning>), ConfigErrors> {
    #[cfg(feature = "testing")]
    let provider = config.and_then(Config::provider);
    #[cfg(feature = "testing")]
    let is_read = |key: &str| is_read(key) && !(provider.is_some() && TestProvider::overrides(key));
    let (environment, warnings) = environment::layer(is_read);
    let layers = match config {
        Some(config) => figment.clone().join(config),
        None => figment.clone(),
    };
    let reader = match Reader::open(layers, environment) {
        Ok(reader) => reader,
        Err(errors) => return Err(errors.with(warnings)),
    };
    #[cfg(feature = "testing")]
    let reader = match provider {
        Some(provider) => reader.below(provider),
        None => reader,
    };
    Ok((reader, warnings))
}

/// Whether the set-up is diagnosed without being asked for.
fn diagnose(reader: &mut Reader, figment: &Figment, config: Option<&Config>) -> bool {
    let is_wanted = reader.flag("diagnose").unwrap_or(true);
    #[cfg(feature = "testing")]
    let is_wanted = is_wanted && config.and_then(Config::provider).is_none();
    #[cfg(not(feature = "testing"))]
    let _ = config;
    is_wanted && is_debug(figment)
}

fn is_debug(figment: &Figment) -> bool {
    figment.profile() == rocket::Config::DEBUG_PROFILE
}

fn required<T>(
    reader: &mut Reader,
    key: &str,
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, Wrong>,
) -> Option<T> {
    if !reader.has(key) {
        let remedy = format!(
            "copy the {name} from the application's page in Logto's console into `{key}` of \
             `[default.logto]` in Rocket.toml, or into the environment variable `{}`",
            keys::variable(key),
        );
        reader.reject(key, Wrong::new("is missing", remedy));
    }
    reader.text(key, parse)
}

fn include_reserved_scopes(reader: &mut Reader, scopes: &[String]) -> bool {
    let include = reader.flag("include_reserved_scopes").unwrap_or(true);
    if !include && !has(scopes, scope::OPENID) && !reader.is_wrong("scopes") {
        let what = "does not contain `openid`, without which Logto issues no ID token";
        reader.reject("include_reserved_scopes", Wrong::new(what, "add \"openid\" to `scopes`"));
    }
    include
}

fn no_refresh_token(
    reader: &Reader,
    prompt: &[Prompt],
    reserved: bool,
    scopes: &[String],
) -> Option<Warning> {
    let (key, why, cure) = if !prompt.contains(&Prompt::Consent) {
        ("prompt", "has no `consent`", "write \"consent\" or \"login consent\"")
    } else if !reserved && !has(scopes, scope::OFFLINE_ACCESS) {
        let cure = "add \"offline_access\" to `scopes`";
        ("include_reserved_scopes", "leaves out `offline_access`", cure)
    } else {
        return None;
    };
    let what = format!(
        "{why}: Logto will issue no refresh token, so a session ends at `session.revalidate_after` \
         and an access token is never renewed"
    );
    Some(reader.warning(key, &what, cure))
}

/// The path of the application's own at `key`, as browsers have it.
fn local_path(reader: &mut Reader, key: &str, prefix: &Prefix) -> LocalPath {
    let parse = |text: &str| {
        text.parse().map_err(|why: NotLocal| {
            Wrong::new(
                format!("is not a path on this site: {why}"),
                "write a path such as `/account`",
            )
        })
    };
    prefix.path_of(&reader.text(key, parse).unwrap_or_else(LocalPath::root))
}

/// The keys that encrypt cookies, and whether the only one has just been generated.
fn secret_keys(reader: &mut Reader, debug: bool) -> (Vec<Key>, bool) {
    let zero = || Wrong::new("is all zeroes, which is easy to guess", MAKE_ONE);
    let given = reader.values("secret_keys", |_, value| secret_keys::key(value)?.ok_or_else(zero));
    if let Some(keys) = given {
        if keys.is_empty() && !reader.is_wrong("secret_keys") {
            reader.reject("secret_keys", Wrong::new("is an empty list", MAKE_ONE));
        }
        return (keys, false);
    }
    match reader.rockets_key().map(|value| (secret_keys::key(&value), value)) {
        Some((Ok(Some(key)), _)) => return (vec![key], false),
        Some((Err(wrong), value)) => {
            reader.reject_rockets_key(&value, wrong);
            return (Vec::new(), false);
        }
        Some((Ok(None), _)) | None => {}
    }
    let generated = if debug { Key::try_generate() } else { None };
    if generated.is_none() {
        let what = "are missing, and so is Rocket's own `secret_key`";
        reader.reject("secret_keys", Wrong::new(what, MAKE_ONE));
    }
    (generated.into_iter().collect(), debug)
}

fn has(scopes: &[String], scope: &str) -> bool {
    scopes.iter().any(|have| have == scope)
}
