//! [`Logto::ready`]: whether this process can serve its users.

use std::sync::Arc;

use super::{Client, Logto};
use crate::readiness::{Health, Readiness};

impl Logto {
    /// Whether this process can serve its users, with the state of Logto, its keys and the session store. The
    /// check takes at most one second, and runs at most once in five seconds.
    ///
    /// In a handler, use the guard [`Readiness`] instead.
    pub async fn ready(&self) -> Readiness {
        self.client().readiness().await
    }
}

impl Client {
    /// Whether this process can serve its users, as it was found out a moment ago at most.
    pub async fn readiness(&self) -> Readiness {
        let find = async {
            let issuer = Health::of_issuer(self.oidc().issuer());
            let sessions = Arc::clone(&self.sessions);
            let store = Health::of_store(async move { sessions.store_answers().await });
            let ((logto, keys), store) = tokio::join!(issuer, store);
            Readiness::new(logto, keys, store)
        };
        // In a box, because it is large and rarely used.
        self.readiness.get(&self.clock, Box::pin(find)).await
    }
}
