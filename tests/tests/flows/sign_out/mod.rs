//! Signing out, by the user and by Logto.

mod backchannel_logout;
mod routes;
mod scripts;
