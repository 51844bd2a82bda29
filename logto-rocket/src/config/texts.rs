//! The rules for single texts: names, scopes, resources, durations.

use std::time::Duration;

use cookie::SameSite;
use url::Url;

use super::errors::Wrong;
use super::store::Store;
use crate::oidc::{Algorithm, ClientAuthentication, LogoutTyp};
use crate::shown::is_invisible;

/// The longest cookie name that is accepted, in bytes.
const MAX_COOKIE_NAME: usize = 64;

/// The longest name of a site, in characters.
const MAX_SITE_NAME: usize = 60;

/// The seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// The id of the application at Logto.
pub(super) fn app_id(text: &str) -> Result<String, Wrong> {
    if !text.is_empty() && text.chars().all(|char| char.is_ascii_graphic()) {
        return Ok(text.into());
    }
    Err(Wrong::new(
        "is not an app id: an app id is visible ASCII without spaces",
        "copy the app id from the application's page in Logto's console",
    ))
}

/// A scope ([RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
pub(super) fn scope(text: &str) -> Result<String, Wrong> {
    let allowed = |char: char| char.is_ascii_graphic() && !matches!(char, '"' | '\\');
    if !text.is_empty() && text.chars().all(allowed) {
        return Ok(text.into());
    }
    Err(Wrong::new(
        "is not a scope: a scope is visible ASCII without spaces, `\"` and `\\`",
        "write a list with one scope in each element, such as [\"email\", \"phone\"]",
    ))
}

/// A resource indicator ([RFC 8707, section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
/// A comma is rejected because Logto treats it as the end of a resource.
pub(super) fn resource(text: &str) -> Result<String, Wrong> {
    let allowed = |char: char| char.is_ascii_graphic() && !matches!(char, '#' | ',' | '\\');
    if text.chars().all(allowed) && Url::parse(text).is_ok() {
        return Ok(text.into());
    }
    Err(Wrong::new(
        "is not a resource indicator: an indicator is an absolute URI without fragments, commas \
         and spaces",
        "copy the API identifier from Logto's console, such as \"https://api.example.com\"",
    ))
}

/// The name of the session's cookie. Stricter than an HTTP token: it excludes characters that a
/// cookie parser might decode.
pub(super) fn cookie_name(text: &str) -> Result<String, Wrong> {
    if text == "_flash" {
        return Err(Wrong::new(
            "is the name of Rocket's cookie for flash messages",
            "write a name such as \"session\", or remove this key",
        ));
    }
    let allowed = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    if (1..=MAX_COOKIE_NAME).contains(&text.len()) && text.chars().all(allowed) {
        return Ok(text.into());
    }
    Err(Wrong::new(
        "is not a cookie name: a cookie name has 1 to 64 letters, digits, `-`, `_` and `.`",
        "write a name such as \"session\", or remove this key",
    ))
}

/// The name of a claim.
pub(super) fn claim(text: &str) -> Result<String, Wrong> {
    if !text.is_empty() && !text.chars().any(char::is_control) {
        return Ok(text.into());
    }
    Err(Wrong::new(
        "is not the name of a claim",
        "write a list of names such as [\"name\", \"roles\"]",
    ))
}

/// What people call the site. It stands on pages in plain text, so nothing in it may hide or reorder what
/// follows.
pub(super) fn site_name(text: &str) -> Result<String, Wrong> {
    let what = if text.chars().any(is_invisible) {
        "has a line break or another invisible character"
    } else if text.trim().is_empty() {
        "is blank"
    } else if text.trim().chars().count() > MAX_SITE_NAME {
        "is longer than 60 characters"
    } else {
        return Ok(text.trim().into());
    };
    let remedy = "write the name of the site, such as \"Example Shop\", or remove this key";
    Err(Wrong::new(what, remedy))
}

/// The `SameSite` attribute of the session's cookie.
pub(super) fn same_site(text: &str) -> Result<SameSite, Wrong> {
    match text {
        "lax" => Ok(SameSite::Lax),
        "strict" => Ok(SameSite::Strict),
        "none" => Ok(SameSite::None),
        _ => Err(Wrong::new("is not a `SameSite` value", "write \"lax\", \"strict\" or \"none\"")),
    }
}

