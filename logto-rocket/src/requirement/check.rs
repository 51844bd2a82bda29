//! [`Check`]: a function of the application that takes part in a requirement.

use super::function::Returned;
use crate::bearer::AnyCaller;
use crate::oidc::VerifiedToken;
use crate::user::LogtoUser;

/// A function of the application, and its name.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Check {
    /// Its path as it was written.
    pub name: &'static str,
    /// The function. Only a guard calls it.
    pub call: CheckFn,
}

/// A function of the application, by what it is given.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum CheckFn {
    /// The signed-in user.
    User(for<'a> fn(&'a LogtoUser) -> Returned<'a, bool>),
    /// The program that presents a token.
    Bearer(fn(VerifiedToken) -> Returned<'static, bool>),
    /// Either of them.
    Caller(fn(AnyCaller) -> Returned<'static, bool>),
}

impl CheckFn {
    /// What it says of a user, with the organization that the requirement is about.
    pub(super) async fn of_user(self, user: &LogtoUser, organization: Option<&str>) -> bool {
        match self {
            Self::User(call) => call(user).await,
            Self::Caller(call) => {
                call(AnyCaller::User(user.clone(), organization.map(ToOwned::to_owned))).await
            }
            Self::Bearer(_) => false,
        }
    }

    /// What it says of the program that presents a token.
    pub(super) async fn of_token(self, token: &VerifiedToken) -> bool {
        match self {
            Self::Bearer(call) => call(token.clone()).await,
            Self::Caller(call) => call(AnyCaller::Program(token.clone())).await,
            Self::User(_) => false,
        }
    }
}
