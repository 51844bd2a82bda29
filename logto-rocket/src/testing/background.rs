//! [`Background`]: a thread with its own runtime, in which a provider runs independently of its caller. In a
//! test with a blocking client, no runtime runs between two requests, and a thread that blocks cannot run the
//! provider.

use std::convert::Infallible;
use std::future::Future;
use std::sync::mpsc;
use std::thread;

use rocket::tokio::runtime::{Builder, Handle};
use rocket::tokio::sync::oneshot;

use super::error::IdpError;

/// Dropping it ends the thread and what runs in it.
pub(super) struct Background {
    runtime: Handle,
    _alive: oneshot::Sender<Infallible>,
}

impl Background {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// [`IdpError::Launch`] if the machine refuses.
    pub(super) fn start() -> Result<Self, IdpError> {
        let refused = |error: std::io::Error| IdpError::Launch(error.to_string());
        // Rocket recognizes its own runtime by the names of the threads, and warns about any other runtime. The
        // user would take that warning for one about the application's runtime.
        let runtime = Builder::new_current_thread()
            .thread_name("rocket-worker-test-provider")
            .enable_all()
            .build()
            .map_err(refused)?;
        let handle = runtime.handle().clone();
        let (alive, ended) = oneshot::channel();
        let thread = thread::Builder::new().name("test-provider".into());
        // The only outcome is that the other end is gone.
        thread.spawn(move || runtime.block_on(ended).err()).map_err(refused)?;
        Ok(Self { runtime: handle, _alive: alive })
    }

    /// Does work there that nobody waits for.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(work);
    }

    /// Does work there, and waits for its result.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, IdpError> {
        self.runtime.spawn(work).await.map_err(|error| IdpError::Launch(error.to_string()))
    }

    /// Does work there, and blocks the caller's thread until it is done.
    pub(super) fn run_blocking<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, IdpError> {
        let (done, result) = mpsc::channel();
        self.spawn(async move {
            // The receiver waits below.
            done.send(work.await).ok();
        });
        result.recv().map_err(|error| IdpError::Launch(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rocket::async_test]
    async fn rocket_takes_its_runtime_for_one_of_its_own() {
        let name = || thread::current().name().map(ToOwned::to_owned);
        let in_the_background = async move { rocket::tokio::task::spawn_blocking(name).await };
        let name = Background::start().unwrap().run(in_the_background).await.unwrap().unwrap();
        assert!(name.as_ref().is_some_and(|it| it.starts_with("rocket-worker")), "{name:?}");
    }
}
