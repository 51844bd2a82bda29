//! [`TokenClaims`]: the claims of a JWT access token.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::names::ORGANIZATION_AUDIENCE;
use crate::numeric_date::seconds;

/// The claims of a JWT access token ([RFC 9068, section
/// 2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2)), from [`Token::claims()`](crate::Token::claims),
/// which explains when they can be trusted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenClaims {
    /// The subject of the token: the user's id at Logto.
    pub sub: String,
    /// The application to which Logto issued the token.
    pub client_id: Option<String>,
    /// The organization in which the resource is accessed. A token for an organization itself names
    /// it in the audience instead; [`organization()`](Self::organization) knows both.
    pub organization_id: Option<String>,
    /// The audience of the token: usually the indicator of one resource.
    pub audience: Vec<String>,
    /// The scopes, which are the permissions of the token.
    pub scopes: Vec<String>,
    /// When the token expires, in whole seconds since the Unix epoch.
    pub exp: Option<u64>,
    /// When Logto issued the token, in whole seconds since the Unix epoch.
    pub iat: Option<u64>,
    /// The token's own id.
    pub jti: Option<String>,
    all: Map<String, Value>,
}

impl TokenClaims {
    /// One claim, by its name, as your own type. This includes claims that a tenant's JWT
    /// customizer adds. `None` if it is absent or `null`.
    ///
    /// # Errors
    ///
    /// If the claim is present but cannot be read as a `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, serde_json::Error> {
        self.all.get(name).cloned().map_or(Ok(None), serde_json::from_value)
    }

    /// The id of the organization that the token is for, or in which it is for a resource: that of
    /// [`organization_id`](Self::organization_id), or else the one that the audience names as
    /// `urn:logto:organization:<id>`.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, LogtoUser};
    ///
    /// #[get("/<org>/token")]
    /// async fn for_whom(user: LogtoUser, org: &str) -> Result<Option<String>, Error> {
    ///     let claims = user.organization_token(org).await?.claims();
    ///     Ok(claims.and_then(|claims| claims.organization().map(Into::into)))
    /// }
    /// ```
    pub fn organization(&self) -> Option<&str> {
        let own = || self.audience.iter().find_map(|it| it.strip_prefix(ORGANIZATION_AUDIENCE));
        self.organization_id.as_deref().or_else(own).filter(|id| !id.is_empty())
    }

    /// Whether the token has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    /// Whether an application got the token for itself and not for a user: then its subject is that
    /// application.
    pub fn is_machine(&self) -> bool {
        self.client_id.as_deref() == Some(&self.sub)
    }

    /// Reads the payload of a JWT; `None` if it is no JSON object with a `sub`, or one of the
    /// claims that are known by name has a wrong type.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let known: Known = serde_json::from_slice(payload).ok()?;
        let all = serde_json::from_slice(payload).ok()?;
        let Known { sub, client_id, organization_id, aud, scope, exp, iat, jti } = known;
        let scopes = scope.iter().flat_map(|scope| scope.split_whitespace());
        let scopes = scopes.map(ToOwned::to_owned).collect();
        Some(Self { sub, client_id, organization_id, audience: aud, scopes, exp, iat, jti, all })
    }
}

#[derive(Deserialize)]
struct Known {
    sub: String,
    client_id: Option<String>,
    organization_id: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    aud: Vec<String>,
    scope: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    exp: Option<u64>,
    #[serde(default, deserialize_with = "seconds")]
    iat: Option<u64>,
    jti: Option<String>,
}

