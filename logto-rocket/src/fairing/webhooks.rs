//! What both fairings have for webhooks: the hook of the application.

use std::future::Future;
use std::sync::PoisonError;

use super::{LogtoFairing, ResourceServerFairing};
use crate::webhook::{Webhook, WebhookHook};

impl LogtoFairing {
    /// Sets a hook that is called for each [webhook](crate::guide::webhooks) of Logto, after its signature was
    /// verified and what follows from it for sessions was done. It needs `webhook.signing_keys`.
    ///
    /// It runs in a task of its own, for which Logto does not wait: so it may take its time, and what fails
    /// in it Logto does not hear of. Logto sends each webhook once, or, where the session store failed, a few
    /// times; it keeps no order; and what happens while this server is down is lost. So let the hook bring
    /// your records closer to Logto's, and rely on nothing but that: to do the same twice must do no harm.
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
