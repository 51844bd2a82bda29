//! Logto sign-in for Rocket.

mod claims;
mod clock;
mod error;
mod redirect;
#[cfg(feature = "testing")]
pub mod testing;

pub use claims::{Address, Claims, Known, OrganizationData};
pub use clock::Clock;
pub use error::{Call, Error, InvalidToken};
pub use redirect::{LocalPath, NotLocal};
