//! What a program that presents access tokens gets when it is refused: a challenge
//! ([RFC 6750, section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)) and a problem document.

use rocket::Request;
use rocket::http::Header;

use crate::error::Refusal;
use crate::request::RequestState;
use crate::resource_server::ResourceServer;

/// The challenge of a refused program; `None` where the protocol has none.
pub(super) fn challenge(request: &Request<'_>, refusal: &Refusal) -> Option<Header<'static>> {
    let mut parameters = Parameters::default();
    match refusal {
        // Without credentials there is no error to tell of.
        Refusal::NoToken | Refusal::NotSignedIn => {}
        Refusal::InvalidRequest(_) => parameters.add("error", "invalid_request"),
        Refusal::InvalidToken(_) => parameters.add("error", "invalid_token"),
        Refusal::InsufficientScope { scopes, .. } => {
            parameters.add("error", "insufficient_scope");
            // A guard of the application may have copied them from the request.
            let scopes: Vec<_> = scopes.split(' ').filter(|scope| is_scope(scope)).collect();
            if !scopes.is_empty() {
                parameters.add("scope", &scopes.join(" "));
            }
        }
        // RFC 9470, section 3.
        Refusal::TokenTooOld { max_age } => {
            parameters.add("error", "insufficient_user_authentication");
            parameters.add("max_age", &max_age.as_secs().to_string());
        }
        _ => return None,
    }
    if let Some(url) = metadata_url(request) {
        // RFC 9728, section 5.1.
        parameters.add("resource_metadata", &url);
    }
    Some(Header::new("WWW-Authenticate", parameters.of("Bearer")))
}

/// Whether a text is a scope ([RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
fn is_scope(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    !text.is_empty() && text.bytes().all(is_allowed)
}

/// The address of the metadata of the resource that the request is about.
fn metadata_url(request: &Request<'_>) -> Option<String> {
    let resource = RequestState::of(request).resource(request)?;
    ResourceServer::of(request.rocket())?.metadata_url(resource)
}

/// The parameters of a challenge
/// ([RFC 9110, section 11.2](https://www.rfc-editor.org/rfc/rfc9110#section-11.2)). No value of ours has
/// a quote or a backslash: they are scopes, numbers and URLs.
#[derive(Default)]
struct Parameters(Vec<String>);

impl Parameters {
    fn add(&mut self, name: &str, value: &str) {
        self.0.push(format!("{name}=\"{value}\""));
    }

    fn of(self, scheme: &str) -> String {
        if self.0.is_empty() {
            return scheme.into();
        }
        format!("{scheme} {}", self.0.join(", "))
    }
}
