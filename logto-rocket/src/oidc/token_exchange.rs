//! Token exchange ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)), by which an application acts
//! for a user.

use std::collections::BTreeSet;

use super::Oidc;
use super::client_credentials::body;
use super::secrets::AccessToken;
use super::tokens::{Target, Tokens};
use crate::error::{Call, Error};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// What a subject token is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubjectTokenType {
    /// A subject token that Logto's Management API made for a user (`POST /api/subject-tokens`). It
    /// works once.
    #[default]
    AccessToken,
    /// A personal access token that a user made, or that was made for one. It works until it
    /// expires or is deleted.
    PersonalAccessToken,
}

/// What is exchanged, and for what.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub subject: AccessToken,
    pub subject_type: SubjectTokenType,
    /// An opaque access token, with the scope `openid`, of the user who acts.
    pub actor: Option<AccessToken>,
    pub resource: Option<String>,
    pub organization: Option<String>,
    pub scopes: BTreeSet<String>,
}

impl Oidc {
    /// Exchanges a token, once: most subject tokens are spent by it.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`]: `invalid_grant` for a token that is spent, expired or unknown,
    /// `invalid_request` for an application that may not exchange tokens, `invalid_target` for an
    /// unknown resource, `access_denied` for an organization that the user is no member of;
    /// [`Error::BadAnswer`] and [`Error::Unavailable`].
    pub(crate) async fn exchange_token(&self, exchange: &Exchange) -> Result<Tokens, Error> {
        let call = Call::TokenExchange;
        let mut fields = vec![
            ("grant_type", GRANT_TYPE),
            ("subject_token", exchange.subject.reveal()),
            ("subject_token_type", exchange.subject_type.urn()),
        ];
        if let Some(actor) = &exchange.actor {
            fields.push(("actor_token", actor.reveal()));
            fields.push(("actor_token_type", SubjectTokenType::AccessToken.urn()));
        }
        let organization = exchange.organization.as_deref();
        let target = Target { resource: exchange.resource.as_deref(), organization };
        let body = body(&fields, target, &exchange.scopes);
        self.request_tokens(call, self.credentials(), &body).await
    }
}

impl SubjectTokenType {
    fn urn(self) -> &'static str {
        match self {
            Self::AccessToken => "urn:ietf:params:oauth:token-type:access_token",
            Self::PersonalAccessToken => "urn:logto:token-type:personal_access_token",
        }
    }
}
