//! What Logto knows of a user now
//! ([OpenID Connect Core, section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use openidconnect::http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use openidconnect::http::{Request, StatusCode};

use super::http::{bad_answer, finish, refusal};
use super::secrets::AccessToken;
use super::{Oidc, named};
use crate::claims::Claims;
use crate::error::{Call, Error};

impl Oidc {
    /// What Logto knows of the user now. `access_token` is one without a resource, `sub` the user
    /// that it must be about.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with `invalid_token` if the token is no longer valid;
    /// [`Error::BadAnswer`], also for an answer about another user; [`Error::Unavailable`].
    pub(crate) async fn user_info(
        &self,
        access_token: &AccessToken,
        sub: &str,
    ) -> Result<Claims, Error> {
        let call = Call::UserInfo;
        let provider = self.provider().await?;
        let endpoint = named(provider.user_info.as_ref(), "userinfo_endpoint")?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", access_token.reveal()))
            .map_err(|_| bad_answer(call, "the access token cannot be sent in a header"))?;
        bearer.set_sensitive(true);
        let request = Request::get(endpoint.as_str())
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, bearer);
        let response = self.http.send(call, finish(call, request, Vec::new())?).await?;
        if response.status() != StatusCode::OK {
            return Err(refusal(call, &response));
        }
        let claims = std::str::from_utf8(response.body())
            .ok()
            .and_then(|json| Claims::from_json(json).ok())
            .ok_or_else(|| bad_answer(call, "it is not a JSON object with the claims of a user"))?;
        if claims.sub != sub {
            return Err(bad_answer(call, "it is about another user"));
        }
        Ok(claims)
    }
}
