//! [`User`]: somebody with two browsers, and what is to be true of them.

use std::collections::BTreeMap;

use logto_rocket_tests::remote::Cookies;
use rocket::tokio::sync::RwLock;
use rocket::tokio::time::Instant;

/// A user with browsers. Who reads what is signed in holds the lock meanwhile, and so does who changes it:
/// what is right is always known.
pub struct User {
    pub name: String,
    pub id: String,
    pub live: RwLock<BTreeMap<u64, Live>>,
}

/// A session in a browser.
#[derive(Clone)]
pub struct Live {
    pub cookies: Cookies,
    pub session: String,
    pub since: Instant,
}

/// The cookies of a session that has ended.
pub struct Ghost {
    pub cookies: Cookies,
    pub user: String,
    pub ended: Instant,
}
