//! Signing in, from the route to the page that was wanted.

mod another_account;
mod asked;
mod callback;
mod defaults;
mod hooks;
mod id_token;
mod initiated;
mod loops;
mod max_age;
mod return_to;
mod room;
mod round_trip;
mod routes;
mod state;
mod strangers;
mod switching;
mod way_back;