/// Where sessions are kept.
pub(super) fn store(text: &str) -> Result<Store, Wrong> {
    match text {
        "cookie" => Ok(Store::Cookie),
        "memory" => Ok(Store::Memory),
        "redis" => Ok(Store::Redis),
        _ => Err(Wrong::new("is not a session store", "write \"cookie\", \"memory\" or \"redis\"")),
    }
}

/// The algorithm that tokens may be signed by.
pub(super) fn signing_algorithm(text: &str) -> Result<Algorithm, Wrong> {
    Algorithm::accepted(text).ok_or_else(|| {
        let upper = text.to_ascii_uppercase();
        if let Some(algorithm) = Algorithm::accepted(&upper) {
            let remedy = format!("write \"{algorithm}\"");
            return Wrong::new("is the name of an algorithm in the wrong letter case", remedy);
        }
        let what = match upper.as_str() {
            "NONE" => "would accept tokens that anybody makes",
            "HS256" | "HS384" | "HS512" => {
                "uses a shared secret, so anyone who can verify a token could also make one"
            }
            _ => "is not an algorithm that is accepted",
        };
        Wrong::new(what, "write \"ES384\" (Logto's default), \"ES256\", \"RS256\" or \"PS256\"")
    })
}

/// Where the app secret goes.
pub(super) fn client_authentication(text: &str) -> Result<ClientAuthentication, Wrong> {
    match text {
        "basic" => Ok(ClientAuthentication::Basic),
        "post" => Ok(ClientAuthentication::Post),
        _ => {
            let what = "is not a way to send the app secret";
            Err(Wrong::new(what, "write \"basic\" (in a header) or \"post\" (in the body)"))
        }
    }
}

/// Whether logout tokens must have the `typ` of one.
pub(super) fn logout_typ(text: &str) -> Result<LogoutTyp, Wrong> {
    match text {
        "required" => Ok(LogoutTyp::Required),
        "optional" => Ok(LogoutTyp::Optional),
        _ => {
            let what = "does not say whether logout tokens must have a `typ`";
            Err(Wrong::new(what, "write \"required\" or \"optional\""))
        }
    }
}

/// A duration between two bounds, both allowed.
pub(super) fn duration(text: &str, (least, most): (Duration, Duration)) -> Result<Duration, Wrong> {
    let remedy = format!(
        "write a duration from {} to {} with its unit, such as {}",
        words(least),
        words(most),
        examples(least, most),
    );
    match humantime::parse_duration(text) {
        Err(_) => Err(Wrong::new("is not a duration with a unit", remedy)),
        Ok(duration) if duration < least => Err(Wrong::new("is too short", remedy)),
        Ok(duration) if duration > most => Err(Wrong::new("is too long", remedy)),
        Ok(duration) => Ok(duration),
    }
}

/// Some durations between two bounds, as one writes them.
fn examples(least: Duration, most: Duration) -> String {
    let is_allowed = |text: &&str| {
        humantime::parse_duration(text).is_ok_and(|time| (least..=most).contains(&time))
    };
    let examples = ["500ms", "10s", "90s", "15m", "1h", "14d"].into_iter().filter(is_allowed);
    let quoted: Vec<_> = examples.map(|text| format!("\"{text}\"")).collect();
    match &quoted[..] {
        [others @ .., end] if !others.is_empty() => format!("{} or {end}", others.join(", ")),
        few => few.concat(),
    }
}

/// A duration between two bounds, both allowed, or `none`.
pub(super) fn duration_or_none(
    text: &str,
    bounds: (Duration, Duration),
) -> Result<Option<Duration>, Wrong> {
    if text == "none" {
        return Ok(None);
    }
    duration(text, bounds).map(Some).map_err(|mut wrong| {
        wrong.remedy.push_str(", or \"none\"");
        wrong
    })
}

/// A duration in its usual unit: days, but never months or years.
pub(super) fn words(duration: Duration) -> String {
    match duration.as_secs() {
        days if days >= DAY && days % DAY == 0 && duration.subsec_nanos() == 0 => {
            format!("{}d", days / DAY)
        }
        _ => humantime::format_duration(duration).to_string(),
    }
}
