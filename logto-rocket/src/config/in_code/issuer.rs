//! The keys for what issuers do in different ways, written in code.

use rocket::figment::value::Dict;

use super::Config;

impl Config {
    /// The only algorithm that ID tokens, logout tokens and access tokens may be signed by
    /// ([OpenID Connect Core, section 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)):
    /// `ES384`, which is Logto's usual one, `ES256`, `RS256` or `PS256`. Default: each of these, if the
    /// key that signed the token is for it.
    ///
    /// Pinned, a token by another algorithm is refused even if the issuer publishes a key for it. Before
    /// the type of Logto's signing key is changed, remove this key: no one can sign in otherwise.
    pub fn signing_algorithm(self, algorithm: impl Into<String>) -> Self {
        self.set("signing_algorithm", algorithm.into())
    }

    /// Where the app secret goes when this server sends requests to Logto
    /// ([RFC 6749, section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)): `basic`, the
    /// `Authorization` header, or `post`, the body. Default: `basic`. Logto takes both. It is the same for
    /// tokens, revocation, introspection and pushed authorization requests. Proxies and servers log
    /// bodies more often than this header.
    pub fn client_authentication(self, by: impl Into<String>) -> Self {
        self.set("client_authentication", by.into())
    }

    /// Whether a logout token must say in its header that it is one, by the `typ` `logout+jwt`
    /// ([Back-Channel Logout, section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)):
    /// `required` or `optional`. Default: `required`, because Logto always sends it. With `optional` a
    /// token without `typ` is told from an ID token by its claims alone: it must have the event of a logout
    /// and no `nonce`. Another `typ` is refused in both cases.
    pub fn backchannel_logout_typ(self, typ: impl Into<String>) -> Self {
        self.set("backchannel_logout", Dict::from([("typ".into(), typ.into().into())]))
    }
}
