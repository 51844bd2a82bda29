use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::answer::{Answer, Refused};
use super::client_auth::Credentials;
use super::params::Params;
use super::state::{
    ACCESS_TOKEN_LIFE, Authorization, REFRESH_TOKEN_LIFE, RefreshToken, State, random,
};
use super::token_request::{TOKEN_EXCHANGE, TokenRequest};
use crate::names::scope;

/// How long a rotated refresh token still works.
const GRACE_SECONDS: u64 = 3;
/// A chain of refresh tokens that is older than this is not prolonged any more.
const LONGEST_CHAIN: u64 = 31_536_000;

impl State {
    /// `POST /oidc/token`
    pub(super) fn token(
        &mut self,
        params: &Params,
        credentials: &Credentials,
    ) -> Result<Answer, Refused> {
        let app = self.authenticate(credentials)?;
        let (id, secret, machine) = (app.id.clone(), app.secret.clone(), app.machine.is_some());
        let grant_type = params.get("grant_type").ok_or_else(|| Refused::missing("grant_type"))?;
        let allowed = match grant_type {
            "authorization_code" | "refresh_token" => !machine,
            "client_credentials" => machine,
            TOKEN_EXCHANGE => self.settings.token_exchange,
            _ => {
                let description = "unsupported grant_type requested";
                return Err(Refused::new(400, "unsupported_grant_type", description));
            }
        };
        if !allowed {
            let description = "requested grant type is not allowed for this client";
            return Err(Refused::invalid_request(description));
        }
        let mut answer = match grant_type {
            "authorization_code" => self.exchange(params, &id, &secret)?,
            "refresh_token" => self.refresh(params, &id, &secret)?,
            TOKEN_EXCHANGE => self.token_exchange(params, &id, &secret)?,
            _ => self.client_credentials(params, &id, &secret)?,
        };
        for tamper in &self.tampers {
            tamper.apply(&mut answer);
        }
        Ok(Answer::json(200, &answer).with("Cache-Control", "no-store"))
    }

    fn exchange(&mut self, params: &Params, app: &str, secret: &str) -> Result<Value, Refused> {
        let now = self.now();
        let text = params.get("code").ok_or_else(|| Refused::missing("code"))?;
        let redirect_uri =
            params.get("redirect_uri").ok_or_else(|| Refused::missing("redirect_uri"))?;
        let verifier = params.get("code_verifier");
        if verifier.is_some_and(|verifier| verifier.len() < 43) {
            let description =
                "code_verifier must be a string with a minimum length of 43 characters";
            return Err(Refused::invalid_request(description));
        }
        let code = self.codes.get_mut(text).ok_or_else(Refused::invalid_grant)?;
        let challenge = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
        if code.expires_at <= now
            || code.authorization.app != app
            || code.redirect_uri != redirect_uri
            || code.challenge != challenge
        {
            return Err(Refused::invalid_grant());
        }
        let authorization = code.authorization.clone();
        // The second exchange of a code ends what the first one brought.
        if std::mem::replace(&mut code.consumed, true) {
            self.revoke(&authorization.grant);
            return Err(Refused::invalid_grant());
        }
        if !self.is_active(&authorization) {
            return Err(Refused::invalid_grant());
        }
        let mut wanted = TokenRequest::of(params);
        // Only a refresh has them.
        wanted.organization = None;
        wanted.scopes = None;
        let only = authorization.resources.as_slice();
        if let (None, false, [resource]) =
            (&wanted.resource, authorization.has_scope("openid"), only)
        {
            wanted.resource = Some(resource.clone());
        }
        self.check(&authorization, &wanted)?;
        let refresh_token = authorization.is_offline().then(random);
        if let Some(refresh_token) = &refresh_token {
            let issued = RefreshToken {
                authorization: authorization.clone(),
                issued_at: now,
                chain_began_at: now,
                consumed_at: None,
            };
            self.refresh_tokens.insert(refresh_token.clone(), issued);
        }
        Ok(self.issue(&authorization, &wanted, refresh_token, secret))
    }

