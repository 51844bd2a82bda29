//! [`LogtoUser`]: who is signed in, and what they get from Logto.

mod token;
mod token_claims;
mod tokens;
mod unasked;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

pub use self::token::Token;
pub use self::token_claims::TokenClaims;
pub(crate) use self::tokens::is_organization_id;
use crate::claims::{Claims, Known};
use crate::client::Client;
use crate::names::{claim, scope};
use crate::oidc::RawIdToken;
use crate::session::Session;
use crate::session_id::SessionId;
use crate::session_values::SessionValues;

/// The signed-in user. As a handler's parameter, this guard refuses requests without a signed-in user.
///
/// | parameter | if no user is signed in |
/// | --- | --- |
/// | `LogtoUser`, `&LogtoUser` | 401, which sends a browser to the sign-in |
/// | `Option<LogtoUser>` | `None`, also if the decision depends on Logto, which does not answer |
/// | `Result<LogtoUser, Refusal>` | `Err` with the reason |
///
/// If another site makes a request with an unsafe method (or an `Upgrade`) in the user's browser, the guard
/// refuses it with 403, unless `trusted_origins` lists the origin.
///
/// A `LogtoUser` is cheap to clone, and it serializes as `{"id", "display_name", "claims"}`.
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
    client: Arc<Client>,
    session: Arc<Session>,
}

impl LogtoUser {
    pub(crate) fn new(client: &Arc<Client>, session: Arc<Session>) -> Self {
        Self { client: Arc::clone(client), session }
    }

    /// The user's id at Logto, which never changes. Only the id identifies a user.
    pub fn id(&self) -> &str {
        &self.claims().sub
    }

    /// A name to display: the first available of name, user name, e-mail address, phone number and
    /// id. The user chose the text, so a template must escape it.
    pub fn display_name(&self) -> &str {
        let claims = self.claims();
        [&claims.name, &claims.username, &claims.email, &claims.phone_number]
            .into_iter()
            .find_map(|name| name.as_deref().filter(|name| !name.trim().is_empty()))
            .unwrap_or(&claims.sub)
    }

    /// The e-mail address. It does not identify the user, because it can pass from one person to another.
    ///
    /// Needs the scope `email`. Without the scope the result is always `None`, and the log warns once.
    pub fn email(&self) -> Option<&str> {
        let email = self.claims().email.as_deref();
        if email.is_none() {
            self.warn_if_unasked("email", claim::EMAIL, scope::EMAIL);
        }
        email
    }

    /// Whether there is an e-mail address that Logto has verified.
    ///
    /// Needs the scope `email`. Without the scope the result is always `false`, and the log warns once.
    pub fn email_verified(&self) -> bool {
        let Known { email, email_verified, .. } = &**self.claims();
        if email_verified.is_none() {
            self.warn_if_unasked("email_verified", claim::EMAIL_VERIFIED, scope::EMAIL);
        } else if email.is_none() {
            self.warn_if_unasked("email_verified", claim::EMAIL, scope::EMAIL);
        }
        email.is_some() && *email_verified == Some(true)
    }

    /// The names of the user's roles.
    ///
    /// Needs the scope `roles`, which a sign-in also asks for if a mounted route requires a role. Without the
    /// scope the result is always empty, and the log warns once.
    pub fn roles(&self) -> &[String] {
        self.roles_for("roles")
    }

