//! Numbers; figment has twelve types of them.

use rocket::figment::value::Num;

/// The number as a non-negative integer, whatever its type.
pub(super) fn unsigned(number: Num) -> Option<u128> {
    number.to_u128().or_else(|| number.to_i128().and_then(|whole| whole.try_into().ok()))
}

/// A number as it is written.
pub(super) fn written(number: Num) -> String {
    number
        .to_u128()
        .map(|whole| whole.to_string())
        .or_else(|| number.to_i128().map(|whole| whole.to_string()))
        .or_else(|| number.to_f64().map(|fraction| fraction.to_string()))
        .unwrap_or_default()
}
