//! `GET sign-in-callback`: where Logto sends the browser back.

mod exchange;
mod failure;

use std::sync::Arc;

use cookie::SameSite;
use rocket::http::Status;
use rocket::tokio::runtime::Handle;
use rocket::{Request, Response};

use self::exchange::{Callback, exchange, place};
use self::failure::{fail, try_again};
use super::query::Query;
use crate::client::Client;
use crate::error::SignInError;
use crate::events::{EndCause, Event};
use crate::flows::{Hooks, NotAdmitted, SignInRefusal};
use crate::host::HostId;
use crate::local_path::LocalPath;
use crate::oidc::AuthorizationCode;
use crate::request::{RequestState, SessionWrite, client_address, header};
use crate::response::{Label, PageDraft, Topic, redirect};
use crate::session::{
    CookieWrite, Exchanged, Flow, FlowSecret, NotCreated, Session, Sessions, SignInCode,
    SignInOrigin, SignInResult,
};
use crate::session_values::{MAX_VALUES, SessionValues};
use crate::shown::one_line;
use crate::user::LogtoUser;

/// Completes the sign-in that the callback belongs to, or shows why it failed. It never starts
/// another sign-in automatically.
pub(super) async fn respond(
    client: &Arc<Client>,
    request: &Request<'_>,
    host: HostId,
) -> Response<'static> {
    let cookies = client.sessions().cookies(host);
    let query = Query::of(request);
    if let Some(name) = query.repeated() {
        let name = name.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
        return fail(client, request, None, &SignInError::RepeatedParameter(name));
    }
    let Some(state) = query.get("state") else {
        let bare = query.get("code").is_none() && query.get("error").is_none();
        let error = if bare { SignInError::Cancelled } else { SignInError::Unknown };
        return already_signed_in(client, request)
            .await
            .unwrap_or_else(|| fail(client, request, None, &error));
    };
    let Some(flow) = cookies.flow(request, state) else {
        return already_signed_in(client, request)
            .await
            .unwrap_or_else(|| fail(client, request, None, &SignInError::Unknown));
    };
    if cookies.is_late(&flow) {
        return already_signed_in(client, request)
            .await
            .unwrap_or_else(|| fail(client, request, Some(&flow), &SignInError::TooLate));
    }
    let FlowSecret::Verifier(verifier) = &flow.secret else {
        return already_signed_in(client, request)
            .await
            .unwrap_or_else(|| fail(client, request, None, &SignInError::Spent));
    };
    if let Err(error) = check_issuer(client, &query).await {
        return fail(client, request, None, &error);
    }
    let code = match (query.get("error"), query.get("code")) {
        (Some(error), _) => {
            let error = SignInError::from_code(error, |code| {
                let asked = flow.asked.clone().resolve(client.asked());
                client.oidc().sign_in_help(code, &asked.scopes(), &asked.resources)
            });
            return fail(client, request, Some(&flow), &error);
        }
        (None, None) => return fail(client, request, Some(&flow), &SignInError::Cancelled),
        (None, Some(code)) => code,
    };
    let place = match place(client, request).await {
        Ok(place) => place,
        // Nothing was sent, so the code is still good.
        Err(error) => return try_again(client, request, &flow, &error.into()),
    };
    let used_codes = client.sessions().used_codes();
    let Some(attempt) = used_codes.exchange(flow.key(), client.clock().instant()) else {
        return already_signed_in(client, request)
            .await
            .unwrap_or_else(|| fail(client, request, Some(&flow), &SignInError::Spent));
    };
    let origin = origin(request);
    let before = RequestState::of(request).loaded(request, client).await.ok().flatten();
    let before = before.map(|loaded| Arc::clone(&loaded.session));
    let exchange = || {
        let code = AuthorizationCode::from(code);
        let (flow, verifier) = (flow.clone(), verifier.clone());
        let callback = Callback { host, flow, verifier, code, origin, before };
        let exchange = exchange(Arc::clone(client), callback);
        async move {
            let _place = place;
            exchange.await
        }
    };
    let Some(exchanged) = attempt.result(exchange).await else {
        return fail(client, request, Some(&flow), &SignInError::Spent);
    };
    let name = SignInCode::new(host, flow.state().reveal(), code);
    let outcome = match exchanged {
        Ok(Exchanged::Here(session)) => {
            attempt.outcome(|| admit(client, request, &name, session)).await
        }
        Ok(Exchanged::Elsewhere(session)) => Ok(session),
        Ok(Exchanged::Taken) => return signed_in_elsewhere(client, request, &flow),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(session) => succeed(client, request, &flow, session).await,
        Err(error) if !used_codes.knows(&flow.key()) => try_again(client, request, &flow, &error),
        Err(error) => fail(client, request, Some(&flow), &error),
    }
}

