//! A look at the set-up, so that what is wrong with it is found before a user finds it.
//!
//! [`Doctor`] starts the examination of a [`Case`]: `examine` runs the checks, one file each, within a
//! `budget` of requests. The checks do not delay requests of users.

mod app_secret;
mod arrivals;
mod budget;
mod by_itself;
mod case;
mod clock;
mod diagnosis;
mod doctor;
mod endpoint;
mod examine;
mod finding;
mod listening;
mod post_sign_out_uris;
mod probe;
mod redirect_uris;
mod resources;
mod scopes;
mod sign_in;
mod signing_keys;
mod site;
mod store;
mod unanswered;

pub(crate) use self::arrivals::Arrivals;
pub(crate) use self::by_itself::diagnose_by_itself;
pub(crate) use self::case::{Addresses, Application, Case};
pub use self::diagnosis::Diagnosis;
pub(crate) use self::doctor::Doctor;
pub use self::finding::{DiagnosisCheck, DiagnosisOutcome, Finding};
pub(crate) use self::listening::Listening;
pub(crate) use self::site::Site;
