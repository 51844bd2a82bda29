//! [`OnceTask`]: work that goes on when those who wait for it go away.

use std::future::Future;

use tokio::sync::watch;

/// A task of its own whose result any number of callers wait for. Dropping a caller, as Rocket does
/// with the handler of a client that went away, does not stop it.
#[derive(Clone)]
pub(crate) struct OnceTask<T>(watch::Receiver<Option<T>>);

impl<T: Clone + Send + Sync + 'static> OnceTask<T> {
    pub fn spawn(work: impl Future<Output = T> + Send + 'static) -> Self {
        let (sender, receiver) = watch::channel(None);
        tokio::spawn(async move {
            let _ = sender.send(Some(work.await));
        });
        Self(receiver)
    }

    /// The result; `None` if the task panicked.
    pub async fn result(mut self) -> Option<T> {
        self.0.wait_for(Option::is_some).await.ok()?.clone()
    }
}
