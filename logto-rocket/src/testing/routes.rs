//! The routes of the provider, one for each endpoint and method.
#![expect(clippy::needless_pass_by_value, reason = "Rocket gives guards by value")]

use rocket::http::{CookieJar, Status};
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome};
use rocket::{Catcher, Request, Route, State as Managed};

use super::answer::{Answer, Refused};
use super::authorize::{INTERACTION_COOKIE, SESSION_COOKIE};
use super::backchannel_logout::send_pending_logouts;
use super::discovery;
use super::faulty;
use super::input::{Form, Query};
use super::pages;
use super::params::Params;
use super::shared::Shared;

pub(super) fn routes() -> Vec<Route> {
    rocket::routes![
        openid_configuration,
        authorization_server,
        jwks,
        authorize,
        authorize_by_form,
        push,
        page,
        submit,
        token,
        userinfo,
        userinfo_by_form,
        revocation,
        introspection,
        end_session,
        end_session_by_form,
        confirm_end_session,
        signed_out,
        invitations,
        invite,
        decide_invitation,
        faulty::at_get,
        faulty::at_post,
    ]
}

pub(super) fn catchers() -> Vec<Catcher> {
    rocket::catchers![unrecognized]
}

#[rocket::get("/oidc/.well-known/openid-configuration")]
fn openid_configuration(shared: &Managed<Shared>, _query: Query) -> Answer {
    Answer::json(200, &discovery::document(&shared.lock()))
}

#[rocket::get("/oidc/.well-known/oauth-authorization-server")]
fn authorization_server(shared: &Managed<Shared>, _query: Query) -> Answer {
    Answer::json(200, &discovery::document(&shared.lock()))
}

#[rocket::get("/oidc/jwks")]
fn jwks(shared: &Managed<Shared>, _query: Query, known: IfNoneMatch<'_>) -> Answer {
    discovery::jwks(&shared.lock(), known.0)
}

#[rocket::get("/oidc/auth")]
fn authorize(shared: &Managed<Shared>, query: Query, cookies: &CookieJar<'_>) -> Answer {
    shared.lock().authorize(&query.params, cookie(cookies, SESSION_COOKIE))
}

#[rocket::post("/oidc/auth", data = "<form>")]
fn authorize_by_form(shared: &Managed<Shared>, form: Form, cookies: &CookieJar<'_>) -> Answer {
    shared.lock().authorize(&form.params, cookie(cookies, SESSION_COOKIE))
}

#[rocket::post("/oidc/request", data = "<form>")]
fn push(shared: &Managed<Shared>, form: Form) -> Answer {
    answer(form.credentials().and_then(|who| shared.lock().push(&form.params, &who)))
}

#[rocket::get("/<_page>")]
fn page(shared: &Managed<Shared>, _page: Page, cookies: &CookieJar<'_>) -> Answer {
    shared.lock().sign_in_page(cookie(cookies, INTERACTION_COOKIE))
}

#[rocket::post("/sign-in", data = "<form>")]
async fn submit(shared: &Managed<Shared>, form: Form, cookies: &CookieJar<'_>) -> Answer {
    let interaction = cookie(cookies, INTERACTION_COOKIE);
    let session = cookie(cookies, SESSION_COOKIE);
    let answer = shared.lock().submit_sign_in(&form.params, interaction, session);
    send_pending_logouts(shared).await;
    answer
}

#[rocket::post("/oidc/token", data = "<form>")]
fn token(shared: &Managed<Shared>, form: Form) -> Answer {
    answer(form.credentials().and_then(|who| shared.lock().token(&form.params, &who)))
}

#[rocket::get("/oidc/me")]
fn userinfo(shared: &Managed<Shared>, query: Query) -> Answer {
    let authorization = query.authorization.as_deref();
    answer(shared.lock().userinfo(&query.params, &Params::default(), authorization))
}

#[rocket::post("/oidc/me", data = "<form>")]
fn userinfo_by_form(shared: &Managed<Shared>, form: Form) -> Answer {
    answer(shared.lock().userinfo(&form.query, &form.params, form.authorization.as_deref()))
}

