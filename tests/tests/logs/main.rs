//! What the library logs, and what it tells a subscriber of `tracing`.
//!
//! These tests are in a process of their own because they read its log: the logger of a process can be set only once, and
//! Rocket sets its own at the first launch. Each test has the log to itself, so they run one after the other.

mod accessors;
mod bearer;
mod dev_provider;
mod diagnosis;
mod failures;
mod hosts;
mod issuers;
mod launch;
mod redis;
mod refusals;
mod requirements;
mod secrets;
mod spans;
mod stores;
mod webhooks;
