//! The test provider against what a running Logto was seen to answer.

mod authorization;
mod backchannel_logout;
mod client_credentials;
mod discovery;
mod faults;
mod introspection;
mod invitations;
mod people;
mod prompts;
mod refresh;
mod sign_out;
mod support;
mod tampering;
mod token_exchange;
mod tokens;
mod userinfo;
mod webhooks;
