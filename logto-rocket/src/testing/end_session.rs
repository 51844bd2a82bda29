use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation};
use serde_json::Value;
use url::Url;

use super::answer::{Answer, Refused};
use super::authorize::SESSION_COOKIE;
use super::pages;
use super::params::Params;
use super::state::{SignOut, State, random};

impl State {
    /// `GET` or `POST /oidc/session/end`: a form that submits itself
    pub(super) fn end_session(&mut self, params: &Params) -> Result<Answer, Refused> {
        let destination = self.destination(params)?;
        let xsrf = random();
        self.sign_outs.insert(xsrf.clone(), SignOut { destination });
        Ok(Answer::html(200, pages::sign_out(&xsrf)))
    }

    /// `POST /oidc/session/end/confirm`
    pub(super) fn confirm_end_session(
        &mut self,
        params: &Params,
        cookie: Option<&str>,
    ) -> Result<Answer, Refused> {
        let sign_out = params.get("xsrf").and_then(|xsrf| self.sign_outs.remove(xsrf));
        let sign_out = sign_out
            .filter(|_| params.get("logout").is_some())
            .ok_or_else(|| Refused::invalid_request("could not find logout details"))?;
        if let Some(session) = cookie.and_then(|cookie| self.sessions.remove(cookie)) {
            self.note_logout(&session);
        }
        let destination = sign_out.destination;
        let destination = destination.as_deref().unwrap_or("/oidc/session/end/success");
        Ok(Answer::see_other(destination).without_cookie(SESSION_COOKIE))
    }

    /// Where a sign-out leads. Nothing here ends a session: an error leaves it alive.
    fn destination(&self, params: &Params) -> Result<Option<String>, Refused> {
        let named = params.get("client_id");
        if let Some(id) = named.filter(|id| self.app(id).is_none()) {
            return Err(Refused::new(400, "invalid_client", format!("invalid client {id}")));
        }
        let hinted = params.get("id_token_hint").map(|hint| self.hinted_app(hint)).transpose()?;
        if let (Some(named), Some(hinted)) = (named, &hinted)
            && named != hinted
        {
            let description = "client_id does not match the provided id_token_hint";
            return Err(Refused::invalid_request(description));
        }
        let Some(uri) = params.get("post_logout_redirect_uri") else { return Ok(None) };
        if named.is_none() && hinted.is_none() {
            return Ok(None);
        }
        if !self.settings.post_logout_redirect_uris.has(uri) {
            return Err(Refused::invalid_request("post_logout_redirect_uri not registered"));
        }
        let mut url = Url::parse(uri)
            .map_err(|_| Refused::invalid_request("post_logout_redirect_uri not registered"))?;
        if let Some(state) = params.get("state") {
            url.query_pairs_mut().append_pair("state", state);
        }
        Ok(Some(url.into()))
    }

    /// The application for which an ID token was issued. An expired token is accepted. A token whose key is
    /// gone, or whose algorithm is not the current one, is not.
    fn hinted_app(&self, hint: &str) -> Result<String, Refused> {
        let undecodable = || Refused::invalid_request("could not decode id_token_hint");
        let unverifiable = || Refused::invalid_request("could not validate id_token_hint");
        let header = jsonwebtoken::decode_header(hint).map_err(|_| undecodable())?;
        let key = header.kid.as_deref().and_then(|kid| self.keys.verifying(kid));
        let (algorithm, public) = key.ok_or_else(unverifiable)?;
        let jwk: Jwk = serde_json::from_value(public.clone()).map_err(|_| unverifiable())?;
        let key = DecodingKey::from_jwk(&jwk).map_err(|_| unverifiable())?;
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let token =
            jsonwebtoken::decode::<Value>(hint, &key, &validation).map_err(|_| unverifiable())?;
        let app = token.claims["aud"].as_str().filter(|id| self.app(id).is_some());
        app.map(str::to_owned).ok_or_else(unverifiable)
    }
}
