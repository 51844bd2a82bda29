//! Whether the session store keeps what is written to it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use rocket::futures::FutureExt as _;

use super::finding::DiagnosisCheck::Store;
use super::finding::Finding;
use crate::oidc::Issuer;
use crate::session::Sessions;

/// How long the round trip may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Writes a record of no session, reads it and deletes it; nothing, if sessions are in no store.
pub(super) async fn check(sessions: &Sessions, issuer: &Issuer) -> Option<Finding> {
    // The store may be that of the application. If it panics, what the other checks find is not lost.
    let tried = AssertUnwindSafe(sessions.try_store()).catch_unwind();
    let why = match tokio::time::timeout(LIMIT, tried).await {
        Ok(Ok(tried)) => match tried? {
            Ok(()) => {
                return Some(Finding::good(Store, "a record was written, read and deleted"));
            }
            Err(error) => error.to_string(),
        },
        Ok(Err(_)) => {
            let found = "the store panicked when a record was written, read or deleted";
            let cure = format!(
                "correct the store of {}, whose panic is in the log of this process; until then \
                 requests with a session fail",
                issuer.key("session.store")
            );
            return Some(Finding::wrong(Store, found, cure));
        }
        Err(_) => format!("no answer within {} s", LIMIT.as_secs()),
    };
    let cure = format!(
        "check that the store of {} runs, and that this server can reach it and write to it; \
         until then requests with a session get 503",
        issuer.key("session.store")
    );
    Some(Finding::wrong(Store, why, cure))
}
