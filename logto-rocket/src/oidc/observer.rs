//! [`Observer`]: who is told of each call to Logto.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Call, Error};

/// Is told of each call to Logto that has ended.
#[derive(Clone)]
pub(crate) struct Observer(Arc<OnCall>);

/// Gets the call, how long it took, and the status of the answer, or why there was none that can be used.
type OnCall = dyn Fn(Call, Duration, Result<u16, &Error>) + Send + Sync;

impl Observer {
    pub(crate) fn new(
        on_call: impl Fn(Call, Duration, Result<u16, &Error>) + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(on_call))
    }

    pub(super) fn called(&self, call: Call, took: Duration, answered: Result<u16, &Error>) {
        (self.0)(call, took, answered);
    }
}

/// One that does nothing.
#[cfg(test)]
impl Default for Observer {
    fn default() -> Self {
        Self::new(|_, _, _| {})
    }
}