/// Whether the answer is from the issuer that was asked
/// ([RFC 9207, section 2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)).
async fn check_issuer(client: &Arc<Client>, query: &Query) -> Result<(), SignInError> {
    let wrong = client.oidc().wrong_issuer(query.get("iss")).await?;
    wrong.map_or(Ok(()), |why| Err(SignInError::WrongIssuer(why)))
}

/// Puts the session into the store and calls the application's hook before any browser has it.
async fn admit(
    client: &Arc<Client>,
    request: &Request<'_>,
    name: &SignInCode,
    session: Arc<Session>,
) -> SignInResult {
    // Before the hook, which may get access tokens: they are stored with the session. No browser has
    // its secret yet.
    if let Err(why) = client.sessions().create(&session).await {
        return Err(not_created(client, &session, why).await);
    }
    let undecided = Undecided(Some((client.sessions(), &session)));
    let allowed = allow(client, request, &session).await;
    undecided.settle();
    let admitted = match allowed {
        Ok(None) => Ok(session.clone()),
        Ok(Some(values)) => match client.sessions().add_values(&session, values).await {
            Ok(session) => Ok(session),
            Err(why) => return Err(not_created(client, &session, why).await),
        },
        Err(refusal) => Err(refusal),
    };
    match admitted {
        Ok(session) => {
            client.sessions().leave_word(name, &session).await;
            let (sub, id) = (session.claims.sub.clone(), session.id.clone());
            client.emit(&Event::SignedIn { sub, session: id });
            Ok(session)
        }
        Err(refusal) => {
            client.sessions().refuse(&session).await;
            Err(refusal)
        }
    }
}

/// A session for which the hook `on_sign_in` has not returned yet. If the hook panics, this value is dropped,
/// which revokes the tokens of the session.
struct Undecided<'s>(Option<(&'s Arc<Sessions>, &'s Arc<Session>)>);

impl Undecided<'_> {
    fn settle(mut self) {
        self.0 = None;
    }
}

impl Drop for Undecided<'_> {
    fn drop(&mut self) {
        // When the process ends, nothing can be sent any more.
        if let Some((sessions, session)) = self.0
            && Handle::try_current().is_ok()
        {
            sessions.refuse_behind(session);
        }
    }
}

/// Ends a session that could not be created, and says why there is none.
async fn not_created(client: &Arc<Client>, session: &Arc<Session>, why: NotCreated) -> SignInError {
    match why {
        NotCreated::TooLarge(too_large) => {
            log::error!("The sign-in of {} fails: {too_large}", session.claims.sub);
            client.sessions().refuse(session).await;
            SignInError::TooLarge
        }
        NotCreated::Store(error) => {
            client.sessions().refuse_behind(session);
            error.into()
        }
    }
}

