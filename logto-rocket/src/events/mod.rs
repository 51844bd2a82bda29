//! [`Event`]: what happened, for an audit trail, metrics and logs; [`Events`] emits them.

mod end_cause;
mod purpose;
mod store_call;
mod text;

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
    /// The page that a sign-in or sign-out was to return to is none of this site, is another
    /// application's on the same host, or is too long. The browser will go to `after_sign_in` or `after_sign_out`.
    ReturnToIgnored {
        /// What is wrong with it.
        why: NotLocal,
    },
    /// A user has signed out here.
    SignedOut {
        /// The user's id.
        sub: String,
        /// The session that ended.
        session: SessionId,
        /// Why Logto did not revoke the refresh token, if it did not.
        revocation: Option<Error>,
    },
    /// Logto has reported that a session there ended, and what belongs to it has ended here.
    BackchannelLogout {
        /// The user's id, if Logto sent it.
        sub: Option<String>,
        /// The session at Logto. Without one all sessions of the user have ended.
        sid: Option<String>,
    },
    /// A logout token was posted, and nothing was ended by it.
    BackchannelLogoutRefused {
        /// Why.
        error: LogoutError,
    },
    /// Logto has reported something by a webhook. What follows from it has been done, unless a
    /// [`WebhookRefused`](Self::WebhookRefused) comes next.
    WebhookReceived {
        /// The name of the event, such as `User.Data.Updated`.
        event: String,
        /// The id of the user whom it is about, if it is about one.
        sub: Option<String>,
    },
    /// A webhook was posted that is not Logto's, or could not be received.
    WebhookRefused {
        /// Why.
        error: WebhookError,
    },
    /// A session has ended because the ID token of a refresh named another user, or was not for this
    /// application. What came with it is not used, and its tokens are revoked.
    RefreshedAsAnother {
        /// The id of the user whose session it was.
        sub: String,
        /// The session that ended.
        session: SessionId,
        /// The claim that told: `iss`, `sub`, `aud` or `azp`.
        claim: &'static str,
        /// What was wrong with it.
        why: String,
    },
    /// Sessions have ended in this process, and it is not certain that they have in the store: it did not
    /// answer, or its replicas have not confirmed it, so that a fail-over may bring them back for other
    /// processes. They are deleted again until that is certain, for as long as they could live.
    EndingNotConfirmed {
        /// The session that ended, if it was one.
        session: Option<SessionId>,
        /// The session at Logto whose sessions ended, if it was that.
        sid: Option<String>,
        /// The user whose sessions all ended, if it was that.
        sub: Option<String>,
        /// Why it is not certain.
        error: Error,
    },
    /// A guard could not decide, because Logto was unreachable or gave no usable answer. The
    /// request gets 503.
    Undecided {
        /// Why.
        error: Error,
    },
    /// A handler returned an [`Error`] that is neither the user's nor the application's own: Logto or
    /// the store did not do what the handler asked. The request gets 503, or, if Logto refused, 502, or
    /// 403 if it denied the application itself something.
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
        /// The status of the answer. `None` if there was none that could be used, with the error.
        status: Option<u16>,
        /// Why there was no answer that could be used. What an answer says is no error here.
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
    /// The session store does not answer when a session is loaded, after it has. Requests that need a session
    /// get 503.
    StoreAway {
        /// Why.
        why: String,
    },
    /// The session store works again.
    StoreBack,
    /// A session has ended before its time, in this process or in the store. One that is over because it is
    /// too old or was not used is no event: nobody notices that but its browser.
    SessionEnded {
        /// The user's id.
        sub: String,
        /// The session.
        session: SessionId,
        /// Why.
        cause: EndCause,
    },
    /// A token request begins for a session: its claims are to be confirmed, or an access token is needed.
    RenewalBegan {
        /// The user's id.
        sub: String,
        /// The session.
        session: SessionId,
        /// What for.
        purpose: RenewalPurpose,
    },
    /// A token request of a session was answered with what it was for.
    Renewed {
        /// The user's id.
        sub: String,
        /// The session.
        session: SessionId,
        /// What for.
        purpose: RenewalPurpose,
    },
    /// A token request of a session did not bring what it was for. The session goes on, if there is no
    /// [`SessionEnded`](Self::SessionEnded) as well.
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
    /// Logto does not answer token requests, or refuses the application: for half a minute nothing is
    /// asked, and old claims stand, for at most `session.max_stale`.
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
        if let Some(hook) = &self.hook {
            hook(event);
        }
    }
}
