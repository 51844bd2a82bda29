//! What the integration tests of logto-rocket share.

pub mod app;
pub mod browser;
pub mod engine;
pub mod fleet;
pub mod gate;
pub mod log;
pub mod node;
pub mod redis;
pub mod wait;
pub mod wire;
