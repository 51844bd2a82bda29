//! [`LogtoFairing`] and [`ResourceServerFairing`] attach Logto to a Rocket. Only this module writes cookies
//! and protocol headers.

mod announce;
mod attach;
mod caching;
mod diagnose;
#[cfg(feature = "testing")]
mod example;
mod last;
mod launch;
mod listening;
mod logto_fairing;
mod protected;
#[cfg(feature = "testing")]
mod provider;
mod resource_server;
mod response;
mod store;
mod webhooks;
#[cfg(not(feature = "testing"))]
mod without_testing;

pub use self::logto_fairing::LogtoFairing;
pub use self::resource_server::ResourceServerFairing;
pub use self::store::BuildStore;
