//! [`LogtoUser`]: who is signed in.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rocket::http::Method;
use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};
use serde::de::DeserializeOwned;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::known::Known;
use super::{answer, is_detached};
use crate::claims::Claims;
use crate::error::Error;
use crate::events::Event;
use crate::logto::Logto;
use crate::navigation::header;
use crate::oidc::RawIdToken;
use crate::refusal::Refusal;
use crate::session::Session;
use crate::session_id::SessionId;
use crate::visit::Visit;

/// Who is signed in. As a handler's parameter it lets in nobody else.
///
/// | parameter | if nobody is signed in |
/// | --- | --- |
/// | `LogtoUser`, `&LogtoUser` | 401, which sends a browser to the sign-in |
/// | `Option<LogtoUser>` | `None`, also while Logto is out of reach |
/// | `Result<LogtoUser, Refusal>` | `Err` with the reason |
///
/// A request with an unsafe method (or an `Upgrade`) that a browser makes from another site is
/// refused with 403, unless its origin is in `trusted_origins`.
///
/// It is cheap to clone, and it serializes as `{"id", "display_name", "claims"}`.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::LogtoUser;
///
/// #[get("/")]
/// fn index(user: Option<LogtoUser>) -> String {
///     user.map_or("Hello, stranger".into(), |user| format!("Hello, {}", user.display_name()))
/// }
/// ```
#[derive(Clone)]
pub struct LogtoUser {
    logto: Logto,
    session: Arc<Session>,
}

/// The user's claims as a type of one's own, like Rocket's `Json<T>`.
///
/// It refuses with 401 if nobody is signed in, and with 403 if the claims are no `T`; the 403 page
/// of Rocket's debug profile names the claim that is missing.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::ClaimsAs;
/// use rocket::serde::Deserialize;
///
/// #[derive(Deserialize)]
/// #[serde(crate = "rocket::serde")]
/// struct Employee { department: String }
///
/// #[get("/desk")]
/// fn desk(employee: ClaimsAs<Employee>) -> String {
///     format!("The desk of {}", employee.0.department)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ClaimsAs<T>(pub T);

impl LogtoUser {
    pub(crate) fn new(logto: Logto, session: Arc<Session>) -> Self {
        Self { logto, session }
    }

    /// The user's id at Logto, which never changes. It is the only thing to tell users apart by.
    pub fn id(&self) -> &str {
        &self.claims().sub
    }

    /// What to call the user: the name, else the user name, the e-mail address, the phone number,
    /// the id. It comes from Logto as the user wrote it, so a template must escape it.
    pub fn display_name(&self) -> &str {
        let claims = self.claims();
        [&claims.name, &claims.username, &claims.email, &claims.phone_number]
            .into_iter()
            .find_map(|name| name.as_deref().filter(|name| !name.trim().is_empty()))
            .unwrap_or(&claims.sub)
    }

    /// The e-mail address (scope `email`). It may belong to somebody else tomorrow.
    pub fn email(&self) -> Option<&str> {
        self.claims().email.as_deref()
    }

    /// Whether there is an e-mail address that Logto has verified (scope `email`).
    pub fn email_verified(&self) -> bool {
        self.email().is_some() && self.claims().email_verified == Some(true)
    }

    /// The names of the user's roles (scope `roles`).
    pub fn roles(&self) -> &[String] {
        self.claims().roles.as_deref().unwrap_or_default()
    }

    /// Whether the user has the role (scope `roles`).
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().iter().any(|have| have == role)
    }

    /// The ids of the user's organizations (scope `urn:logto:scope:organizations`).
    pub fn organizations(&self) -> &[String] {
        self.claims().organizations.as_deref().unwrap_or_default()
    }

    /// The names of the user's roles in an organization, by its id
    /// (scope `urn:logto:scope:organization_roles`).
    pub fn organization_roles(&self, organization: &str) -> Vec<&str> {
        let all = self.claims().organization_roles.as_deref().unwrap_or_default();
        all.iter()
            .filter_map(|role| role.split_once(':'))
            .filter(|(id, _)| *id == organization)
            .map(|(_, name)| name)
            .collect()
    }

    /// All that Logto said of the user when it was last asked.
    pub fn claims(&self) -> &Claims {
        &self.session.claims
    }

    /// The claims as a type of one's own; see [`ClaimsAs`] for the guard.
    ///
    /// # Errors
    ///
    /// If the claims are no `T`; the message names the claim.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.claims().to()
    }

    /// The ID token as Logto signed it, if `session.keep_id_token` is set. It is no access token:
    /// no API should accept it.
    pub fn id_token(&self) -> Option<&str> {
        self.session.id_token.as_ref().map(RawIdToken::reveal)
    }

    /// When the user signed in here.
    pub fn signed_in_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.session.signed_in_at)
    }

    /// The session's public name: it tells sessions apart and opens nothing.
    pub fn session_id(&self) -> &SessionId {
        &self.session.id
    }

    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    pub(crate) fn logto(&self) -> &Logto {
        &self.logto
    }
}

