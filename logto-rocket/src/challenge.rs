//! [`Challenge`]: what a refused request gets.

use std::time::Duration;

use rocket::catcher::Handler;
use rocket::http::{Header, Status};
use rocket::response::{self, Responder};
use rocket::{Catcher, Request, Response};

use crate::error::Error;
use crate::logto::Logto;
use crate::navigation::{Kind, is_htmx, page};
use crate::notice::Notice;
use crate::redirect::LocalPath;
use crate::refusal::Refusal;
use crate::visit::Visit;

/// After how many sign-ins in a row that gave no session a guard stops redirecting.
const MAX_ATTEMPTS: u32 = 2;

/// What our catchers are called in the launch log.
pub(crate) const CATCHER: &str = "logto";

/// How long a client is asked to wait when Logto does not say.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// The answer to a request that a guard of this crate refused, for a catcher of one's own:
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
pub struct Challenge(Refusal);

impl Refusal {
    /// Why the last guard of this crate refused the request; `None` if it did not.
    pub fn of(request: &Request<'_>) -> Option<Self> {
        Visit::of(request).writes().refusal.clone()
    }

    /// What an error means for this request. A refresh token that is missing right after a sign-in
    /// does not come with another one either, so nobody is sent there again.
    pub(crate) fn to(error: &Error, request: &Request<'_>) -> Self {
        let logto = Logto::fetch(request.rocket());
        match error {
            Error::NoRefreshToken if logto.is_some_and(|logto| attempts(logto, request) > 0) => {
                Self::Misconfigured(error.to_string())
            }
            _ => error.into(),
        }
    }

    /// What the protocol demands of the response, whoever wrote its body.
    pub(crate) fn headers(&self, request: &Request<'_>) -> Vec<Header<'static>> {
        let mut headers = Vec::new();
        match self {
            Self::Unavailable { retry_after } => {
                let seconds = retry_after.unwrap_or(RETRY_AFTER).as_secs().max(1);
                headers.push(Header::new("Retry-After", seconds.to_string()));
            }
            Self::SignInTooOld { max_age } => {
                // RFC 9470, section 3.
                let challenge = format!(
                    "Bearer error=\"insufficient_user_authentication\", max_age=\"{}\"",
                    max_age.as_secs()
                );
                headers.push(Header::new("WWW-Authenticate", challenge));
            }
            _ => {}
        }
        if self.status() == Status::Unauthorized
            && is_htmx(request)
            && let Some(logto) = Logto::fetch(request.rocket())
        {
            let sign_in = sign_in(logto, request, Kind::of(request), self.max_age());
            headers.push(Header::new("HX-Redirect", sign_in));
        }
        headers
    }

    /// How old the sign-in may be that mends this.
    fn max_age(&self) -> Option<Duration> {
        match self {
            Self::SignInTooOld { max_age } => Some(*max_age),
            _ => None,
        }
    }
}

impl Challenge {
    /// The answer to this request, if the last of this crate's guards refused it.
    pub fn of(request: &Request<'_>) -> Option<Self> {
        Refusal::of(request).map(Self)
    }

    pub(crate) fn respond(self, request: &Request<'_>) -> Response<'static> {
        let debug = request.rocket().config().profile == rocket::Config::DEBUG_PROFILE;
        let status = self.0.status();
        match (&self.0, Logto::fetch(request.rocket())) {
            (Refusal::NotSignedIn, Some(logto)) => not_signed_in(logto, request),
            (Refusal::SignInTooOld { .. } | Refusal::SignInAskedLess, Some(logto)) => {
                sign_in_again(logto, request, self.0.max_age())
            }
            (Refusal::SignInStaysOld { .. }, _) => Notice::new(
                status,
                "A fresh sign-in is needed",
                "You have just signed in, but the sign-in service did not ask for your password \
                 again, or did not say when it last did.",
            )
            .respond(request),
            (Refusal::Unavailable { .. }, _) => Notice::new(
                status,
                "Please try again in a moment",
                "Whether you may see this cannot be decided right now.",
            )
            .respond(request),
            (Refusal::ForeignOrigin, _) => Notice::new(
                status,
                "This request was not made here",
                "It came from another site and was not carried out.",
            )
            .respond(request),
            (refusal, _) => {
                let notice = Notice::new(status, "No access", "Your account may not see this.");
                let notice = if debug { notice.detail(refusal.to_string()) } else { notice };
                notice.respond(request)
            }
        }
    }
}

impl From<Refusal> for Challenge {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

/// As the error of a handler: 401 if the session is over or its sign-in asked Logto for less, 403 if
/// Logto denies a token, 500 for what the application must mend, and 503 for all that Logto did not
/// or could not do.
impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let refusal = Refusal::to(&self, request);
        let is_ours_to_mend = match refusal {
            Refusal::Misconfigured(_) => true,
            Refusal::Unavailable { .. } => !matches!(self, Self::Unavailable { .. }),
            _ => false,
        };
        if is_ours_to_mend {
            log::error!("{self}");
        }
        refusal.respond_to(request)
    }
}

/// As the error of a handler: what a guard that refused so would have answered.
impl<'r> Responder<'r, 'static> for Refusal {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Visit::of(request).guarded(Some(self.clone()));
        match self.status() {
            Status::InternalServerError => Err(Status::InternalServerError),
            _ => Ok(Challenge(self).respond(request)),
        }
    }
}

