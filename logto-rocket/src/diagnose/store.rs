//! Whether the session store keeps what is written to it.

use std::time::Duration;

use super::finding::DiagnosisCheck::Store;
use super::finding::Finding;
use crate::oidc::Issuer;
use crate::session::Sessions;

/// How long the round trip may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Writes a record of no session, reads it and deletes it; nothing, if sessions are in no store.
pub(super) async fn check(sessions: &Sessions, issuer: &Issuer) -> Option<Finding> {
    let why = match tokio::time::timeout(LIMIT, sessions.try_store()).await {
        Ok(tried) => match tried? {
            Ok(()) => {
                return Some(Finding::good(Store, "a record was written, read and deleted"));
            }
            Err(error) => error.to_string(),
        },
        Err(_) => format!("no answer within {} s", LIMIT.as_secs()),
    };
    let cure = format!(
        "check that the store of {} runs, and that this server can reach it and write to it; \
         until then requests with a session get 503",
        issuer.key("session.store")
    );
    Some(Finding::wrong(Store, why, cure))
}
