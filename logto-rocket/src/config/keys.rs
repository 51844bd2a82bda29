//! The names of all keys.

/// Every key under `logto`.
pub(super) const KEYS: [&str; 58] = [
    "endpoint",
    "issuer",
    "internal_endpoint",
    "app_id",
    "app_secret",
    "base_url",
    "base_urls",
    "proxy_prefix",
    "base",
    "routes.sign_in",
    "routes.sign_up",
    "routes.sign_in_callback",
    "routes.sign_out",
    "routes.sign_out_callback",
    "routes.backchannel_logout",
    "routes.user",
    "routes.webhook",
    "scopes",
    "resources",
    "include_reserved_scopes",
    "prompt",
    "sign_in.first_screen",
    "sign_in.ui_locales",
    "sign_in.direct_sign_in",
    "sign_in.flash",
    "pushed_authorization",
    "after_sign_in",
    "after_sign_out",
    "sign_out.clear_site_data",
    "sign_out.flash",
    "trusted_origins",
    "session.max_lifetime",
    "session.idle_timeout",
    "session.persistent",
    "session.revalidate_after",
    "session.max_stale",
    "session.store",
    "session.redis.url",
    "session.cookie",
    "session.same_site",
    "session.max_cookie_bytes",
    "session.claims",
    "session.user_info",
    "session.keep_id_token",
    "webhook.signing_keys",
    "webhook.end_on_password_reset",
    "secret_keys",
    "signing_algorithm",
    "client_authentication",
    "backchannel_logout.typ",
    "clock_skew",
    "timeout",
    "connect_timeout",
    "ca_certificates",
    "site_name",
    "resource_metadata",
    "resource_metadata_scopes",
    "diagnose",
];

/// The tables that hold other keys.
pub(super) const TABLES: [&str; 7] =
    ["backchannel_logout", "routes", "session", "session.redis", "sign_in", "sign_out", "webhook"];

/// The keys whose values are never shown.
pub(super) const SECRETS: [&str; 5] =
    ["app_secret", "secret_keys", "secret_key", "session.redis.url", "webhook.signing_keys"];

/// The keys whose values are lists.
pub(super) const LISTS: [&str; 10] = [
    "base_urls",
    "scopes",
    "resources",
    "sign_in.ui_locales",
    "sign_out.clear_site_data",
    "trusted_origins",
    "session.claims",
    "secret_keys",
    "webhook.signing_keys",
    "resource_metadata_scopes",
];

/// Whether an application that only verifies bearer tokens reads the key.
pub(super) fn is_of_resource_server(key: &str) -> bool {
    const KEYS: [&str; 13] = [
        "endpoint",
        "issuer",
        "internal_endpoint",
        "base",
        "routes.webhook",
        "signing_algorithm",
        "clock_skew",
        "timeout",
        "connect_timeout",
        "ca_certificates",
        "resource_metadata",
        "resource_metadata_scopes",
        "diagnose",
    ];
    KEYS.contains(&key) || key.starts_with("webhook.")
}

/// Whether `path` is a table that holds other keys.
pub(super) fn is_table(path: &str) -> bool {
    TABLES.contains(&path)
}

/// The environment variable that sets `key`.
pub(super) fn variable(key: &str) -> String {
    format!("LOGTO_{}", key.to_ascii_uppercase().replace('.', "__"))
}
