//! [`Challenge`]: the response to a refused request.

use std::time::Duration;

use rocket::http::{Header, Method, Status};
use rocket::response::{self, Responder};
use rocket::{Request, Response};

use super::page::PageDraft;
use super::page::texts::{Kept, Label, Topic};
use super::sign_in_loop::{attempts, sign_in_loop};
use super::{onward, program, redirect};
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::local_path::LocalPath;
use crate::request::{
    CurrentUser, Initiator, Kind, Loader, RequestState, host_of, is_htmx, presents_token, return_to,
};

/// The `Retry-After` of a response if Logto gives none.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// When a right counts that the user has got at Logto after the refusal.
const NEW_RIGHTS: &str = "a right that is given at Logto now counts from the next sign-in, or when the claims \
                          are confirmed (`logto.session.revalidate_after`)";

/// The response to a request that a guard of this crate refused, for use in your own catcher:
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use rocket::Request;
/// use logto_rocket::Challenge;
///
/// #[catch(401)]
/// fn unauthorized(request: &Request<'_>) -> Result<Challenge, &'static str> {
///     Challenge::of(request).ok_or("This is not about signing in.")
/// }
/// ```
#[derive(Debug)]
pub struct Challenge(pub(super) Refusal);

impl Refusal {
    /// Why the last guard of this crate refused the request; `None` if it did not.
    pub fn of(request: &Request<'_>) -> Option<Self> {
        RequestState::of(request).writes().refusal.clone()
    }

    /// The refusal for an error in this request. If the refresh token is missing right after a
    /// sign-in, another sign-in would not bring one either, so the browser is not sent to sign in
    /// again.
    pub(crate) fn to(error: &Error, request: &Request<'_>) -> Self {
        match error {
            Error::NoRefreshToken if comes_from_a_sign_in(request) => {
                Self::Misconfigured(error.to_string())
            }
            _ => error.into(),
        }
    }

    /// The headers that the protocol requires, whether or not this crate wrote the body.
    pub(crate) fn headers(&self, request: &Request<'_>) -> Vec<Header<'static>> {
        let mut headers = Vec::new();
        if let Self::Unavailable { retry_after, .. } = self {
            let seconds = retry_after.unwrap_or(RETRY_AFTER).as_secs().max(1);
            headers.push(Header::new("Retry-After", seconds.to_string()));
        }
        let state = RequestState::of(request);
        if state.depends_on_token() {
            headers.extend(program::challenge(request, self));
        }
        if !is_of_a_program(request, self)
            && self.status() == Status::Unauthorized
            && let Some(client) = Client::of(request.rocket())
        {
            let site = client.origin(host_of(request, client));
            headers.push(Header::new("WWW-Authenticate", self.authentication(site)));
            let stays = *self == Self::SignInAskedLess && comes_from_a_sign_in(request);
            if is_htmx(request) && !stays {
                let sign_in = sign_in(client, request, Kind::of(request), self.max_age());
                headers.push(Header::new("HX-Redirect", sign_in.to_string()));
            }
        }
        headers
    }

    /// The `WWW-Authenticate` that every 401 must have
    /// ([RFC 9110, section 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)). The
    /// scheme is one that browsers do not know, so that none asks for a password. `realm` is an
    /// origin, which has no quotes.
    fn authentication(&self, realm: &str) -> String {
        match self.max_age().as_ref().map(Duration::as_secs) {
            // RFC 9470, section 3.
            Some(max_age) => {
                format!("Bearer error=\"insufficient_user_authentication\", max_age=\"{max_age}\"")
            }
            None => format!("Logto realm=\"{realm}\""),
        }
    }

    /// Whether the refusal is about a session: a signed-in user was refused, or no user is signed in. The
    /// refusal of an access token is not about a session.
    pub(super) fn is_of_a_session(&self) -> bool {
        !matches!(
            self,
            Self::NoToken
                | Self::InvalidRequest(_)
                | Self::InvalidToken(_)
                | Self::InsufficientScope { .. }
                | Self::TokenTooOld { .. }
        )
    }

    /// The maximum age of the sign-in that would satisfy the requirement.
    fn max_age(&self) -> Option<Duration> {
        match self {
            Self::SignInTooOld { max_age } => Some(*max_age),
            _ => None,
        }
    }
}

impl Challenge {
    /// The response to this request, if the last of this crate's guards refused it.
    pub fn of(request: &Request<'_>) -> Option<Self> {
        Refusal::of(request).map(Self)
    }

