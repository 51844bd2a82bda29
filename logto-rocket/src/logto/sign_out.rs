//! [`SignOut`]: the end of a session.

use std::time::Duration;

use rocket::http::Status;
use rocket::response::{self, Responder};
use rocket::{Request, Response};

use super::Logto;
use crate::challenge::redirect;
use crate::events::Event;
use crate::guard::LogtoUser;
use crate::notice::Notice;
use crate::redirect::{LocalPath, NotLocal};
use crate::visit::{SessionWrite, Visit};

/// How long Logto may take to say where its sign-out is.
const DISCOVERY_TIMEOUT: Duration = Duration::from_secs(2);

/// A sign-out about to start; [`Logto::sign_out()`] makes one.
#[must_use = "nothing happens before `.start().await`"]
pub struct SignOutBuilder<'l> {
    logto: &'l Logto,
    user: &'l LogtoUser,
    return_to: Option<Result<LocalPath, NotLocal>>,
    local_only: bool,
}

/// A sign-out that has happened here: as the response of a handler, it deletes the session's
/// cookies and sends the browser to Logto, so that the session there ends as well.
#[must_use = "the session's cookies are deleted by the response"]
pub struct SignOut {
    logto: Logto,
    return_to: LocalPath,
    next: Next,
}

enum Next {
    /// To Logto, which sends the browser back to the sign-out callback.
    Logto(String),
    /// Not to Logto.
    Here,
    /// Logto is out of reach.
    Told,
}

impl<'l> SignOutBuilder<'l> {
    pub(super) fn new(logto: &'l Logto, user: &'l LogtoUser) -> Self {
        Self { logto, user, return_to: None, local_only: false }
    }

    /// Where to go after signing out: a path on this site (default: `after_sign_out`; anything
    /// that is no such path is left out).
    pub fn return_to(mut self, path: &str) -> Self {
        self.return_to = Some(path.parse());
        self
    }

    /// Leaves the session at Logto alone. The next sign-in may then ask for nothing.
    pub fn local_only(mut self) -> Self {
        self.local_only = true;
        self
    }

    /// Ends the session here, at once and always, then revokes its refresh token at Logto, which
    /// takes two seconds at most.
    pub async fn start(self) -> SignOut {
        let Self { logto, user, return_to, local_only } = self;
        let revocation = logto.keeper().sign_out(user.session()).await;
        let session = user.session_id().clone();
        logto.tell(&Event::SignedOut { sub: user.id().into(), session, revocation });

        let next = if local_only { Next::Here } else { to_logto(logto).await };
        let after = || logto.settings().after_sign_out.clone();
        let return_to = return_to.and_then(Result::ok).unwrap_or_else(after);
        SignOut { logto: logto.clone(), return_to, next }
    }
}

impl SignOut {
    /// Leaves the deletion of the session for the fairing, and goes on.
    pub(crate) fn respond(self, request: &Request<'_>) -> Response<'static> {
        let mut writes = Visit::of(request).writes();
        writes.session = SessionWrite::Delete;
        match self.next {
            Next::Here => redirect(Status::SeeOther, self.return_to.into()),
            Next::Logto(url) => {
                let cookies = self.logto.keeper().cookies();
                writes.cookies.extend(cookies.post_logout_write(Some(self.return_to.as_str())));
                redirect(Status::SeeOther, url)
            }
            Next::Told => Notice::new(
                Status::Ok,
                "You are signed out here",
                "The sign-in service does not answer, so you may still be signed in there. On a \
                 computer that others use, close the browser.",
            )
            .link("Go on", self.return_to.as_str())
            .respond(request),
        }
    }
}

impl<'r> Responder<'r, 'static> for SignOut {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Ok(self.respond(request))
    }
}

async fn to_logto(logto: &Logto) -> Next {
    let callback = logto.door_url("sign-out-callback");
    let url =
        tokio::time::timeout(DISCOVERY_TIMEOUT, logto.oidc().end_session_url(&callback)).await;
    match url {
        Ok(Ok(url)) => Next::Logto(url.into()),
        Ok(Err(_)) | Err(_) => Next::Told,
    }
}
