use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::answer::Refused;
use super::management::{MANAGEMENT_API, ManagementToken};
use super::params::Params;
use super::settings::{ORGANIZATIONS, Permitted};
use super::state::{ACCESS_TOKEN_LIFE, AccessToken, Authorization, ID_TOKEN_LIFE, State, random};
use super::token_request::TokenRequest;

impl State {
    /// The ID token. It has no `typ`, `at_hash`, `acr`, `amr`, `azp`.
    pub(super) fn id_token(
        &self,
        authorization: &Authorization,
        scopes: &[String],
        app_secret: &str,
    ) -> String {
        let now = self.now();
        let user = self.active_user(&authorization.user);
        let mut claims = user.map(|user| user.id_token_claims(scopes)).unwrap_or_default();
        if let Some(nonce) = &authorization.nonce {
            claims.insert("nonce".into(), nonce.clone().into());
        }
        if let Some(auth_time) = authorization.auth_time {
            claims.insert("auth_time".into(), auth_time.into());
        }
        if self.settings.session_required {
            claims.insert("sid".into(), authorization.session.clone().into());
        }
        claims.insert("aud".into(), authorization.app.clone().into());
        claims.insert("exp".into(), (now + ID_TOKEN_LIFE).into());
        claims.insert("iat".into(), now.into());
        claims.insert("iss".into(), self.issuer().into());
        self.keys.sign(None, claims, app_secret, &self.tampers)
    }

    /// The access token and its scope: opaque, or a JWT if a resource or an organization is wanted.
    pub(super) fn access_token(
        &mut self,
        authorization: &Authorization,
        wanted: &TokenRequest,
        user_scopes: &[String],
        app_secret: &str,
    ) -> (String, String) {
        let audience = match (&wanted.resource, &wanted.organization) {
            (None, None) => {
                let mut authorization = authorization.clone();
                user_scopes.clone_into(&mut authorization.user_scopes);
                return (self.opaque(authorization), user_scopes.join(" "));
            }
            (Some(resource), _) => resource.clone(),
            (None, Some(organization)) => audience_of(organization),
        };
        let permitted = self.permitted(authorization, wanted);
        let scopes: Vec<_> = authorization
            .resource_scopes
            .iter()
            .filter(|scope| permitted.has(scope))
            .filter(|scope| wanted.scopes.as_ref().is_none_or(|wanted| wanted.contains(scope)))
            .map(String::as_str)
            .collect();
        let scope = scopes.join(" ");
        let mut claims = self.jwt_claims(&authorization.user, &authorization.app, &audience);
        claims.insert("scope".into(), scope.clone().into());
        if let (Some(_), Some(organization)) = (&wanted.resource, &wanted.organization) {
            claims.insert("organization_id".into(), organization.clone().into());
        }
        if let Some(actor) = &wanted.actor {
            claims.insert("act".into(), json!({ "sub": actor }));
        }
        let jwt = self.keys.sign(Some("at+jwt"), claims, app_secret, &self.access_token_tampers);
        (jwt, scope)
    }

    /// A machine's own access token (RFC 6749, section 4.4). The scopes must be named; those that
    /// are not permitted are dropped without an error.
    pub(super) fn client_credentials(
        &mut self,
        params: &Params,
        app: &str,
        app_secret: &str,
    ) -> Result<Value, Refused> {
        let wanted = TokenRequest::of(params);
        let permitted = |target: &str| self.settings.machine_permissions(app, target);
        let (audience, permitted) = match (&wanted.resource, &wanted.organization) {
            (None, None) => {
                let description = "both `resource` and `organization_id` are not provided";
                return Err(Refused::new(400, "invalid_target", description));
            }
            (_, Some(organization)) if permitted(organization).is_none() => {
                let description = "app has not associated with the organization";
                return Err(Refused::new(403, "access_denied", description));
            }
            (Some(resource), _) if !self.settings.has_resource(resource) => {
                return Err(Refused::invalid_target());
            }
            (Some(resource), _) => (resource.clone(), permitted(resource)),
            (None, Some(organization)) => (audience_of(organization), permitted(organization)),
        };
        let wanted_scopes = wanted.scopes.unwrap_or_default();
        let scopes: Vec<_> = wanted_scopes
            .iter()
            .filter(|scope| permitted.as_ref().is_some_and(|permitted| permitted.has(scope)))
            .map(String::as_str)
            .collect();
        let scope = scopes.join(" ");
        let mut claims = self.jwt_claims(app, app, &audience);
        let mut answer = json!({ "expires_in": ACCESS_TOKEN_LIFE, "token_type": "Bearer" });
        // Without any scope the token for a resource has no `scope`, that for an organization "".
        if !scope.is_empty() || wanted.resource.is_none() {
            claims.insert("scope".into(), scope.clone().into());
            answer["scope"] = scope.into();
        }
        if let (Some(_), Some(organization)) = (&wanted.resource, &wanted.organization) {
            claims.insert("organization_id".into(), organization.clone().into());
        }
        let tampers = &self.access_token_tampers;
        let token = self.keys.sign(Some("at+jwt"), claims, app_secret, tampers);
        if audience == MANAGEMENT_API {
            let known = ManagementToken::new(&scopes, self.now() + ACCESS_TOKEN_LIFE);
            self.management_tokens.insert(token.clone(), known);
        }
        answer["access_token"] = token.into();
        Ok(answer)
    }

