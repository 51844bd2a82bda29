//! Logto sign-in for Rocket.
//!
//! A handler declares which users it admits. One `attach` adds everything else: sign-in routes, sessions,
//! tokens, keys, redirects and error responses. [`guide`] is the manual.
//!
//! # Quick start
//!
//! ```console
//! $ cargo add rocket
//! $ cargo add logto-rocket --features testing
//! ```
//!
//! ```no_run
//! #[macro_use]
//! extern crate rocket;
//!
//! use logto_rocket::{Logto, LogtoUser, authenticated};
//!
//! #[get("/")]
//! fn index(user: Option<LogtoUser>) -> String {
//!     user.map_or("Hello, stranger".into(), |user| format!("Hello, {}", user.display_name()))
//! }
//!
//! #[authenticated]
//! #[get("/account")]
//! fn account(user: LogtoUser) -> String {
//!     format!("Your id is {}", user.id())
//! }
//!
//! #[launch]
//! fn rocket() -> _ {
//!     rocket::build()
//!         .attach(Logto::fairing().dev_provider())
//!         .mount("/", routes![index, account])
//! }
//! ```
//!
//! Run `cargo run`, and open `http://localhost:8000/account`. If no Logto is configured,
//! [`dev_provider()`](LogtoFairing::dev_provider) starts a provider for development. [The quick
//! start](guide::quick_start) continues with your own Logto, the sign-out and a release build.
//!
//! # Guards
//!
//! | guard | returns | fails with |
//! | --- | --- | --- |
//! | [`LogtoUser`], `&LogtoUser` | the signed-in user | 401; 403 for another site's `POST` |
//! | `Option<LogtoUser>` | the same, or `None` for any reason | – |
//! | `Result<LogtoUser, Refusal>` | the same, or the [reason](Refusal) | – |
//! | [`ClaimsAs<T>`](ClaimsAs) | the user's claims as your own type | 401, 403 |
//! | [`AccessToken<R>`](AccessToken) | the user's access token for an API resource | 401, 403, 503 |
//! | [`Bearer<R>`](Bearer) | the program whose request has an access token for an API resource, or for an organization (`R` is [`Organizations`]) | 400, 401, 503 |
//! | [`Caller<R>`](Caller) | such a program, or a signed-in user | the same |
//! | [`&Logto`](Logto) | the client, with [`sign_in()`](Logto::sign_in), [`sign_out()`](Logto::sign_out), [`sessions()`](Logto::sessions), [`ready()`](Logto::ready), [`diagnose()`](Logto::diagnose) | – |
//! | [`Readiness`] | whether this process can serve its users | – |
//!
//! Guards never forward. If the fairing is not attached, the launch fails and the error names the cause.
//! [`#[authenticated]`](macro@authenticated) above a route attribute requires [more than a signed-in
//! user](guide::requirements).
//!
//! # Routes
//!
//! The fairing mounts these routes under `base` (`/auth`):
//!
//! | route | what it does |
//! | --- | --- |
//! | `GET sign-in`, `GET sign-up` | starts a sign-in. The query may contain `return_to` (a path on this site), `first_screen`, `identifier`, `login_hint`, `direct_sign_in`, `ui_locales`, `organization_id`, `one_time_token`, `max_age`, `remember`, `switch=1` and `again=1`. `remember` (`1` or `0`, from a page of this site) decides whether the browser keeps the session when it is closed. With `switch=1` Logto asks who signs in, even if a user is signed in there. With `again=1` the sign-in starts even after two that gave no session. Other parameters are ignored. The parameters together take at most 1,500 bytes of the address at Logto, and less with a long `return_to`; a parameter that does not fit is ignored |
//! | `POST sign-in` | the same for a form of another site; the [`initiate_login_uri`](guide::configuration#other-issuers). It accepts `iss`, `login_hint` and `target_link_uri`, as `GET sign-in` does |
//! | `GET sign-in-callback` | the redirect URI to register at Logto |
//! | `POST sign-out`, `GET sign-out` | ends the session of this site and the session at Logto if the request comes from a page of this site. Any other request gets a page with a button. A script gets `{"location": "…"}`, the address that it must open in the browser. The query may contain `return_to`, `ui_locales`, `logout_hint` and `everywhere=1`. `ui_locales` and `logout_hint` are for other issuers; Logto ignores them. With `everywhere=1` a page of this site ends the session at Logto even if this site has no session |
//! | `GET sign-out-callback` | the post sign-out redirect URI to register at Logto |
//! | `POST backchannel-logout` | the back-channel logout URI to register at Logto, with "session required" on. Without "session required", a user who signs out on the phone is also signed out on the laptop. When a session at Logto ends, Logto posts a token to this route, which ends the matching sessions of this application |
//! | `POST webhook` | receives the [webhooks](guide::webhooks) of Logto, if `webhook.signing_keys` is set |
//! | `GET user` | returns the signed-in user as JSON, or 401 |
//!
//! The keys [`routes.sign_in`](guide::configuration#names-of-routes) and so on give routes other names, or leave
//! them out.
//!
//! Logto's own sign-out page needs JavaScript. With JavaScript off, the page stays blank and the session at
//! Logto continues, so the next sign-in may need no password.
//!
//! [`Logto::sign_in_uri()`] and [`Logto::sign_out_uri()`] return links to these routes. If a handler needs
//! other options, it starts the sign-in with [`Logto::sign_in()`] and returns the result.
//!
//! # Features
//!
//! | feature | adds |
//! | --- | --- |
//! | `redis` | `RedisStore`, `session.store = "redis"` |
//! | `templates` | `Page`, `RenderedPage` |
//! | `testing` | the module `testing` with a provider in the process and `sign_in()` for tests of your own handlers; `session_store_conformance!` and `Clock::frozen()`; for both fairings `clock()`, `provider()` (a test provider that overrides the configuration) and `dev_provider()` (a provider for `cargo run` if no Logto is configured) |
//! | `tracing` | [spans](guide::observability#spans) for each call to Logto, each call of the session store and each decision |
//!
//! No feature is on by default.
//!
//! # Modules
//!
//! | module | contains |
//! | --- | --- |
//! | [`guide`] | the manual: no code, one chapter for each subject |
//! | [`names`] | the names that Logto gives to scopes, claims and resources, as constants |
//! | `testing` (feature `testing`) | a provider in the process, and sessions and tokens for tests |

