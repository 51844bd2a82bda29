//! What both fairings have for webhooks: the hook of the application.

use std::future::Future;
use std::sync::PoisonError;

use super::{LogtoFairing, ResourceServerFairing};
use crate::webhook::{Webhook, WebhookHook};

impl LogtoFairing {
    /// Sets a hook that is called for each [webhook](crate::guide::webhooks) of Logto, after its signature was
    /// verified and it has taken effect on sessions. It needs `webhook.signing_keys`.
    ///
    /// The hook runs in a task of its own. Logto does not wait for it and does not learn of its errors, so the
    /// hook may take a long time. Logto sends each webhook once, or a few times if the session store failed,
    /// and in any order. Webhooks are lost while this server does not run. Use the hook to update your records,
    /// but do not rely on it alone. Calling the hook twice for the same webhook must do no harm.
    ///
    /// The test button in Logto's console calls it, too: [`Webhook::is_test()`].
    ///
    /// ```
    /// use logto_rocket::Logto;
    ///
    /// # async fn delete_record_of(_user: &str) {}
    /// Logto::fairing().on_webhook(|webhook| async move {
    ///     if let ("User.Deleted", Some(user)) = (webhook.event(), webhook.user_id()) {
    ///         delete_record_of(user).await;
    ///     }
    /// });
    /// ```
    #[must_use]
    pub fn on_webhook<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(Webhook) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let slot = self.on_webhook.get_mut().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(boxed(hook));
        self
    }
}

impl ResourceServerFairing {
    /// Sets a hook that is called for each [webhook](crate::guide::webhooks) of Logto; see
    /// [`LogtoFairing::on_webhook()`].
    #[must_use]
    pub fn on_webhook<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(Webhook) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let slot = self.on_webhook.get_mut().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(boxed(hook));
        self
    }
}

fn boxed<F, R>(hook: F) -> WebhookHook
where
    F: Fn(Webhook) -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    Box::new(move |webhook| Box::pin(hook(webhook)))
}
