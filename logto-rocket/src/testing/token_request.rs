use super::authorization_request::space_separated;
use super::params::Params;

/// The `grant_type` of a token exchange.
pub(super) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// The parameters of a token request that decide what is issued.
#[derive(Default)]
pub(super) struct TokenRequest {
    /// Exactly one; two count as none.
    pub(super) resource: Option<String>,
    pub(super) organization: Option<String>,
    /// Fewer scopes than were granted.
    pub(super) scopes: Option<Vec<String>>,
    /// The id of the user who acts for the subject of the token.
    pub(super) actor: Option<String>,
}

impl TokenRequest {
    pub(super) fn of(params: &Params) -> Self {
        let mut resources = params.all("resource");
        let resource = match (resources.next(), resources.next()) {
            (Some(resource), None) => Some(resource.to_owned()),
            _ => None,
        };
        Self {
            resource,
            organization: params.get("organization_id").map(str::to_owned),
            scopes: params.get("scope").map(|scope| space_separated(Some(scope))),
            actor: None,
        }
    }
}
