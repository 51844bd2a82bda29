//! Runs a future in a place where Rocket does not allow waiting: in a responder.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// The result of a future that is usually ready at once. If it is not, the other tasks of this
/// thread move to another thread while it waits. `None` on a runtime with one thread, which
/// Rocket's own runtime never is.
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