#[rocket::post("/oidc/token/revocation", data = "<form>")]
fn revocation(shared: &Managed<Shared>, form: Form) -> Answer {
    answer(form.credentials().and_then(|who| shared.lock().revocation(&form.params, &who)))
}

#[rocket::post("/oidc/token/introspection", data = "<form>")]
fn introspection(shared: &Managed<Shared>, form: Form) -> Answer {
    answer(form.credentials().and_then(|who| shared.lock().introspection(&form.params, &who)))
}

#[rocket::get("/oidc/session/end")]
fn end_session(shared: &Managed<Shared>, query: Query) -> Answer {
    answer(shared.lock().end_session(&query.params))
}

#[rocket::post("/oidc/session/end", data = "<form>")]
fn end_session_by_form(shared: &Managed<Shared>, form: Form) -> Answer {
    answer(shared.lock().end_session(&form.params))
}

#[rocket::post("/oidc/session/end/confirm", data = "<form>")]
async fn confirm_end_session(
    shared: &Managed<Shared>,
    form: Form,
    cookies: &CookieJar<'_>,
) -> Answer {
    let session = cookie(cookies, SESSION_COOKIE);
    let confirmed = shared.lock().confirm_end_session(&form.params, session);
    send_pending_logouts(shared).await;
    answer(confirmed)
}

#[rocket::get("/oidc/session/end/success")]
fn signed_out() -> Answer {
    Answer::html(200, pages::signed_out())
}

#[rocket::get("/api/organization-invitations")]
fn invitations(shared: &Managed<Shared>, query: Query) -> Answer {
    let state = shared.lock();
    let admitted = state.admit_manager(query.authorization.as_deref());
    admitted.err().unwrap_or_else(|| state.invitations(&query.params))
}

#[rocket::post("/api/organization-invitations", data = "<body>")]
fn invite(shared: &Managed<Shared>, query: Query, body: String) -> Answer {
    let mut state = shared.lock();
    let admitted = state.admit_manager(query.authorization.as_deref());
    admitted.err().unwrap_or_else(|| state.invite(&body))
}

#[rocket::put("/api/organization-invitations/<id>/status", data = "<body>")]
fn decide_invitation(shared: &Managed<Shared>, query: Query, id: &str, body: String) -> Answer {
    let mut state = shared.lock();
    let admitted = state.admit_manager(query.authorization.as_deref());
    admitted.err().unwrap_or_else(|| state.decide_invitation(id, &body))
}

#[rocket::catch(default)]
fn unrecognized(status: Status, request: &Request<'_>) -> Answer {
    let path = request.uri().path();
    let path = path.as_str();
    let path = path.strip_prefix("/oidc").unwrap_or(path);
    let method = request.method();
    let description = match status {
        Status::NotFound => {
            format!("unrecognized route or not allowed method ({method} on {path})")
        }
        _ => format!("failed to parse the request ({method} on {path})"),
    };
    Refused::new(status.code, "invalid_request", description).into()
}

/// One of the pages that an authorization request leads to.
struct Page;

impl<'r> rocket::request::FromParam<'r> for Page {
    type Error = ();

    fn from_param(param: &'r str) -> Result<Self, Self::Error> {
        match param {
            "sign-in"
            | "register"
            | "reset-password"
            | "identifier-sign-in"
            | "identifier-register"
            | "single-sign-on" => Ok(Self),
            _ => Err(()),
        }
    }
}

struct IfNoneMatch<'r>(Option<&'r str>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IfNoneMatch<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        Outcome::Success(Self(request.headers().get_one("If-None-Match")))
    }
}

fn answer(result: Result<Answer, Refused>) -> Answer {
    result.unwrap_or_else(Answer::from)
}

fn cookie<'a>(cookies: &'a CookieJar<'_>, name: &str) -> Option<&'a str> {
    cookies.get(name).map(rocket::http::Cookie::value)
}
