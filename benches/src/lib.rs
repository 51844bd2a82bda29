//! What logto-rocket costs, beside routes written by hand: the applications that are measured, the
//! provider and the browsers that they meet, and how instructions and memory are counted.

pub mod browser;
pub mod estimates;
pub mod floors;
pub mod provider;
pub mod server;
pub mod site;
pub mod slow_store;
pub mod subjects;
