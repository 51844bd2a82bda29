//! [`token_of`]: the access token that a request presents.

use rocket::Request;

use super::state::RequestState;
use crate::error::{Error, Refusal};
use crate::events::Event;
use crate::oidc::VerifiedToken;
use crate::resource_server::ResourceServer;

/// What the `Authorization` headers of a request say
/// ([RFC 6750, section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
enum Presented<'r> {
    /// No token: there is no header, or one with another scheme, such as that of a proxy in front.
    Nothing,
    /// A token.
    Token(&'r str),
    /// Something else with the scheme `Bearer`.
    Malformed(&'static str),
}

/// Whether a request presents an access token, well-formed or not, and therefore counts as one of a program.
pub(crate) fn presents_token(request: &Request<'_>) -> bool {
    !matches!(presented(request), Presented::Nothing)
}

/// The access token that a request presents, whatever its audience. It is verified once for each request.
pub(crate) async fn token_of<'r>(
    request: &'r Request<'_>,
    state: &'r RequestState,
) -> Result<&'r VerifiedToken, Refusal> {
    let verified = if let Some(verified) = state.token.get() {
        verified
    } else {
        let found = find(request).await;
        state.token.get_or_init(|| found)
    };
    verified.as_ref().map_err(Clone::clone)
}

async fn find(request: &Request<'_>) -> Result<VerifiedToken, Refusal> {
    let server = ResourceServer::of(request.rocket()).ok_or(Refusal::NotAttached)?;
    let token = match presented(request) {
        Presented::Nothing => return Err(Refusal::NoToken),
        Presented::Malformed(why) => return Err(Refusal::InvalidRequest(why)),
        Presented::Token(token) => token,
    };
    server.verify(token).await.map_err(|error| match error {
        // Checked last, because most tokens are in the cache of verified tokens.
        Error::InvalidToken(_) if !token.bytes().all(is_of_token) => {
            Refusal::InvalidRequest("has a token with characters that are not allowed in tokens")
        }
        Error::InvalidToken(why) => {
            if !token.contains('.') {
                server.warn_of_opaque_tokens();
            }
            Refusal::InvalidToken(why)
        }
        error => {
            let refusal = Refusal::from(&error);
            server.emit(&Event::Undecided { error });
            refusal
        }
    })
}

fn presented<'r>(request: &'r Request<'_>) -> Presented<'r> {
    let mut headers = request.headers().get("Authorization");
    let (Some(first), second) = (headers.next(), headers.next()) else { return Presented::Nothing };
    let token = |header: &'r str| {
        let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
        scheme.eq_ignore_ascii_case("Bearer").then_some(token)
    };
    match (token(first), second) {
        (None, None) => Presented::Nothing,
        (None, Some(second)) if token(second).is_none() => Presented::Nothing,
        (_, Some(_)) => Presented::Malformed("is there more than once"),
        (Some(text), None) => {
            let text = text.trim_start_matches(' ');
            if text.is_empty() {
                Presented::Malformed("has no token after `Bearer`")
            } else {
                Presented::Token(text)
            }
        }
    }
}

/// Whether a byte may be in a token: `b64token` of RFC 6750.
fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}
