//! [`Logto::introspect`]: what Logto knows of a token.

use crate::client::Logto;
use crate::error::Error;
use crate::oidc::{AccessToken, Introspection};

impl Logto {
    /// Asks Logto what it knows of an opaque access token or a refresh token
    /// ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)): whether it counts now, whose it is and
    /// what it is good for. A text that is no token of Logto's is simply not active.
    ///
    /// Each call is a request to Logto, and nothing is kept: a token that is revoked is not active
    /// from that moment on. Logto tells any application about the tokens of every other one, so who
    /// lets somebody in by a token asks [`is_ours()`](Introspection::is_ours) as well.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, Logto};
    ///
    /// #[post("/check", data = "<token>")]
    /// async fn check(token: &str, logto: &Logto) -> Result<String, Error> {
    ///     let token = logto.introspect(token).await?;
    ///     Ok(if token.is_ours() { format!("{:?}", token.sub()) } else { "nobody".into() })
    /// }
    /// # fn main() { let _ = routes![check]; }
    /// ```
    ///
    /// # Errors
    ///
    /// As the response of a handler all of them are 503, with the reason in the log:
    ///
    /// - [`Error::Refused`] with `unsupported_token_type` for a JWT: it is verified by its
    ///   signature instead. Logto up to 1.41 tells about some. With `invalid_client` if `app_id` or
    ///   `app_secret` is wrong.
    /// - [`Error::Unavailable`] if Logto does not answer.
    /// - [`Error::BadAnswer`] if it answers what cannot be read.
    pub async fn introspect(&self, token: &str) -> Result<Introspection, Error> {
        self.client().oidc().introspect(&AccessToken::from(token)).await
    }
}
