//! [`Logto::introspect`]: what Logto knows about a token.

use crate::client::Logto;
use crate::error::Error;
use crate::oidc::{AccessToken, Introspection};

impl Logto {
    /// Asks Logto about an opaque access token or a refresh token ([RFC
    /// 7662](https://www.rfc-editor.org/rfc/rfc7662)): whether it is valid now, to whom it belongs and what it
    /// permits. A text that is not a token of Logto is not active.
    ///
    /// Each call is a request to Logto, and the answer is not cached, so a revoked token is inactive at once.
    /// Logto answers any application about the tokens of every other application.
    ///
    /// Do not use introspection to authorize requests of programs. The answer names no audience, so a token for
    /// any API would pass, and a refresh token is active too. Use routes with `bearer`, which accept JWTs for
    /// an API resource ([manual](crate::guide::apis)). If you use introspection nevertheless, also check
    /// [`is_ours()`](Introspection::is_ours) and [`token_type()`](Introspection::token_type), which is absent
    /// for a refresh token.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, Logto};
    ///
    /// #[post("/check", data = "<token>")]
    /// async fn check(token: &str, logto: &Logto) -> Result<String, Error> {
    ///     let token = logto.introspect(token).await?;
    ///     let is_access_token = token.token_type().is_some();
    ///     Ok(if token.is_ours() && is_access_token { format!("{:?}", token.sub()) } else { "nobody".into() })
    /// }
    /// # fn main() { let _ = routes![check]; }
    /// ```
    ///
    /// # Errors
    ///
    /// Each error is 503 as the response of a handler, with the reason in the log:
    ///
    /// - [`Error::Refused`] with `unsupported_token_type` for a JWT; verify its signature instead. (Logto up to
    ///   1.41 answers for some JWTs.) [`Error::Refused`] with `invalid_client` if `app_id` or `app_secret` is
    ///   wrong.
    /// - [`Error::Unavailable`] if Logto does not answer.
    /// - [`Error::BadAnswer`] if Logto's answer cannot be read.
    pub async fn introspect(&self, token: &str) -> Result<Introspection, Error> {
        self.client().oidc().introspect(&AccessToken::from(token)).await
    }
}
