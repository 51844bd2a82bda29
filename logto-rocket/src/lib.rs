//! Logto sign-in for Rocket.
//!
//! A handler says who may come in. Everything needed to make that true (sign-in pages, sessions,
//! tokens, keys, redirects, refusals) is behind one `attach`.
//!
//! # Quick start
//!
//! 1. Create an application of the type "Traditional web" in Logto's console, and register
//!    `http://localhost:8000/auth/sign-in-callback` as its redirect URI and
//!    `http://localhost:8000/auth/sign-out-callback` as its post sign-out redirect URI.
//!
//! 2. Write what the console shows into `Rocket.toml`:
//!
//!    ```toml
//!    [default.logto]
//!    endpoint = "https://example.logto.app"
//!    app_id = "…"
//!    app_secret = "…"
//!    base_url = "http://localhost:8000"
//!    ```
//!
//! 3. Attach the fairing, and ask for the user where you need one:
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
//! | guard | gives | refuses with |
//! | --- | --- | --- |
//! | [`LogtoUser`], `&LogtoUser` | who is signed in | 401; 403 to another site's `POST` |
//! | `Option<LogtoUser>` | the same, or `None` whatever the reason | – |
//! | `Result<LogtoUser, Refusal>` | the same, or the [reason](Refusal) | – |
//! | [`ClaimsAs<T>`](ClaimsAs) | the user's claims as a type of your own | 401, 403 |
//! | [`AccessToken<R>`](AccessToken) | the user's access token for an API resource | 401, 403, 503 |
//! | [`&Logto`](Logto) | the client: [`sign_in()`](Logto::sign_in), [`sign_out()`](Logto::sign_out), [`sessions()`](Logto::sessions), [`ready()`](Logto::ready) | – |
//!
//! Guards never forward. Without the fairing the launch fails and says so.
//!
//! # Requirements
//!
//! [`#[authenticated]`](authenticated) above the route attribute is judged before the other guards
//! of the handler and before the body is read.
//!
//! | requirement | is met if |
//! | --- | --- |
//! | none | somebody is signed in |
//! | `role = "admin"` | the user has the role |
//! | `roles("admin", "auditor")` | the user has all of the roles |
//! | `claim("department" = "ops")` | the claim is this string, integer or boolean; `"address.country"` looks into objects |
//! | `organization = "<org>"` | the user is a member of the organization that the route's segment `<org>` names; `"org_1"` is one by its id, a path is an `async fn(&Request<'_>) -> Option<String>` |
//! | `organization_role = "owner"` | the user has the role in the organization beside it |
//! | `scope = "read:orders"`, `scopes(…)` | Logto grants the scopes for the `resource`, in the `organization`, or both |
//! | `resource = Orders` | nothing by itself: it is the API resource of the scopes beside it, made by [`resource!`] |
//! | `max_age = "15m"` | Logto has seen a password or a factor within that time; else a browser signs in once more |
//! | `check = business_hours` | your `fn(&LogtoUser) -> bool` or `async fn(&LogtoUser) -> bool` says so |
//! | `all(…)`, `any(…)`, `not(…)` | all of them, one of them, the one inside not; a comma means `all` |
//!
//! [`authenticated`] teaches the grammar by ten examples. [`requires!`] makes a [`Requirement`] of
//! the same words, as a value: to ask within a handler, and to guard routes of others.
//!
//! The scopes and resources that mounted routes require join every sign-in by themselves, and the
//! launch lists them; who signed in before a requirement was deployed is sent through the sign-in
//! once. What cannot be decided refuses, also under `not`: a claim that `session.claims` does not
//! keep, or whose scope was not asked for. The log then says what to add.
//!
//! # Tokens
//!
//! | an access token | by | asks the sign-in for |
//! | --- | --- | --- |
//! | for an API resource | the guard [`AccessToken<R>`](AccessToken), [`access_token(R)`](LogtoUser::access_token) | the resource; the guard does so by itself |
//! | for an organization | [`organization_token(org)`](LogtoUser::organization_token), [`organization_tokens()`](LogtoUser::organization_tokens) | the scope `urn:logto:scope:organizations` |
//! | for a resource in an organization | [`access_token_for(R, org)`](LogtoUser::access_token_for) | both |
//!
//! A [`Token`] comes from memory while it is good, and is renewed before it expires. What it permits
//! the sign-in must have asked for, too: name such scopes in `scopes`.
//! [`refresh()`](LogtoUser::refresh) asks Logto for newer claims at once.
//!
//! # What a refused request gets
//!
//! | | a browser that goes to a page | a script, HTMX, another program | a form |
//! | --- | --- | --- | --- |
//! | nobody is signed in | 303 to the sign-in, and back to this page | 401, [problem document](https://www.rfc-editor.org/rfc/rfc9457) with `sign_in`; `HX-Redirect` for HTMX | 401, a page that opens the sign-in in another tab |
//! | the requirement is not met | 403, a page | 403, problem document | 403, a page |
//! | a fresher sign-in is needed, or one that asks Logto for more | 303 to the sign-in, once; then 403 | 401, problem document with `sign_in`; for `max_age` with the challenge of [RFC 9470](https://www.rfc-editor.org/rfc/rfc9470) | 401, a page that opens the sign-in in another tab |
//! | another site's form or script | – | 403 | 403 |
//! | it depends on Logto, which is out of reach | 503, `Retry-After` | 503, `Retry-After` | 503, `Retry-After` |
//!
//! A prefetch, an image or a frame gets 401 and starts no sign-in. After two sign-ins in a row
//! that gave no session, a page tells so instead of a third redirect.
//!
//! The bodies come from catchers for 401, 403 and 503 at `/`, each of which is registered only if
//! the application has none of its own there. One's own catcher answers as they do with
//! [`Challenge::of(request)`](Challenge::of), and learns the reason from
//! [`Refusal::of(request)`](Refusal::of).
//!
//! # Doors
//!
//! The fairing mounts these under `base` (`/auth`):
//!
//! | door | what it does |
//! | --- | --- |
//! | `GET sign-in`, `GET sign-up` | starts a sign-in. The query may have `return_to` (a path on this site), `first_screen`, `identifier`, `login_hint`, `direct_sign_in`, `ui_locales`, `organization_id`, `one_time_token` and `max_age`; all else is ignored |
//! | `GET sign-in-callback` | the redirect URI to register at Logto |
//! | `POST sign-out`, `GET sign-out` | ends the session here and at Logto, if a page of this site asks; anybody else's request gets a page with a button. The query may have `return_to` |
//! | `GET sign-out-callback` | the post sign-out redirect URI to register at Logto |
//! | `POST backchannel-logout` | the back-channel logout URI to register at Logto, with "session required" on: without it a user who signs out on the phone is signed out on the laptop as well. Logto posts a token here when a session there ends, and what belongs to it ends here |
//! | `GET user` | who is signed in, as JSON, or 401; `user_route = false` leaves it out |
//!
//! [`Logto::sign_in_uri()`] and [`Logto::sign_out_uri()`] are links to them. A handler with more to
//! say of a sign-in returns what [`Logto::sign_in()`] starts.
//!
#![doc = include_str!("../docs/configuration.md")]
//!
//! # Templates
//!
//! With the feature `templates`, `Page::render("index", context! { … })` is a template of
//! `rocket_dyn_templates`, whatever the engine, that knows the user:
//!
//! | name | value |
//! | --- | --- |
//! | `logto.is_authenticated` | whether somebody is signed in |
//! | `logto.user` | `id`, `display_name` and `claims`, or nothing |
//! | `logto.sign_in` | a link to the sign-in, which ends on this page again |
//! | `logto.sign_out` | where a form posts to sign out |
//!
//! # Hooks
//!
//! | hook | is asked |
//! | --- | --- |
//! | [`on_sign_in`](LogtoFairing::on_sign_in) | about everybody who signs in, before the session exists; an error refuses |
//! | [`sign_in_options`](LogtoFairing::sign_in_options) | for the options of every sign-in at the doors |
//! | [`error_page`](LogtoFairing::error_page) | for the page of a sign-in that failed |
//! | [`on_event`](LogtoFairing::on_event) | with everything that happens |
//!
//! | event | level in the log |
//! | --- | --- |
//! | [`SignedIn`](Event::SignedIn), [`SignedOut`](Event::SignedOut), [`BackchannelLogout`](Event::BackchannelLogout), [`Denied`](Event::Denied) | info |
//! | [`BackchannelLogoutRefused`](Event::BackchannelLogoutRefused) | info if the request was wrong, else warn |
//! | [`SignInFailed`](Event::SignInFailed) | info if the user did it, else warn |
//! | [`SignInNotStarted`](Event::SignInNotStarted), [`Undecided`](Event::Undecided), a sign-out whose tokens could not be revoked | warn |
//!
//! # Machine-to-machine
//!
//! | call | gives |
//! | --- | --- |
//! | [`Logto::client_credentials()`] | tokens of the application itself: for an API resource, in an organization, for Logto's Management API |
//! | [`Logto::exchange_token()`] | a token in the name of a user whom the application got a subject token for |
//! | [`Logto::introspect()`] | what Logto knows of an opaque token |
//!
//! Logto gives tokens of their own to applications of the type "Machine-to-machine" only, never to
//! the one that users sign in to: register a second one, give it a role, and name it. A token is
//! requested once, however many handlers want it, and kept until it is about to expire.
//!
//! # Errors
//!
//! | error | as the response of a handler |
//! | --- | --- |
//! | [`Error::SessionOver`], [`Error::NoRefreshToken`] | as if nobody were signed in; the latter 500 right after a sign-in |
//! | [`Error::SignInAskedLess`] | 401, through the sign-in once |
//! | [`Error::Refused`] with `access_denied` | 403 |
//! | [`Error::Unavailable`], [`Error::Store`] | 503 |
//! | [`Error::InvalidOption`], [`Error::UndeclaredResource`], [`Error::ScopeNotGranted`], [`Error::NoSessionStore`] | 500; the remedy is in the log |
//! | all other [`Error`]s | 503; the reason is in the log |
//!
//! A sign-in that comes back without a session is a [`SignInError`], each with a page and a
//! [status](SignInError::status): 400 for links that are made up, repeated or too old, 403 for
//! users who turned back or were refused, 502 and 503 for Logto's own faults.
//!
//! # Features
//!
//! | feature | adds |
//! | --- | --- |
//! | `redis` | `RedisStore`, `session.store = "redis"` |
//! | `templates` | `Page` |
//! | `testing` | `testing`: a provider in the process, `sign_in()` for tests of one's own handlers; `session_store_conformance!`, `Clock::frozen()` and `LogtoFairing::clock()` |
//!
//! None is on by default.
//!
//! # What to know
//!
//! - **Caching.** Everything behind a guard, every refusal and every door is sent with
//!   `Cache-Control: no-store` and `Vary: Cookie`. A handler may say `private` instead; `public` is
//!   replaced, and logged once.
//! - **Calling a handler.** `#[authenticated]` adds a parameter to the handler. A unit test goes
//!   through Rocket's local client instead of calling it.
//! - **Generic handlers.** The launch finds out that the fairing is missing by the types in the
//!   handlers' signatures, and Rocket looks only at concrete ones. A guard behind a type parameter
//!   answers 500 instead.
//! - **Keys.** Whoever has `secret_key` can sign in as anybody. To change it on a running fleet, put
//!   the new one last into `secret_keys` of every process, then first, and take the old one out
//!   after `session.max_lifetime`: sessions are sealed again as they are used.
//! - **Several processes.** Sessions in cookies need nothing shared but the key, at a price: a
//!   session that ended in one process is believed in another until its claims are confirmed next,
//!   and two processes that renew one session at once may use a refresh token twice, at which Logto
//!   ends the session if it rotates them. Send a browser to the same process, or keep sessions in
//!   Redis, which ends them everywhere at once and lets one process at a time ask for tokens. Two
//!   callbacks of one sign-in that reach two processes at once exchange its code twice.
//! - **Rocket's own log** at the level `normal` prints the address of each request, and that of the
//!   sign-in callback holds the code. It is spent a moment later and of no use without the app
//!   secret and the browser's cookie; `log_level = "critical"` prints no addresses.
//! - **The name of the site.** Browsers keep cookies by host: `localhost` and `127.0.0.1` are two.
//!   A sign-in that a developer starts under the wrong one of them is led to `base_url` first.