/// Whether the application's hook lets the user in, and with which values.
async fn allow(
    client: &Arc<Client>,
    request: &Request<'_>,
    session: &Arc<Session>,
) -> Result<Option<SessionValues>, SignInError> {
    let user = LogtoUser::new(client, Arc::clone(session));
    let values = Hooks::admit(request, &user).await.map_err(|why| match why {
        NotAdmitted::Refused(why) => {
            log::warn!("`on_sign_in` refused {}: {}", user.id(), one_line(&why));
            let told = why.downcast_ref::<SignInRefusal>();
            SignInError::Refused {
                display_name: user.display_name().to_owned(),
                text: told.map(|refusal| refusal.text().to_owned()),
            }
        }
        NotAdmitted::Panicked => {
            log::error!("`on_sign_in` panicked for {}, who is not let in.", user.id());
            SignInError::HookPanicked
        }
    })?;
    let bytes = values.as_ref().map_or(0, SessionValues::bytes);
    if bytes > MAX_VALUES {
        log::error!(
            "The sign-in of {} fails: `on_sign_in` returned {bytes} bytes of values, and a session has \
             room for {MAX_VALUES}",
            user.id()
        );
        return Err(SignInError::TooLarge);
    }
    Ok(values)
}

/// Where the sign-in comes from.
fn origin(request: &Request<'_>) -> SignInOrigin {
    let user_agent = header(request, "User-Agent").map(|agent| agent.chars().take(256).collect());
    SignInOrigin { address: client_address(request), user_agent }
}

/// Begins the session, in place of one that the browser had.
async fn succeed(
    client: &Arc<Client>,
    request: &Request<'_>,
    flow: &Flow,
    session: Arc<Session>,
) -> Response<'static> {
    let state = RequestState::of(request);
    let before = state.loaded(request, client).await.ok().flatten();
    if let Some(before) = before.filter(|before| before.session.id != session.id) {
        client.sessions().end(&before.session, EndCause::NewSignIn).await;
    }
    let is_new = before.is_none_or(|before| before.session.claims.sub != session.claims.sub);
    // A recent sign-in was required of one user. If another user signs in, it is an ordinary
    // sign-in, and the first user's request is not repeated for them.
    let same = flow.sub.as_ref().is_none_or(|sub| *sub == session.claims.sub);
    let return_to = flow.return_to.as_ref().filter(|_| same);
    let mut writes = state.writes();
    let cookies = client.sessions().cookies(session.host);
    writes.cookies.extend(cookies.flow_write(&flow.succeeded()));
    let flash = client.settings().flash.signed_in.as_deref();
    writes.cookies.extend(flash.filter(|_| is_new).map(CookieWrite::flash));
    writes.session = SessionWrite::Begin(session);
    drop(writes);
    arrive(client, request, return_to.unwrap_or(&client.settings().after_sign_in))
}

/// Redirects to the requested page. A browser does not send a `Strict` cookie with a redirect that another site
/// started, so a page of this site navigates there instead. A route for sign-ins or sign-outs gets a redirect
/// all the same: another site may have named the route in its link, and the route would not ask the user if a
/// page of this site led there.
fn arrive(client: &Arc<Client>, request: &Request<'_>, path: &LocalPath) -> Response<'static> {
    let is_strict = client.settings().session.same_site == SameSite::Strict;
    if !is_strict || client.leads_to_sign_in_or_out(path) {
        return redirect::to_path(path);
    }
    PageDraft::new(Status::Ok, Topic::SignedIn)
        .link(Label::GoOn, path.clone())
        .forward(path.clone())
        .secret_address()
        .respond(request)
}

/// Another process has exchanged the code, or is about to. What it sets in this browser is not known here.
fn signed_in_elsewhere(
    client: &Arc<Client>,
    request: &Request<'_>,
    flow: &Flow,
) -> Response<'static> {
    let page = flow.return_to.as_ref().unwrap_or(&client.settings().after_sign_in);
    PageDraft::new(Status::Ok, Topic::SignedInElsewhere)
        .link(Label::GoOn, page.clone())
        .secret_address()
        .respond(request)
}

/// A user who is signed in and opens a callback again goes to `after_sign_in`.
async fn already_signed_in(
    client: &Arc<Client>,
    request: &Request<'_>,
) -> Option<Response<'static>> {
    let _ = RequestState::of(request).loaded(request, client).await.ok().flatten()?;
    Some(redirect::to_path(&client.settings().after_sign_in))
}
