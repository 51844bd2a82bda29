//! How a value is shown in a message: a text from outside by [`shown`], a message with such texts by [`OneLine`], a
//! value by [`type_of`], a time by [`duration`].

use std::fmt::{self, Write as _};
use std::time::Duration;

use serde_json::Value;

/// The maximum number of characters shown.
const MAX_SHOWN: usize = 80;

/// The text without line breaks and control characters, truncated if it is too long.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Writes text on one line, with control characters and characters that reorder a line escaped.
pub(crate) struct OneLine<W>(pub W);

impl<W: fmt::Write> fmt::Write for OneLine<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            if is_invisible(char) {
                write!(self.0, "{}", char.escape_default())?;
            } else {
                self.0.write_char(char)?;
            }
        }
        Ok(())
    }
}

/// A message on one line.
pub(crate) fn one_line(message: &dyn fmt::Display) -> String {
    let mut line = String::new();
    // A `String` takes all that is written.
    let _ = write!(OneLine(&mut line), "{message}");
    line
}

/// Whether a character hides or reorders the text around it.
pub(crate) fn is_invisible(char: char) -> bool {
    char.is_control()
        || ('\u{2028}'..='\u{202e}').contains(&char)
        || ('\u{2066}'..='\u{2069}').contains(&char)
        || matches!(char, '\u{200b}' | '\u{feff}')
}

/// The type of a JSON value, in words.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A time as people say it: `14 days`, `1 hour 30 minutes`.
pub(crate) fn duration(time: Duration) -> String {
    let text = humantime::format_duration(time).to_string();
    let parts = text.split(' ').map(|part| {
        let unit_at = part.find(|char: char| !char.is_ascii_digit()).unwrap_or(part.len());
        let (count, unit) = part.split_at(unit_at);
        let unit = match unit.trim_end_matches('s') {
            "" => "second",
            "m" if unit == "ms" => "millisecond",
            "m" => "minute",
            "h" => "hour",
            other => other,
        };
        format!("{count} {unit}{}", if count == "1" { "" } else { "s" })
    });
    parts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_as_people_say_it() {
        for (seconds, expected) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (90, "1 minute 30 seconds"),
            (3600, "1 hour"),
            (7200, "2 hours"),
            (86_400, "1 day"),
            (14 * 86_400, "14 days"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)), expected);
        }
        assert_eq!(duration(Duration::from_millis(500)), "500 milliseconds");
        assert_eq!(duration(Duration::from_millis(1001)), "1 second 1 millisecond");
    }
}
