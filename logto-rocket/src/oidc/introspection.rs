//! [`Introspection`]: what Logto knows of a token
//! ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)).

use openidconnect::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::http::bad_answer;
use super::secrets::AccessToken;
use super::{Oidc, named};
use crate::error::{Call, Error};
use crate::numeric_date::seconds;
use crate::shown::{shown, type_of};

/// What Logto knows about a token, from [`Logto::introspect()`](crate::Logto::introspect).
///
/// Logto names no audience. A refresh token is active too, with the scopes of its grant and without a
/// [`token_type()`](Self::token_type). Logto answers any application about the tokens of every other
/// application. If you use a token as a proof, check [`is_ours()`](Self::is_ours) or compare
/// [`client_id()`](Self::client_id). [`is_active()`](Self::is_active) alone would accept a token of any other
/// application.
#[derive(Clone, Debug)]
pub struct Introspection {
    known: Option<Known>,
    app_id: String,
}

/// What Logto says of an active token.
#[derive(Clone, Debug, Default, Deserialize)]
struct Known {
    sub: Option<String>,
    client_id: Option<String>,
    iss: Option<String>,
    #[serde(default)]
    aud: Audience,
    #[serde(default, deserialize_with = "by_spaces")]
    scope: Vec<String>,
    #[serde(default, deserialize_with = "seconds")]
    exp: Option<u64>,
    #[serde(default, deserialize_with = "seconds")]
    iat: Option<u64>,
    token_type: Option<String>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// One audience, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    All(Vec<String>),
}

impl Introspection {
    /// Whether Logto issued the token and it is valid now. Logto reports nothing else about an
    /// inactive token: expired, revoked and forged tokens look the same.
    pub fn is_active(&self) -> bool {
        self.known.is_some()
    }

    /// Whether the token is valid now and was issued to this application, the one with the
    /// configured `app_id`.
    pub fn is_ours(&self) -> bool {
        self.client_id() == Some(self.app_id.as_str())
    }

    /// The id of the application to which the token was issued.
    pub fn client_id(&self) -> Option<&str> {
        self.known.as_ref()?.client_id.as_deref()
    }

    /// The id of the user whom the token represents.
    pub fn sub(&self) -> Option<&str> {
        self.known.as_ref()?.sub.as_deref()
    }

    /// The issuer.
    pub fn issuer(&self) -> Option<&str> {
        self.known.as_ref()?.iss.as_deref()
    }

    /// The audience of the token. Opaque tokens of Logto have none.
    pub fn audience(&self) -> &[String] {
        match self.known.as_ref().map(|known| &known.aud) {
            Some(Audience::One(one)) => std::slice::from_ref(one),
            Some(Audience::All(all)) => all,
            None => &[],
        }
    }

    /// The scopes of the token. Only a refresh token has scopes of API resources.
    pub fn scopes(&self) -> &[String] {
        self.known.as_ref().map_or(&[], |known| &known.scope)
    }

    /// Whether the token has a scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().iter().any(|known| known == scope)
    }

    /// When the token expires, in whole seconds since the Unix epoch.
    pub fn expires_at(&self) -> Option<u64> {
        self.known.as_ref()?.exp
    }

    /// When the token was issued, in whole seconds since the Unix epoch.
    pub fn issued_at(&self) -> Option<u64> {
        self.known.as_ref()?.iat
    }

    /// `Bearer` for an access token; `None` for a refresh token.
    pub fn token_type(&self) -> Option<&str> {
        self.known.as_ref()?.token_type.as_deref()
    }

    /// Another member of the answer, such as `sid`.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.known.as_ref()?.more.get(name)
    }
}

impl Oidc {
    /// Asks what Logto knows of a token.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`]: `unsupported_token_type` for a JWT, `invalid_client` for a wrong secret;
    /// [`Error::BadAnswer`] and [`Error::Unavailable`].
    pub(crate) async fn introspect(&self, token: &AccessToken) -> Result<Introspection, Error> {
        let call = Call::Introspection;
        let app_id = self.client.id.clone();
        if token.reveal().is_empty() {
            return Ok(Introspection { known: None, app_id });
        }
        let provider = self.provider().await?;
        let endpoint = named(provider.introspection.as_ref(), "introspection_endpoint")?;
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.reveal())
            .finish();
        let response =
            self.issuer.http.send(call, self.credentials().form(call, endpoint, &body)?).await?;
        if response.status() != StatusCode::OK {
            return Err(self.issuer.http.refusal(call, &response));
        }
        let known = known(response.body()).map_err(|why| bad_answer(call, why))?;
        Ok(Introspection { known, app_id })
    }
}

/// The claims of an active token in an answer. The claims of an inactive token are ignored; those
/// of an active token must all have the right type.
fn known(body: &[u8]) -> Result<Option<Known>, String> {
    let members: Result<Map<String, Value>, _> = serde_json::from_slice(body);
    let mut members = members.map_err(|_| "it is not a JSON object".to_owned())?;
    match members.remove("active") {
        Some(Value::Bool(true)) => {
            let known = serde_json::from_value(members.clone().into());
            known.map(Some).map_err(|_| misfit(&members))
        }
        Some(Value::Bool(false)) => Ok(None),
        _ => Err("it does not say whether the token is active".into()),
    }
}

/// Which member has a type that it never has, and which that is.
fn misfit(members: &Map<String, Value>) -> String {
    let fits = |name: &String, value: &Value| {
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        serde_json::from_value::<Known>(alone.into()).is_ok()
    };
    let misfit = members.iter().find(|(name, value)| !fits(name, value));
    misfit.map_or_else(String::new, |(name, value)| {
        format!("its member `{}` is {}, which Logto never sends", shown(name), type_of(value))
    })
}

fn by_spaces<'de, D: serde::Deserializer<'de>>(scopes: D) -> Result<Vec<String>, D::Error> {
    let scopes = Option::<String>::deserialize(scopes)?.unwrap_or_default();
    Ok(scopes.split_whitespace().map(ToOwned::to_owned).collect())
}

impl Default for Audience {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<Option<Known>, String> {
        known(body.to_string().as_bytes())
    }

    #[test]
    fn only_a_plain_true_makes_a_token_active() {
        assert!(matches!(read(&json!({"active": true})), Ok(Some(_))));
        assert!(matches!(read(&json!({"active": false, "sub": "u", "client_id": "a"})), Ok(None)));
        for odd in [json!("true"), json!(1), json!(null), json!([true]), json!({})] {
            assert!(read(&json!({ "active": odd })).is_err(), "{odd}");
        }
        assert!(read(&json!({"sub": "u"})).is_err());
        assert!(read(&json!([])).is_err());
    }

    #[test]
    fn a_member_of_the_wrong_type_is_no_answer() {
        for (name, wrong) in [
            ("exp", json!("1795443060")),
            ("exp", json!(-1)),
            ("exp", json!(-1.5)),
            ("iat", json!(1e300)),
            ("iat", json!([1])),
            ("client_id", json!(["a"])),
            ("sub", json!(7)),
            ("scope", json!(["a"])),
            ("aud", json!({"a": 1})),
        ] {
            let why = read(&json!({ "active": true, name: wrong })).unwrap_err();
            assert!(why.contains(&format!("`{name}` is {}", type_of(&wrong))), "{why}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_nothing_panics(body: Vec<u8>) {
            let _ = known(&body);
        }
    }
}
