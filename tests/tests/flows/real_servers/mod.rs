//! The same application at real servers: oidc-provider, on which Logto is built, and a real browser.

mod access_tokens;
mod api_client;
mod backchannel_logout;
mod concurrent_refresh;
mod keep_signed_in_in_chromium;
mod lifecycle;
mod max_age;
mod max_age_in_chromium;
mod nginx;
mod prerequisites;
mod provider;
mod snippets_in_chromium;
