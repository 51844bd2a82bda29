//! The keys under `webhook`: by what the webhooks of Logto are known, and what follows from them.

use super::errors::{Warning, Wrong};
use super::reader::Reader;
use crate::webhook::{Settings, SigningKeys};

/// The length of the keys that Logto makes.
const LENGTH: usize = 32;

/// Reads the keys under `webhook`. Without a signing key there are no webhooks.
pub(super) fn read(reader: &mut Reader, warnings: &mut Vec<Warning>) -> Option<Settings> {
    let key = "webhook.signing_keys";
    let end_on_password_reset = reader.flag("webhook.end_on_password_reset").unwrap_or(true);
    let keys = reader.list(key, signing_key)?;
    let remedy = "copy the signing key of the webhook in Logto's console";
    if keys.is_empty() && !reader.is_wrong(key) {
        reader.reject(key, Wrong::new("is an empty list", format!("{remedy}, or remove this key")));
    }
    if let Some(other) = keys.iter().find(|key| key.len() != LENGTH) {
        let what = format!(
            "has a key of {} characters, but Logto makes keys of {LENGTH}: if it differs from \
             the key of the webhook, all reports are refused",
            other.len()
        );
        warnings.push(reader.warning(key, &what, remedy));
    }
    let keys = SigningKeys::new(keys.iter().map(String::as_str));
    Some(Settings { keys, end_on_password_reset })
}

/// A key by which Logto signs. A shorter one than Logto's was cut, and could be guessed.
fn signing_key(text: &str) -> Result<String, Wrong> {
    let remedy = "copy the whole signing key of the webhook in Logto's console";
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Wrong::new("has characters that a signing key of Logto never has", remedy));
    }
    if text.len() < LENGTH {
        let what = format!("has {} characters, but Logto makes keys of {LENGTH}", text.len());
        return Err(Wrong::new(what, remedy));
    }
    Ok(text.to_owned())
}
