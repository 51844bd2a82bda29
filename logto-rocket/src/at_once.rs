//! Waiting where Rocket does not let one wait: in a responder.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// The result of work that is usually done without waiting. If it has to wait, this thread's other
/// tasks move on to another one meanwhile; `None` on a runtime that has no other, which is never
/// Rocket's own.
pub(crate) fn at_once<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return Some(done);
    }
    let runtime = Handle::try_current().ok()?;
    match runtime.runtime_flavor() {
        RuntimeFlavor::MultiThread => Some(block_in_place(|| runtime.block_on(work))),
        _ => None,
    }
}
