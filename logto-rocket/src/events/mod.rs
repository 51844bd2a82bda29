//! [`Event`]: what happened, for an audit trail, metrics and logs; [`Events`] emits them.

mod end_cause;
mod purpose;
mod store_call;
mod text;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

pub use self::end_cause::EndCause;
pub use self::purpose::RenewalPurpose;
pub use self::store_call::StoreCall;

use crate::error::{Call, Error, SignInError};
use crate::local_path::NotLocal;
use crate::oidc::LogoutError;
use crate::session_id::SessionId;
use crate::webhook::WebhookError;

/// An event. It never contains a secret.
///
/// Every event is also a line in the log of the target `logto_rocket`.
///
/// ```
/// use logto_rocket::{Event, Logto};
///
/// Logto::fairing().on_event(|event| {
///     if let Event::SignedIn { sub, .. } = event {
///         println!("{sub} has signed in");
///     }
/// });
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A user has signed in.
    SignedIn {
        /// The user's id.
        sub: String,
        /// The new session.
        session: SessionId,
    },
    /// A sign-in failed at the callback.
    SignInFailed {
        /// Why.
        error: SignInError,
    },
    /// A sign-in could not be started.
    SignInNotStarted {
        /// Why.
        error: Error,
    },
    /// The page to return to after a sign-in or sign-out is not on this site, belongs to another application on
    /// the same host, or has too long an address. The browser will go to `after_sign_in` or `after_sign_out`.
    ReturnToIgnored {
        /// What is wrong with it.
        why: NotLocal,
    },
    /// A user has signed out of this site.
    SignedOut {
        /// The user's id.
        sub: String,
        /// The session that ended.
        session: SessionId,
        /// Why Logto did not revoke the refresh token, if it did not.
        revocation: Option<Error>,
    },
    /// Logto has reported that a session at Logto has ended, and the matching sessions of this site have ended.
    BackchannelLogout {
        /// The user's id, if Logto sent it.
        sub: Option<String>,
        /// The session at Logto. Without one all sessions of the user have ended.
        sid: Option<String>,
    },
    /// A logout token was posted and refused, so no session has ended.
    BackchannelLogoutRefused {
        /// Why.
        error: LogoutError,
    },
    /// Logto has sent a webhook. It has taken effect, unless a [`WebhookRefused`](Self::WebhookRefused)
    /// follows.
    WebhookReceived {
        /// The name of the event, such as `User.Data.Updated`.
        event: String,
        /// The id of the user whom the webhook concerns, if it concerns one.
        sub: Option<String>,
    },
    /// A request to the webhook route was not from Logto, or could not be received.
    WebhookRefused {
        /// Why.
        error: WebhookError,
    },
    /// A session has ended because the ID token of a refresh named another user, or was not for this
    /// application. The answer is not used, and its tokens are revoked.
    RefreshedAsAnother {
        /// The id of the user whose session it was.
        sub: String,
        /// The session that ended.
        session: SessionId,
        /// The claim that differs: `iss`, `sub`, `aud` or `azp`.
        claim: &'static str,
        /// What was wrong with it.
        why: String,
    },
    /// Sessions have ended in this process, but the store did not answer or its replicas did not confirm the
    /// end. A fail-over may therefore make the sessions valid again for other processes. This process repeats
    /// the deletion until the store confirms it, for as long as the sessions could last.
    EndingNotConfirmed {
        /// The session that ended, if a single one ended.
        session: Option<SessionId>,
        /// The session at Logto, if all sessions that belong to it ended.
        sid: Option<String>,
        /// The user, if all sessions of the user ended.
        sub: Option<String>,
        /// Why the store did not confirm the end.
        error: Error,
    },
    /// A guard could not decide, because Logto did not answer or gave no usable answer. The request gets 503.
    Undecided {
        /// Why.
        error: Error,
    },
    /// A handler returned an [`Error`] that neither the user nor the application caused: Logto or the store did
    /// not do what the handler asked. The request gets 503 if there was no usable answer, 502 if Logto refused,
    /// and 403 if Logto denied something to the application itself.
    HandlerFailed {
        /// Why.
        error: Error,
    },
    /// A signed-in user was refused.
    Denied {
        /// The user's id.
        sub: String,
        /// The requirement, in the syntax of the attribute.
        requirement: String,
    },
    /// A call to Logto has ended.
    LogtoCalled {
        /// What was asked of Logto.
        call: Call,
        /// How long it took.
        took: Duration,
        /// The status of a usable answer; otherwise `None`, and `error` has the reason.
        status: Option<u16>,
        /// Why there was no usable answer. If Logto refuses a request, that is a usable answer and not an error
        /// here.
        error: Option<Error>,
    },
    /// A call of the session store has ended.
    StoreCalled {
        /// The method.
        call: StoreCall,
        /// How long it took.
        took: Duration,
        /// Why it failed, if it did.
        error: Option<String>,
    },
    /// The session store has stopped answering when sessions are loaded. Requests that need a session get 503.
    StoreAway {
        /// Why.
        why: String,
    },
    /// The session store answers again.
    StoreBack,
    /// A session has ended before its time, in this process or in the store. There is no event for a session
    /// that ends because of its age or because it was not used.
    SessionEnded {
        /// The user's id.
        sub: String,
        /// The session.
        session: SessionId,
        /// Why.
        cause: EndCause,
    },
    /// A token request for a session begins, to confirm its claims or to get an access token.
    RenewalBegan {
        /// The user's id.
        sub: String,
        /// The session.
        session: SessionId,
        /// What for.
        purpose: RenewalPurpose,
    },
    /// A token request for a session has succeeded.
    Renewed {
        /// The user's id.
        sub: String,
        /// The session.
        session: SessionId,
        /// What for.
        purpose: RenewalPurpose,
    },
    /// A token request for a session has failed. The session continues, unless there is also a
    /// [`SessionEnded`](Self::SessionEnded).
    RenewalFailed {
        /// The user's id.
        sub: String,
        /// The session.
        session: SessionId,
        /// What for.
        purpose: RenewalPurpose,
        /// Why. [`Error::SessionOver`] if Logto refuses the session.
        error: Error,
    },
    /// Logto does not answer token requests, or refuses the application. For half a minute this process makes
    /// no token requests. Old claims stay valid, for at most `session.max_stale`.
    CircuitOpened,
    /// Logto answers token requests again.
    CircuitClosed,
}

/// The application's own function for events.
pub(crate) type EventHook = Box<dyn Fn(&Event) + Send + Sync>;

/// Where events go: to the log, and to the application's hook.
#[derive(Default)]
pub(crate) struct Events {
    hook: Option<EventHook>,
}

impl Events {
    /// Events that go to this hook too, if there is one.
    pub fn new(hook: Option<EventHook>) -> Self {
        Self { hook }
    }

    /// Writes an event to the log, then calls the hook.
    pub fn emit(&self, event: &Event) {
        log::log!(event.level(), "{event}");
        // Who signs in or out does so whether or not the application can count it.
        let call = |hook: &EventHook| catch_unwind(AssertUnwindSafe(|| hook(event)));
        if self.hook.as_ref().map(call).is_some_and(|called| called.is_err()) {
            log::error!("`on_event` panicked at the event `{}`.", event.code());
        }
    }
}
