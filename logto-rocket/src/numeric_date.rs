//! [`NumericDate`]: a time in a token. It may have a fraction.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Number;

/// The end of the year 9999: a later time is an error or has another unit.
const LATEST: u64 = 253_402_300_799;

/// Seconds since the Unix epoch, with or without a fraction
/// ([RFC 7519, section 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
///
/// The clock of this crate counts whole seconds, so each date is rounded to the stricter side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NumericDate(Duration);

impl NumericDate {
    /// The last whole second before it: for `exp`, and for an age (`auth_time`, `iat`).
    pub(crate) fn rounded_down(self) -> u64 {
        self.0.as_secs()
    }

    /// The first whole second after it: for `nbf` and `iat`, which must not be in the future.
    pub(crate) fn rounded_up(self) -> u64 {
        self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0)
    }
}

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let date = unsigned(&Number::deserialize(deserializer)?).map(Self);
        let date = date.filter(|date| date.rounded_up() <= LATEST);
        date.ok_or_else(|| D::Error::custom("not a time between 1970 and 9999"))
    }
}

/// A claim with a date, rounded down; `None` if it is `null`.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(claim: D) -> Result<Option<u64>, D::Error> {
    Ok(Option::<NumericDate>::deserialize(claim)?.map(NumericDate::rounded_down))
}

/// A claim in milliseconds, rounded down; `None` if it is `null`.
pub(crate) fn milliseconds<'de, D: Deserializer<'de>>(claim: D) -> Result<Option<i64>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(claim)? else { return Ok(None) };
    let rounded = || i64::try_from(unsigned(&number)?.as_secs()).ok();
    let whole = number.as_i64().or_else(rounded);
    whole.map(Some).ok_or_else(|| D::Error::custom("not a number of milliseconds"))
}

/// A number that is neither negative nor too large, as so many seconds.
fn unsigned(number: &Number) -> Option<Duration> {
    let fractional = || Duration::try_from_secs_f64(number.as_f64()?).ok();
    number.as_u64().map(Duration::from_secs).or_else(fractional)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Option<(u64, u64)> {
        let date: NumericDate = serde_json::from_str(json).ok()?;
        Some((date.rounded_down(), date.rounded_up()))
    }

    #[test]
    fn a_fraction_is_rounded_to_either_side() {
        for (json, down, up) in [
            ("0", 0, 0),
            ("1700000000", 1_700_000_000, 1_700_000_000),
            ("1700000000.0", 1_700_000_000, 1_700_000_000),
            ("1.7e9", 1_700_000_000, 1_700_000_000),
            ("1.5", 1, 2),
            ("1700000000.000001", 1_700_000_000, 1_700_000_001),
            ("1700000000.999999", 1_700_000_000, 1_700_000_001),
            ("253402300798.5", LATEST - 1, LATEST),
        ] {
            assert_eq!(read(json), Some((down, up)), "{json}");
        }
    }

    #[test]
    fn what_is_no_time_between_1970_and_9999_is_refused() {
        for json in [
            "-1",
            "-0.5",
            "-1.5",
            "1e300",
            "-1e300",
            "253402300799.5",
            "253402300800",
            "18446744073709551615",
            "18446744073709551616",
            "NaN",
            "Infinity",
            "\"1\"",
            "\"1.5\"",
            "null",
            "true",
            "[1]",
            "{}",
            "",
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    proptest! {
        #[test]
        fn a_date_lies_between_its_roundings(number in 1.0..3e11_f64) {
            let json = serde_json::to_string(&number).unwrap();
            if let Some((down, up)) = read(&json) {
                let (down, up) = (down.to_string(), up.to_string());
                let (down, up): (f64, f64) = (down.parse().unwrap(), up.parse().unwrap());
                prop_assert!(down <= number && number <= up && up - down <= 1.0);
            }
        }
    }
}
