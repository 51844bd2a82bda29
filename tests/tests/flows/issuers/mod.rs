//! Settings for what issuers do in different ways.

mod client_authentication;
mod signing_algorithm;
