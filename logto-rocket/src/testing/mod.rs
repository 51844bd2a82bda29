//! A Logto-like identity provider inside the process, for tests and examples.
//!
//! [`Idp`] is a small HTTP server on a free port of 127.0.0.1 that answers as Logto does, with the same
//! endpoints, tokens, claims, error bodies and rules. An application under test needs only the provider's
//! [`endpoint`](Idp::endpoint), [`app_id`](Idp::app_id) and [`app_secret`](Idp::app_secret).
//! [`LogtoFairing::provider()`](crate::LogtoFairing::provider) sets them and overrides all configuration.
//! [`dev_provider()`](crate::LogtoFairing::dev_provider) starts a provider for `cargo run` if no Logto is
//! configured. A person with a browser chooses a user on a page. A test calls [`Idp::sign_in`], or
//! [`Idp::authorize`] to go step by step.
//!
//! ```
//! # rocket::async_test(async {
//! use logto_rocket::testing::{Idp, User};
//!
//! let idp = Idp::builder().user(User::new("carol").role("auditor")).start().await?;
//! let url = format!(
//!     "{}/oidc/auth?client_id={}&response_type=code&scope=openid\
//!      &redirect_uri=http://localhost:8000/auth/sign-in-callback&state=abc",
//!     idp.endpoint(),
//!     idp.app_id(),
//! );
//! let callback = idp.authorize(&url, "carol").await?;
//! assert!(callback.starts_with("http://localhost:8000/auth/sign-in-callback?code="));
//! assert_eq!(idp.requests().authorizations(), 1);
//! # Ok::<(), logto_rocket::testing::IdpError>(())
//! # }).unwrap();
//! ```
//!
//! # What a test can do
//!
//! | to | call |
//! | --- | --- |
//! | see the requests | [`Idp::requests`] |
//! | make an endpoint fail, hang, redirect, lose its answer | [`Idp::fault`] |
//! | issue forged or odd tokens | [`Idp::tamper`], [`Idp::tamper_access_tokens`] |
//! | rotate the signing key | [`Idp::rotate_keys`] |
//! | change a user | [`Idp::suspend`], [`Idp::delete`], [`Idp::remove_role`], [`Idp::set_claim`] … |
//! | end tokens or sessions | [`Idp::expire_access_tokens`], [`Idp::end_sessions`] |
//! | post logout tokens, or make one | [`Builder::backchannel_logout`], [`Idp::sign_out`], [`Idp::logout_token`] |
//! | post webhooks, or make one | [`Idp::post_webhooks_to`], [`Idp::webhooks`], [`Idp::test_webhook`] |
//! | make a subject token for token exchange | [`Idp::subject_token`], [`Idp::personal_access_token`] |
//! | sign a user in at an application | [`Idp::sign_in`], [`Idp::sign_in_to`] |
//! | move the time of the provider | [`Idp::clock`], [`Builder::clock`] with [`Clock::frozen`](crate::Clock::frozen) |
//! | stop the provider for a while | [`Idp::pause`], [`Idp::resume`] |
//!
//! # Without a provider
//!
//! [`sign_in()`] makes the session of a user, with claims and access tokens. [`bearer()`] makes the header of a
//! program with an access token. [`clock()`] moves the time of the application. The chapter
//! [testing](crate::guide::testing) of the manual has ten recipes.
//!
//! # Limits
//!
//! The provider has no passwords, so anybody can sign in as any user. It therefore listens on 127.0.0.1 only,
//! answers 421 to requests for a host other than `127.0.0.1` or `localhost`, and starts only in Rocket's
//! `debug` profile and in builds with debug assertions. It has no third-party applications, social sign-in or
//! device flow. It has only one part of the Management API, the organization invitations
//! (`/api/organization-invitations`). A [machine](Builder::machine) with the scope `all` of the resource
//! `https://default.logto.app/api` can call them. The provider sends no e-mail.

mod accounts;
mod answer;
mod application;
mod arrival;
mod authorization_request;
mod authorize;
mod backchannel_logout;
mod background;
mod bearer;
mod builder;
mod callback;
mod client_auth;
pub mod conformance;
mod dev_provider;
mod discovery;
mod end_session;
mod error;
mod faults;
mod faulty;
mod idp;
mod input;
mod introspection;
mod invitation;
mod issue;
mod keys;
mod management;
mod page_path;
mod page_words;
mod pages;
mod params;
mod permitted;
mod planned;
mod registered;
mod registration;
mod requests;
mod routes;
mod server;
mod settings;
mod shared;
mod sign_in;
mod signed_in;
mod state;
mod tamper;
mod test_session;
mod token;
mod token_exchange;
mod token_request;
mod user;
mod userinfo;
mod walk;
mod webhooks;

pub use application::{clock, from_other_site, from_own_page};
pub(crate) use bearer::BearerKey;
pub use bearer::{BearerToken, bearer};
pub use builder::Builder;
pub(crate) use dev_provider::DevProvider;
pub use error::IdpError;
pub use faults::Fault;
pub use idp::Idp;
pub use keys::Signing;
pub(crate) use permitted::permitted;
pub use planned::Planned;
pub(crate) use registration::Registration;
pub use requests::{Endpoint, Received, Requests};
pub use sign_in::{LocalClient, sign_in, sign_in_blocking};
pub use signed_in::SignedIn;
pub use tamper::Tamper;
pub use test_session::TestSession;
pub use user::User;
pub use webhooks::SignedWebhook;
