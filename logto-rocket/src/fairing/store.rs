//! [`OwnStore`]: where sessions are stored, if the application says so in code.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::{Build, Rocket};

use crate::client::Client;
use crate::session::SessionStore;

/// What [`store_with`](crate::LogtoFairing::store_with) returns: a boxed future.
pub type BuildStore<'r, S> =
    Pin<Box<dyn Future<Output = Result<S, Box<dyn StdError + Send + Sync>>> + Send + 'r>>;

/// The application's own store.
#[derive(Default)]
pub(super) enum OwnStore {
    #[default]
    None,
    Given(Arc<dyn SessionStore>),
    /// It is built while the application launches.
    Later(Mutex<Option<Builder>>),
}

/// Builds a store of what the application manages by then.
pub(super) type Builder =
    Box<dyn for<'r> FnOnce(&'r Rocket<Build>) -> BuildStore<'r, Arc<dyn SessionStore>> + Send>;

impl OwnStore {
    /// A store that this builds.
    pub fn later<F, S>(build: F) -> Self
    where
        F: for<'r> FnOnce(&'r Rocket<Build>) -> BuildStore<'r, S> + Send + 'static,
        S: SessionStore,
    {
        let build: Builder = Box::new(|rocket| {
            let building = build(rocket);
            Box::pin(async move { Ok(Arc::new(building.await?) as Arc<dyn SessionStore>) })
        });
        Self::Later(Mutex::new(Some(build)))
    }

    /// What builds the store, if it is built later.
    pub fn builder(&self) -> Option<Builder> {
        match self {
            Self::Later(builder) => builder.lock().unwrap_or_else(PoisonError::into_inner).take(),
            Self::None | Self::Given(_) => None,
        }
    }
}

/// Builds the store. Whether it could be; logs why not.
pub(super) async fn build(builder: Builder, rocket: &Rocket<Build>) -> bool {
    match (builder(rocket).await, Client::of(rocket)) {
        (Ok(store), Some(client)) => {
            client.sessions().store_is(store);
            true
        }
        (Ok(_), None) => false,
        (Err(cause), _) => {
            log::error!("The session store could not be built (`store_with`): {cause}");
            false
        }
    }
}
