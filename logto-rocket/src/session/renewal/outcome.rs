//! What follows from the outcome of a token request: pauses, of the session or of the whole process.

use std::time::Duration;

use super::circuit::BACKOFF;
use crate::error::Error;
use crate::events::Event;
use crate::session::Sessions;
use crate::session::cached_token::TokenTarget;
use crate::session::memory::{Entry, Purpose};

/// The status that is about the session that asked, not about Logto.
const TOO_MANY_REQUESTS: u16 = 429;

/// How long a refusal is remembered.
const REFUSED_FOR: Duration = Duration::from_secs(60);

impl Sessions {
    /// Has the session wait before it asks for the same again: every outcome has a pause.
    pub(super) fn pause(
        &self,
        entry: &Entry,
        purpose: &Purpose,
        target: &TokenTarget,
        error: &Error,
    ) {
        let now = self.clock.instant();
        match error {
            Error::SessionOver | Error::NoRefreshToken => {}
            Error::Refused { code, .. }
                if matches!(purpose, Purpose::AccessToken(..))
                    && !error.is_of_the_application() =>
            {
                entry.refuse(target.clone(), code.clone(), now, REFUSED_FOR);
            }
            Error::Unavailable { retry_after: Some(wait), .. } => {
                entry.pause(now, (*wait).max(BACKOFF), error.to_string());
            }
            _ => entry.pause(now, BACKOFF, error.to_string()),
        }
    }

    /// Reports to the circuit whether Logto answers, and logs why claims are not confirmed. Only a request for
    /// claims opens the circuit: one for a token may fail for one user alone. After too many requests (429), only
    /// this session pauses. A refusal of the application concerns all sessions.
    pub(super) fn note(
        &self,
        purpose: &Purpose,
        target: &TokenTarget,
        renewed: &Result<(), Error>,
    ) {
        let now = self.clock.instant();
        let of_claims = matches!(purpose, Purpose::Claims(_));
        // First, because the circuit wakes requests that then answer.
        if let Err(error) = renewed
            && of_claims
            && *error != Error::SessionOver
            && !error.is_of_the_application()
        {
            log::warn!("Claims could not be confirmed: {error}");
        }
        match renewed {
            Err(error @ Error::Refused { code, .. }) if error.is_of_the_application() => {
                // A path may name the organization, so one that is not about the secret may be about
                // what a user has made up.
                if target.organization.is_none() || code == "invalid_client" {
                    let refusal = self.circuit.refuse(now, code);
                    if refusal.opens {
                        self.events.emit(&Event::CircuitOpened);
                    }
                    if refusal.is_news {
                        log::error!(
                            "{error}. Until this is corrected, sessions cannot be confirmed and get no \
                             new access tokens; Logto is asked again every {} seconds.",
                            BACKOFF.as_secs()
                        );
                    }
                    self.circuit.wake();
                }
            }
            Err(Error::Unavailable { status, retry_after, .. })
                if of_claims && *status != Some(TOO_MANY_REQUESTS) =>
            {
                self.open_circuit(*retry_after);
            }
            Ok(()) | Err(Error::SessionOver | Error::Refused { .. }) => self.close_circuit(),
            Err(_) => {}
        }
    }

    /// Has nothing asked for a while, or for as long as Logto said.
    pub(super) fn open_circuit(&self, wait: Option<Duration>) {
        if self.circuit.open(self.clock.instant(), wait) {
            self.events.emit(&Event::CircuitOpened);
        }
    }

    /// Notes that Logto answers.
    pub(super) fn close_circuit(&self) {
        if self.circuit.close(self.clock.instant()) {
            self.events.emit(&Event::CircuitClosed);
        }
    }
}
