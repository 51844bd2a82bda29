//! Work that many callers wait for: [`SharedTask`].

mod shared;

pub(crate) use shared::SharedTask;
