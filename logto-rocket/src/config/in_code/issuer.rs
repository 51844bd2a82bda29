//! The keys for what issuers do in different ways, written in code.

use rocket::figment::value::Dict;

use super::Config;

impl Config {
    /// The only accepted signing algorithm of ID tokens, logout tokens and access tokens ([OpenID Connect Core,
    /// section 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)): `ES384`
    /// (Logto's default), `ES256`, `RS256` or `PS256`. Default: each of these, as the type of the signing key
    /// determines.
    ///
    /// With this setting, a token that is signed with another algorithm is refused, even if the issuer
    /// publishes a key for it. Remove the setting before the type of Logto's signing key changes. Otherwise
    /// nobody can sign in.
    pub fn signing_algorithm(self, algorithm: impl Into<String>) -> Self {
        self.set("signing_algorithm", algorithm.into())
    }

    /// Where this server puts the app secret in requests to Logto ([RFC 6749, section
    /// 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)): `basic`, in the `Authorization` header,
    /// or `post`, in the body. Default: `basic`. Logto accepts both. The setting applies to requests for
    /// tokens, revocation, introspection and pushed authorization. Proxies and servers log bodies more often
    /// than this header.
    pub fn client_authentication(self, by: impl Into<String>) -> Self {
        self.set("client_authentication", by.into())
    }

    /// Whether the header of a logout token must have the `typ` `logout+jwt` ([Back-Channel Logout, section
    /// 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)): `required` or
    /// `optional`. Default: `required`, because Logto always sends it. With `optional`, only the claims
    /// distinguish a token without `typ` from an ID token: the token must have the logout event and no `nonce`.
    /// Another `typ` is refused in both cases.
    pub fn backchannel_logout_typ(self, typ: impl Into<String>) -> Self {
        self.set("backchannel_logout", Dict::from([("typ".into(), typ.into().into())]))
    }
}
