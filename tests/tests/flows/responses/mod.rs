//! What an application answers, and what it must never answer.

mod addresses;
mod caching;
mod catchers;
mod challenge;
mod cross_site_requests;
mod escaping;
mod fail_closed;
mod handler_errors;
mod loaders;
mod navigations;
mod own_guards;
pub mod pages;
mod redirects;
mod templates;
mod waiting;
