//! One token request of a session: what is sent, and what is stored of the answer.

use std::sync::Arc;
use std::time::Duration;

use super::circuit::{Asking, Held};
use super::queue::{Caller, unavailable};
use crate::claims::Claims;
use crate::error::{Call, Error, InvalidToken};
use crate::events::{EndCause, Event};
use crate::oidc::{Before, Expected, RefreshToken, Renewal, Target, Tokens};
use crate::session::Sessions;
use crate::session::cached_token::{CachedToken, TokenTarget};
use crate::session::memory::{Entry, Freshness, Purpose};
use crate::session::session::Session;

/// How long a refresh waits for an answer before it is sent again. Both requests are within the
/// three seconds for which Logto still accepts a rotated refresh token.
const FIRST_TRY_TIMEOUT: Duration = Duration::from_secs(2);

/// The state when a token request began. Its answer is not newer than this.
struct Begun {
    /// The number of the request in its session.
    number: u64,
    at: u64,
    /// How many marks the session has by it.
    marks: u32,
    /// How many marks of Logto's reports there were.
    marks_seen: u64,
}

impl Sessions {
    /// Makes the token request that is wanted, by the holder of the turn.
    pub(super) async fn renew(
        self: &Arc<Self>,
        entry: &Entry,
        purpose: &Purpose,
        caller: &Caller,
    ) -> Result<(), Error> {
        let target = target_of(purpose);
        let used = entry.session().refresh_token.clone().ok_or(Error::NoRefreshToken)?;
        let _asking = self.admitted(purpose).await?;
        caller.check()?;
        let (session, begun) = (entry.session(), self.begun(entry, purpose));
        self.report_begin(&session, purpose);
        let renewal = match self.ask_by_newest(entry, &used, &target, purpose).await {
            Ok(renewal) => renewal,
            Err(error) => {
                let renewed = Err(error);
                self.report_renewed(&session, purpose, &renewed);
                return renewed;
            }
        };
        let renewed = self.take(entry, &begun, purpose, renewal).await;
        if let Err(error) = &renewed {
            self.pause(entry, purpose, &target, error);
        }
        self.report_renewed(&session, purpose, &renewed);
        // Last, because it wakes requests that wait, and they read the entry.
        self.note(purpose, &target, &renewed);
        renewed
    }

    /// Sends the refresh token, and, if Logto does not accept it, the one that another process has got
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// Those of the store, and if the session has ended there.
    async fn ask_by_newest(
        &self,
        entry: &Entry,
        used: &RefreshToken,
        target: &TokenTarget,
        purpose: &Purpose,
    ) -> Result<Renewal, Error> {
        let renewal = self.ask(used, target, purpose).await;
        if !is_invalid_grant(&renewal) {
            return Ok(renewal);
        }
        self.backend.reload(entry).await?;
        let newest = entry.session().refresh_token.clone().ok_or(Error::NoRefreshToken)?;
        if newest.reveal() == used.reveal() {
            return Ok(renewal);
        }
        Ok(self.ask(&newest, target, purpose).await)
    }

    /// Notes that a token request begins.
    fn begun(&self, entry: &Entry, purpose: &Purpose) -> Begun {
        Begun {
            number: entry.begin(),
            at: self.clock.now(),
            marks: entry.session().marks + u32::from(sets_a_mark(purpose)),
            marks_seen: self.memory.marks.count(),
        }
    }

