//! [`SignOut`]: the end of a session.

use std::sync::Arc;
use std::time::Duration;

use rocket::http::Status;
use rocket::response::{self, Responder};
use rocket::{Request, Response};

use super::Instead;
use crate::client::{Client, Logto};
use crate::events::Event;
use crate::host::HostId;
use crate::local_path::LocalPath;
use crate::oidc::{EndSession, RawIdToken, SignOutHints};
use crate::request::{Kind, RequestState, SessionWrite};
use crate::response::redirect::Destination;
use crate::response::{Label, PageDraft, Topic, onward};
use crate::session::{CookieWrite, PostLogout};
use crate::user::LogtoUser;

/// How long Logto may take to say where its sign-out is.
const DISCOVERY_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest ID token that is sent as a hint, in bytes, together with the other hints and the page to
/// return to.
const MAX_HINT: usize = 2048;

/// A sign-out that is about to start, from [`Logto::sign_out()`].
#[must_use = "nothing happens before `.start().await`"]
pub struct SignOutBuilder<'l> {
    client: &'l Arc<Client>,
    user: &'l LogtoUser,
    return_to: Option<LocalPath>,
    hints: SignOutHints,
    local_only: bool,
}

/// A sign-out that has ended the session of this site. As the response of a handler, it deletes the session's
/// cookies and sends the browser to Logto, so that the session at Logto ends too. A script gets 200 and
/// `{"location": "…"}`, because a script cannot follow a redirect to Logto. HTMX, Inertia, Turbo and Unpoly get
/// the response that each understands.
#[must_use = "the session's cookies are deleted by the response"]
pub struct SignOut {
    client: Arc<Client>,
    host: HostId,
    return_to: LocalPath,
    next: Next,
}

enum Next {
    /// To Logto, which sends the browser back to the sign-out callback.
    Logto(EndSession),
    /// Directly to the page after the sign-out.
    Here,
    /// Logto is out of reach.
    Unreachable,
}

impl Logto {
    /// Signs a user out from a handler. The handler must make sure that the user requested it: the
    /// request should be a `POST` from the same site, which the guard of `user` checks.
    pub fn sign_out<'l>(&'l self, user: &'l LogtoUser) -> SignOutBuilder<'l> {
        SignOutBuilder::new(self.client(), user)
    }
}

impl<'l> SignOutBuilder<'l> {
    pub(crate) fn new(client: &'l Arc<Client>, user: &'l LogtoUser) -> Self {
        let hints = SignOutHints::default();
        Self { client, user, return_to: None, hints, local_only: false }
    }

    /// The page to which the browser goes after the sign-out: a path on this site with its query, of at most
    /// 1,024 bytes, or an address of this site (default: `after_sign_out`). It is safe to pass text from the
    /// request. If the text is not a page of this site, the default applies, and the event
    /// [`Event::ReturnToIgnored`] gives the reason.
    pub fn return_to(mut self, path: &str) -> Self {
        self.return_to = self.client.return_to(self.user.session().host, path);
        self
    }

    /// The languages of the pages that the issuer shows at a sign-out, preferred first, as [BCP
    /// 47](https://www.rfc-editor.org/info/bcp47) tags: at most eight, of at most 35 characters each. Other
    /// texts are left out, and the log says so once. Logto shows no such page and ignores the languages;
    /// other issuers use them.
    pub fn ui_locales<L: Into<String>>(mut self, locales: impl IntoIterator<Item = L>) -> Self {
        let set = self.hints.set_ui_locales(locales.into_iter().map(Into::into).collect());
        self.warn_of_hint("ui_locales", set);
        self
    }

    /// Who signs out, as the issuer knows them: a session id (`sid`), an e-mail address, a user name or a
    /// phone number of at most 256 bytes ([RP-Initiated Logout, section
    /// 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)). Any other text is left
    /// out, and the log says so once. Logto ignores this hint; other issuers use it. The hint becomes part of
    /// a URL.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Logto, LogtoUser, SignOut};
    ///
    /// #[post("/leave")]
    /// async fn leave(logto: &Logto, user: &LogtoUser) -> SignOut {
    ///     let out = logto.sign_out(user).ui_locales(["de"]);
    ///     match user.email() {
    ///         Some(email) => out.logout_hint(email).start().await,
    ///         None => out.start().await,
    ///     }
    /// }
    /// ```
    pub fn logout_hint(mut self, hint: impl Into<String>) -> Self {
        let set = self.hints.set_logout_hint(hint.into());
        self.warn_of_hint("logout_hint", set);
        self
    }

    pub(crate) fn hints(self, hints: SignOutHints) -> Self {
        Self { hints, ..self }
    }

    fn warn_of_hint(&self, name: &'static str, set: Result<(), &'static str>) {
        let Err(why) = set else { return };
        self.client.warnings().once("sign-out", name, || {
            format!("A sign-out sends no `{name}`, because what the application gives cannot be sent: {why}.")
        });
    }

    /// Does not end the session at Logto. The next sign-in may then need no password.
    pub fn local_only(mut self) -> Self {
        self.local_only = true;
        self
    }

