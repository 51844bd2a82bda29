//! Signing in, from the route to the page that was wanted.

mod callback;
mod hooks;
mod id_token;
mod max_age;
mod round_trip;
mod routes;
mod state;
mod strangers;
