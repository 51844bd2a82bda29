//! Logto sign-in for Rocket.

mod claims;
mod clock;
mod config;
mod error;
mod oidc;
mod redirect;
#[cfg(feature = "testing")]
pub mod testing;

pub use claims::{Address, Claims, Known, OrganizationData};
pub use clock::Clock;
pub use config::{Config, SessionConfig, Store};
pub use error::{Call, Error, InvalidToken};
pub use oidc::{DirectSignIn, FirstScreen, Identifier, Prompt, SignInOptions};
pub use redirect::{LocalPath, NotLocal};
