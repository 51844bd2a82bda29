//! The cookie of a message that the next page shows once. Rocket's
//! [`FlashMessage`](rocket::request::FlashMessage) reads it.

use std::time::Duration;

use cookie::Cookie;

use super::write::CookieWrite;

/// What Rocket calls the cookie.
const NAME: &str = "_flash";

/// The kind of the messages.
const KIND: &str = "success";

/// As long as one of Rocket's own.
const MAX_AGE: Duration = Duration::from_secs(5 * 60);

impl CookieWrite {
    /// A message of the kind `success`. The cookie of Rocket's own `Flash` would be `Strict`, and browsers
    /// would not send it to the page after Logto's redirect.
    pub(crate) fn flash(message: &str) -> Self {
        let content = format!("{}:{KIND}{message}", KIND.len());
        let encoded = Cookie::new(NAME, content).encoded().stripped().to_string();
        let value = encoded.split_once('=').map(|(_, value)| value.to_owned());
        Self::lax(NAME.into(), value, MAX_AGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_rocket_reads() {
        for message in ["You are signed in.", "Grüße, 100 %; a=b: \"<x>\""] {
            let written = CookieWrite::flash(message);
            let header = format!("{}={}", written.name, written.value.unwrap());
            assert!(header.is_ascii() && !header.contains([' ', ';', '"']), "{header}");
            let read = Cookie::parse_encoded(header).unwrap();
            assert_eq!(read.name_value(), ("_flash", &*format!("7:success{message}")));
        }
    }
}
