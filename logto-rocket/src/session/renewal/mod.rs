//! Renewal: new tokens and new claims for a session.

pub(super) mod circuit;
pub(super) mod confirmation;
pub(super) mod request;
pub(super) mod turn;
