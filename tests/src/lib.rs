//! What the integration tests of logto-rocket share.

pub mod node;
