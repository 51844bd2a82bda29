//! Signing out, by the user and by Logto.

mod backchannel_logout;
mod clear_site_data;
mod hints;
mod id_token_hint;
mod routes;
mod scripts;