    /// Waits until the circuit lets this request ask.
    async fn admitted(&self, purpose: &Purpose) -> Result<Asking<'_>, Error> {
        // Everything else was asked for by the application.
        let heeds_silence =
            matches!(purpose, Purpose::Claims(Freshness::ConfirmedWithin(_) | Freshness::Since(_)));
        self.circuit.begin(&self.clock, heeds_silence).await.map_err(|held| match held {
            Held::Silence => unavailable("no answer to a recent request"),
            Held::Refusal(code) => self.oidc.refused(Call::Token, &code),
        })
    }

    /// Sends the refresh token, and sends it again if there is no usable answer: Logto may have rotated the
    /// token, and still accepts the old one for a moment. If there is no answer at all, the circuit opens
    /// here, because the request that waits for this may have given up.
    async fn ask(
        &self,
        refresh_token: &RefreshToken,
        target: &TokenTarget,
        purpose: &Purpose,
    ) -> Renewal {
        let target = Target {
            resource: target.resource.as_deref(),
            organization: target.organization.as_deref(),
        };
        let first = self.oidc.refresh(refresh_token, target);
        tokio::pin!(first);
        if let Ok(answer) = tokio::time::timeout(FIRST_TRY_TIMEOUT, &mut first).await {
            let again = answer.is_lost();
            return if again { self.oidc.refresh(refresh_token, target).await } else { answer };
        }
        if matches!(purpose, Purpose::Claims(_)) {
            self.open_circuit(None);
        }
        let second = self.oidc.refresh(refresh_token, target);
        tokio::pin!(second);
        tokio::select! {
            answer = &mut first => if answer.is_lost() { second.await } else { answer },
            answer = &mut second => if answer.is_lost() { first.await } else { answer },
        }
    }

    /// Takes the answer. Its refresh token is stored whatever else is wrong, because Logto may accept no
    /// other any more.
    async fn take(
        self: &Arc<Self>,
        entry: &Entry,
        begun: &Begun,
        purpose: &Purpose,
        renewal: Renewal,
    ) -> Result<(), Error> {
        let (before, target) = (entry.session(), target_of(purpose));
        if self.is_ended(&before) {
            self.revoke_behind(renewal.refresh_token);
            return Err(Error::SessionOver);
        }
        let tokens = match renewal.outcome {
            Ok(tokens) => tokens,
            Err(Error::Refused { code, .. }) if ends_the_session(&code, &target) => {
                self.end(&before, EndCause::RefusedByLogto).await;
                return Err(Error::SessionOver);
            }
            Err(error) => {
                if let Some(refresh_token) = renewal.refresh_token {
                    entry.advance(|session| session.refresh_token = Some(refresh_token));
                    self.backend.save(entry).await?;
                }
                return Err(error);
            }
        };
        let claims = self.verified(&before, &tokens).await;
        if let Err(Error::InvalidToken(InvalidToken::Claim {
            name: claim @ ("iss" | "sub" | "aud" | "azp"),
            why,
        })) = claims
        {
            self.events.emit(&Event::RefreshedAsAnother {
                sub: before.claims.sub.clone(),
                session: before.id.clone(),
                claim,
                why,
            });
            let cause = EndCause::AnotherUser;
            return Err(self.end_and_revoke(&before, cause, renewal.refresh_token).await);
        }
        let believed = claims.is_ok();
        // In a box, because it is large and every request has room for it.
        let claims = Box::pin(self.confirmed_claims(claims, &before, purpose, &tokens)).await;
        if let Err(Error::SessionOver) = claims {
            let cause = EndCause::RefusedByLogto;
            return Err(self.end_and_revoke(&before, cause, renewal.refresh_token).await);
        }
        let now = self.clock.now();
        entry.advance(|session| {
            if let Some(refresh_token) = renewal.refresh_token.clone() {
                session.refresh_token = Some(refresh_token);
            }
            if let Ok(Some(claims)) = &claims {
                session.claims = Arc::new(claims.clone());
                self.leave_claims_out(session);
                session.confirmed_at = begun.at;
                session.marks = session.marks.max(begun.marks);
                if self.settings.keep_id_token && tokens.id_token.is_some() {
                    session.id_token.clone_from(&tokens.id_token);
                }
            }
        });
        if let Ok(Some(_)) = &claims {
            entry.claims_came(begun.number);
            if sets_a_mark(purpose) {
                entry.saw(begun.marks_seen);
            }
        }
        if believed {
            entry.add_token(target, CachedToken::of_answer(&tokens, begun.marks, now), now);
        }
        if let Err(over) = self.backend.save(entry).await {
            self.forget(&before).await;
            self.revoke_behind(renewal.refresh_token);
            return Err(over);
        }
        claims.map(drop)
    }

    /// Ends a session, and revokes the newest refresh token that is known of it.
    async fn end_and_revoke(
        self: &Arc<Self>,
        session: &Arc<Session>,
        cause: EndCause,
        newest: Option<RefreshToken>,
    ) -> Error {
        let ended = self.end(session, cause).await;
        self.revoke_behind(newest.or_else(|| ended.refresh_token.clone()));
        Error::SessionOver
    }

    async fn verified(&self, session: &Session, tokens: &Tokens) -> Result<Option<Claims>, Error> {
        let Some(raw) = &tokens.id_token else { return Ok(None) };
        let expected = Expected {
            access_token: &tokens.access_token,
            nonce: None,
            max_age: None,
            same_as: Some(Before { claims: &session.claims, nonce: session.nonce.as_ref() }),
        };
        self.oidc.verify_id_token(raw, &expected).await.map(|token| Some(token.claims))
    }
}

/// A confirmation asks for the token of userinfo, which the answer brings along.
fn target_of(purpose: &Purpose) -> TokenTarget {
    match purpose {
        Purpose::AccessToken(target, _) => target.clone(),
        Purpose::Claims(_) => TokenTarget::default(),
    }
}

/// Whether the application asked for new claims (`refresh()`), or Logto has reported a change, so that older
/// claims and scopes no longer decide.
fn sets_a_mark(purpose: &Purpose) -> bool {
    matches!(purpose, Purpose::Claims(Freshness::After(_) | Freshness::Since(_)))
}

fn is_invalid_grant(renewal: &Renewal) -> bool {
    matches!(&renewal.outcome, Err(Error::Refused { code, .. }) if code == "invalid_grant")
}

/// Whether Logto reports that the session has ended: its grant has ended, or the user may no longer
/// use the application. The latter counts only if no particular audience was requested.
fn ends_the_session(code: &str, target: &TokenTarget) -> bool {
    code == "invalid_grant" || (code == "access_denied" && *target == TokenTarget::default())
}
