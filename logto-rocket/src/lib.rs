//! Logto sign-in for Rocket.
//!
//! A handler declares which users are authorized. One `attach` adds everything else: sign-in
//! routes, sessions, tokens, keys, redirects and error responses.
//!
//! # Quick start
//!
//! 1. Create an application of the type "Traditional web" in Logto's console, and register
//!    `http://localhost:8000/auth/sign-in-callback` as its redirect URI and
//!    `http://localhost:8000/auth/sign-out-callback` as its post sign-out redirect URI.
//!
//! 2. Copy the values from the console into `Rocket.toml`:
//!
//!    ```toml
//!    [default.logto]
//!    endpoint = "https://example.logto.app"
//!    app_id = "…"
//!    app_secret = "…"
//!    base_url = "http://localhost:8000"
//!    ```
//!
//! 3. Attach the fairing, and add the user as a parameter to the handlers that need one:
//!
//!    ```no_run
//!    # #[macro_use] extern crate rocket;
//!    use logto_rocket::{Logto, LogtoUser, authenticated};
//!
//!    #[get("/")]
//!    fn index(user: Option<LogtoUser>) -> String {
//!        user.map_or("Hello, stranger".into(), |user| format!("Hello, {}", user.display_name()))
//!    }
//!
//!    #[authenticated]
//!    #[get("/account")]
//!    fn account(user: LogtoUser) -> String {
//!        format!("Your id is {}", user.id())
//!    }
//!
//!    #[launch]
//!    fn rocket() -> _ {
//!        rocket::build().attach(Logto::fairing()).mount("/", routes![index, account])
//!    }
//!    ```
//!
//! 4. Open `http://localhost:8000/account`. To sign out, post a form:
//!
//!    ```html
//!    <form method="post" action="/auth/sign-out"><button>Sign out</button></form>
//!    ```
//!
//! # Guards
//!
//! | guard | gives | fails with |
//! | --- | --- | --- |
//! | [`LogtoUser`], `&LogtoUser` | the signed-in user | 401; 403 for another site's `POST` |
//! | `Option<LogtoUser>` | the same, or `None` for any reason | – |
//! | `Result<LogtoUser, Refusal>` | the same, or the [reason](Refusal) | – |
//! | [`ClaimsAs<T>`](ClaimsAs) | the user's claims as your own type | 401, 403 |
//! | [`AccessToken<R>`](AccessToken) | the user's access token for an API resource | 401, 403, 503 |
//! | [`Bearer<R>`](Bearer) | the program that calls with an access token for an API resource, or for an organization (`R` is [`Organizations`]) | 400, 401, 503 |
//! | [`Caller<R>`](Caller) | such a program, or a signed-in user | the same |
//! | [`&Logto`](Logto) | the client, with [`sign_in()`](Logto::sign_in), [`sign_out()`](Logto::sign_out), [`sessions()`](Logto::sessions), [`ready()`](Logto::ready) | – |
//!
//! Guards never forward. If the fairing is not attached, the launch fails with an error that says
//! so.
#![doc = include_str!("../docs/requirements.md")]
#![doc = include_str!("../docs/programs.md")]
#![doc = include_str!("../docs/tokens.md")]
#![doc = include_str!("../docs/refusals.md")]
#![doc = include_str!("../docs/streams.md")]
#![doc = include_str!("../docs/webhooks.md")]
#![doc = include_str!("../docs/proxies.md")]
//!
#![doc = include_str!("../docs/pages.md")]
//!
//! # Routes
//!
//! The fairing mounts these routes under `base` (`/auth`):
//!
//! | route | what it does |
//! | --- | --- |
//! | `GET sign-in`, `GET sign-up` | starts a sign-in. The query may contain `return_to` (a path on this site), `first_screen`, `identifier`, `login_hint`, `direct_sign_in`, `ui_locales`, `organization_id`, `one_time_token`, `max_age`, `remember` (`1` or `0`, from a page of this site: whether the browser keeps the session when it is closed) and `switch=1`, with which Logto asks who signs in even if somebody is signed in there; other parameters are ignored |
//! | `POST sign-in` | the same for a form of another site, and the [`initiate_login_uri`](#other-issuers): `iss`, `login_hint` and `target_link_uri`, which `GET sign-in` takes as well |
//! | `GET sign-in-callback` | the redirect URI to register at Logto |
//! | `POST sign-out`, `GET sign-out` | ends the session here and at Logto if the request comes from a page of this site; any other request gets a page with a button. A script gets `{"location": "…"}`, where it must send the browser. The query may contain `return_to`, and `everywhere=1`, with which a page of this site ends the session at Logto even if there is none here |
//! | `GET sign-out-callback` | the post sign-out redirect URI to register at Logto |
//! | `POST backchannel-logout` | the back-channel logout URI to register at Logto, with "session required" on: without it a user who signs out on the phone is also signed out on the laptop. Logto posts a token here when a session at Logto ends, and the route ends the matching sessions of this application |
//! | `POST webhook` | receives the [webhooks](#webhooks) of Logto, if `webhook.signing_keys` is set |
//! | `GET user` | returns the signed-in user as JSON, or 401; `user_route = false` removes the route |
//!
//! Logto's own page of the sign-out needs JavaScript: with JavaScript off it stays blank, and the session
//! at Logto lives on, so that the next sign-in may need no password.
//!
//! [`Logto::sign_in_uri()`] and [`Logto::sign_out_uri()`] return links to these routes. A handler
//! that needs other options for a sign-in starts it with [`Logto::sign_in()`] and returns the
//! result.
//!
#![doc = include_str!("../docs/configuration.md")]
//!
//! # Templates
//!
//! With the feature `templates`, the guard `page: Page<'_>` gives `page.render("index", context! { … })`,
//! a template of `rocket_dyn_templates` with any engine. In an asynchronous catcher,
//! `Page::of(request).await` gives the same. The guard never refuses, and waits 500 ms at most for
//! the session store and for Logto. The template can use these values:
//!
//! | name | value |
//! | --- | --- |
//! | `logto.is_authenticated` | whether a user is signed in |
//! | `logto.is_unknown` | whether it could not be found out in time who is signed in; `logto.is_authenticated` is then false |
//! | `logto.user` | `id`, `display_name` and `claims`, or nothing |
//! | `logto.sign_in` | a link to the sign-in, which returns to this page |
//! | `logto.sign_out` | the address to which a form posts to sign out |
//! | `logto.prefix` | the path of `base_url`, for links [below a path](#below-a-path), or nothing |
//!
//! # Hooks
//!
//! | hook | is called |
//! | --- | --- |
//! | [`on_sign_in`](LogtoFairing::on_sign_in) | for each sign-in, before the session exists; an error refuses the sign-in |
//! | [`sign_in_options`](LogtoFairing::sign_in_options) | for the options of each sign-in that starts at one of the [routes](#routes) |
//! | [`pages`](LogtoFairing::pages) | for each page of this crate that a browser gets |
//! | [`on_event`](LogtoFairing::on_event) | for each event |
//! | [`on_webhook`](LogtoFairing::on_webhook) | for each [webhook](#webhooks) of Logto |
//!
//! | event | level in the log |
//! | --- | --- |
//! | [`SignedIn`](Event::SignedIn), [`SignedOut`](Event::SignedOut), [`BackchannelLogout`](Event::BackchannelLogout), [`WebhookReceived`](Event::WebhookReceived), [`Denied`](Event::Denied), [`StoreBack`](Event::StoreBack), [`CircuitClosed`](Event::CircuitClosed) | info |
//! | [`BackchannelLogoutRefused`](Event::BackchannelLogoutRefused), [`WebhookRefused`](Event::WebhookRefused) | info if the request was invalid, otherwise warn |
//! | [`SignInFailed`](Event::SignInFailed) | info if the user caused it, otherwise warn |
//! | [`HandlerFailed`](Event::HandlerFailed) | warn if Logto or the store did not answer, otherwise error |
//! | [`SignInNotStarted`](Event::SignInNotStarted), [`Undecided`](Event::Undecided), [`RefreshedAsAnother`](Event::RefreshedAsAnother), [`EndingNotConfirmed`](Event::EndingNotConfirmed), [`StoreAway`](Event::StoreAway), [`CircuitOpened`](Event::CircuitOpened), a sign-out whose tokens could not be revoked | warn |
//! | [`SessionEnded`](Event::SessionEnded), [`ReturnToIgnored`](Event::ReturnToIgnored) | debug |
//! | [`LogtoCalled`](Event::LogtoCalled), [`StoreCalled`](Event::StoreCalled), [`RenewalBegan`](Event::RenewalBegan), [`Renewed`](Event::Renewed), [`RenewalFailed`](Event::RenewalFailed) | trace: they are for metrics, and another line says what is wrong |
//!
//! The [example](https://github.com/logto-rocket/logto-rocket/tree/main/examples/operations) `operations` makes Prometheus metrics of
//! them, and has routes for liveness and readiness ([`Readiness`]).
//!
#![doc = include_str!("../docs/observability.md")]
//!
//! # Machine-to-machine
//!
//! | call | gives |
//! | --- | --- |
//! | [`Logto::client_credentials()`] | tokens of the application itself: for an API resource, in an organization, for Logto's Management API |
//! | [`Logto::exchange_token()`] | a token that acts for a user, in exchange for a subject token of that user |
//! | [`Logto::introspect()`] | what Logto knows about an opaque token |
//!
//! Logto issues such tokens only to applications of the type "Machine-to-machine", never to the one
//! that users sign in to. Register a second application, give it a role, and name it in the code.
//! Handlers that need the same token share one request, and the token is cached until shortly
//! before it expires.
//!
//! # Errors
//!
//! | error | as the response of a handler |
//! | --- | --- |
//! | [`Error::SessionOver`], [`Error::NoRefreshToken`] | as if no user were signed in; the latter is 500 right after a sign-in |
//! | [`Error::SignInAskedLess`] | 401, which sends a browser through the sign-in once |
//! | [`Error::Refused`] with `access_denied` | 403 |
//! | [`Error::Unavailable`], [`Error::Store`] | 503 |
//! | [`Error::InvalidOption`], [`Error::UndeclaredResource`], [`Error::ScopeNotGranted`], [`Error::NoSessionStore`] | 500; the remedy is in the log |
//! | [`Error::BadAnswer`], [`Error::InvalidToken`] | 503; the reason is in the log |
//! | [`Error::Refused`] with another code | 502: another attempt would not help; the reason is in the log |
//!
//! A failed sign-in is a [`SignInError`]. Each has a page and a [status](SignInError::status): 400
//! for links that are forged, repeated or too old, 403 for users who cancelled or were refused, 502
//! and 503 for errors at Logto.
//!
//! # Features
//!
//! | feature | adds |
//! | --- | --- |
//! | `redis` | `RedisStore`, `session.store = "redis"` |
//! | `templates` | `Page`, `RenderedPage` |
//! | `testing` | `testing`: a provider in the process, `sign_in()` for tests of your own handlers; `session_store_conformance!`, `Clock::frozen()`; of both fairings `clock()`, `provider()` (a test provider whatever is configured) and `dev_provider()` (one where no Logto is configured, for `cargo run`) |
//! | `tracing` | [spans](#spans) around each call to Logto, each call of the session store and each decision |
//!
//! No feature is on by default.
//!
//! # What to know
//!
//! - **Caching.** Every response behind a guard, every refusal and every response of the
//!   [routes](#routes) has `Cache-Control: no-store` and `Vary: Cookie`. A handler may send
//!   `private` instead; `public` is replaced, and this is logged once.
//! - **Scopes.** Logto gives a claim only if the sign-in asked for its scope. What mounted routes
//!   require is asked for automatically; for [`has_role()`](LogtoUser::has_role),
//!   [`email()`](LogtoUser::email) and the like in code, name the scope in `scopes`. Without it the
//!   answer is empty for every user, and the log warns once.
//! - **Calling a handler.** `#[authenticated]` adds a parameter to the handler. A unit test must
//!   use Rocket's local client instead of calling the handler.
//! - **Generic handlers.** The launch detects a missing fairing by the types in the signatures of
//!   the handlers, and Rocket looks only at concrete types. A guard behind a type parameter answers
//!   500 instead.
//! - **Keys.** An attacker who has `secret_key` can sign in as any user. To change the key while
//!   several processes run, add the new key at the end of `secret_keys` in every process, then move
//!   it to the front in every process, and remove the old key after `session.max_lifetime`.
//!   Sessions are encrypted with the new key as they are used.
//! - **Several processes.** With sessions in cookies, processes share only the key. A session that
//!   ended in one process is accepted by another until its claims are confirmed next.
//!   If two processes renew one session at once, they may use a refresh token twice; if Logto
//!   rotates refresh tokens, it then ends the session. Send each browser to the same process, or
//!   store sessions in Redis: they then end everywhere at once, and one process at a time asks for
//!   tokens. Two callbacks of one sign-in that reach two processes exchange its code twice, which
//!   makes Logto revoke what came first; with a store one process exchanges it.
//! - **Rocket's own log** prints the address of each request at the level `normal`, and the address
//!   of the sign-in callback contains the code. The code is useless without the app secret and the
//!   browser's cookie, and it is used a moment later. `log_level = "critical"` prints no addresses.
//! - **The name of the site.** Browsers store cookies by host, and `localhost` and `127.0.0.1` are
//!   different hosts. A developer who starts a sign-in under the wrong one is redirected to
//!   `base_url` first.

