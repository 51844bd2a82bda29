//! The exchange of a code, in its turn.

use std::sync::Arc;
use std::time::Duration;

use rocket::Request;

use crate::client::Client;
use crate::error::{Call, Error, SignInError};
use crate::host::HostId;
use crate::oidc::{
    AuthorizationCode, Expected, IdToken, MaxAge, Nonce, NotExchanged, Tokens, Verifier,
};
use crate::request::client_address;
use crate::session::{
    Begin, CodeClaim, Exchanged, Flow, Session, SignInAnswer, SignInCode, SignInOrigin,
    SignInResult,
};
use crate::task::Place;

/// How long a callback waits until its code may be exchanged.
const PLACE_TIMEOUT: Duration = Duration::from_secs(2);

/// Waits until a code may be exchanged for this client. Any client can send a code, so one client must not
/// keep others from signing in.
///
/// # Errors
///
/// [`Error::Unavailable`] if there is no place in time, or Logto's discovery document cannot be fetched.
pub(super) async fn place(client: &Arc<Client>, request: &Request<'_>) -> Result<Place, Error> {
    let mut is_ready = false;
    let wait = async {
        client.oidc().issuer().ready().await?;
        is_ready = true;
        Ok(client.exchanges().place(client_address(request)).await)
    };
    let place = tokio::time::timeout(PLACE_TIMEOUT, wait).await;
    place.unwrap_or_else(|_| {
        let (call, why) = if is_ready {
            (Call::Token, "too many sign-ins wait for Logto")
        } else {
            (Call::Discovery, "no discovery document and keys within 2 seconds")
        };
        Err(Error::Unavailable { call, why: why.into(), status: None, retry_after: None })
    })
}

/// A callback whose code is to be exchanged.
pub(super) struct Callback {
    pub host: HostId,
    pub flow: Flow,
    pub verifier: Verifier,
    pub code: AuthorizationCode,
    pub origin: SignInOrigin,
    /// The session that the browser has.
    pub before: Option<Arc<Session>>,
}

/// Exchanges the code, once, and verifies what comes, unless another process has.
pub(super) async fn exchange(
    client: Arc<Client>,
    callback: Callback,
) -> Result<Exchanged, SignInError> {
    let (sessions, flow) = (client.sessions(), &callback.flow);
    let name = SignInCode::new(callback.host, flow.state().reveal(), callback.code.reveal());
    let lease = match sessions.claim(&name).await {
        Ok(None) => None,
        Ok(Some(CodeClaim::Ours(lease))) => Some(lease),
        Ok(Some(CodeClaim::Begun(session))) => return Ok(Exchanged::Elsewhere(session)),
        Ok(Some(CodeClaim::Taken)) => {
            sessions.used_codes().never_sent(&flow.key());
            return Ok(Exchanged::Taken);
        }
        Err(error) => {
            sessions.used_codes().never_sent(&flow.key());
            return Err(error.into());
        }
    };
    let key = flow.key();
    let exchanged = exchange_here(&client, callback).await;
    if exchanged.is_err()
        && let Some(lease) = lease
    {
        if sessions.used_codes().knows(&key) {
            lease.fail_behind();
        } else {
            lease.release_behind();
        }
    }
    exchanged.map(Exchanged::Here)
}

async fn exchange_here(client: &Arc<Client>, callback: Callback) -> SignInResult {
    let Callback { host, flow, verifier, code, origin, before } = callback;
    let redirect_uri = client.redirect_uri(host);
    let exchanged = client.oidc().exchange(&code, &verifier, &redirect_uri).await;
    let tokens = exchanged.map_err(|NotExchanged { error, code_may_be_used }| {
        if !code_may_be_used {
            client.sessions().used_codes().never_sent(&flow.key());
        }
        error
    })?;
    let nonce = verifier.nonce();
    match verify(client, &flow, &nonce, &tokens).await {
        Ok(IdToken { claims, issued_at }) => {
            let asked = flow.asked.resolve(client.asked());
            let same = before.filter(|before| before.claims.sub == claims.sub);
            let persistent = flow.persistent.or_else(|| same?.persistent);
            let max_age = flow.max_age;
            let begin = Begin { host, claims, asked, persistent, max_age, origin: Some(origin) };
            let answer = SignInAnswer { tokens: &tokens, nonce: &nonce, issued_at };
            Ok(client.sessions().begin(begin, answer))
        }
        Err(error) => {
            client.sessions().revoke_refused(tokens.refresh_token.as_ref()).await;
            Err(error)
        }
    }
}

async fn verify(
    client: &Arc<Client>,
    flow: &Flow,
    nonce: &Nonce,
    tokens: &Tokens,
) -> Result<IdToken, SignInError> {
    let max_age = flow
        .max_age
        .map(|seconds| MaxAge { max_age: Duration::from_secs(seconds), asked_at: flow.started_at });
    let expected =
        Expected { access_token: &tokens.access_token, nonce: Some(nonce), max_age, same_as: None };
    let raw = tokens.id_token.as_ref().ok_or(SignInError::Exchange(Error::BadAnswer {
        call: Call::Token,
        why: "it contains no ID token, which `openid`, the scope of each sign-in, asks for; check what \
              answers at the token endpoint"
            .into(),
    }))?;
    let IdToken { claims, issued_at } = client.oidc().verify_id_token(raw, &expected).await?;
    let claims = client.sessions().with_user_info(claims, &tokens.access_token).await?;
    Ok(IdToken { claims, issued_at })
}
