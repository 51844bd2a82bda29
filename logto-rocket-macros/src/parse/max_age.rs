//! [`MaxAge`]: how old a sign-in may be.

use std::fmt::{self, Display, Formatter};

use syn::Error;
use syn::parse::{ParseStream, Result};

use super::key::Key;
use super::text::Text;

/// 400 days, the longest `session.max_lifetime`.
const LONGEST: u64 = 400 * 24 * 3600;

/// An age with its unit, as `"15m"`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MaxAge {
    text: Text,
    pub(crate) seconds: u64,
}

impl MaxAge {
    pub(super) fn parse(input: ParseStream<'_>) -> Result<Self> {
        let text = Text::parse(input, Key::MaxAge.example())?;
        let seconds = seconds(&text.value).map_err(|why| Error::new(text.span, why))?;
        Ok(Self { text, seconds })
    }
}

impl Display for MaxAge {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

fn seconds(text: &str) -> std::result::Result<u64, String> {
    let expected = "expected a whole number and a unit: `15s`, `15m`, `15h` or `15d`";
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err(expected.into());
    }
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        "" => {
            return Err(format!("`{number}` has no unit; write `{number}s` or `{number}m`"));
        }
        _ => return Err(expected.into()),
    };
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)) {
        Some(0) => {
            Err("no sign-in is that recent; write the longest age that you accept, such as `1m`"
                .into())
        }
        Some(seconds) if seconds <= LONGEST => Ok(seconds),
        _ => Err("this is more than 400 days, and no session lasts longer; leave it out".into()),
    }
}
