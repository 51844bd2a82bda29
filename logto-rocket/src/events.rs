//! [`Event`]: what happened, for an audit trail, metrics and logs; [`Events`] emits them.

mod store_call;

use std::fmt;
use std::time::Duration;

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
    /// The session store fails, after it has worked. Requests that need a session get 503.
    StoreAway {
        /// Why.
        why: String,
    },
    /// The session store works again.
    StoreBack,
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

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedIn { sub, session } => write!(f, "{sub} signed in (session {session})"),
            Self::SignInFailed { error } => write!(f, "a sign-in failed: {error}"),
            Self::SignInNotStarted { error } => write!(f, "a sign-in did not start: {error}"),
            Self::ReturnToIgnored { why } => {
                write!(f, "a page to return to was ignored: {why}")
            }
            Self::SignedOut { sub, session, revocation: None } => {
                write!(f, "{sub} signed out (session {session})")
            }
            Self::SignedOut { sub, session, revocation: Some(error) } => {
                write!(f, "{sub} signed out (session {session}); not revoked at Logto: {error}")
            }
            Self::BackchannelLogout { sub, sid } => {
                let (sub, sid) = (sub.as_deref().unwrap_or("-"), sid.as_deref().unwrap_or("-"));
                write!(f, "Logto ended sessions: user {sub}, session at Logto {sid}")
            }
            Self::BackchannelLogoutRefused { error } => {
                write!(f, "a back-channel logout was refused: {error}")
            }
            Self::WebhookReceived { event, sub } => {
                write!(f, "Logto reported {event}: user {}", sub.as_deref().unwrap_or("-"))
            }
            Self::WebhookRefused { error } => write!(f, "a webhook was refused: {error}"),
            Self::RefreshedAsAnother { sub, session, claim, why } => write!(
                f,
                "the session {session} of {sub} has ended, because a refresh named another user: \
                 the claim `{claim}` {why}"
            ),
            Self::EndingNotConfirmed { session, sid, sub, error } => {
                let session = session.as_ref().map_or("-", SessionId::as_str);
                let [sid, sub] = [sid, sub].map(|name| name.as_deref().unwrap_or("-"));
                write!(
                    f,
                    "the end of sessions is not certain in the store (session {session}, session at \
                     Logto {sid}, user {sub}), and is tried again: {error}"
                )
            }
            Self::Undecided { error } => write!(f, "a guard could not decide: {error}"),
            Self::HandlerFailed { error } => write!(f, "a handler failed: {error}"),
            Self::Denied { sub, requirement } => {
                write!(f, "{sub} was refused; required: {requirement}")
            }
            Self::LogtoCalled { call, took, status, error } => {
                write!(f, "Logto was called ({call}), {} ms: ", took.as_millis())?;
                match (status, error) {
                    (_, Some(error)) => write!(f, "{error}"),
                    (Some(status), None) => write!(f, "{status}"),
                    (None, None) => f.write_str("no answer"),
                }
            }
            Self::StoreCalled { call, took, error } => {
                let outcome = error.as_deref().unwrap_or("done");
                write!(
                    f,
                    "the session store was called ({call}), {} ms: {outcome}",
                    took.as_millis()
                )
            }
            Self::StoreAway { why } => write!(f, "the session store does not answer: {why}"),
            Self::StoreBack => f.write_str("the session store answers again"),
        }
    }
}

impl Event {
    /// The stable code of this event: its name, such as `signed_in`, or for an error the
    /// [code](Error::code) of the error. The manual [lists](crate#codes) all codes. Later versions add
    /// codes, and change none.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } => "signed_in",
            Self::SignInFailed { error } => error.code(),
            Self::SignInNotStarted { error }
            | Self::Undecided { error }
            | Self::HandlerFailed { error } => error.code(),
            Self::ReturnToIgnored { .. } => "return_to_ignored",
            Self::SignedOut { .. } => "signed_out",
            Self::BackchannelLogout { .. } => "backchannel_logout",
            Self::BackchannelLogoutRefused { .. } => "backchannel_logout_refused",
            Self::WebhookReceived { .. } => "webhook_received",
            Self::WebhookRefused { .. } => "webhook_refused",
            Self::RefreshedAsAnother { .. } => "refreshed_as_another",
            Self::EndingNotConfirmed { .. } => "ending_not_confirmed",
            Self::Denied { .. } => "denied",
            Self::LogtoCalled { .. } => "logto_called",
            Self::StoreCalled { .. } => "store_called",
            Self::StoreAway { .. } => "store_away",
            Self::StoreBack => "store_back",
        }
    }

    /// The level of its line in the log.
    fn level(&self) -> log::Level {
        match self {
            Self::SignedIn { .. }
            | Self::SignedOut { revocation: None, .. }
            | Self::BackchannelLogout { .. }
            | Self::WebhookReceived { .. }
            | Self::Denied { .. }
            | Self::StoreBack => log::Level::Info,
            Self::ReturnToIgnored { .. } => log::Level::Debug,
            Self::LogtoCalled { .. } | Self::StoreCalled { .. } => log::Level::Trace,
            Self::SignInFailed { error } if error.is_everyday() => log::Level::Info,
            // Another attempt would not change what the operator has to mend.
            Self::HandlerFailed { error: Error::Unavailable { .. } | Error::Store { .. } } => {
                log::Level::Warn
            }
            Self::HandlerFailed { .. } => log::Level::Error,
            Self::BackchannelLogoutRefused { error } if error.is_the_senders() => log::Level::Info,
            Self::WebhookRefused { error } if error.is_the_senders() => log::Level::Info,
            _ => log::Level::Warn,
        }
    }
}
