//! The failures, and what is said of each.

/// Where the usual application has its configuration from.
pub const FROM: &str = "(from Config in code)";

/// Something that fails.
#[derive(Clone, Copy, Debug)]
pub enum Failure {
    /// Logto refuses a call with a code.
    Refused(At, &'static str),
    /// A claim of the ID token of a sign-in has a value.
    Claim(&'static str, &'static str),
    /// A claim of a logout token has a value.
    LogoutClaim(&'static str, &'static str),
    /// The callback has another `iss`, or none.
    Issuer(Option<&'static str>),
    /// A time in it is off by so many seconds.
    Time(&'static str, i64),
    /// The discovery document is not what it must be.
    Discovery,
    /// Logto cannot be reached.
    Unreachable(Cause),
    /// The sign-in starts under another host name.
    Host,
    /// The session cookie was sealed by an application with another key.
    OtherKey,
    /// The system's clock is set back.
    ClockSetBack,
}

/// Where Logto refuses.
#[derive(Clone, Copy, Debug)]
pub enum At {
    Callback,
    Code,
    Refresh,
    Revocation,
    UserInfo,
    Introspection,
    ClientCredentials,
    AnotherMachine,
    TokenExchange,
    PushedAuthorization,
}

/// Why Logto cannot be reached.
#[derive(Clone, Copy, Debug)]
pub enum Cause {
    Refused,
    Dns,
    Tls,
    Timeout,
    /// After the sign-in.
    Gone,
}

/// Each failure, with what is said of it.
#[rustfmt::skip] // One failure, one or two lines.
pub const FAILURES: &[(Failure, &[&str])] = &[
    (Failure::Refused(At::Code, "invalid_client"), &["token request: invalid_client", "`logto.app_secret` (from Config in code)"]),
    (Failure::Refused(At::Code, "invalid_grant"), &["token request: invalid_grant", "redirect URI", "`logto.base_url` (from Config in code)"]),
    (Failure::Refused(At::Code, "invalid_request"), &["`logto.app_secret` (from Config in code) may have expired", "traditional web application"]),
    (Failure::Refused(At::Code, "unauthorized_client"), &["`logto.app_id` (from Config in code)", "traditional web application"]),
    (Failure::Refused(At::Code, "invalid_scope"), &["`logto.scopes` (from Config in code)"]),
    (Failure::Refused(At::Code, "made_up"), &["token request: made_up", "audit log", "`logto.app_id` (from Config in code)"]),
    (Failure::Refused(At::Code, "made up"), &["token request: unrecognized", "`logto.endpoint` (from Config in code)"]),
    (Failure::Refused(At::Refresh, "invalid_client"), &["`logto.app_secret` (from Config in code)"]),
    (Failure::Refused(At::Refresh, "invalid_target"), &["token request: invalid_target", "`logto.resources`"]),
    (Failure::Refused(At::Revocation, "invalid_client"), &["not revoked", "token revocation: invalid_client", "`logto.app_secret` (from Config in code)"]),
    (Failure::Refused(At::Revocation, "unsupported_token_type"), &["token revocation: unsupported_token_type", "audit log"]),
    (Failure::Refused(At::UserInfo, "insufficient_scope"), &["userinfo request: insufficient_scope", "`openid`", "`logto.scopes` (from Config in code)"]),
    (Failure::Refused(At::UserInfo, "invalid_token"), &["userinfo request: invalid_token", "sign in again"]),
    (Failure::Refused(At::Introspection, "invalid_client"), &["token introspection: invalid_client", "`logto.app_secret` (from Config in code)"]),
    (Failure::Refused(At::Introspection, "unsupported_token_type"), &["a JWT is not introspected"]),
    (Failure::Refused(At::ClientCredentials, "invalid_client"), &["the application itself: invalid_client", "`logto.app_secret` (from Config in code)"]),
    (Failure::Refused(At::ClientCredentials, "unauthorized_client"), &["machine-to-machine application", "`client_credentials().app(id, secret)`"]),
    (Failure::Refused(At::ClientCredentials, "invalid_target"), &["exactly this indicator"]),
    (Failure::Refused(At::ClientCredentials, "access_denied"), &["a member of the organization"]),
    (Failure::Refused(At::AnotherMachine, "invalid_client"), &["the id and secret in `app(id, secret)`"]),
    (Failure::Refused(At::TokenExchange, "invalid_request"), &["token exchange must be allowed", "`logto.app_id` (from Config in code)"]),
    (Failure::Refused(At::TokenExchange, "invalid_grant"), &["works once"]),
    (Failure::Refused(At::TokenExchange, "invalid_target"), &["token exchange: invalid_target", "exactly this indicator"]),
    (Failure::Refused(At::PushedAuthorization, "invalid_client"), &["pushed authorization request: invalid_client", "`logto.app_secret` (from Config in code)"]),
    (Failure::Refused(At::PushedAuthorization, "invalid_redirect_uri"), &["redirect URI", "`logto.base_url` (from Config in code)"]),
    (Failure::Refused(At::Callback, "invalid_scope"), &["`invalid_scope`", "openid offline_access profile roles email", "`logto.scopes` (from Config in code)"]),
    (Failure::Refused(At::Callback, "invalid_target"), &["`invalid_target`", "`https://orders.example.com`", "`logto.resources` (from Config in code)"]),
    (Failure::Refused(At::Callback, "invalid_redirect_uri"), &["redirect URI", "`logto.base_url` (from Config in code)"]),
    (Failure::Refused(At::Callback, "unauthorized_client"), &["`unauthorized_client`", "traditional web application"]),
    (Failure::Refused(At::Callback, "server_error"), &["`server_error`", "try again"]),
    (Failure::Refused(At::Callback, "made_up"), &["`made_up`", "audit log", "`logto.app_id` (from Config in code)"]),
    (Failure::Time("iat", 300), &["claim `iat`", "this server's clock is 300 s behind Logto's", "`logto.clock_skew`", "1m", "by the `Date` of Logto's last answer, the two clocks agree"]),
    (Failure::Time("nbf", 300), &["claim `nbf`", "300 s in the future", "`logto.clock_skew`"]),
    (Failure::Time("exp", -300), &["claim `exp`", "300 s ago", "clock is ahead of Logto's", "`logto.clock_skew`"]),
    (Failure::Claim("roles", "\"hunter2\""), &["claim `roles` of the ID token is a string"]),
    (Failure::Claim("roles", "[\"a\", 7]"), &["claim `roles[1]` of the ID token is a number"]),
    (Failure::Claim("sub", "7"), &["claim `sub` is a number, not a string"]),
    (Failure::Claim("exp", "\"soon\""), &["claim `exp` is a string, not a time"]),
    (Failure::Claim("iss", "\"https://else.where\\n\""), &["claim `iss` is `https://else.where\\n`, not `", "`logto.endpoint` (from Config in code)"]),
    (Failure::Claim("aud", "\"another\""), &["claim `aud` is `another`, not `", "`logto.app_id` (from Config in code)"]),
    (Failure::Claim("nonce", "\"another\""), &["belongs to another sign-in"]),
    (Failure::Claim("aud", "[\"test_app\", \"another\"]"), &["claim `aud` also names other audiences (`test_app, another`)", "no `azp`"]),
    (Failure::Claim("azp", "\"another\""), &["claim `azp` is `another`, not `test_app`", "`logto.app_id` (from Config in code)"]),
    (Failure::LogoutClaim("nonce", "\"n\""), &["claim `nonce` is forbidden in a logout token"]),
    (Failure::LogoutClaim("iss", "\"https://else.where\""), &["claim `iss` is `https://else.where`, not `http://127.0.0.1:"]),
    (Failure::LogoutClaim("events", "7"), &["claim `events` is a number, not an object"]),
    (Failure::Issuer(Some("https://else.where")), &["`iss` is `https://else.where`, not `http://127.0.0.1:", "`logto.endpoint` (from Config in code)"]),
    (Failure::Issuer(None), &["`iss` is missing", "`http://127.0.0.1:"]),
    (Failure::Discovery, &["discovery document", "/oidc/.well-known/openid-configuration", "404", "`logto.endpoint` (from Config in code)"]),
    (Failure::Unreachable(Cause::Refused), &["discovery document", "http://127.0.0.1:", "refused", "`logto.endpoint` (from Config in code)"]),
    (Failure::Unreachable(Cause::Dns), &["https://logto.invalid/oidc/.well-known", "the host name cannot be resolved", "`logto.endpoint` (from Config in code)"]),
    (Failure::Unreachable(Cause::Tls), &["https://127.0.0.1:", "does not speak TLS", "`logto.endpoint`"]),
    (Failure::Unreachable(Cause::Timeout), &["no complete answer within 150ms", "http://127.0.0.1:", "`logto.timeout` (from Config in code)"]),
    (Failure::Unreachable(Cause::Gone), &["Claims could not be confirmed", "/oidc/token was refused", "`logto.endpoint` (from Config in code)"]),
    (Failure::Host, &["`Host` is `www.example.com:8000`", "`logto.base_url` is `http://localhost:8000` (from Config in code)"]),
    (Failure::OtherKey, &["a session cookie cannot be decrypted with any of `secret_keys`"]),
    (Failure::ClockSetBack, &["the clock of this machine is 2h behind", "restart"]),
];
