//! `GET sign-in-callback`: where Logto sends the browser back.

use std::sync::Arc;
use std::time::Duration;

use cookie::SameSite;
use rocket::http::Status;
use rocket::{Request, Response};

use super::go;
use super::query::Query;
use crate::claims::Claims;
use crate::error::Error;
use crate::events::Event;
use crate::guard::LogtoUser;
use crate::logto::Logto;
use crate::navigation::header;
use crate::notice::Notice;
use crate::oidc::{AuthorizationCode, Expected, MaxAge, Tokens};
use crate::redirect::LocalPath;
use crate::refusal::Refusal;
use crate::session::{Flow, NotCreated, Session, SignInOrigin, SignInResult};
use crate::sign_in_error::SignInError;
use crate::visit::{SessionWrite, Visit};

/// Completes the sign-in that the callback belongs to, or says why not. It never redirects to
/// another sign-in by itself.
pub(super) async fn respond<'r>(logto: &Logto, request: &'r Request<'_>) -> Response<'r> {
    let query = Query::of(request);
    if let Some(name) = query.repeated() {
        let name = name.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
        return fail(logto, request, None, &SignInError::RepeatedParameter(name));
    }
    let Some(state) = query.get("state") else {
        let bare = query.get("code").is_none() && query.get("error").is_none();
        let error = if bare { SignInError::Cancelled } else { SignInError::Unknown };
        return already_in(logto, request)
            .await
            .unwrap_or_else(|| fail(logto, request, None, &error));
    };
    let Some(flow) = logto.keeper().cookies().flow(request, state) else {
        return already_in(logto, request)
            .await
            .unwrap_or_else(|| fail(logto, request, None, &SignInError::Unknown));
    };
    if flow.finished {
        return already_in(logto, request)
            .await
            .unwrap_or_else(|| fail(logto, request, None, &SignInError::Spent));
    }
    if let Err(error) = check_issuer(logto, &query).await {
        return fail(logto, request, None, &error);
    }
    let code = match (query.get("error"), query.get("code")) {
        (Some(error), _) => {
            let error = SignInError::from_code(error);
            log_what_was_asked(logto, &flow, &error);
            return fail(logto, request, Some(&flow), &error);
        }
        (None, None) => return fail(logto, request, Some(&flow), &SignInError::Cancelled),
        (None, Some(code)) => code,
    };
    let Some(attempt) = logto.keeper().used_codes().exchange(flow.key(), logto.clock().instant())
    else {
        return already_in(logto, request)
            .await
            .unwrap_or_else(|| fail(logto, request, Some(&flow), &SignInError::Spent));
    };
    let origin = origin(request);
    let exchange = || exchange(logto.clone(), flow.clone(), AuthorizationCode::from(code), origin);
    let Some(exchanged) = attempt.result(exchange).await else {
        return fail(logto, request, Some(&flow), &SignInError::Spent);
    };
    match attempt.outcome(|| admit(logto, request, exchanged)).await {
        Ok(session) => succeed(logto, request, &flow, session).await,
        Err(error) => fail(logto, request, Some(&flow), &error),
    }
}

/// Whether the answer is from the issuer that was asked
/// ([RFC 9207, section 2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)).
async fn check_issuer(logto: &Logto, query: &Query) -> Result<(), SignInError> {
    let accepted = logto.oidc().accepts_issuer(query.get("iss")).await?;
    if accepted { Ok(()) } else { Err(SignInError::WrongIssuer) }
}

/// Exchanges the code, once, and verifies what comes.
async fn exchange(
    logto: Logto,
    flow: Flow,
    code: AuthorizationCode,
    origin: SignInOrigin,
) -> SignInResult {
    let redirect_uri = logto.door_url("sign-in-callback");
    let tokens = logto.oidc().exchange(&code, &flow.verifier, &redirect_uri).await?;
    match verify(&logto, &flow, &tokens).await {
        Ok(claims) => Ok(logto.keeper().begin(claims, flow.asked, Some(&tokens), Some(origin))),
        Err(error) => {
            logto.keeper().revoke_refused(tokens.refresh_token.as_ref()).await;
            Err(error)
        }
    }
}

async fn verify(logto: &Logto, flow: &Flow, tokens: &Tokens) -> Result<Claims, SignInError> {
    let max_age = flow
        .max_age
        .map(|seconds| MaxAge { max_age: Duration::from_secs(seconds), asked_at: flow.started_at });
    let expected = Expected {
        access_token: &tokens.access_token,
        nonce: Some(&flow.nonce),
        max_age,
        same_as: None,
    };
    let raw = tokens.id_token.as_ref().ok_or(SignInError::Exchange(Error::BadAnswer {
        call: crate::Call::Token,
        why: "there is no ID token in it; is `openid` among the scopes?".into(),
    }))?;
    Ok(logto.oidc().verify_id_token(raw, &expected).await?)
}

