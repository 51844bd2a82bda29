use serde_json::{Value, json};

use super::answer::Refused;
use super::authorization_request::{USER_SCOPES, space_separated};
use super::params::Params;
use super::settings::ORGANIZATIONS;
use super::state::{
    ACCESS_TOKEN_LIFE, Authorization, GRANT_LIFE, Grant, SUBJECT_TOKEN_LIFE, State, SubjectToken,
    random,
};
use super::token_request::TokenRequest;

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const PERSONAL_ACCESS_TOKEN: &str = "urn:logto:token-type:personal_access_token";

impl State {
    /// Makes a token that can be exchanged for one in the name of a user.
    pub(super) fn subject_token(&mut self, user: String, is_personal: bool) -> String {
        let text = format!("{}_{}", if is_personal { "pat" } else { "sub" }, random());
        let expires_at = self.now() + SUBJECT_TOKEN_LIFE;
        self.subject_tokens.insert(text.clone(), SubjectToken { user, is_personal, expires_at });
        text
    }

    /// A token in the name of a user (RFC 8693). It has those of the scopes that the user has.
    pub(super) fn token_exchange(
        &mut self,
        params: &Params,
        app: &str,
        app_secret: &str,
    ) -> Result<Value, Refused> {
        let text = params.get("subject_token").ok_or_else(|| Refused::missing("subject_token"))?;
        let user = self.subject(params, text)?;
        let mut wanted = TokenRequest::of(params);
        if let Some(resource) = &wanted.resource
            && !self.settings.has_resource(resource)
        {
            return Err(Refused::invalid_target());
        }
        if let Some(organization) = &wanted.organization
            && self.active_user(&user).and_then(|user| user.membership(organization)).is_none()
        {
            let description = "user is not a member of the organization";
            return Err(Refused::new(403, "access_denied", description));
        }
        wanted.actor = self.actor(params)?;
        let authorization = self.granted(params, app, user);
        let user_scopes = authorization.user_scopes.clone();
        let (access_token, scope) =
            self.access_token(&authorization, &wanted, &user_scopes, app_secret);
        if self.subject_tokens.get(text).is_some_and(|token| !token.is_personal) {
            self.subject_tokens.remove(text);
        }
        Ok(json!({
            "access_token": access_token,
            "expires_in": ACCESS_TOKEN_LIFE,
            "scope": scope,
            "token_type": "Bearer",
        }))
    }

    /// The user of the subject token, if it can be exchanged. The error does not say why.
    fn subject(&self, params: &Params, text: &str) -> Result<String, Refused> {
        let kind = params.get("subject_token_type");
        let is_personal = match kind.ok_or_else(|| Refused::missing("subject_token_type"))? {
            ACCESS_TOKEN => false,
            PERSONAL_ACCESS_TOKEN => true,
            _ => return Err(Refused::invalid_grant()),
        };
        let token = self.subject_tokens.get(text).filter(|token| token.is_personal == is_personal);
        token
            .filter(|token| token.is_personal || self.now() < token.expires_at)
            .filter(|token| self.active_user(&token.user).is_some())
            .map(|token| token.user.clone())
            .ok_or_else(Refused::invalid_grant)
    }

    /// The user of the actor token, an opaque access token with `openid`.
    fn actor(&self, params: &Params) -> Result<Option<String>, Refused> {
        let Some(text) = params.get("actor_token") else { return Ok(None) };
        if params.get("actor_token_type") != Some(ACCESS_TOKEN) {
            return Err(Refused::invalid_grant());
        }
        self.access_tokens
            .get(text)
            .filter(|token| self.now() < token.expires_at && self.is_active(&token.authorization))
            .filter(|token| token.authorization.has_scope("openid"))
            .map(|token| Some(token.authorization.user.clone()))
            .ok_or_else(Refused::invalid_grant)
    }

    /// What the exchange grants: it stands by itself, without a session.
    fn granted(&mut self, params: &Params, app: &str, user: String) -> Authorization {
        let (user_scopes, resource_scopes): (Vec<_>, Vec<_>) = space_separated(params.get("scope"))
            .into_iter()
            .partition(|s| USER_SCOPES.contains(&s.as_str()));
        let grant = random();
        let granted = Grant {
            scopes: user_scopes.iter().cloned().collect(),
            resources: std::iter::once(ORGANIZATIONS.to_owned()).collect(),
            expires_at: self.now() + GRANT_LIFE,
        };
        self.grants.insert(grant.clone(), granted);
        Authorization {
            app: app.to_owned(),
            user,
            grant,
            session: String::new(),
            user_scopes,
            resource_scopes,
            resources: vec![ORGANIZATIONS.to_owned()],
            nonce: None,
            auth_time: None,
        }
    }
}
