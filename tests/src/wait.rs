//! [`until`] and [`within`]: waiting for events, with a watchdog that ends a test instead of letting it hang.

use std::future::Future;
use std::time::Duration;

use rocket::tokio::task::yield_now;
use rocket::tokio::time::timeout;

/// How long anything may take on a machine that is busy with other tests. No test depends on it.
pub const WATCHDOG: Duration = Duration::from_secs(60);

/// A timeout for calls of Logto with which none ends before the watchdog does: what is answered all the same has
/// not waited for the call.
pub const ENDLESS: Duration = Duration::from_secs(300);

/// Waits until something is so.
///
/// # Panics
///
/// If it is not so after a minute. The message says what was waited for.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            yield_now().await;
        }
    };
    timeout(WATCHDOG, wait).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}

/// The output of a future that must not wait for something which does not happen.
///
/// # Panics
///
/// If there is none after a minute. The message says what was waited for.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(WATCHDOG, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
