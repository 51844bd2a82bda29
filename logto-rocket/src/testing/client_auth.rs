use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::answer::Refused;
use super::params::Params;
use super::settings::App;
use super::state::State;

/// The credentials of an application, not yet checked.
pub(super) enum Credentials {
    /// `Authorization: Basic`, both parts decoded (RFC 6749, section 2.3.1)
    Basic(String, String),
    /// `client_id` and `client_secret` in the form
    Post(String, Option<String>),
    /// A header that is no such thing
    Malformed,
    Both,
    Missing,
}

impl Credentials {
    pub(super) fn new(authorization: Option<&str>, params: &Params) -> Self {
        let id = params.get("client_id").map(str::to_owned);
        let secret = params.get("client_secret").map(str::to_owned);
        match (authorization, id, secret) {
            (Some(_), _, Some(_)) => Self::Both,
            (Some(header), _, None) => Self::basic(header).unwrap_or(Self::Malformed),
            (None, Some(id), secret) => Self::Post(id, secret),
            (None, None, _) => Self::Missing,
        }
    }

    fn basic(header: &str) -> Option<Self> {
        let (scheme, encoded) = header.split_once(' ')?;
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        let basic = scheme.eq_ignore_ascii_case("basic");
        basic.then(|| Self::Basic(form_decoded(id), form_decoded(secret)))
    }
}

impl State {
    /// The application that sent these credentials. An unknown one is 400, a wrong secret 401.
    pub(super) fn authenticate(&self, credentials: &Credentials) -> Result<&App, Refused> {
        let (id, secret, basic) = match credentials {
            Credentials::Basic(id, secret) => (id, Some(secret), true),
            Credentials::Post(id, secret) => (id, secret.as_ref(), false),
            Credentials::Malformed => {
                return Err(Refused::invalid_request("invalid authorization header value format"));
            }
            Credentials::Both => {
                return Err(Refused::invalid_request(
                    "client authentication must only be provided using one mechanism",
                ));
            }
            Credentials::Missing => {
                return Err(Refused::invalid_request(
                    "no client authentication mechanism provided",
                ));
            }
        };
        let app = self
            .app(id)
            .ok_or_else(|| Refused::new(400, "invalid_client", format!("invalid client {id}")))?;
        if secret == Some(&app.secret) {
            return Ok(app);
        }
        let description = "client authentication failed";
        let refused = Refused::new(401, "invalid_client", description);
        if !basic {
            return Err(refused);
        }
        let issuer = self.issuer();
        Err(refused.challenge(format!(
            r#"Basic realm="{issuer}", error="invalid_client", error_description="{description}""#
        )))
    }
}

/// One value as a form has it: `+` is a space, `%xx` a byte.
fn form_decoded(text: &str) -> String {
    let plain = text.replace('&', "%26").replace('=', "%3D");
    let mut pairs = url::form_urlencoded::parse(plain.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}
