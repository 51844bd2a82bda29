//! [`SharedTask`]: work in a task of its own, with one result for all callers.
//!
//! One caller spawns it, and any number of callers clone it, before or after its end. Each of them may wait
//! for the result, and each may be cancelled at any time. The work continues without them, because Rocket
//! drops a handler when its client closes the connection.

use std::future::Future;

use tokio::sync::watch;

use crate::sync::spawn;

/// The handle of the task. Clones wait for the same result.
#[derive(Clone)]
pub(crate) struct SharedTask<T>(watch::Receiver<Option<T>>);

impl<T: Clone + Send + Sync + 'static> SharedTask<T> {
    pub fn spawn(work: impl Future<Output = T> + Send + 'static) -> Self {
        let (sender, receiver) = watch::channel(None);
        spawn(async move {
            let _ = sender.send(Some(work.await));
        });
        Self(receiver)
    }

    /// The result; `None` if the task was aborted.
    pub async fn result(mut self) -> Option<T> {
        self.0.wait_for(Option::is_some).await.ok()?.clone()
    }

    /// Whether the task has ended without a result, as it does when the work panics or the runtime
    /// shuts down.
    pub fn is_aborted(&self) -> bool {
        // The order matters: the value of a closed channel does not change any more.
        self.0.has_changed().is_err() && self.0.borrow().is_none()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn every_caller_gets_the_result_before_and_after_the_end() {
        let (end, ended) = oneshot::channel();
        let task = SharedTask::spawn(async { ended.await.unwrap() });
        assert!(!task.is_aborted());
        let early = tokio::spawn(task.clone().result());
        yield_now().await;
        end.send(7).unwrap();
        assert_eq!(early.await.unwrap(), Some(7));
        assert_eq!(task.clone().result().await, Some(7));
        yield_now().await;
        assert!(!task.is_aborted(), "it has a result");
    }

    #[tokio::test]
    async fn the_work_goes_on_without_its_callers() {
        let (end, ended) = oneshot::channel();
        let (done, mut result) = oneshot::channel();
        let task = SharedTask::spawn(async { done.send(ended.await.unwrap()).unwrap() });
        let caller = tokio::spawn(task.result());
        yield_now().await;
        caller.abort();
        yield_now().await;
        assert!(result.try_recv().is_err());
        end.send(7).unwrap();
        assert_eq!(result.await, Ok(7));
    }

    #[tokio::test]
    async fn work_that_panics_has_no_result() {
        let (end, ended) = oneshot::channel::<()>();
        let task = SharedTask::spawn(async { ended.await.expect("an end") });
        yield_now().await;
        assert!(!task.is_aborted());
        drop(end);
        assert_eq!(task.clone().result().await, None);
        assert!(task.is_aborted());
    }
}
