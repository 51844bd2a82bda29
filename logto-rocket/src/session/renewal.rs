//! Token requests of a session: one at a time, in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use super::live::Record;
use super::token::{Audience, Token};
use super::{Session, Sessions, Verdict};
use crate::error::{Call, Error};
use crate::oidc::{AccessToken, Tokens};
use crate::task::SharedTask;

/// The life of an access token that Logto gives none for.
const DEFAULT_LIFE: Duration = Duration::from_secs(300);

/// What a token request is made for.
pub(super) enum Want {
    /// An access token.
    Token(Audience),
    /// What Logto says of the user.
    Claims(Claims),
}

/// How new claims must be.
pub(super) enum Claims {
    /// Logto has told them no longer ago than this.
    ConfirmedWithin(Duration),
    /// They come with a request that began after that of this number.
    After(u64),
}

impl Sessions {
    /// An access token for `audience` that will be honoured for a while, from memory or from Logto.
    pub async fn access_token(
        self: &Arc<Self>,
        session: &Arc<Session>,
        audience: Audience,
    ) -> Result<AccessToken, Error> {
        Ok(self.current_token(session, audience).await?.text)
    }

    /// The scopes that Logto grants for `audience`.
    pub async fn granted_scopes(
        self: &Arc<Self>,
        session: &Arc<Session>,
        audience: Audience,
    ) -> Result<Vec<String>, Error> {
        Ok(self.current_token(session, audience).await?.scopes)
    }

    /// An access token for `audience` with all that is known of it. One that is about to expire is
    /// still good if Logto does not give another.
    pub async fn current_token(
        self: &Arc<Self>,
        session: &Arc<Session>,
        audience: Audience,
    ) -> Result<Token, Error> {
        let record = self.live.record(session, self.clock.instant());
        if let Some(token) = record.token(&audience, self.clock.now()) {
            return Ok(token);
        }
        let asked = self.request(&record, Want::Token(audience.clone())).await;
        let now = self.clock.now();
        match asked {
            Ok(()) => record.expiring_token(&audience, now).ok_or_else(short_lived),
            Err(error @ (Error::SessionOver | Error::Refused { .. })) => Err(error),
            Err(error) => record.expiring_token(&audience, now).ok_or(error),
        }
    }

    /// Asks Logto now for what it knows of the user, unless a request that began after this call
    /// does already. Answers with the newest session.
    pub async fn refresh(self: &Arc<Self>, session: &Arc<Session>) -> Result<Arc<Session>, Error> {
        let record = self.live.record(session, self.clock.instant());
        let after = record.begun();
        self.request(&record, Want::Claims(Claims::After(after))).await?;
        Ok(record.session())
    }

    /// Keeps an access token that came with the answer to a code.
    pub fn keep_token(&self, session: &Arc<Session>, audience: Audience, tokens: &Tokens) {
        let record = self.live.record(session, self.clock.instant());
        record.keep_token(audience, self.token(tokens), self.clock.now());
    }

    /// Gives out no longer an access token that Logto refused.
    pub fn forget_token(&self, session: &Arc<Session>, audience: &Audience, refused: &AccessToken) {
        self.live.record(session, self.clock.instant()).forget_token(audience, refused);
    }

    /// Forgets all access tokens of the session, so that the next one comes from Logto.
    pub fn clear_tokens(self: &Arc<Self>, session: &Arc<Session>) {
        let record = self.live.record(session, self.clock.instant());
        record.clear_tokens();
        if self.store.is_some() {
            record.advance(|_| {});
            self.save_behind(&record);
        }
    }

    /// Gets what is wanted, in a task of its own, so that no caller who goes away loses an answer.
    pub(super) async fn request(
        self: &Arc<Self>,
        record: &Arc<Record>,
        want: Want,
    ) -> Result<(), Error> {
        let (sessions, record) = (Arc::clone(self), Arc::clone(record));
        let task = SharedTask::spawn(async move { sessions.in_turn(&record, &want).await });
        task.result().await.unwrap_or_else(|| Err(unavailable("the token request was aborted")))
    }

    async fn in_turn(self: &Arc<Self>, record: &Record, want: &Want) -> Result<(), Error> {
        let _turn = record.turn.lock().await;
        if let Some(settled) = self.settled(record, want) {
            return settled;
        }
        match self.lease(&record.session()).await? {
            None => self.renew(record, want).await,
            Some(lease) => {
                let work = async {
                    self.reload(record).await?;
                    match self.settled(record, want) {
                        Some(settled) => settled,
                        None => self.renew(record, want).await,
                    }
                };
                lease.during(work).await
            }
        }
    }

    /// The answer, if it takes no token request.
    fn settled(&self, record: &Record, want: &Want) -> Option<Result<(), Error>> {
        let session = record.session();
        if self.ended.verdict(&session) == Verdict::Ended {
            return Some(Err(Error::SessionOver));
        }
        let now = self.clock.instant();
        let there = match want {
            Want::Token(audience) => {
                if let Some(code) = record.refusal(audience, now) {
                    return Some(Err(Error::Refused { call: Call::Token, code }));
                }
                record.token(audience, self.clock.now()).is_some()
            }
            Want::Claims(Claims::ConfirmedWithin(limit)) => {
                session.is_confirmed_within(*limit, self.clock.now())
            }
            Want::Claims(Claims::After(number)) => record.claims_by() > *number,
        };
        if there {
            return Some(Ok(()));
        }
        let paused = record.paused(now)?;
        let why = "it did not answer a moment ago".into();
        Some(Err(Error::Unavailable { call: Call::Token, why, retry_after: Some(paused) }))
    }

    /// The access token of an answer. It is renewed when less than a minute, or a tenth of its life,
    /// is left.
    pub fn token(&self, tokens: &Tokens) -> Token {
        let life = tokens.expires_in.unwrap_or(DEFAULT_LIFE).as_secs();
        let expires_at = self.clock.now().saturating_add(life);
        let renew_at = expires_at.saturating_sub((life / 10).min(60));
        let (text, scopes) = (tokens.access_token.clone(), tokens.granted());
        Token { text, scopes, renew_at, expires_at }
    }
}

impl Want {
    pub(super) fn audience(&self) -> Audience {
        match self {
            Self::Token(audience) => audience.clone(),
            Self::Claims(_) => Audience::default(),
        }
    }
}

fn short_lived() -> Error {
    unavailable("the access token that it gave has expired already")
}

fn unavailable(why: &str) -> Error {
    Error::Unavailable { call: Call::Token, why: why.into(), retry_after: None }
}