    /// Ends the session of this site at once, and then revokes its refresh token at Logto, which takes at most
    /// two seconds. The session ends even if Logto does not answer.
    pub async fn start(self) -> SignOut {
        let Self { client, user, return_to, hints, local_only } = self;
        let revocation = client.sessions().sign_out(user.session()).await;
        let (session, host) = (user.session_id().clone(), user.session().host);
        client.emit(&Event::SignedOut { sub: user.id().into(), session, revocation });

        let id_token = user.session().id_token.as_ref();
        let after = || client.settings().after_sign_out.clone();
        let return_to = return_to.unwrap_or_else(after);
        let next = if local_only {
            Next::Here
        } else {
            let room = MAX_HINT.saturating_sub(hints.len() + return_to.as_str().len());
            let id_token = id_token.filter(|token| is_short(client, token, room));
            to_logto(client, host, id_token, &hints).await
        };
        SignOut { client: Arc::clone(client), host, return_to, next }
    }
}

impl<'r, 'o: 'r, R: Responder<'r, 'o>> Responder<'r, 'o> for Instead<SignOut, R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'o> {
        let _ = self.effect.take_effect(request);
        self.response.respond_to(request)
    }
}

impl SignOut {
    /// Ends the session at Logto if this site has no session.
    pub(crate) async fn at_logto(
        client: &Arc<Client>,
        host: HostId,
        return_to: LocalPath,
        hints: &SignOutHints,
    ) -> Self {
        let next = to_logto(client, host, None, hints).await;
        Self { client: Arc::clone(client), host, return_to, next }
    }

    /// The address that the browser must open now. It is at Logto, where the session ends too. With
    /// [`local_only()`](SignOutBuilder::local_only), or if Logto does not answer, it is the page to return to.
    ///
    /// The session of this site has already ended. The response deletes its cookies and sets one that holds the
    /// page to return to. If a handler returns this sign-out, a script gets the address as `{"location": "…"}`.
    /// To give another response, return [`instead`](Self::instead).
    pub fn url(&self) -> &str {
        match &self.next {
            Next::Logto(at_logto) => at_logto.url.as_str(),
            Next::Here | Next::Unreachable => self.return_to.as_str(),
        }
    }

    /// The same sign-out, with your own response instead of a redirect.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Instead, Logto, LogtoUser, SignOut};
    ///
    /// #[post("/leave")]
    /// async fn leave(logto: &Logto, user: &LogtoUser) -> Instead<SignOut, String> {
    ///     let out = logto.sign_out(user).start().await;
    ///     let text = format!("Go on at {}", out.url());
    ///     out.instead(text)
    /// }
    /// ```
    pub fn instead<R>(self, response: R) -> Instead<Self, R> {
        Instead { effect: self, response }
    }

    /// Deletes the session's cookies, and leads the browser onward.
    pub(crate) fn respond(self, request: &Request<'_>) -> Response<'static> {
        let seen = Kind::at_route(request) != Kind::Script;
        let unreachable = matches!(self.next, Next::Unreachable);
        match self.take_effect(request) {
            Destination::Here(path) if unreachable && seen => {
                PageDraft::new(Status::Ok, Topic::SignedOutHere)
                    .link(Label::GoOn, path)
                    .respond(request)
            }
            destination => onward::lead(request, &destination),
        }
    }

    /// Passes the deletion of the session to the fairing.
    fn take_effect(self, request: &Request<'_>) -> Destination {
        let mut writes = RequestState::of(request).writes();
        writes.session = SessionWrite::Delete;
        match self.next {
            Next::Here => {
                let flash = self.client.settings().flash.signed_out.as_deref();
                writes.cookies.extend(flash.map(CookieWrite::flash));
                Destination::Here(self.return_to)
            }
            // A page says so.
            Next::Unreachable => Destination::Here(self.return_to),
            Next::Logto(EndSession { url, state }) => {
                let cookies = self.client.sessions().cookies(self.host);
                let sign_out = PostLogout { return_to: self.return_to, state };
                writes.cookies.extend(cookies.post_logout_write(Some(&sign_out)));
                Destination::AtLogto(url)
            }
        }
    }
}

impl<'r> Responder<'r, 'static> for SignOut {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        Ok(self.respond(request))
    }
}

async fn to_logto(
    client: &Client,
    host: HostId,
    id_token: Option<&RawIdToken>,
    hints: &SignOutHints,
) -> Next {
    let callback = client.post_sign_out_uri(host);
    let at_logto = client.oidc().end_session(&callback, id_token, hints);
    match tokio::time::timeout(DISCOVERY_TIMEOUT, at_logto).await {
        Ok(Ok(at_logto)) => Next::Logto(at_logto),
        Ok(Err(_)) | Err(_) => Next::Unreachable,
    }
}

/// Whether an ID token leaves room for the other headers of the response, of which proxies take 4 kB.
fn is_short(client: &Client, token: &RawIdToken, room: usize) -> bool {
    let bytes = token.reveal().len();
    let is_short = bytes <= room;
    if !is_short {
        client.warnings().once("sign-out", "id_token_hint", || {
            format!(
                "A sign-out sends no `id_token_hint`, because the ID token takes {bytes} bytes and the \
                 address at Logto has room for {room}. Logto does not need it. If the issuer \
                 demands it, reduce the claims in its ID tokens, or ask for fewer `scopes`."
            )
        });
    }
    is_short
}
