//! The beginning of sessions: what a sign-in brought, and where the session lives from then on.

use std::sync::Arc;

#[cfg(feature = "testing")]
use super::CachedTokens;
use super::Sessions;
use super::backend::NotCreated;
use super::cached_token::{CachedToken, TokenTarget};
use super::session::{Asked, Session, SignInOrigin};
use super::store::{CodeClaim, SignInCode};
use crate::claims::Claims;
use crate::error::Error;
use crate::host::HostId;
use crate::oidc::{Nonce, Tokens};
use crate::session_values::SessionValues;

/// A session that is to begin.
pub(crate) struct Begin {
    /// Where.
    pub host: HostId,
    pub claims: Claims,
    pub asked: Asked,
    /// Whether its browser keeps it when it is closed, if the sign-in said so.
    pub persistent: Option<bool>,
    /// How old the user's authentication was allowed to be, in seconds, if the sign-in said so.
    pub max_age: Option<u64>,
    pub origin: Option<SignInOrigin>,
}

/// The answer of Logto for a session that begins.
#[derive(Clone, Copy)]
pub(crate) struct SignInAnswer<'a> {
    pub tokens: &'a Tokens,
    /// The nonce of the sign-in.
    pub nonce: &'a Nonce,
    /// When Logto issued the ID token, by its own clock.
    pub issued_at: u64,
}

impl Sessions {
    /// A new session with the tokens from Logto. The hash of the nonce is stored if there can be refreshes.
    /// Other requests do not find the session before it is [created](Self::create) and written to its
    /// browser.
    pub fn begin(&self, begin: Begin, answer: SignInAnswer<'_>) -> Arc<Session> {
        let (mut session, origin) = self.new_session(begin);
        let SignInAnswer { tokens, nonce, issued_at } = answer;
        session.issued_at = issued_at;
        session.refresh_token.clone_from(&tokens.refresh_token);
        session.nonce = tokens.refresh_token.as_ref().map(|_| nonce.into());
        session.id_token = tokens.id_token.clone().filter(|_| self.settings.keep_id_token);
        let token = CachedToken::of_answer(tokens, 0, session.signed_in_at);
        self.backend.begin(session, vec![(TokenTarget::default(), token)], origin)
    }

    /// A new session of a test, without Logto and with these access tokens. As for [`begin`](Self::begin), it
    /// must be created.
    #[cfg(feature = "testing")]
    pub fn begin_without_logto(&self, begin: Begin, tokens: CachedTokens) -> Arc<Session> {
        let (session, origin) = self.new_session(begin);
        self.backend.begin(session, tokens, origin)
    }

    /// Makes sure that the browser can get a session that begins, and puts it into the store, if there
    /// is one.
    ///
    /// # Errors
    ///
    /// [`NotCreated`].
    pub async fn create(&self, session: &Session) -> Result<(), NotCreated> {
        self.backend.create(session).await
    }

    /// Adds the values of the application to a session that was [created](Self::create) and that no browser
    /// has yet. Returns its newest state. A store that does not answer gets the values at the next request
    /// with the session.
    ///
    /// # Errors
    ///
    /// [`NotCreated::TooLarge`].
    pub async fn add_values(
        &self,
        session: &Arc<Session>,
        values: SessionValues,
    ) -> Result<Arc<Session>, NotCreated> {
        let known = Arc::new(Session { secret: None, ..Session::clone(session) });
        let entry = self.memory.registry.entry(&known, self.clock.instant());
        let _turn = entry.turn().await;
        entry.advance(|session| session.values = Some(values));
        // Whether it has ended meanwhile is asked before a browser gets it.
        let _ = self.backend.save(&entry).await;
        let newest = Session { secret: session.secret.clone(), ..Session::clone(&entry.session()) };
        self.cookies(newest.host).check_size(&newest).map_err(NotCreated::TooLarge)?;
        Ok(Arc::new(newest))
    }

    /// Waits until it is known which process exchanges the code of a sign-in. `None` if sessions are in
    /// cookies, because the processes then know nothing of each other.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn claim(&self, code: &SignInCode) -> Result<Option<CodeClaim>, Error> {
        Ok(self.backend.claim(code).await?.map(|claim| match claim {
            CodeClaim::Begun(session) if !self.is_alive(&session) => CodeClaim::Taken,
            claim => claim,
        }))
    }

    /// Leaves word of the session that a sign-in has begun, for the process that its browser calls back
    /// next.
    pub async fn leave_word(&self, code: &SignInCode, session: &Session) {
        self.backend.leave_word(code, session).await;
    }

    fn new_session(&self, begin: Begin) -> (Session, Option<SignInOrigin>) {
        let Begin { host, claims, asked, persistent, max_age, origin } = begin;
        let mut session = Session::new(claims, asked, self.clock.now());
        self.leave_claims_out(&mut session);
        session.host = host;
        session.persistent = persistent;
        session.max_age = max_age;
        (session, origin)
    }
}
