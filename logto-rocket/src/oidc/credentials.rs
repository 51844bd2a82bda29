//! [`Credentials`]: how an application authenticates at Logto ([RFC 6749, section
//! 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openidconnect::HttpRequest;
use openidconnect::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use openidconnect::http::{HeaderValue, Request};
use url::{Url, form_urlencoded};

use super::http::{bad_answer, finish};
use super::secrets::ClientSecret;
use super::settings::ClientAuthentication;
use crate::error::{Call, Error};

/// An application that sends requests in its own name.
#[derive(Clone, Copy)]
pub(super) struct Credentials<'c> {
    pub id: &'c str,
    pub secret: &'c ClientSecret,
    pub authentication: ClientAuthentication,
}

impl Credentials<'_> {
    /// A POST of a form in the name of the application.
    pub(super) fn form(&self, call: Call, url: &Url, body: &str) -> Result<HttpRequest, Error> {
        let request = Request::post(url.as_str())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        match self.authentication {
            ClientAuthentication::Basic => {
                let request = request.header(AUTHORIZATION, self.header(call)?);
                finish(call, request, body.as_bytes().to_vec())
            }
            ClientAuthentication::Post => finish(call, request, self.within(body).into_bytes()),
        }
    }

    /// Id and secret, each encoded as in a form first.
    fn header(&self, call: Call) -> Result<HeaderValue, Error> {
        let encoded =
            |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let pair = format!("{}:{}", encoded(self.id), encoded(self.secret.reveal()));
        let mut header = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)))
            .map_err(|_| bad_answer(call, "the app secret cannot be sent in a header"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// The form with id and secret in it, each once: an authorization request that is pushed has the id
    /// already.
    fn within(&self, body: &str) -> String {
        let others =
            form_urlencoded::parse(body.as_bytes()).filter(|(name, _)| name != "client_id");
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(others)
            .append_pair("client_id", self.id)
            .append_pair("client_secret", self.secret.reveal())
            .finish()
    }
}
