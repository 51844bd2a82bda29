//! [`CodeClaim`]: which process exchanges the code of a sign-in, if several processes may get the callback.
//!
//! If a code is exchanged twice, Logto revokes the tokens of the first exchange. A process therefore takes a
//! lease on the sign-in before it exchanges the code, and no other process can take this lease while the
//! sign-in may last. The process that has created the session stores the session's secret for one minute, for
//! another process that gets the callback a second time. The secret is encrypted, and its name in the store
//! is made of the state and the code. Only a browser that has both, and the cookie of the sign-in, therefore
//! gets the session.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::stored::StoredSessions;
use super::{ObservedStore, Record, SessionStore, StoreError, StoreId};
use crate::error::Error;
use crate::host::HostId;
use crate::session::cookie::{SealedAs, Vault};
use crate::session::lifetimes::FLOW_LIFETIME;
use crate::session::secret::Secret;
use crate::session::session::Session;
use crate::session_id::SessionId;

/// How long a callback waits for the result of another process.
const RESULT_TIMEOUT: Duration = Duration::from_secs(2);

/// The pause before the store is asked again for the result of another process.
const POLL_BACKOFF: Duration = Duration::from_millis(50);

/// How long the result is stored for other processes: as long as in this process.
const SHARED_FOR: Duration = Duration::from_secs(60);

/// How long a sign-in is remembered if the exchange of its code failed. Another exchange could revoke
/// nothing, and any client can cause any number of failed exchanges.
const FAILED_FOR: Duration = Duration::from_secs(60);

/// How often at most, and at which interval, this process tries to release a lease that it may have taken.
const RELEASES: usize = 60;
const RELEASE_BACKOFF: Duration = Duration::from_secs(1);

/// A sign-in, as a store knows it.
#[derive(Clone)]
pub(crate) struct SignInCode {
    host: HostId,
    sign_in: StoreId,
    result: StoreId,
}

/// Which process exchanges a code.
pub(crate) enum CodeClaim {
    /// This process.
    Ours(CodeLease),
    /// Another process did, and this session began.
    Begun(Arc<Session>),
    /// Another process does or did, and has not stored a session's secret.
    Taken,
}

/// The right to exchange a code.
pub(crate) struct CodeLease {
    store: Arc<ObservedStore>,
    sign_in: StoreId,
    holder: SessionId,
}

impl SignInCode {
    /// The sign-in with this state, and the code that its callback brings to a host.
    pub fn new(host: HostId, state: &str, code: &str) -> Self {
        let name = |what: &str| {
            StoreId::from(URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{what}\n{state}"))))
        };
        Self { host, sign_in: name("sign-in"), result: name(&format!("result\n{code}")) }
    }
}

impl StoredSessions {
    /// Waits until it is known who exchanges the code of a sign-in.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]. Then this process does not, and others may.
    pub async fn claim(&self, code: &SignInCode) -> Result<CodeClaim, Error> {
        let (store, sign_in) = (Arc::clone(&self.store), code.sign_in.clone());
        let lease = CodeLease { store, sign_in, holder: SessionId::random() };
        let over = tokio::time::sleep(RESULT_TIMEOUT);
        tokio::pin!(over);
        loop {
            match lease.take(FLOW_LIFETIME).await {
                Ok(true) => return Ok(CodeClaim::Ours(lease)),
                Ok(false) => {}
                Err(error) => {
                    // It may have been taken nevertheless.
                    lease.release_behind();
                    return Err(error.into());
                }
            }
            if let Some(session) = self.result_of(code).await? {
                return Ok(CodeClaim::Begun(session));
            }
            // No call is dropped before it ends, because it might take the lease.
            tokio::select! {
                () = &mut over => return Ok(CodeClaim::Taken),
                () = tokio::time::sleep(POLL_BACKOFF) => {}
            }
        }
    }

    /// Stores the session of a sign-in for other processes. An error is only logged, because the browser has its
    /// session anyway.
    pub async fn leave_word(&self, code: &SignInCode, session: &Session) {
        if let Err(error) = self.try_leave_word(code, session).await {
            log::warn!("Other processes do not learn of the session {}: {error}", session.id);
        }
    }

    async fn try_leave_word(&self, code: &SignInCode, session: &Session) -> Result<(), StoreError> {
        let at = &code.result;
        let secret = session.secret.as_ref().map(Secret::reveal);
        let sealed = secret
            .and_then(|secret| self.vault(code).seal(SealedAs::SignIn, at.as_str(), secret))
            .ok_or_else(|| StoreError::new("the session could not be encrypted"))?;
        // It does not belong to the user, so that it is not listed among the user's sessions.
        let record = Record::new(sealed, self.named(at.as_str()), None, session.signed_in_at);
        self.store.create(at, &record, SHARED_FOR).await
    }

    fn vault(&self, code: &SignInCode) -> &Vault {
        self.cookies.of(code.host).vault()
    }

    /// The session whose secret another process has stored, with that secret.
    async fn result_of(&self, code: &SignInCode) -> Result<Option<Arc<Session>>, StoreError> {
        let at = &code.result;
        let Some(stored) = self.store.load(at).await? else { return Ok(None) };
        let opened = self.vault(code).open(SealedAs::SignIn, at.as_str(), &stored.sealed);
        let opened = self.memory.unopened.noted(opened, "the result of a sign-in in the store");
        let Some(secret) = opened.and_then(|opened| Secret::read(&opened.text)) else {
            return Ok(None);
        };
        let session = self.load(&secret.session_id()).await?;
        Ok(session.map(|session| {
            let mut session = Session::clone(&session);
            session.find_by(secret);
            Arc::new(session)
        }))
    }
}

impl CodeLease {
    /// Releases the lease, so that another callback can exchange the code, which was never sent.
    pub fn release_behind(self) {
        tokio::spawn(async move {
            for _ in 0..RELEASES {
                let holder = self.holder.as_str();
                let released = self.store.release(&self.sign_in, holder).await;
                if released.is_ok() {
                    return;
                }
                tokio::time::sleep(RELEASE_BACKOFF).await;
            }
        });
    }

    /// Shortens the lease of a sign-in whose exchange failed.
    pub fn fail_behind(self) {
        tokio::spawn(async move {
            if let Err(error) = self.take(FAILED_FOR).await {
                log::warn!("A failed sign-in is remembered for an hour: {error}");
            }
        });
    }

    async fn take(&self, time: Duration) -> Result<bool, StoreError> {
        self.store.lease(&self.sign_in, self.holder.as_str(), time).await
    }
}
