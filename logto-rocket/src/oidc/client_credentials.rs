//! Tokens of an application itself
//! ([RFC 6749, section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use url::form_urlencoded;

use super::Oidc;
use super::credentials::Credentials;
use super::secrets::ClientSecret;
use super::tokens::{Target, Tokens};
use crate::error::{Call, Error};

/// An application that gets tokens of its own, where it is not the one that users sign in to.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub id: String,
    pub secret: ClientSecret,
}

impl Oidc {
    /// Gets a token for the target, with those of the scopes that Logto grants. Logto omits the others
    /// without an error.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`]: `invalid_request` for an application that is no machine-to-machine
    /// application, `invalid_client` for a wrong secret, `invalid_target` for an unknown resource,
    /// `access_denied` for an organization that the application does not belong to;
    /// [`Error::BadAnswer`] and [`Error::Unavailable`].
    pub(crate) async fn client_credentials(
        &self,
        machine: Option<&Machine>,
        target: Target<'_>,
        scopes: &BTreeSet<String>,
    ) -> Result<Tokens, Error> {
        let call = Call::ClientCredentials;
        let own = self.credentials();
        let application = match machine {
            Some(Machine { id, secret }) => Credentials { id, secret, ..own },
            None => own,
        };
        let body = body(&[("grant_type", "client_credentials")], target, scopes);
        let answer = self.request_tokens(call, application, &body).await;
        answer.map_err(|error| match error {
            Error::Refused { code, .. } if machine.is_some() && code == "invalid_client" => {
                let help = "compare the id and secret in `app(id, secret)` with the application \
                            at Logto";
                Error::Refused { call, code, help: help.into() }
            }
            error => error,
        })
    }
}

/// The body of a token request.
pub(super) fn body(
    fields: &[(&str, &str)],
    target: Target<'_>,
    scopes: &BTreeSet<String>,
) -> String {
    let scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
    let scopes = (!scopes.is_empty()).then(|| scopes.join(" "));
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields)
        .extend_pairs(target.resource.map(|resource| ("resource", resource)))
        .extend_pairs(target.organization.map(|organization| ("organization_id", organization)))
        .extend_pairs(scopes.map(|scopes| ("scope", scopes)));
    form.finish()
}

/// Both sides of the comparison are this application's own, so the time that it takes reveals nothing.
impl PartialEq for Machine {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.secret.reveal() == other.secret.reveal()
    }
}

impl Eq for Machine {}

impl Hash for Machine {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.secret.reveal().hash(state);
    }
}
