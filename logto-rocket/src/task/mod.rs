//! Work that many callers wait for.
//!
//! [`SharedTask`] runs it, [`SingleFlight`] decides when to run it, and [`Backoff`] for how long not
//! to after a failure. These two are plain data: they know no runtime, no lock and no clock. [`Places`]
//! limits how much work there is at once.

mod backoff;
mod places;
mod shared;
mod single_flight;

pub(crate) use backoff::Backoff;
pub(crate) use places::{Limits, Place, Places};
pub(crate) use shared::SharedTask;
pub(crate) use single_flight::{Entry, SingleFlight};