    /// Whether the user has the role.
    ///
    /// Needs the scope `roles`, which a sign-in also asks for if a mounted route requires a role. Without the
    /// scope the result is always `false`, and the log warns once.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles_for("has_role").iter().any(|have| have == role)
    }

    /// The ids of the user's organizations.
    ///
    /// Needs the scope `urn:logto:scope:organizations`, which a sign-in also asks for if a mounted route
    /// requires an organization. Without the scope the result is always empty, and the log warns once.
    pub fn organizations(&self) -> &[String] {
        let organizations = self.claims().organizations.as_deref();
        if organizations.is_none() {
            self.warn_if_unasked("organizations", claim::ORGANIZATIONS, scope::ORGANIZATIONS);
        }
        organizations.unwrap_or_default()
    }

    /// The names of the user's roles in an organization, by its id.
    ///
    /// Needs the scope `urn:logto:scope:organization_roles`, which a sign-in also asks for if a mounted route
    /// requires such a role. Without the scope the result is always empty, and the log warns once.
    pub fn organization_roles(&self, organization: &str) -> Vec<&str> {
        let all = self.claims().organization_roles.as_deref();
        if all.is_none() {
            self.warn_if_unasked(
                "organization_roles",
                claim::ORGANIZATION_ROLES,
                scope::ORGANIZATION_ROLES,
            );
        }
        all.unwrap_or_default()
            .iter()
            .filter_map(|role| role.split_once(':'))
            .filter(|(id, _)| *id == organization)
            .map(|(_, name)| name)
            .collect()
    }

    /// The newest claims of the user from Logto.
    pub fn claims(&self) -> &Claims {
        &self.session.claims
    }

    /// The claims as your own type; see [`ClaimsAs`](crate::ClaimsAs) for the guard.
    ///
    /// # Errors
    ///
    /// If the claims cannot be read as a `T`; the message names the claim.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.claims().to()
    }

    /// The application's own values in the session, which the hook
    /// [`on_sign_in`](crate::LogtoFairing::on_sign_in) returned as [`SessionValues`](crate::SessionValues);
    /// `None` if it returned none, as for a session that is older than the hook.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::LogtoUser;
    /// use rocket::serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// # #[serde(crate = "rocket::serde")]
    /// struct Membership {
    ///     plan: String,
    /// }
    ///
    /// #[get("/plan")]
    /// fn plan(user: LogtoUser) -> String {
    ///     let membership = user.values_as::<Membership>().ok().flatten();
    ///     membership.map_or_else(|| "none".into(), |membership| membership.plan)
    /// }
    /// # fn main() { let _ = routes![plan]; }
    /// ```
    ///
    /// # Errors
    ///
    /// If the values cannot be read as a `T`, because they were written as another type. Sessions outlive a
    /// deployment: give new fields `#[serde(default)]`.
    pub fn values_as<T: DeserializeOwned>(&self) -> Result<Option<T>, serde_json::Error> {
        self.session.values.as_ref().map(SessionValues::read).transpose()
    }

    /// The ID token as Logto signed it, if `session.keep_id_token` is set. It is not an access
    /// token, and no API should accept it.
    pub fn id_token(&self) -> Option<&str> {
        self.session.id_token.as_ref().map(RawIdToken::reveal)
    }

    /// Waits until this user is no longer valid, for event streams and web sockets. The future resolves when
    /// the session has ended in this process (by a sign-out, by Logto or by the application), when its lifetime
    /// or idle time-out is over, or when its claims must be confirmed (`session.revalidate_after`). End the
    /// stream then. The browser connects again, and the guard of that request confirms the claims. A user who
    /// has lost the right to a stream therefore sees it for at most `session.revalidate_after`.
    ///
    /// This function asks neither Logto nor the store. With several processes, it notices a sign-out at another
    /// process when the claims must be confirmed. An open stream does not count as use of the session.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::LogtoUser;
    /// use rocket::Shutdown;
    /// use rocket::response::stream::{Event, EventStream};
    /// use rocket::tokio::{select, time};
    ///
    /// #[get("/ticks")]
    /// fn ticks(user: LogtoUser, mut shutdown: Shutdown) -> EventStream![] {
    ///     EventStream! {
    ///         let ended = user.ended();
    ///         rocket::tokio::pin!(ended);
    ///         let mut second = time::interval(time::Duration::from_secs(1));
    ///         loop {
    ///             select! {
    ///                 _ = second.tick() => yield Event::data("tick"),
    ///                 () = &mut ended => break,
    ///                 () = &mut shutdown => break,
    ///             }
    ///         }
    ///     }
    /// }
    /// # fn main() { let _ = routes![ticks]; }
    /// ```
    pub fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let (client, session) = (Arc::clone(&self.client), Arc::clone(&self.session));
        async move { client.sessions().ended(&session).await }
    }

    /// When the user signed in to this site.
    pub fn signed_in_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.session.signed_in_at)
    }

    /// The public id of the session. It identifies the session but gives no access to it.
    pub fn session_id(&self) -> &SessionId {
        &self.session.id
    }

    fn roles_for(&self, accessor: &'static str) -> &[String] {
        let roles = self.claims().roles.as_deref();
        if roles.is_none() {
            self.warn_if_unasked(accessor, claim::ROLES, scope::ROLES);
        }
        roles.unwrap_or_default()
    }

    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.client
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
