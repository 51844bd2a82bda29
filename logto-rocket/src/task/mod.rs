//! Work that many callers wait for.
//!
//! [`SharedTask`] runs it, [`SingleFlight`] decides when to run it, and [`Backoff`] for how long not
//! to after a failure. The last two are plain data: they know no runtime, no lock and no clock.

mod backoff;
mod shared;
mod single_flight;

pub(crate) use backoff::Backoff;
pub(crate) use shared::SharedTask;
pub(crate) use single_flight::{Entry, SingleFlight};
