use serde_json::{Map, Value};

use super::answer::{Answer, Refused};
use super::client_auth::Credentials;
use super::params::Params;
use super::state::{Authorization, State};
use super::user::User;

impl State {
    /// `GET` or `POST /oidc/me`: for opaque access tokens only
    pub(super) fn userinfo(
        &self,
        query: &Params,
        form: &Params,
        authorization: Option<&str>,
    ) -> Result<Answer, Refused> {
        let token = self.presented(query, form, authorization)?;
        let token = self
            .access_tokens
            .get(token)
            .filter(|token| self.now() < token.expires_at && self.is_active(&token.authorization))
            .ok_or_else(|| self.unauthorized(401, "invalid_token", "invalid token provided"))?;
        if !token.authorization.has_scope("openid") {
            let description = "access token missing openid scope";
            let challenge =
                format!(r#"{}, scope="openid""#, self.bearer("insufficient_scope", description));
            return Err(Refused::new(403, "insufficient_scope", description)
                .with("scope", "openid")
                .challenge(challenge));
        }
        let user = self.active_user(&token.authorization.user);
        let claims = user.map(|user| self.claims_of(user, &token.authorization));
        let claims = Value::Object(claims.unwrap_or_default());
        Ok(Answer::json(200, &claims).with("Cache-Control", "no-store"))
    }

    /// `POST /oidc/token/revocation`: ends the whole grant of a token
    pub(super) fn revocation(
        &mut self,
        params: &Params,
        credentials: &Credentials,
    ) -> Result<Answer, Refused> {
        let app = self.authenticate(credentials)?.id.clone();
        let token = params.get("token").ok_or_else(|| Refused::missing("token"))?;
        if token.split('.').count() == 3 {
            let description = "Structured JWT Tokens cannot be revoked via the revocation_endpoint";
            return Err(Refused::new(400, "unsupported_token_type", description));
        }
        let access = self.access_tokens.get(token).map(|token| &token.authorization);
        let refresh = || self.refresh_tokens.get(token).map(|token| &token.authorization);
        let Some(authorization) = access.or_else(refresh) else { return Ok(Answer::text("")) };
        if authorization.app != app {
            let description = "client is not authorized to revoke the presented token";
            return Err(Refused::invalid_request(description));
        }
        let grant = authorization.grant.clone();
        self.revoke(&grant);
        Ok(Answer::text(""))
    }

    fn claims_of(&self, user: &User, authorization: &Authorization) -> Map<String, Value> {
        let mut claims = user.userinfo(&authorization.user_scopes);
        if authorization.has_scope("urn:logto:scope:organizations") {
            let organizations = user.memberships().iter();
            let data: Vec<_> = organizations.map(|m| self.settings.organization(&m.id)).collect();
            claims.insert("organization_data".into(), data.into());
        }
        claims
    }

    /// The token in the header or, with POST, in the form.
    fn presented<'a>(
        &self,
        query: &Params,
        form: &'a Params,
        authorization: Option<&'a str>,
    ) -> Result<&'a str, Refused> {
        if query.get("access_token").is_some() {
            let description = "access tokens must not be provided via query parameter";
            return Err(self.unauthorized(400, "invalid_request", description));
        }
        let Some(header) = authorization else {
            return form.get("access_token").ok_or_else(|| {
                let challenge = format!(r#"Bearer realm="{}""#, self.issuer());
                Refused::new(401, "invalid_token", "no access token provided").challenge(challenge)
            });
        };
        match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token),
            _ => {
                let description = "invalid authorization header value format";
                Err(self.unauthorized(400, "invalid_request", description))
            }
        }
    }

    fn unauthorized(&self, status: u16, error: &'static str, description: &str) -> Refused {
        Refused::new(status, error, description).challenge(self.bearer(error, description))
    }

    fn bearer(&self, error: &str, description: &str) -> String {
        let issuer = self.issuer();
        format!(r#"Bearer realm="{issuer}", error="{error}", error_description="{description}""#)
    }
}
