//! Webhooks of Logto: what Logto reports of users, roles and organizations.
//!
//! | module | question |
//! | --- | --- |
//! | `signing_keys` | is it from Logto? |
//! | `body`, `budget` | how much is read, for how long |
//! | `event` | what it says, and of whom |
//! | `effect` | what follows from it |
//!
//! The signature is over the body as it came, and is computed while it comes. Nothing is parsed before it
//! is verified.

mod body;
mod budget;
mod effect;
mod error;
mod event;
mod signing_keys;

use std::future::Future;
use std::pin::Pin;

pub(crate) use self::body::{MAX_LENGTH, read};
pub(crate) use self::budget::Budget;
pub(crate) use self::effect::{Effect, Rules};
pub use self::error::WebhookError;
pub use self::event::Webhook;
pub(crate) use self::signing_keys::{Signature, SigningKeys};

/// What the configuration says under `webhook`.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Those of all hooks that post here, at least one.
    pub(crate) keys: SigningKeys,
    /// Whether the sessions of a user end whose password was reset.
    pub(crate) end_on_password_reset: bool,
}

/// The application's own function for webhooks.
pub(crate) type WebhookHook =
    Box<dyn Fn(Webhook) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// What receives webhooks. The fairing manages it.
pub(crate) struct Receiver {
    /// The path of its route, as Rocket has it.
    pub(crate) path: String,
    pub(crate) settings: Settings,
    /// The memory for large bodies.
    pub(crate) budget: Budget,
    pub(crate) hook: Option<WebhookHook>,
}

impl Receiver {
    pub(crate) fn new(path: String, settings: Settings, hook: Option<WebhookHook>) -> Self {
        Self { path, settings, budget: Budget::default(), hook }
    }
}
