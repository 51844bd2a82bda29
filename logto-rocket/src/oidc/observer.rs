//! [`Observer`]: who is told of each call to Logto, beside its span.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Call, Error};
use crate::trace::Span;

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

    /// The span of a call that begins.
    pub(super) fn span(call: Call) -> Span {
        Span::call(call.as_str())
    }

    pub(super) fn called(
        &self,
        call: Call,
        span: &Span,
        took: Duration,
        answered: Result<u16, &Error>,
    ) {
        match answered {
            Ok(status) => span.status(status),
            Err(error) => {
                span.error(error.code());
                if let Error::Unavailable { status: Some(status), .. } = error {
                    span.status(*status);
                }
            }
        }
        (self.0)(call, took, answered);
    }
}

/// One that does nothing.
#[cfg(any(test, feature = "_fuzzing"))]
impl Default for Observer {
    fn default() -> Self {
        Self::new(|_, _, _| {})
    }
}
