//! [`ClockDifference`]: how far this server's clock is from Logto's, by the answers that come anyway.

use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use openidconnect::http::HeaderMap;
use openidconnect::http::header::{AGE, DATE};

/// Below this many seconds the clocks agree: `Date` has whole seconds, and an answer takes a while.
const TOLERANCE: u64 = 3;

/// How far this server's clock is from Logto's, by the `Date` of Logto's last answer ([RFC 9110, section
/// 6.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1)). It only explains errors and decides
/// nothing, because any proxy on the way can change this header.
#[derive(Default)]
pub(super) struct ClockDifference(Mutex<Option<Times>>);

/// What two clocks showed at the same time, in seconds since the Unix epoch.
#[derive(Clone, Copy)]
struct Times {
    here: u64,
    at_logto: u64,
}

impl ClockDifference {
    /// Notes the `Date` of an answer that came `now`, unless it comes from a cache.
    pub(super) fn note(&self, headers: &HeaderMap, now: u64) {
        if headers.contains_key(AGE) {
            return;
        }
        let date =
            headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        let since_epoch = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok());
        if let Some(since_epoch) = since_epoch {
            let times = Times { here: now, at_logto: since_epoch.as_secs() };
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(times);
        }
    }

    /// The number of seconds by which this server's clock is ahead of Logto's, if an answer had a `Date`;
    /// negative if it is behind. A difference below the accuracy of the measurement counts as zero.
    pub(super) fn ahead(&self) -> Option<i64> {
        let Times { here, at_logto } = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        let is_measured = here.abs_diff(at_logto) >= TOLERANCE;
        Some(if is_measured {
            here.cast_signed().saturating_sub(at_logto.cast_signed())
        } else {
            0
        })
    }

    /// A sentence to follow on what was refused; nothing, if no answer had a `Date`.
    pub(super) fn in_words(&self) -> String {
        let times = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Times { here, at_logto }) = times else { return String::new() };
        let (by, is) =
            (here.abs_diff(at_logto), if here < at_logto { "behind" } else { "ahead of" });
        let clocks = if by < TOLERANCE {
            "the two clocks agree".to_owned()
        } else {
            format!("this server's clock is {by} s {is} Logto's")
        };
        format!("; by the `Date` of Logto's last answer, {clocks}")
    }
}