// The macros generate paths that begin with `logto_rocket`, also in unit tests.
#[cfg(test)]
extern crate self as logto_rocket;

mod bearer;
mod claims;
mod client;
mod clock;
mod config;
mod diagnose;
mod error;
mod events;
mod fairing;
mod flows;
#[cfg(any(test, feature = "_fuzzing"))]
pub mod fuzzing;
mod guard;
#[cfg(doc)]
pub mod guide;
mod host;
mod kept_file;
mod local_path;
mod loopback;
pub mod names;
mod numeric_date;
mod oidc;
mod readiness;
mod request;
mod requirement;
mod resource;
mod resource_server;
mod response;
mod routes;
mod session;
mod session_id;
mod session_values;
mod shown;
mod sync;
mod task;
#[cfg(feature = "templates")]
mod templates;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod user;
mod warnings;
mod webhook;

pub use logto_rocket_macros::{authenticated, requires};

pub use bearer::{Bearer, Caller, Organizations, TokenAudience};
pub use claims::{Address, Claims, Known, OrganizationData};
pub use client::{
    ClientCredentials, Logto, MachineToken, SessionControl, SessionInfo, TokenExchange,
};
pub use clock::Clock;
pub use config::{
    Config, RoutesConfig, SessionConfig, SignInConfig, SignOutConfig, SiteData, Store,
    WebhookConfig,
};
pub use diagnose::{Diagnosis, DiagnosisCheck, DiagnosisOutcome, Finding};
pub use error::{Call, Denial, Error, InvalidToken, Refusal, SignInError};
pub use events::{EndCause, Event, RenewalPurpose, StoreCall};
pub use fairing::{BuildStore, LogtoFairing, ResourceServerFairing};
pub use flows::{Instead, OnSignIn, SignIn, SignInBuilder, SignInRefusal, SignOut, SignOutBuilder};
pub use guard::{AccessToken, Authenticated, ClaimsAs, Protected};
pub use local_path::{LocalPath, NotLocal};
pub use oidc::{
    DirectSignIn, FirstScreen, Identifier, Introspection, LogoutError, Prompt, SignInOptions,
    SubjectTokenType,
};
pub use readiness::{Health, Readiness};
pub use requirement::{Requirement, needs};
pub use resource::{Resource, ResourceIndicator};
pub use response::{ActionKind, BuiltInPage, Challenge, Language, PageAction};
#[cfg(feature = "redis")]
pub use session::RedisStore;
pub use session::{MemoryStore, Record, Replaced, SessionStore, StoreError, StoreId, Stored};
pub use session_id::{NotASessionId, SessionId};
pub use session_values::{IntoSessionValues, SessionValues};
#[cfg(feature = "templates")]
pub use templates::{Page, RenderedPage};
pub use user::{LogtoUser, Token, TokenClaims};
pub use webhook::{Webhook, WebhookError};

/// Items for the code that the attribute macro generates. They are not part of the public API and
/// may change.
#[doc(hidden)]
pub mod __private {
    pub use crate::bearer::{AnyCaller, bearer, caller, same_audience};
    pub use crate::guard::Place;
    pub use crate::oidc::VerifiedToken;
    pub use crate::requirement::{
        Accepts, Audience, Check, CheckFn, Literal, Node, Organization, Resolver, requirement,
        requirement_for, returned,
    };
    pub use crate::resource::{Indicator, checked_scope, checked_uri, uri_of};
}

/// The code in the README compiles.
#[cfg(all(doctest, feature = "testing"))]
#[doc = include_str!("../../README.md")]
struct Readme;