    /// A back-channel logout token for a user, as Logto posts it to an application.
    pub(super) fn logout_token(&self, user: &str, sid: Option<&str>, app: &str) -> String {
        let now = self.now();
        let mut claims = Map::new();
        claims.insert("sub".into(), user.into());
        let event = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
        claims.insert("events".into(), event);
        claims.insert("jti".into(), random().into());
        claims.insert("aud".into(), app.into());
        claims.insert("iat".into(), now.into());
        claims.insert("exp".into(), (now + 120).into());
        claims.insert("iss".into(), self.issuer().into());
        if let Some(sid) = sid {
            claims.insert("sid".into(), sid.into());
        }
        let secret = self.app(app).map(|app| app.secret.clone()).unwrap_or_default();
        self.keys.sign(Some("logout+jwt"), claims, &secret, &self.tampers)
    }

    fn opaque(&mut self, authorization: Authorization) -> String {
        let token = random();
        let expires_at = self.now() + ACCESS_TOKEN_LIFE;
        self.access_tokens.insert(token.clone(), AccessToken { authorization, expires_at });
        token
    }

    /// What the user may do with the token that is wanted.
    fn permitted(&self, authorization: &Authorization, wanted: &TokenRequest) -> Permitted {
        let Some(user) = self.active_user(&authorization.user) else {
            return Permitted::Some(BTreeSet::new());
        };
        // The organization's own permissions must have been requested at the sign-in.
        let asked_for_organizations = || authorization.resources.iter().any(|r| r == ORGANIZATIONS);
        if user.has_any_permission && (wanted.resource.is_some() || asked_for_organizations()) {
            return Permitted::All;
        }
        Permitted::Some(match (&wanted.resource, &wanted.organization) {
            // In no organization in particular: what the user may do in any of them.
            (Some(resource), None) if resource == ORGANIZATIONS => user
                .memberships()
                .iter()
                .flat_map(|m| self.organization_permissions(user, &m.id, ORGANIZATIONS))
                .collect(),
            (Some(resource), None) => self.permissions(user, resource),
            (Some(resource), Some(organization)) => {
                let mut permitted = self.permissions(user, resource);
                permitted.extend(self.organization_permissions(user, organization, resource));
                permitted
            }
            (None, Some(organization)) if asked_for_organizations() => {
                self.organization_permissions(user, organization, ORGANIZATIONS)
            }
            (None, _) => BTreeSet::new(),
        })
    }

    fn jwt_claims(&self, subject: &str, app: &str, audience: &str) -> Map<String, Value> {
        let now = self.now();
        let mut claims = Map::new();
        claims.insert("jti".into(), random().into());
        claims.insert("sub".into(), subject.into());
        claims.insert("iat".into(), now.into());
        claims.insert("exp".into(), (now + ACCESS_TOKEN_LIFE).into());
        claims.insert("client_id".into(), app.into());
        claims.insert("iss".into(), self.issuer().into());
        claims.insert("aud".into(), audience.into());
        claims
    }
}

fn audience_of(organization: &str) -> String {
    format!("urn:logto:organization:{organization}")
}
