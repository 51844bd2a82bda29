//! What the integration tests of logto-rocket share.

pub mod app;
pub mod authorization;
pub mod browser;
pub mod builder;
pub mod certificates;
pub mod chromium;
pub mod fault;
pub mod fleet;
pub mod forwarder;
pub mod gated_store;
pub mod http;
pub mod jar;
pub mod log;
pub mod nginx;
mod node;
pub mod oauth_client;
pub mod oidc_provider;
pub mod postgres;
pub mod prerequisites;
pub mod process;
pub mod redis;
pub mod sentinels;
pub mod server;
pub mod spans;
pub mod uri;
pub mod wait;
pub mod webhooks;