mod bearer;
mod claims;
mod client;
mod clock;
mod config;
mod error;
mod events;
mod fairing;
mod flows;
mod guard;
mod host;
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
pub use config::{Config, SessionConfig, SiteData, Store, WebhookConfig};
pub use error::{Call, Error, InvalidToken, Refusal, SignInError};
pub use events::{EndCause, Event, RenewalPurpose, StoreCall};
pub use fairing::{BuildStore, LogtoFairing, ResourceServerFairing};
pub use flows::{Instead, OnSignIn, SignIn, SignInBuilder, SignOut, SignOutBuilder};
pub use guard::{AccessToken, Authenticated, ClaimsAs, Protected};
pub use local_path::{LocalPath, NotLocal};
pub use oidc::{
    DirectSignIn, FirstScreen, Identifier, Introspection, LogoutError, Prompt, SignInOptions,
    SubjectTokenType,
};
pub use readiness::{Health, Readiness};
pub use requirement::{Requirement, needs};
pub use resource::Resource;
pub use response::{ActionKind, BuiltInPage, Challenge, PageAction};
#[cfg(feature = "redis")]
pub use session::RedisStore;
pub use session::{MemoryStore, Record, Replaced, SessionStore, StoreError, StoreId, Stored};
pub use session_id::{NotASessionId, SessionId};
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
