//! [`in_time`]: a store that does not answer is a store that fails.

use std::future::Future;
use std::time::Duration;

use super::StoreError;

/// How long a call of a store may take. It is more than the two seconds that a store promises to
/// keep, so that its own error is told where it has one.
const STORE_TIMEOUT: Duration = Duration::from_secs(3);

/// The result of a call of the store, or an error if there is none in time.
pub(super) async fn in_time<T>(
    call: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(STORE_TIMEOUT, call).await {
        Ok(result) => result,
        Err(_) => Err(StoreError::new("no answer within 3 seconds")),
    }
}
