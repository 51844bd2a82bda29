//! What the integration tests of logto-rocket share.

pub mod app;
pub mod browser;
pub mod fleet;
pub mod log;
pub mod node;
pub mod redis;
pub mod wire;
