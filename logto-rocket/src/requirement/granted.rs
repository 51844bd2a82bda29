//! [`Granted`]: Logto's answer to a request for an access token.

use crate::error::{Error, Refusal};
use crate::events::Event;
use crate::session::TokenTarget;
use crate::user::LogtoUser;

/// Logto's answer to a request for an access token.
pub(super) enum Granted {
    /// These scopes.
    Scopes(Vec<String>),
    /// Logto denies the user this token: the user is no member of the organization, has no second factor where it
    /// demands one, or a JWT customizer refuses.
    Nothing,
    /// Logto did not say.
    Unavailable(Refusal),
    /// Logto cannot answer until the described error is fixed.
    Unknown(String),
}

impl Granted {
    /// Asks Logto.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotSignedIn`] if Logto says that the session is over.
    pub async fn of(user: &LogtoUser, audience: TokenTarget) -> Result<Self, Refusal> {
        let sessions = user.client().sessions();
        let answer = sessions.granted_scopes(user.session(), audience.clone()).await;
        Ok(match answer {
            Ok(scopes) => Self::Scopes(scopes),
            Err(Error::Refused { code, .. })
                if code == "invalid_target" || code == "insufficient_scope" =>
            {
                Self::Unknown(format!(
                    "Logto answered `{code}`; check that the resource {:?} and its scopes are \
                     registered there",
                    audience.resource.as_deref().unwrap_or("of organizations")
                ))
            }
            Err(error @ Error::NoRefreshToken) => Self::Unknown(error.to_string()),
            Err(error) => match Refusal::from(&error) {
                Refusal::Denied(_) => Self::Nothing,
                refusal @ Refusal::Unavailable { .. } => {
                    user.client().emit(&Event::Undecided { error });
                    Self::Unavailable(refusal)
                }
                refusal => return Err(refusal),
            },
        })
    }
}

/// What it may mean that Logto denies a user an access token.
pub(super) fn why_denied(audience: &TokenTarget) -> String {
    let of = match (&audience.organization, &audience.resource) {
        (Some(organization), _) => format!("the organization `{organization}`"),
        (None, resource) => {
            format!("the API resource `{}`", resource.as_deref().unwrap_or_default())
        }
    };
    format!(
        "Logto denies the user the access token for {of} (`access_denied`): the user is no member, has \
         not the second factor that the organization demands, or a JWT customizer refuses"
    )
}
