//! What Logto knows of a user now
//! ([OpenID Connect Core, section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use openidconnect::http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use openidconnect::http::{Request, StatusCode};
use serde_json::Value;

use super::http::{bad_answer, finish};
use super::id_token::OF_THE_TOKEN;
use super::secrets::AccessToken;
use super::{Oidc, named};
use crate::claims::{Claims, Misfit};
use crate::error::{Call, Error};
use crate::names::claim;

/// The claims that user info never adds to those of an ID token: who the user is, how they signed in,
/// and their rights. User info is not signed.
const OF_THE_ID_TOKEN: [&str; 8] = [
    claim::SUB,
    claim::AUTH_TIME,
    "acr",
    "amr",
    claim::SID,
    claim::ROLES,
    claim::ORGANIZATIONS,
    claim::ORGANIZATION_ROLES,
];

/// The claims that are not compared, because they belong to one sign-in or change at each sign-in.
const OF_THE_SIGN_IN: [&str; 5] = [claim::AUTH_TIME, "acr", "amr", claim::SID, claim::UPDATED_AT];

/// The maximum number of bytes that user info may add to the claims. If Logto's account center allows it,
/// users can write custom data of any length.
const MOST_ADDED: usize = 32 * 1024;

impl Oidc {
    /// The claims of an ID token with those that user info adds and `keep` names. A claim that the ID
    /// token has is never replaced.
    ///
    /// # Errors
    ///
    /// Those of [`user_info`](Self::user_info), and [`Error::BadAnswer`] if it adds too much.
    pub(crate) async fn with_user_info(
        &self,
        claims: Claims,
        access_token: &AccessToken,
        keep: impl Fn(&str) -> bool,
    ) -> Result<Claims, Error> {
        let info = self.user_info(access_token, &claims.sub).await?;
        let adds = |name: &str| {
            keep(name) && !OF_THE_ID_TOKEN.contains(&name) && !OF_THE_TOKEN.contains(&name)
        };
        let unreadable = |_| bad_answer(Call::UserInfo, "its claims cannot be read");
        let added = info.filtered(adds).map_err(unreadable)?;
        if let Some((largest, size)) = added.sizes().into_iter().next()
            && added.as_json().len() > MOST_ADDED
        {
            let why = format!("it adds more than 32 kB: the claim `{largest}` has {size} bytes");
            return Err(bad_answer(Call::UserInfo, why));
        }
        claims.completed_by(&added).map_err(unreadable)
    }

    /// Whether user info agrees with the claims of a session, except for the claims of one sign-in. This confirms a
    /// session if a refresh returned no ID token. `may_add` says which claims a sign-in would add.
    ///
    /// Only `sub` [has to agree](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse) with
    /// an ID token. If a refresh returned an ID token, nothing else is compared
    /// ([`with_user_info`](Self::with_user_info)). Here the refresh returned none. User info is not signed, so
    /// it must not change the claims of a session. If it differs, a role may have been withdrawn, so the
    /// session must not be confirmed, and the user has to sign in again.
    ///
    /// # Errors
    ///
    /// Those of [`user_info`](Self::user_info).
    pub(crate) async fn user_info_agrees(
        &self,
        claims: &Claims,
        access_token: &AccessToken,
        may_add: impl Fn(&str) -> bool,
    ) -> Result<bool, Error> {
        let info = self.user_info(access_token, &claims.sub).await?;
        let (known, told) = (claims.all(), info.all());
        let mut names = known.keys().chain(told.keys().filter(|name| may_add(name)));
        Ok(names.all(|name| {
            OF_THE_SIGN_IN.contains(&name.as_str()) || is_same(known.get(name), told.get(name))
        }))
    }

    /// Fetches the user info. `access_token` must be one without a resource, and the answer must be about the user
    /// `sub`.
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
        let response = self.issuer.http.send(call, finish(call, request, Vec::new())?).await?;
        if response.status() != StatusCode::OK {
            return Err(self.issuer.http.refusal(call, &response));
        }
        let json = std::str::from_utf8(response.body())
            .map_err(|_| bad_answer(call, "it is not a JSON object with the claims of a user"))?;
        let misfit = |misfit: Misfit| format!("the claim {}", misfit.in_words("user info"));
        let claims = Claims::read(json).map_err(|error| bad_answer(call, misfit(error)))?;
        if claims.sub != sub {
            return Err(bad_answer(call, "it is about another user"));
        }
        Ok(claims)
    }
}

/// Whether two claims are equal, where lists may have another order and `null` is as good as none.
fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one.unwrap_or(&Value::Null), other.unwrap_or(&Value::Null)) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().all(|item| other.contains(item))
        }
        (one, other) => one == other,
    }
}
