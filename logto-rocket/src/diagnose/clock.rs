//! Whether this server's clock and Logto's agree.

use std::time::Duration;

use super::finding::DiagnosisCheck::Clock;
use super::finding::Finding;
use crate::oidc::Issuer;
use crate::shown::duration;

/// Compares the two clocks by the answers that have come.
pub(super) fn check(issuer: &Issuer) -> Finding {
    let Some(ahead) = issuer.clock_ahead() else {
        let cure = format!(
            "compare the two clocks, which may differ by {} ({}); NTP keeps both right",
            duration(issuer.clock_skew()),
            issuer.key("clock_skew")
        );
        let found = "Logto has sent no answer with a header `Date` that is a time";
        return Finding::unknown(Clock, found, cure);
    };
    let (by, accepted) = (Duration::from_secs(ahead.unsigned_abs()), issuer.clock_skew());
    if by.is_zero() {
        return Finding::good(Clock, "this server's clock and Logto's agree");
    }
    let is = if ahead < 0 { "behind" } else { "ahead of" };
    let found = format!(
        "this server's clock is {} {is} Logto's, and {} accepts {}",
        duration(by),
        issuer.key("clock_skew"),
        duration(accepted)
    );
    if by <= accepted {
        return Finding::good(Clock, found);
    }
    let cure = "run NTP on this server and on Logto's, which corrects the wrong clock; until then every \
                sign-in fails, because ID tokens seem to have expired or to be issued in the \
                future";
    Finding::wrong(Clock, found, cure)
}