mod at_once;
mod challenge;
mod claims;
mod clock;
mod config;
mod error;
mod events;
mod fairing;
mod guard;
mod hooks;
mod logto;
mod macros;
mod navigation;
mod notice;
mod oidc;
#[cfg(feature = "templates")]
mod page;
mod redirect;
mod refusal;
mod requirement;
mod routes;
mod session;
mod sign_in_error;
mod task;
#[cfg(feature = "testing")]
pub mod testing;
mod visit;

pub use logto_rocket_macros::{authenticated, requires};

pub use challenge::Challenge;
pub use claims::{Address, Claims, Known, OrganizationData};
pub use clock::Clock;
pub use config::{Config, SessionConfig, Store};
pub use error::{Call, Error, InvalidToken};
pub use events::Event;
pub use fairing::LogtoFairing;
pub use guard::{AccessToken, Authenticated, ClaimsAs, LogtoUser, Protected, Token, TokenClaims};
pub use hooks::OnSignIn;
pub use logto::{
    ClientCredentials, Logto, MachineToken, SessionControl, SessionInfo, SignIn, SignInBuilder,
    SignOut, SignOutBuilder, TokenExchange,
};
pub use oidc::{
    DirectSignIn, FirstScreen, Identifier, Introspection, LogoutError, Prompt, SignInOptions,
    SubjectTokenType,
};
#[cfg(feature = "templates")]
pub use page::Page;
pub use redirect::{LocalPath, NotLocal};
pub use refusal::Refusal;
pub use requirement::{Requirement, Resource, needs};
#[cfg(feature = "redis")]
pub use session::RedisStore;
pub use session::{
    MemoryStore, Record, Replaced, SessionId, SessionStore, StoreError, StoreId, Stored,
};
pub use sign_in_error::SignInError;

/// What the attribute macro writes. Nothing here is for anybody else, and all of it may change.
#[doc(hidden)]
pub mod __private {
    pub use crate::guard::Place;
    pub use crate::requirement::{
        Check, Indicator, Literal, Node, Organization, Resolver, checked_scope, checked_uri,
        requirement, resolution, uri_of, verdict,
    };
}

/// The code in the README compiles.
#[cfg(all(doctest, feature = "testing"))]
#[doc = include_str!("../../README.md")]
struct Readme;
