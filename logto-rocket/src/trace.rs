//! [`Span`]: what a subscriber of `tracing` sees of a call or a decision. Without the feature `tracing` it is
//! empty, and nothing is left of it in the program.
//!
//! The names, the fields and their meaning are documented in the manual and stay as they are. A field has no
//! secret and no user: only a name of this crate, a status, a stable code, or a requirement as the
//! application has written it.

#[cfg(feature = "tracing")]
pub(crate) use self::spans::Span;
#[cfg(not(feature = "tracing"))]
pub(crate) use self::without::Span;

#[cfg(feature = "tracing")]
mod spans {
    use std::fmt::Display;
    use std::future::Future;

    use tracing::field::Empty;
    use tracing::{Instrument, debug_span};

    /// The target of each span.
    const TARGET: &str = "logto_rocket";

    /// A call or a decision.
    pub(crate) struct Span(tracing::Span);

    impl Span {
        /// A call to Logto.
        pub fn call(call: &'static str) -> Self {
            Self(debug_span!(target: TARGET, "logto.call", call, status = Empty, error = Empty))
        }

        /// A decision about access.
        pub fn decision(requirement: impl Display) -> Self {
            Self(debug_span!(target: TARGET, "logto.decision", %requirement, outcome = Empty))
        }

        /// A call of the session store.
        pub fn store(call: &'static str) -> Self {
            Self(debug_span!(target: TARGET, "logto.store", call, error = Empty))
        }

        /// The same work, within this span.
        pub fn around<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
            work.instrument(self.0.clone())
        }

        /// Records the status of an answer.
        pub fn status(&self, status: u16) {
            self.0.record("status", status);
        }

        /// Records the stable code of an error.
        pub fn error(&self, code: &'static str) {
            self.0.record("error", code);
        }

        /// Records what was decided.
        pub fn outcome(&self, outcome: &'static str) {
            self.0.record("outcome", outcome);
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod without {
    use std::fmt::Display;
    use std::future::Future;

    /// Nothing.
    pub(crate) struct Span;

    #[expect(clippy::unused_self, reason = "the functions are the same with the feature")]
    impl Span {
        pub fn call(_: &'static str) -> Self {
            Self
        }

        pub fn decision(_: impl Display) -> Self {
            Self
        }

        pub fn store(_: &'static str) -> Self {
            Self
        }

        pub fn around<F: Future>(&self, work: F) -> F {
            work
        }

        pub fn status(&self, _: u16) {}

        pub fn error(&self, _: &'static str) {}

        pub fn outcome(&self, _: &'static str) {}
    }
}