/// Lets the application have its word before the session exists.
async fn admit(logto: &Logto, request: &Request<'_>, exchanged: SignInResult) -> SignInResult {
    let session = exchanged?;
    match allow(logto, request, &session).await {
        Ok(()) => {
            let (sub, id) = (session.claims.sub.clone(), session.id.clone());
            logto.tell(&Event::SignedIn { sub, session: id });
            Ok(session)
        }
        Err(refusal) => {
            logto.keeper().refuse(&session).await;
            Err(refusal)
        }
    }
}

async fn allow(
    logto: &Logto,
    request: &Request<'_>,
    session: &Arc<Session>,
) -> Result<(), SignInError> {
    // Before the hook, which may get access tokens: they are stored with the session. No browser has
    // its secret yet.
    logto.keeper().create(session).await.map_err(|error| match error {
        NotCreated::TooLarge(too_large) => {
            log::error!("The sign-in of {} fails: {too_large}", session.claims.sub);
            SignInError::TooLarge
        }
        NotCreated::Store(error) => error.into(),
    })?;
    if let Some(hook) = &logto.hooks().on_sign_in {
        let user = LogtoUser::new(logto.clone(), Arc::clone(session));
        hook(request, &user).await.map_err(|why| {
            log::warn!("`on_sign_in` refused {}: {why}", user.id());
            SignInError::Refused
        })?;
    }
    Ok(())
}

/// Where the sign-in comes from.
fn origin(request: &Request<'_>) -> SignInOrigin {
    let user_agent = header(request, "User-Agent").map(|agent| agent.chars().take(256).collect());
    SignInOrigin { address: request.client_ip(), user_agent }
}

/// Begins the session, in place of one that the browser had.
async fn succeed(
    logto: &Logto,
    request: &Request<'_>,
    flow: &Flow,
    session: Arc<Session>,
) -> Response<'static> {
    let visit = Visit::of(request);
    if let Ok(Some(before)) = visit.presented(request, logto).await
        && before.session.id != session.id
    {
        logto.keeper().end(&before.session).await;
    }
    // A fresh sign-in was asked of one user. Of another it is an ordinary one, and what the first
    // was about to do is not theirs.
    let same = flow.sub.as_ref().is_none_or(|sub| *sub == session.claims.sub);
    let return_to = flow.return_to.as_ref().filter(|_| same);
    let mut writes = visit.writes();
    writes.cookies.extend(logto.keeper().cookies().flow_write(&flow.finished()));
    writes.session = SessionWrite::Begin(session);
    drop(writes);
    arrive(logto, request, return_to.unwrap_or(&logto.settings().after_sign_in))
}

/// Goes to the page that was wanted. A `Strict` cookie is not sent with a redirect that another site
/// began, so then the way leads over a page of this one.
fn arrive(logto: &Logto, request: &Request<'_>, path: &LocalPath) -> Response<'static> {
    if logto.settings().session.same_site != SameSite::Strict {
        return go(path);
    }
    Notice::new(Status::Ok, "You are signed in", "You are taken to your page.")
        .link("Go on", path.as_str())
        .forward(path.as_str())
        .secret_address()
        .respond(request)
}

/// Somebody who is signed in and comes back to a callback goes home.
async fn already_in(logto: &Logto, request: &Request<'_>) -> Option<Response<'static>> {
    let _ = Visit::of(request).presented(request, logto).await.ok().flatten()?;
    Some(go(&logto.settings().after_sign_in))
}

/// Shows why there is no session. The sign-in, where it is known, has come to its end.
fn fail<'r>(
    logto: &Logto,
    request: &'r Request<'_>,
    flow: Option<&Flow>,
    error: &SignInError,
) -> Response<'r> {
    logto.tell(&Event::SignInFailed { error: error.clone() });
    if let Some(flow) = flow {
        let finished = logto.keeper().cookies().flow_write(&flow.finished());
        Visit::of(request).writes().cookies.extend(finished);
    }
    if error.status() == Status::ServiceUnavailable {
        let retry_after = match error {
            SignInError::Exchange(Error::Unavailable { retry_after, .. }) => *retry_after,
            _ => None,
        };
        Visit::of(request).guarded(Some(Refusal::Unavailable { retry_after }));
    }
    let own = logto.hooks().error_page.as_ref().and_then(|hook| hook(request, error));
    if let Some(mut page) = own {
        page.set_status(error.status());
        return page;
    }
    let (title, text) = error.message();
    let return_to = flow.and_then(|flow| flow.return_to.as_ref()).map(LocalPath::as_str);
    let sign_in = logto.sign_in_uri(return_to);
    Notice::new(error.status(), title, text)
        .link("Sign in", sign_in.clone())
        .link("Home", "/")
        .sign_in(sign_in)
        .secret_address()
        .respond(request)
}

/// What Logto refused is in its answer by name only, so the log tells what was asked.
fn log_what_was_asked(logto: &Logto, flow: &Flow, error: &SignInError) {
    if let SignInError::Provider(code) = error {
        log::warn!(
            "Logto answered `{code}` to a sign-in that asked for the scopes {} and the resources \
             {:?}; are they registered at {}?",
            flow.asked.scopes(),
            flow.asked.resources,
            logto.settings().issuer.as_str(),
        );
    }
}
