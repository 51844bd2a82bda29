//! [`in_time`]: a store that does not answer is a store that fails.

use std::future::Future;
use std::time::Duration;

use super::StoreError;

/// How long a call of a store may take. This is longer than the two seconds of the store's contract, so that the
/// store's own error is reported if it has one.
const STORE_TIMEOUT: Duration = Duration::from_secs(3);

/// After this time, a failed call counts as late.
const PROMPT: Duration = Duration::from_secs(1);

/// The result of a call of the store, or an error if there is none in time. An error that took long,
/// for instance because the store has a time-out of its own, is late as well.
pub(super) async fn in_time<T>(
    call: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::pin!(call);
    if let Ok(result) = tokio::time::timeout(PROMPT, &mut call).await {
        return result;
    }
    let rest = tokio::time::timeout(STORE_TIMEOUT.saturating_sub(PROMPT), call).await;
    rest.unwrap_or_else(|_| Err(StoreError::new("no answer within 3 seconds")))
        .map_err(StoreError::late)
}