/// The user of a request, found out once, as Logto last told of them.
pub(crate) async fn of<'r>(
    request: &'r Request<'_>,
    visit: &'r Visit,
) -> Result<&'r LogtoUser, Refusal> {
    let known = if let Some(known) = visit.user.get() {
        known
    } else {
        let found = find(request, visit).await;
        visit.user.get_or_init(|| found)
    };
    known.newest().as_ref().map_err(Clone::clone)
}

async fn find(request: &Request<'_>, visit: &Visit) -> Known {
    let Some(logto) = Logto::fetch(request.rocket()) else {
        return Known::nobody(Refusal::NotAttached);
    };
    let presented = match visit.presented(request, logto).await {
        Ok(Some(presented)) => presented,
        Ok(None) => return Known::nobody(Refusal::NotSignedIn),
        Err(error) => return Known::nobody(unavailable(logto, error)),
    };
    if !is_the_sites_own(request, logto) {
        return Known::nobody(Refusal::ForeignOrigin);
    }
    match logto.keeper().confirmed(presented).await {
        Ok(session) => Known::new(LogtoUser::new(logto.clone(), session), presented.version),
        Err(Error::SessionOver) => Known::nobody(Refusal::NotSignedIn),
        Err(error) => Known::nobody(unavailable(logto, error)),
    }
}

/// Who is signed in cannot be said now.
fn unavailable(logto: &Logto, error: Error) -> Refusal {
    let retry_after = match &error {
        Error::Unavailable { retry_after, .. } => *retry_after,
        _ => None,
    };
    logto.tell(&Event::Undecided { error });
    Refusal::Unavailable { retry_after }
}

/// Whether a request that changes something was made by this site, as far as a browser tells. What
/// carries neither header is no browser, and no other site can make it send the user's cookie.
fn is_the_sites_own(request: &Request<'_>, logto: &Logto) -> bool {
    // Cheaper than a lookup, which hashes the name.
    let upgrade = request.headers().iter().any(|header| header.name() == "Upgrade");
    let safe =
        matches!(request.method(), Method::Get | Method::Head | Method::Options | Method::Trace);
    if safe && !upgrade {
        return true;
    }
    let origin = header(request, "Origin");
    let site = header(request, "Sec-Fetch-Site");
    origin.is_some_and(|origin| logto.is_trusted(origin))
        || matches!(site, Some("same-origin" | "none"))
        || (origin.is_none() && site.is_none() && !upgrade)
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LogtoUser {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let visit = Visit::of(request);
        answer(visit, of(request, visit).await.cloned())
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r LogtoUser {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let visit = Visit::of(request);
        answer(visit, of(request, visit).await)
    }
}

#[rocket::async_trait]
impl<'r, T: DeserializeOwned> FromRequest<'r> for ClaimsAs<T> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let visit = Visit::of(request);
        let claims = of(request, visit)
            .await
            .and_then(|user| user.claims_as().map_err(|error| Refusal::Claims(error.to_string())));
        answer(visit, claims.map(Self))
    }
}

impl Sentinel for LogtoUser {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_detached(rocket, "the guard `LogtoUser`")
    }
}

impl Sentinel for &LogtoUser {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        LogtoUser::abort(rocket)
    }
}

impl<T> Sentinel for ClaimsAs<T> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_detached(rocket, "the guard `ClaimsAs`")
    }
}

impl fmt::Debug for LogtoUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut user = f.debug_struct("LogtoUser");
        user.field("id", &self.id()).field("session_id", self.session_id()).finish_non_exhaustive()
    }
}

impl Serialize for LogtoUser {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut user = serializer.serialize_struct("LogtoUser", 3)?;
        user.serialize_field("id", self.id())?;
        user.serialize_field("display_name", self.display_name())?;
        user.serialize_field("claims", self.claims())?;
        user.end()
    }
}