    pub(crate) fn respond(self, request: &Request<'_>) -> Response<'static> {
        let Self(refusal) = self;
        let page = PageDraft::new(refusal.status(), Topic::of(refusal.code()));
        if is_of_a_program(request, &refusal) {
            return page.cause(request, refusal.to_string()).respond_to_program();
        }
        let Some(client) = Client::of(request.rocket()) else { return page.respond(request) };
        match &refusal {
            Refusal::NotSignedIn => return not_signed_in(client, request, page),
            // Another process has begun it, with another configuration.
            Refusal::SignInAskedLess if comes_from_a_sign_in(request) => {
                let again = sign_in(client, request, Kind::of(request), None);
                page.link(Label::SignIn, again.clone()).sign_in(again)
            }
            Refusal::SignInTooOld { .. } | Refusal::SignInAskedLess => {
                return lead_to_sign_in(client, request, page, refusal.max_age());
            }
            Refusal::SignInStaysOld { max_age } => {
                let again = sign_in(client, request, Kind::of(request), Some(*max_age));
                for_refused(client, request, page.link(Label::SignIn, again))
            }
            Refusal::Unavailable { .. } => {
                try_again(client, request, page.cause(request, refusal.to_string()))
            }
            Refusal::Denied(denial) => {
                let cause = format!("{refusal}; {NEW_RIGHTS}");
                let page = page.lacking(denial.lacks()).cause(request, cause);
                for_refused(client, request, page)
            }
            Refusal::Claims(_) => {
                for_refused(client, request, page.cause(request, refusal.to_string()))
            }
            Refusal::ForeignOrigin => page.cause(request, Initiator::why_foreign(request, client)),
            _ => page.cause(request, refusal.to_string()),
        }
        .respond(request)
    }
}

impl From<Refusal> for Challenge {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl<'r> Responder<'r, 'static> for Challenge {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Ok(self.respond(request))
    }
}

/// Whether a program is refused, which gets no page and is sent to no sign-in.
fn is_of_a_program(request: &Request<'_>, refusal: &Refusal) -> bool {
    let state = RequestState::of(request);
    let with_token = || !state.depends_on_cookies() || presents_token(request);
    !refusal.is_of_a_session() || state.depends_on_token() && with_token()
}

/// For a signed-in user who is refused: who that is, another account, and the end of the session.
fn for_refused(client: &Client, request: &Request<'_>, page: PageDraft) -> PageDraft {
    let (state, kind) = (RequestState::of(request), Kind::of(request));
    let another = client.sign_in_as_another(return_to(request, client, kind).as_ref());
    let page = page
        .signed_in_as(state.user.get().and_then(CurrentUser::display_name))
        .link(Label::UseAnotherAccount, another);
    // A page with a button cannot be framed.
    if kind == Kind::Frame || state.found().is_none() {
        return page;
    }
    page.post(Label::SignOut, client.sign_out(None))
}

fn not_signed_in(client: &Client, request: &Request<'_>, page: PageDraft) -> Response<'static> {
    let kind = Kind::of(request);
    if kind == Kind::Navigation
        && let Some(page) = sign_in_loop(client, request, &sign_in(client, request, kind, None))
    {
        return page;
    }
    let page = match kind {
        Kind::Form => PageDraft::new(Status::Unauthorized, Topic::SignInFirst),
        Kind::Frame => PageDraft::new(Status::Unauthorized, Topic::SignInInFrame),
        _ if presents_token(request) => page.cause(
            request,
            "this route accepts sessions and no access tokens; `bearer` in its `#[authenticated]` accepts \
             access tokens, and `session, bearer` both"
                .into(),
        ),
        // As a test of the application sends it that does not say what it is.
        Kind::Script if request.method() == Method::Get && request.accept().is_none() => page.cause(
            request,
            "a browser sends `Accept: text/html` when it goes to a page, and is redirected to the sign-in"
                .into(),
        ),
        _ => page,
    };
    lead_to_sign_in(client, request, page, None)
}

/// Sends a user who goes to a page to the sign-in, and shows everybody else the page that leads there.
fn lead_to_sign_in(
    client: &Client,
    request: &Request<'_>,
    page: PageDraft,
    max_age: Option<Duration>,
) -> Response<'static> {
    let kind = Kind::of(request);
    let sign_in = sign_in(client, request, kind, max_age);
    match kind {
        Kind::Navigation => redirect::to_path(&sign_in),
        // The sign-in opens in a new tab, so the contents of the form, or the page around the frame, are not lost.
        Kind::Form => page.sign_in_in_new_tab(Kept::Form, sign_in).respond(request),
        Kind::Frame => page.sign_in_in_new_tab(Kept::Frame, sign_in).respond(request),
        Kind::Script | Kind::Prefetch | Kind::Embedded => match Loader::of(request) {
            Some(Loader::Inertia) => onward::load_in_full(request, Loader::Inertia, &sign_in),
            Some(Loader::Turbo) if Loader::goes_to_a_page(request) => {
                onward::unauthorized(request, &sign_in)
            }
            _ => page.link(Label::SignIn, sign_in.clone()).sign_in(sign_in).respond(request),
        },
    }
}

/// With a link to the page that was asked for, or that the request was made from.
pub(super) fn try_again(client: &Client, request: &Request<'_>, page: PageDraft) -> PageDraft {
    match return_to(request, client, Kind::of(request)) {
        Some(path) => page.link(Label::TryAgain, path),
        None => page,
    }
}

fn sign_in(
    client: &Client,
    request: &Request<'_>,
    kind: Kind,
    max_age: Option<Duration>,
) -> LocalPath {
    let sign_in = client.sign_in(return_to(request, client, kind).as_ref());
    match max_age {
        Some(max_age) => sign_in.with_parameter("max_age", &max_age.as_secs().to_string()),
        None => sign_in,
    }
}

/// Whether the browser has just signed in, so that it is not sent there once more.
fn comes_from_a_sign_in(request: &Request<'_>) -> bool {
    let Some(client) = Client::of(request.rocket()) else { return false };
    let found = RequestState::of(request).found();
    let now = client.clock().now();
    found.is_some_and(|loaded| loaded.session.has_just_begun(now)) || attempts(client, request) > 0
}