/// An audience is a text, or a list of them
/// ([RFC 7519, section 4.1.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3)).
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Audience::deserialize(deserializer)? {
        Audience::One(one) => vec![one],
        Audience::Many(many) => many,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_of_logtos_is_read() {
        let claims = TokenClaims::read(
            br#"{"jti":"j","sub":"u","iat":1,"exp":2,"scope":"a  b","client_id":"c",
                 "iss":"i","aud":"r","organization_id":"o","plan":{"name":"gold"},"none":null}"#,
        )
        .unwrap();
        assert_eq!((claims.sub.as_str(), claims.client_id.as_deref()), ("u", Some("c")));
        assert_eq!(claims.organization_id.as_deref(), Some("o"));
        assert_eq!(
            (claims.audience, claims.scopes),
            (vec!["r".into()], vec!["a".into(), "b".into()])
        );
        assert_eq!((claims.exp, claims.iat, claims.jti.as_deref()), (Some(2), Some(1), Some("j")));
    }

    #[test]
    fn claims_of_ones_own_are_read_by_name_and_type() {
        let claims = TokenClaims::read(br#"{"sub":"u","seats":3,"none":null}"#).unwrap();
        assert_eq!(claims.get::<u8>("seats").unwrap(), Some(3));
        assert_eq!(claims.get::<String>("sub").unwrap().as_deref(), Some("u"));
        assert_eq!(claims.get::<u8>("none").unwrap(), None);
        assert_eq!(claims.get::<u8>("absent").unwrap(), None);
        assert!(claims.get::<bool>("seats").is_err());
    }

    #[test]
    fn several_audiences_are_all_there_and_an_empty_scope_is_none() {
        let claims = TokenClaims::read(br#"{"sub":"u","aud":["a","b"],"scope":""}"#).unwrap();
        assert_eq!(claims.audience, ["a", "b"]);
        assert!(claims.scopes.is_empty());
    }

    #[test]
    fn the_organization_is_that_of_the_claim_or_of_the_audience() {
        for (payload, organization) in [
            (r#"{"sub":"u","aud":"https://api.example"}"#, None),
            (r#"{"sub":"u","aud":"https://api.example","organization_id":"o1"}"#, Some("o1")),
            (r#"{"sub":"u","aud":"urn:logto:organization:o2"}"#, Some("o2")),
            (r#"{"sub":"u","aud":["x","urn:logto:organization:o3"]}"#, Some("o3")),
            (r#"{"sub":"u","aud":"urn:logto:organization:"}"#, None),
            (r#"{"sub":"u","aud":"urn:logto:resource:organizations"}"#, None),
        ] {
            let claims = TokenClaims::read(payload.as_bytes()).unwrap();
            assert_eq!(claims.organization(), organization, "{payload}");
        }
    }

    #[test]
    fn scopes_and_machines_are_told() {
        let read = |payload: &str| TokenClaims::read(payload.as_bytes()).unwrap();
        let claims = read(r#"{"sub":"u","client_id":"app","scope":"read:a read:b"}"#);
        assert!(claims.has_scope("read:a") && !claims.has_scope("read") && !claims.is_machine());
        assert!(read(r#"{"sub":"app","client_id":"app"}"#).is_machine());
        assert!(!read(r#"{"sub":"u"}"#).is_machine());
    }

    #[test]
    fn times_with_a_fraction_are_rounded_down() {
        let claims = TokenClaims::read(br#"{"sub":"u","iat":1.7e9,"exp":1700003600.9}"#).unwrap();
        assert_eq!((claims.iat, claims.exp), (Some(1_700_000_000), Some(1_700_003_600)));
    }

    #[test]
    fn what_is_no_such_token_is_none() {
        let wrong_times = [r#"{"sub":"u","exp":"1.5"}"#, r#"{"sub":"u","iat":-1.5}"#];
        let others = ["", "[]", "{}", "null", r#"{"sub":1}"#, r#"{"sub":"u","aud":1}"#];
        for payload in others.into_iter().chain(wrong_times) {
            assert!(TokenClaims::read(payload.as_bytes()).is_none(), "{payload}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_comes_makes_it_panic(payload in any::<Vec<u8>>(), text in r#"\{"sub":.*\}"#) {
            let _ = TokenClaims::read(&payload);
            let _ = TokenClaims::read(text.as_bytes());
        }
    }
}
