//! Token requests of a session: one at a time, in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use super::live::{Audience, Record, Token};
use super::{Session, Sessions};
use crate::claims::Claims;
use crate::error::{Call, Error, InvalidToken};
use crate::oidc::{AccessToken, Expected, RefreshToken, Target, Tokens};
use crate::once_task::OnceTask;

/// How long a refresh may stay unanswered before it is sent once more. Both fall inside the three
/// seconds for which Logto honours a refresh token that it has rotated.
const SECOND_TRY: Duration = Duration::from_secs(2);

/// How long nothing is tried for a session after Logto gave no answer, or none that can be used.
const PAUSE: Duration = Duration::from_secs(30);

/// The life of an access token that Logto gives none for.
const DEFAULT_LIFE: Duration = Duration::from_secs(300);

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

    /// Asks Logto now for what it knows of the user, unless a request that began after this call
    /// does already. Answers with the newest session.
    pub async fn refresh(self: &Arc<Self>, session: &Arc<Session>) -> Result<Arc<Session>, Error> {
        let record = self.live.record(session, self.clock.instant());
        record.clear_tokens();
        self.current_token(session, Audience::default()).await?;
        Ok(record.session())
    }

    /// Forgets all access tokens of the session, so that the next one comes from Logto.
    pub fn clear_tokens(&self, session: &Arc<Session>) {
        self.live.record(session, self.clock.instant()).clear_tokens();
    }

    pub async fn current_token(
        self: &Arc<Self>,
        session: &Arc<Session>,
        audience: Audience,
    ) -> Result<Token, Error> {
        let record = self.live.record(session, self.clock.instant());
        if let Some(token) = record.token(&audience, self.clock.instant()) {
            return Ok(token);
        }
        let sessions = Arc::clone(self);
        let task = OnceTask::spawn(async move { sessions.renew(&record, audience).await });
        task.result().await.unwrap_or_else(|| Err(unavailable("the token request was aborted")))
    }

    /// Keeps an access token that came with the answer to a code or a refresh token.
    pub fn keep_token(&self, session: &Arc<Session>, audience: Audience, tokens: &Tokens) {
        let now = self.clock.instant();
        self.live.record(session, now).keep_token(audience, self.token(tokens), now);
    }

    /// Gives out no longer an access token that Logto refused.
    pub fn forget_token(&self, session: &Arc<Session>, audience: &Audience, refused: &AccessToken) {
        self.live.record(session, self.clock.instant()).forget_token(audience, refused);
    }

    async fn renew(&self, record: &Record, audience: Audience) -> Result<Token, Error> {
        let _turn = record.turn.lock().await;
        let session = record.session();
        if self.ended.has(&session.id, session.signed_in_at) {
            return Err(Error::SessionOver);
        }
        if let Some(token) = record.token(&audience, self.clock.instant()) {
            return Ok(token);
        }
        if let Some(wait) = record.paused(self.clock.instant()) {
            return Err(Error::Unavailable {
                call: Call::Token,
                why: "it did not answer a moment ago".into(),
                retry_after: Some(wait),
            });
        }
        let refresh_token = session.refresh_token.clone().ok_or(Error::NoRefreshToken)?;
        match self.ask(refresh_token, &audience).await {
            Ok(tokens) => self.take(record, &session, audience, tokens).await,
            Err(Error::Refused { code, .. }) if code == "invalid_grant" => {
                self.end(&session);
                Err(Error::SessionOver)
            }
            Err(error) => Err(error),
        }
        .inspect_err(|error| {
            if !matches!(error, Error::SessionOver | Error::Refused { .. }) {
                record.pause(self.clock.instant(), PAUSE);
            }
        })
    }

    /// Sends the refresh token, and once more if no answer comes; the first good answer counts.
    async fn ask(&self, refresh_token: RefreshToken, audience: &Audience) -> Result<Tokens, Error> {
        let target = Target {
            resource: audience.resource.as_deref(),
            organization: audience.organization.as_deref(),
        };
        let first = self.oidc.refresh(&refresh_token, target);
        tokio::pin!(first);
        if let Ok(answer) = tokio::time::timeout(SECOND_TRY, &mut first).await {
            return answer;
        }
        let second = self.oidc.refresh(&refresh_token, target);
        tokio::pin!(second);
        tokio::select! {
            answer = &mut first => if answer.is_ok() { answer } else { second.await },
            answer = &mut second => if answer.is_ok() { answer } else { first.await },
        }
    }

    /// Takes the answer. The refresh token in it is kept whatever else is wrong, for Logto may
    /// honour no other one any more.
    async fn take(
        &self,
        record: &Record,
        before: &Arc<Session>,
        audience: Audience,
        tokens: Tokens,
    ) -> Result<Token, Error> {
        let claims = self.verified(before, &tokens).await;
        if let Err(Error::InvalidToken(InvalidToken::Claim("iss" | "sub" | "aud"))) = claims {
            self.end(before);
            return Err(Error::SessionOver);
        }
        let now = self.clock.now();
        record.advance(|session| {
            if let Some(refresh_token) = tokens.refresh_token.clone() {
                session.refresh_token = Some(refresh_token);
            }
            if let Ok(Some(claims)) = &claims {
                session.claims = Arc::new(self.kept(claims.clone()));
                session.confirmed_at = now;
                if self.settings.keep_id_token {
                    session.id_token.clone_from(&tokens.id_token);
                }
            }
        });
        claims?;
        let token = self.token(&tokens);
        record.keep_token(audience, token.clone(), self.clock.instant());
        Ok(token)
    }

    async fn verified(&self, session: &Session, tokens: &Tokens) -> Result<Option<Claims>, Error> {
        let Some(raw) = &tokens.id_token else { return Ok(None) };
        let expected = Expected {
            access_token: &tokens.access_token,
            nonce: None,
            max_age: None,
            same_as: Some(&session.claims),
        };
        self.oidc.verify_id_token(raw, &expected).await.map(Some)
    }

    fn token(&self, tokens: &Tokens) -> Token {
        let life = tokens.expires_in.unwrap_or(DEFAULT_LIFE);
        let margin = Duration::from_secs(60).min(life / 10);
        let renew_at = self.clock.instant() + life.saturating_sub(margin);
        let expires_at = self.clock.now().saturating_add(life.as_secs());
        Token { text: tokens.access_token.clone(), scopes: tokens.granted(), renew_at, expires_at }
    }
}

fn unavailable(why: &str) -> Error {
    Error::Unavailable { call: Call::Token, why: why.into(), retry_after: None }
}
