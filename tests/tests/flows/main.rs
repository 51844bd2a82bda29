//! Whole flows through an application: one module a subject.
//!
//! Each test has an application in this process ([`logto_rocket_tests::app::App`]), a provider of its own, a clock that
//! it moves and a browser that sends what browsers send. A test that reads what this process logs is in `tests/logs`.

mod bearer;
mod diagnosis;
mod events;
mod flash;
mod hosts;
mod issuers;
mod launch;
mod provider_outages;
mod real_servers;
mod requirements;
mod responses;
mod route_names;
mod sessions;
mod sign_in;
mod sign_out;
mod stores;
mod strangers;
mod test_errors;
mod test_provider;
mod test_sessions;
mod tokens;
mod webhooks;
