//! [`Caller`]: a program with an access token, or a signed-in user.

use super::{Bearer, TokenAudience};
use crate::error::Error;
use crate::oidc::VerifiedToken;
use crate::session::TokenTarget;
use crate::user::LogtoUser;

/// The caller of a route with `session, bearer`: a signed-in user in a browser, or a program that presents an
/// access token for `R`. As the parameter of a handler it is a guard.
///
/// A request whose `Authorization` has the scheme `Bearer` counts as a program, whatever else it sends. The
/// guard refuses it as [`Bearer`] does: with 400, 401 or 503. It refuses any other request as [`LogtoUser`]
/// does: with 401 without a session, with 403 for another site's `POST`, and with 503 if the decision depends
/// on Logto or the session store, which does not answer.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Caller, authenticated, resource};
///
/// resource!(pub Orders = "https://api.example.com/orders");
///
/// #[authenticated(session, bearer, resource = Orders, scope = "read:orders")]
/// #[get("/orders")]
/// fn orders(caller: Caller<Orders>) -> String {
///     match &caller {
///         Caller::User { user, .. } => format!("Hello, {}", user.display_name()),
///         Caller::Program(program) => format!("Hello, {}", program.client_id()),
///     }
/// }
/// # fn main() { let _ = routes![orders]; }
/// ```
#[derive(Clone, Debug)]
pub enum Caller<R: TokenAudience> {
    /// A signed-in user.
    User {
        /// The user.
        user: LogtoUser,
        /// The id of the organization that the requirement of the route is about.
        organization: Option<String>,
    },
    /// A program with an access token, which may act for a user.
    Program(Bearer<R>),
}

impl<R: TokenAudience> Caller<R> {
    /// The id of the user, or of the application if [it is a machine](Bearer::is_machine).
    pub fn id(&self) -> &str {
        match self {
            Self::User { user, .. } => user.id(),
            Self::Program(program) => program.subject(),
        }
    }

    /// The id of the organization of the request: the one that the requirement of the route names. For a
    /// program it is otherwise the one that the token is for or limited to.
    pub fn organization_id(&self) -> Option<&str> {
        match self {
            Self::User { organization, .. } => organization.as_deref(),
            Self::Program(program) => program.organization_id(),
        }
    }

    /// The scopes for `R`, in the organization of the request. For a user without a cached token, this function
    /// asks Logto.
    ///
    /// # Errors
    ///
    /// For a user, the errors of [`LogtoUser::access_token`], which are 401, 403 or 503 as the error of a
    /// handler. For a program, none.
    pub async fn scopes(&self) -> Result<Vec<String>, Error> {
        match self {
            Self::Program(program) => Ok(program.scopes().to_vec()),
            Self::User { user, organization } => {
                let resource = R::RESOURCE.map(ToOwned::to_owned);
                let target = TokenTarget { resource, organization: organization.clone() };
                Ok(user.token(target).await?.scopes().to_vec())
            }
        }
    }

    /// The program, if it is one.
    pub fn program(&self) -> Option<&Bearer<R>> {
        match self {
            Self::User { .. } => None,
            Self::Program(program) => Some(program),
        }
    }

    /// The signed-in user, if it is one.
    pub fn user(&self) -> Option<&LogtoUser> {
        match self {
            Self::User { user, .. } => Some(user),
            Self::Program(_) => None,
        }
    }
}

/// A caller, whatever its token is for.
#[doc(hidden)]
pub enum AnyCaller {
    /// A signed-in user, and the organization that the requirement is about.
    User(LogtoUser, Option<String>),
    /// A program with a token.
    Program(VerifiedToken),
}

impl<R: TokenAudience> From<AnyCaller> for Caller<R> {
    fn from(caller: AnyCaller) -> Self {
        match caller {
            AnyCaller::User(user, organization) => Self::User { user, organization },
            AnyCaller::Program(token) => Self::Program(Bearer::new(token)),
        }
    }
}
