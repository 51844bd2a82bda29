//! [`Flash`]: what users read once after a sign-in and after a sign-out.

use cookie::Cookie;

use super::errors::Wrong;
use super::reader::Reader;

/// The longest text, in bytes as a cookie has it. A sign-in has few to spare of what proxies take.
const MAX: usize = 200;

/// What users read once, on the page that they come to. The application shows it by Rocket's
/// [`FlashMessage`](rocket::request::FlashMessage).
#[derive(Clone, Debug, Default)]
pub(crate) struct Flash {
    pub(crate) signed_in: Option<String>,
    pub(crate) signed_out: Option<String>,
}

impl Flash {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            signed_in: reader.text("sign_in.flash", text),
            signed_out: reader.text("sign_out.flash", text),
        }
    }
}

fn text(text: &str) -> Result<String, Wrong> {
    let encoded = Cookie::new("", text).encoded().stripped().to_string();
    let bytes = encoded.len() - "=".len();
    let what = if text.trim().is_empty() {
        "is blank".to_owned()
    } else if text.chars().any(char::is_control) {
        "has a line break or another control character".to_owned()
    } else if bytes > MAX {
        format!(
            "takes {bytes} bytes in a cookie, of {MAX}: blanks and most signs take three, letters \
             beyond ASCII six and more"
        )
    } else {
        return Ok(text.to_owned());
    };
    Err(Wrong::new(
        what,
        "write a short sentence such as \"You are signed in.\", or remove this key",
    ))
}