    fn refresh(&mut self, params: &Params, app: &str, secret: &str) -> Result<Value, Refused> {
        let text = params.get("refresh_token").ok_or_else(|| Refused::missing("refresh_token"))?;
        let token = self.refresh_tokens.get(text).ok_or_else(Refused::invalid_grant)?;
        let authorization = token.authorization.clone();
        let age = self.now().saturating_sub(token.issued_at);
        let consumed_at = token.consumed_at;
        if authorization.app != app || age >= REFRESH_TOKEN_LIFE || !self.is_active(&authorization)
        {
            return Err(Refused::invalid_grant());
        }
        let wanted = TokenRequest::of(params);
        let missing: Vec<_> = wanted
            .scopes
            .iter()
            .flatten()
            .filter(|s| !authorization.has_scope(s) && !authorization.resource_scopes.contains(s))
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            let description = "refresh token missing requested scope";
            return Err(
                Refused::new(400, "invalid_scope", description).with("scope", missing.join(" "))
            );
        }
        self.check(&authorization, &wanted)?;
        let used = consumed_at.map(|at| self.clock.instant().saturating_duration_since(at));
        if used.is_some_and(|ago| ago.as_secs() >= GRACE_SECONDS) {
            self.revoke(&authorization.grant);
            return Err(Refused::invalid_grant());
        }
        let refresh_token = self.rotate(text, age);
        Ok(self.issue(&authorization, &wanted, Some(refresh_token), secret))
    }

    /// What the application stores from now on: the same refresh token, or another one when its
    /// life is 70 % over.
    fn rotate(&mut self, text: &str, age: u64) -> String {
        let (now, instant) = (self.now(), self.clock.instant());
        let rotating = self.settings.rotating;
        let Some(token) = self.refresh_tokens.get_mut(text) else { return text.to_owned() };
        let late = age * 10 >= REFRESH_TOKEN_LIFE * 7;
        if !(rotating || late) || now.saturating_sub(token.chain_began_at) >= LONGEST_CHAIN {
            return text.to_owned();
        }
        token.consumed_at.get_or_insert(instant);
        let next = RefreshToken {
            authorization: token.authorization.clone(),
            issued_at: now,
            chain_began_at: token.chain_began_at,
            consumed_at: None,
        };
        let next_text = random();
        self.refresh_tokens.insert(next_text.clone(), next);
        next_text
    }

    /// Whether these resources and organizations can be had.
    fn check(&self, authorization: &Authorization, wanted: &TokenRequest) -> Result<(), Refused> {
        if let Some(organization) = &wanted.organization {
            if !authorization.has_scope(scope::ORGANIZATIONS) {
                let description = "refresh token missing required scope";
                return Err(Refused::new(403, "insufficient_scope", description)
                    .with("scope", scope::ORGANIZATIONS));
            }
            let user = self.active_user(&authorization.user);
            if user.and_then(|user| user.membership(organization)).is_none() {
                let description = "user is not a member of the organization";
                return Err(Refused::new(403, "access_denied", description));
            }
        }
        match &wanted.resource {
            Some(resource) if !authorization.resources.contains(resource) => {
                Err(Refused::invalid_target())
            }
            _ => Ok(()),
        }
    }

    fn issue(
        &mut self,
        authorization: &Authorization,
        wanted: &TokenRequest,
        refresh_token: Option<String>,
        secret: &str,
    ) -> Value {
        let is_wanted =
            |scope: &String| wanted.scopes.as_ref().is_none_or(|wanted| wanted.contains(scope));
        let user_scopes: Vec<_> =
            authorization.user_scopes.iter().filter(|s| is_wanted(s)).cloned().collect();
        let (access_token, scope) = self.access_token(authorization, wanted, &user_scopes, secret);
        let mut answer = json!({
            "access_token": access_token,
            "expires_in": ACCESS_TOKEN_LIFE,
            "scope": scope,
            "token_type": "Bearer",
        });
        if user_scopes.iter().any(|scope| scope == "openid") {
            answer["id_token"] = self.id_token(authorization, &user_scopes, secret).into();
        }
        if let Some(refresh_token) = refresh_token {
            answer["refresh_token"] = refresh_token.into();
        }
        answer
    }
}