impl<'r> Responder<'r, 'static> for Challenge {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Ok(self.respond(request))
    }
}

/// The catchers at `/` that answer refusals, leaving out those statuses the application catches
/// there itself. What is not ours they hand to the application's default catcher or to Rocket's.
pub(crate) fn catchers<'a>(registered: impl Iterator<Item = &'a Catcher>) -> Vec<Catcher> {
    let at_root: Vec<_> = registered.filter(|catcher| catcher.base.path() == "/").collect();
    let default = at_root.iter().copied().find(|catcher| catcher.code.is_none());
    [Status::Unauthorized, Status::Forbidden, Status::ServiceUnavailable]
        .iter()
        .filter(|status| !at_root.iter().any(|catcher| catcher.code == Some(status.code)))
        .map(|status| {
            let fallback = default.cloned().unwrap_or_default();
            let mut catcher = Catcher::new(status.code, Challenger { fallback });
            catcher.name = Some(CATCHER.into());
            catcher
        })
        .collect()
}

#[derive(Clone)]
struct Challenger {
    fallback: Catcher,
}

#[rocket::async_trait]
impl Handler for Challenger {
    async fn handle<'r>(
        &self,
        status: Status,
        request: &'r Request<'_>,
    ) -> Result<Response<'r>, Status> {
        match Challenge::of(request).filter(|challenge| challenge.0.status() == status) {
            Some(challenge) => Ok(challenge.respond(request)),
            None => self.fallback.handler.handle(status, request).await,
        }
    }
}

fn not_signed_in(logto: &Logto, request: &Request<'_>) -> Response<'static> {
    let kind = Kind::of(request);
    let sign_in = sign_in(logto, request, kind, None);
    let status = Status::Unauthorized;
    match kind {
        Kind::Navigation if attempts(logto, request) < MAX_ATTEMPTS => {
            redirect(Status::SeeOther, sign_in)
        }
        Kind::Navigation => Notice::new(
            status,
            "Signing in did not work",
            "You were sent to sign in and came back without a session. Perhaps it was not \
             completed, this browser refuses cookies, or the site was opened under another name \
             than the one it is configured for.",
        )
        .link("Try again", sign_in)
        .respond(request),
        Kind::Form => Notice::new(
            status,
            "Please sign in first",
            "You were signed out before this form was sent. Sign in in a new tab, then come back \
             to this one, reload it and confirm that the form is to be sent again; what you \
             entered is still there.",
        )
        .new_tab("Sign in in a new tab", sign_in)
        .respond(request),
        Kind::Script | Kind::Prefetch | Kind::Embedded => {
            Notice::new(status, "Not signed in", "This needs somebody who is signed in.")
                .sign_in(sign_in)
                .respond(request)
        }
    }
}

/// For somebody who is signed in, but not as it is needed here.
fn sign_in_again(
    logto: &Logto,
    request: &Request<'_>,
    max_age: Option<Duration>,
) -> Response<'static> {
    let kind = Kind::of(request);
    let sign_in = sign_in(logto, request, kind, max_age);
    let status = Status::Unauthorized;
    let text = match max_age {
        Some(_) => "For this, please confirm that it is you: sign in once more.",
        None => "This page needs more than your sign-in asked for. Please sign in once more.",
    };
    let notice = Notice::new(status, "Please sign in again", text);
    match kind {
        Kind::Navigation => redirect(Status::SeeOther, sign_in),
        Kind::Form => notice.new_tab("Sign in in a new tab", sign_in).respond(request),
        Kind::Script | Kind::Prefetch | Kind::Embedded => notice.sign_in(sign_in).respond(request),
    }
}

fn sign_in(logto: &Logto, request: &Request<'_>, kind: Kind, max_age: Option<Duration>) -> String {
    let page = page(request, kind, logto.origin());
    let uri = logto.sign_in_uri(page.as_ref().map(LocalPath::as_str));
    match max_age {
        Some(max_age) => {
            let separator = if uri.contains('?') { '&' } else { '?' };
            format!("{uri}{separator}max_age={}", max_age.as_secs())
        }
        None => uri,
    }
}

fn attempts(logto: &Logto, request: &Request<'_>) -> u32 {
    logto.keeper().cookies().flows(request).next_attempt() - 1
}

/// A redirect that is never stored.
pub(crate) fn redirect(status: Status, location: String) -> Response<'static> {
    Response::build()
        .status(status)
        .header(Header::new("Location", location))
        .raw_header("Cache-Control", "no-store")
        .raw_header("Referrer-Policy", "no-referrer")
        .finalize()
}
