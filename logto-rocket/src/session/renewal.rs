//! Token requests of a session: one at a time, in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use super::live::Record;
use super::outage::PAUSE;
use super::token::{Audience, Token};
use super::{Session, Sessions};
use crate::error::{Call, Error, InvalidToken};
use crate::oidc::{AccessToken, Expected, RefreshToken, Renewal, Target, Tokens};
use crate::once_task::OnceTask;

/// How long a refresh may stay unanswered before it is sent once more. Both fall inside the three
/// seconds for which Logto honours a refresh token that it has rotated.
const SECOND_TRY: Duration = Duration::from_secs(2);

/// How long a refusal is remembered.
const REFUSED_FOR: Duration = Duration::from_secs(60);

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
        let task = OnceTask::spawn(async move { sessions.in_turn(&record, &want).await });
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
        if self.ended.has(&session.id, session.signed_in_at) {
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
                self.is_confirmed_within(&session, *limit)
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

    async fn renew(self: &Arc<Self>, record: &Record, want: &Want) -> Result<(), Error> {
        let audience = want.audience();
        let mut used = record.session().refresh_token.clone().ok_or(Error::NoRefreshToken)?;
        let number = record.begin();
        let mut renewal = self.ask(&used, &audience).await;
        if is_invalid_grant(&renewal) {
            self.reload(record).await?;
            let newest = record.session().refresh_token.clone().ok_or(Error::NoRefreshToken)?;
            if newest.reveal() != used.reveal() {
                used = newest;
                renewal = self.ask(&used, &audience).await;
            }
        }
        let renewed = self.take(record, number, &audience, renewal).await.and_then(|claims| {
            if claims || matches!(want, Want::Token(_)) { Ok(()) } else { Err(no_claims()) }
        });
        if let Want::Claims(_) = want {
            self.notice(&renewed);
        }
        renewed.inspect_err(|error| match error {
            Error::SessionOver | Error::NoRefreshToken => {}
            Error::Refused { code, .. } => {
                record.refuse(audience, code.clone(), self.clock.instant(), REFUSED_FOR);
            }
            Error::Unavailable { retry_after, .. } => {
                record.pause(self.clock.instant(), retry_after.unwrap_or(PAUSE));
            }
            _ => record.pause(self.clock.instant(), PAUSE),
        })
    }

    /// Sends the refresh token, and once more if no answer comes, or none that can be used: Logto
    /// may have rotated the token and honours the old one for a moment yet.
    async fn ask(&self, refresh_token: &RefreshToken, audience: &Audience) -> Renewal {
        let target = Target {
            resource: audience.resource.as_deref(),
            organization: audience.organization.as_deref(),
        };
        let first = self.oidc.refresh(refresh_token, target);
        tokio::pin!(first);
        if let Ok(answer) = tokio::time::timeout(SECOND_TRY, &mut first).await {
            let again = answer.is_lost();
            return if again { self.oidc.refresh(refresh_token, target).await } else { answer };
        }
        let second = self.oidc.refresh(refresh_token, target);
        tokio::pin!(second);
        tokio::select! {
            answer = &mut first => if answer.is_lost() { second.await } else { answer },
            answer = &mut second => if answer.is_lost() { first.await } else { answer },
        }
    }

    /// Learns from a request that anybody could have made whether Logto answers.
    fn notice(&self, renewed: &Result<(), Error>) {
        match renewed {
            Ok(()) => self.outage.end(),
            Err(Error::Unavailable { retry_after, .. }) => {
                self.outage.begin(self.clock.instant(), *retry_after);
            }
            Err(_) => {}
        }
    }

    /// Takes the answer, and says whether there were claims in it. The refresh token in it is kept
    /// whatever else is wrong, for Logto may honour no other one any more.
    async fn take(
        self: &Arc<Self>,
        record: &Record,
        number: u64,
        audience: &Audience,
        renewal: Renewal,
    ) -> Result<bool, Error> {
        let before = record.session();
        if self.ended.has(&before.id, before.signed_in_at) {
            self.revoke_behind(renewal.refresh_token);
            return Err(Error::SessionOver);
        }
        let tokens = match renewal.outcome {
            Ok(tokens) => tokens,
            Err(Error::Refused { code, .. }) if ends_the_session(&code, audience) => {
                self.end(&before).await;
                return Err(Error::SessionOver);
            }
            Err(error) => {
                if let Some(refresh_token) = renewal.refresh_token {
                    record.advance(|session| session.refresh_token = Some(refresh_token));
                    self.save(record).await?;
                }
                return Err(error);
            }
        };
        let claims = self.verified(&before, &tokens).await;
        if let Err(Error::InvalidToken(InvalidToken::Claim("iss" | "sub" | "aud" | "azp"))) = claims
        {
            self.end(&before).await;
            return Err(Error::SessionOver);
        }
        let now = self.clock.now();
        let believed = claims.is_ok();
        record.advance(|session| {
            if let Some(refresh_token) = renewal.refresh_token.clone() {
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
        if let Ok(Some(_)) = &claims {
            record.confirmed_by(number);
        }
        if believed {
            record.keep_token(audience.clone(), self.token(&tokens), now);
        }
        if let Err(over) = self.save(record).await {
            self.end(&before).await;
            self.revoke_behind(renewal.refresh_token);
            return Err(over);
        }
        claims.map(|claims| claims.is_some())
    }

    async fn verified(
        &self,
        session: &Session,
        tokens: &Tokens,
    ) -> Result<Option<crate::claims::Claims>, Error> {
        let Some(raw) = &tokens.id_token else { return Ok(None) };
        let expected = Expected {
            access_token: &tokens.access_token,
            nonce: None,
            max_age: None,
            same_as: Some(&session.claims),
        };
        self.oidc.verify_id_token(raw, &expected).await.map(Some)
    }

    /// Revokes, behind the request, what came for a session that was ended meanwhile.
    fn revoke_behind(&self, refresh_token: Option<RefreshToken>) {
        let Some(refresh_token) = refresh_token else { return };
        let oidc = Arc::clone(&self.oidc);
        tokio::spawn(async move {
            if let Err(error) = oidc.revoke(&refresh_token).await {
                log::warn!("The tokens of an ended session could not be revoked: {error}");
            }
        });
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
    fn audience(&self) -> Audience {
        match self {
            Self::Token(audience) => audience.clone(),
            Self::Claims(_) => Audience::default(),
        }
    }
}

fn is_invalid_grant(renewal: &Renewal) -> bool {
    matches!(&renewal.outcome, Err(Error::Refused { code, .. }) if code == "invalid_grant")
}

/// Whether Logto says that the session is over: its grant is, or, where nothing in particular was
/// asked for, this user may not use the application any more.
fn ends_the_session(code: &str, audience: &Audience) -> bool {
    code == "invalid_grant" || (code == "access_denied" && *audience == Audience::default())
}

fn no_claims() -> Error {
    let why = "there is no ID token in it that would confirm the claims".into();
    Error::BadAnswer { call: Call::Token, why }
}

fn short_lived() -> Error {
    unavailable("the access token that it gave has expired already")
}

fn unavailable(why: &str) -> Error {
    Error::Unavailable { call: Call::Token, why: why.into(), retry_after: None }
}
