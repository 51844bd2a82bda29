//! The keys that encrypt cookies, in every form that Rocket's own `secret_key` can have.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cookie::Key;
use rocket::figment::Figment;
use rocket::figment::value::Value;

use super::errors::Wrong;
use super::numbers;

/// How to make a key.
pub(super) const MAKE_ONE: &str =
    "make a key with `openssl rand -base64 32` and keep it secret, such as in `ROCKET_SECRET_KEY`";

/// The key that Rocket makes of `value`: base64 of 32 or 64 bytes, 64 hexadecimal digits, or the
/// bytes themselves. `None` if it is all zeroes, which to Rocket means that there is none.
pub(super) fn key(value: &Value) -> Result<Option<Key>, Wrong> {
    let bytes = bytes(value).ok_or_else(not_a_key)?;
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    match bytes.len() {
        64.. => Ok(Some(Key::from(&bytes))),
        _ => Ok(Some(Key::derive_from(&bytes))),
    }
}

/// Whether Rocket has a `secret_key`, right or wrong.
pub(crate) fn has_secret_key(figment: &Figment) -> bool {
    figment.find_value("secret_key").is_ok_and(|value| !matches!(key(&value), Ok(None)))
}

/// At least 32 bytes.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    let bytes = match value {
        Value::String(_, text) => match text.len() {
            44 | 88 => STANDARD.decode(text).ok()?,
            64 => from_hex(text)?,
            _ => return None,
        },
        Value::Array(_, bytes) => bytes.iter().map(byte).collect::<Option<_>>()?,
        _ => return None,
    };
    (bytes.len() >= 32).then_some(bytes)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|char| char.to_digit(16)).collect();
    digits?.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}

fn byte(value: &Value) -> Option<u8> {
    numbers::unsigned(value.to_num()?)?.try_into().ok()
}

fn not_a_key() -> Wrong {
    let what = "is not a key: a key is base64 of 32 or 64 bytes, 64 hexadecimal digits, or an array of \
                at least 32 bytes";
    Wrong::new(what, MAKE_ONE)
}
