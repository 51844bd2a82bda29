//! Logto sign-in for Rocket.

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
mod navigation;
mod notice;
mod oidc;
mod once_task;
#[cfg(feature = "templates")]
mod page;
mod redirect;
mod refusal;
mod requirement;
mod routes;
mod session;
mod sign_in_error;
#[cfg(feature = "testing")]
pub mod testing;
mod visit;

pub use logto_rocket_macros::authenticated;

pub use challenge::Challenge;
pub use claims::{Address, Claims, Known, OrganizationData};
pub use clock::Clock;
pub use config::{Config, SessionConfig, Store};
pub use error::{Call, Error, InvalidToken};
pub use events::Event;
pub use fairing::LogtoFairing;
pub use guard::{Authenticated, ClaimsAs, LogtoUser, Protected};
pub use hooks::OnSignIn;
pub use logto::{Logto, SignIn, SignInBuilder, SignOut, SignOutBuilder};
pub use oidc::{DirectSignIn, FirstScreen, Identifier, Prompt, SignInOptions};
#[cfg(feature = "templates")]
pub use page::Page;
pub use redirect::{LocalPath, NotLocal};
pub use refusal::Refusal;
pub use requirement::Requirement;
pub use session::SessionId;
pub use sign_in_error::SignInError;

/// What the attribute macro writes. Nothing here is for anybody else, and all of it may change.
#[doc(hidden)]
pub mod __private {
    pub use crate::guard::Place;
    pub use crate::requirement::{Check, Literal, Node, requirement, verdict};
}
