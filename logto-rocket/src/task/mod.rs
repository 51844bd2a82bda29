//! Work that many callers wait for.
//!
//! [`SharedTask`] runs the work, [`SingleFlight`] decides when to run it, and [`Backoff`] decides how long to
//! wait after a failure. The last two are plain data: they use no runtime, no lock and no clock. [`Places`]
//! limits how much work runs at once.

mod backoff;
mod places;
mod shared;
mod single_flight;

pub(crate) use backoff::Backoff;
pub(crate) use places::{Limits, Place, Places};
pub(crate) use shared::SharedTask;
pub(crate) use single_flight::{Entry, SingleFlight};
