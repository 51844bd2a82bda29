//! The manual, chapter by chapter.
//!
//! Read [the quick start](quick_start) first: it takes a new project to a working sign-in. Then read the
//! chapters that your site needs, and [deployment] and [security] before it goes
//! live. When something does not work, look up the code or the message in
//! [troubleshooting].
//!
//! | goal | chapter |
//! | --- | --- |
//! | see a sign-in work, and then connect your own Logto | [`quick_start`] |
//! | decide who may call a handler: roles, organizations, step-up | [`requirements`] |
//! | know how long users stay signed in, list sessions and end them | [`sessions`] |
//! | call an API on behalf of the user, or as the application itself | [`tokens`] |
//! | let programs call your API | [`apis`] |
//! | handle 401 in JavaScript, HTMX, event streams and web sockets | [`front_ends`] |
//! | change the built-in pages, or use templates | [`pages`] |
//! | act when Logto suspends or deletes a user | [`webhooks`] |
//! | test your handlers | [`testing`] |
//! | work without a Logto, or with one on your machine | [`development`] |
//! | go live: nginx, containers, several hosts and instances, Redis | [`deployment`] |
//! | look up a key of the configuration | [`configuration`] |
//! | use metrics, events, hooks and spans | [`observability`] |
//! | check the set-up | [`diagnosis`] |
//! | find the cause of an error | [`troubleshooting`] |
//! | know who is trusted with what | [`security`] |
//! | move from another SDK or framework | [`coming_from`] |
//! | know why something is not offered | [`declined`] |

// The texts link to the items of the crate by their names.
#[cfg(doc)]
use crate::*;

/// From a new project to a working sign-in, and on to your own Logto.
#[doc = include_str!("../docs/quick_start.md")]
#[doc(alias("getting started", "install"))]
pub mod quick_start {}

/// Who may call a handler: roles (RBAC), organizations, permissions, step-up and MFA.
#[doc = include_str!("../docs/requirements.md")]
#[doc(alias("RBAC", "MFA", "step-up", "organizations", "multi-tenancy", "permissions"))]
pub mod requirements {}

/// How long sessions last, where they are stored, and what ends them.
#[doc = include_str!("../docs/sessions.md")]
#[doc(alias(
    "sign out everywhere",
    "back-channel logout",
    "single logout",
    "cookie",
    "remember me"
))]
pub mod sessions {}

/// Access tokens of the user and of the application itself.
#[doc = include_str!("../docs/tokens.md")]
#[doc(alias("client credentials", "machine-to-machine", "impersonation"))]
pub mod tokens {}

/// An API that programs call with access tokens.
#[doc = include_str!("../docs/apis.md")]
#[doc(alias("JWT", "resource server"))]
pub mod apis {}

/// How scripts, HTMX, event streams and web sockets handle refusals.
#[doc = include_str!("../docs/front_ends.md")]
#[doc = include_str!("../docs/refusals.md")]
#[doc = include_str!("../docs/streams.md")]
#[doc(alias("CSRF", "CORS", "HTMX", "EventSource", "WebSocket", "fetch"))]
pub mod front_ends {}

/// The built-in pages with their codes, and templates that have access to the user.
#[doc = include_str!("../docs/pages.md")]
#[doc = include_str!("../docs/templates.md")]
#[doc(alias("templates", "languages"))]
pub mod pages {}

/// What Logto reports, and the effect on sessions and tokens.
#[doc = include_str!("../docs/webhooks.md")]
pub mod webhooks {}

/// How to test handlers that need a user, a token, or a sign-in.
#[doc = include_str!("../docs/testing.md")]
#[doc = "\n```"]
#[doc = include_str!("../docs/testing_site.rs")]
#[doc = "# fn main() {}\n```"]
#[doc = include_str!("../docs/testing_recipes.md")]
#[doc(alias("mock"))]
pub mod testing {}

/// How to work without a Logto, and with one on your machine.
#[doc = include_str!("../docs/development.md")]
#[doc(alias("localhost", "https"))]
pub mod development {}

/// How to go live: proxies, containers, several hosts and instances, keys, health.
#[doc = include_str!("../docs/deployment.md")]
#[doc = include_str!("../docs/proxies.md")]
#[doc(alias(
    "nginx",
    "Docker",
    "Kubernetes",
    "Redis",
    "reverse proxy",
    "load balancer",
    "CDN",
    "TLS"
))]
pub mod deployment {}

/// Every key of the configuration.
#[doc = include_str!("../docs/configuration.md")]
pub mod configuration {}

/// Hooks, events and spans.
#[doc = include_str!("../docs/events.md")]
#[doc = include_str!("../docs/observability.md")]
#[doc(alias("metrics", "events", "hooks", "spans"))]
pub mod observability {}

/// Checks of the set-up that find a fault before a user does.
#[doc = include_str!("../docs/diagnose.md")]
pub mod diagnosis {}

/// Every code and message, with its cause and its cure.
#[doc = include_str!("../docs/troubleshooting.md")]
#[doc(alias("error codes", "invalid_redirect_uri", "invalid_client"))]
pub mod troubleshooting {}

/// The threat model: who is trusted with what.
#[doc = include_str!("../docs/security.md")]
#[doc(alias("threat model"))]
pub mod security {}

/// From Logto's other SDKs, rocket_oauth2, Spring Security and ASP.NET Core.
#[doc = include_str!("../docs/coming_from.md")]
#[doc(alias(
    "Express",
    "Next.js",
    "rocket_oauth2",
    "Spring Security",
    "ASP.NET Core",
    "migration"
))]
pub mod coming_from {}

/// What is not offered, and why.
#[doc = include_str!("../docs/declined.md")]
pub mod declined {}
