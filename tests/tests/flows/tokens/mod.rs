//! Tokens that the application asks Logto for: for a user and for itself.

mod access_tokens;
mod account_token;
mod client_credentials;
mod concurrent_refresh;
mod introspection;
mod refresh;
mod refresh_faults;
mod token_exchange;
