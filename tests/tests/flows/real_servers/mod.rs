//! The same application at real servers: oidc-provider, on which Logto is built, and a real browser.

mod access_tokens;
mod api_client;
mod backchannel_logout;
mod chromium;
mod concurrent_refresh;
mod key_rotation;
mod lifecycle;
mod max_age;
mod nginx;
mod organizations;
mod prerequisites;
mod provider;
