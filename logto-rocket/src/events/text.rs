//! What an [`Event`] says, its stable code, and how loud it is.

use std::fmt;

use super::Event;
use crate::error::Error;
use crate::session_id::SessionId;
use crate::shown::shown;

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedIn { sub, session } => write!(f, "{sub} signed in (session {session})"),
            Self::SignInFailed { error } => write!(f, "a sign-in failed: {error}"),
            Self::SignInNotStarted { error } => write!(f, "a sign-in did not start: {error}"),
            Self::ReturnToIgnored { why } => {
                write!(f, "the page to return to was ignored: {why}")
            }
            Self::SignedOut { sub, session, revocation: None } => {
                write!(f, "{sub} signed out (session {session})")
            }
            Self::SignedOut { sub, session, revocation: Some(error) } => {
                write!(f, "{sub} signed out (session {session}); not revoked at Logto: {error}")
            }
            Self::BackchannelLogout { sub, sid } => {
                let (sub, sid) = (sub.as_deref().unwrap_or("-"), sid.as_deref().unwrap_or("-"));
                write!(
                    f,
                    "Logto reported a logout, which ended sessions: user {sub}, session at Logto {sid}"
                )
            }
            Self::BackchannelLogoutRefused { error } => {
                write!(f, "a back-channel logout was refused: {error}")
            }
            Self::WebhookReceived { event, sub } => {
                write!(f, "Logto reported {}: user {}", shown(event), sub.as_deref().unwrap_or("-"))
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
                    "the store has not confirmed the end of sessions (session {session}, session \
                     at Logto {sid}, user {sub}), so it is asked again: {error}"
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
            Self::SessionEnded { sub, session, cause } => {
                write!(f, "the session {session} of {sub} has ended: {cause}")
            }
            Self::RenewalBegan { sub, session, purpose } => {
                write!(f, "Logto is asked for {purpose} (session {session} of {sub})")
            }
            Self::Renewed { sub, session, purpose } => {
                write!(f, "Logto gave {purpose} (session {session} of {sub})")
            }
            Self::RenewalFailed { sub, session, purpose, error } => {
                write!(f, "Logto did not give {purpose} (session {session} of {sub}): {error}")
            }
            Self::CircuitOpened => f.write_str(
                "Logto does not answer or refuses the application, so sessions are not renewed for \
                 half a minute",
            ),
            Self::CircuitClosed => f.write_str("Logto answers again, so sessions are renewed"),
        }
    }
}

impl Event {
    /// The stable code of this event: its name, such as `signed_in`, or for an error the [code](Error::code) of
    /// the error. The manual [lists](crate::guide::pages#codes) all codes. Later versions may add codes, but do
    /// not change existing ones.
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
            Self::SessionEnded { .. } => "session_ended",
            Self::RenewalBegan { .. } => "renewal_began",
            Self::Renewed { .. } => "renewed",
            Self::RenewalFailed { .. } => "renewal_failed",
            Self::CircuitOpened => "circuit_opened",
            Self::CircuitClosed => "circuit_closed",
        }
    }

    /// The level of its line in the log.
    pub(super) fn level(&self) -> log::Level {
        match self {
            Self::SignedIn { .. }
            | Self::SignedOut { revocation: None, .. }
            | Self::BackchannelLogout { .. }
            | Self::WebhookReceived { .. }
            | Self::Denied { .. }
            | Self::StoreBack
            | Self::CircuitClosed => log::Level::Info,
            Self::ReturnToIgnored { .. } | Self::SessionEnded { .. } => log::Level::Debug,
            // They are for metrics, and where something is wrong, another line says it.
            Self::LogtoCalled { .. }
            | Self::StoreCalled { .. }
            | Self::RenewalBegan { .. }
            | Self::Renewed { .. }
            | Self::RenewalFailed { .. } => log::Level::Trace,
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
