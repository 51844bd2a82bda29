use serde_json::{Value, json};

use super::answer::{Answer, Refused};
use super::client_auth::Credentials;
use super::params::Params;
use super::state::{ACCESS_TOKEN_LIFE, Authorization, REFRESH_TOKEN_LIFE, State};

impl State {
    /// `POST /oidc/token/introspection`: any application may ask about any token (RFC 7662)
    pub(super) fn introspection(
        &self,
        params: &Params,
        credentials: &Credentials,
    ) -> Result<Answer, Refused> {
        self.authenticate(credentials)?;
        let token = params.get("token").ok_or_else(|| Refused::missing("token"))?;
        if token.split('.').count() == 3 {
            let description =
                "Structured JWT Tokens cannot be introspected via the introspection_endpoint";
            return Err(Refused::new(400, "unsupported_token_type", description));
        }
        let known = self.known_access_token(token).or_else(|| self.known_refresh_token(token));
        let answer = known.unwrap_or_else(|| json!({ "active": false }));
        Ok(Answer::json(200, &answer).with("Cache-Control", "no-store"))
    }

    fn known_access_token(&self, token: &str) -> Option<Value> {
        let token = self.access_tokens.get(token)?;
        let authorization = &token.authorization;
        if self.now() >= token.expires_at || !self.is_active(authorization) {
            return None;
        }
        let iat = token.expires_at.saturating_sub(ACCESS_TOKEN_LIFE);
        let scopes = authorization.user_scopes.join(" ");
        let mut known = self.known(authorization, iat, token.expires_at, &scopes);
        known["token_type"] = "Bearer".into();
        Some(known)
    }

    fn known_refresh_token(&self, token: &str) -> Option<Value> {
        let token = self.refresh_tokens.get(token)?;
        let authorization = &token.authorization;
        let expires_at = token.issued_at.saturating_add(REFRESH_TOKEN_LIFE);
        let used = token.consumed_at.is_some() || self.now() >= expires_at;
        if used || !self.is_active(authorization) {
            return None;
        }
        let scopes = [&authorization.user_scopes[..], &authorization.resource_scopes].concat();
        Some(self.known(authorization, token.issued_at, expires_at, &scopes.join(" ")))
    }

    fn known(&self, authorization: &Authorization, iat: u64, exp: u64, scope: &str) -> Value {
        let mut known = json!({
            "active": true,
            "sub": authorization.user,
            "client_id": authorization.app,
            "exp": exp,
            "iat": iat,
            "iss": self.issuer(),
            "scope": scope,
        });
        if !authorization.session.is_empty() {
            known["sid"] = authorization.session.clone().into();
        }
        known
    }
}
