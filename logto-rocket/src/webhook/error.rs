//! [`WebhookError`]: why a webhook was refused.

use std::fmt;

use crate::error::Error;

/// Why a webhook was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookError {
    /// The request has no header `logto-signature-sha-256` with 64 hexadecimal digits in lower case, or
    /// has more than one (401). It is not Logto's, or the hook has a header of the same name configured.
    NoSignature,
    /// The signature is that of none of `webhook.signing_keys` (401). It is forged, or the key of the hook
    /// has changed.
    WrongSignature,
    /// The request does not say how long its body is (411). Logto says it, so something on the way has
    /// taken the header off.
    NoLength,
    /// The body is longer than 8 MiB (413).
    TooLong,
    /// The body did not come in time (408).
    TooSlow,
    /// The request is signed, but says nothing that a webhook says, or its body was cut off (400).
    Unreadable(&'static str),
    /// The memory for large bodies is used up by others (503). So that this hides nothing, the claims of
    /// all users are confirmed at Logto.
    Busy,
    /// The session store did not end the sessions that were to end (503). In this process they have.
    Unavailable(Error),
}

impl WebhookError {
    /// The status of the response.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::NoSignature | Self::WrongSignature => 401,
            Self::NoLength => 411,
            Self::TooLong => 413,
            Self::TooSlow => 408,
            Self::Unreadable(_) => 400,
            Self::Busy | Self::Unavailable(_) => 503,
        }
    }

    /// Whether anybody could have caused it, and no operator can mend it.
    pub(crate) fn is_the_senders(&self) -> bool {
        !matches!(self, Self::Busy | Self::Unavailable(_))
    }
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSignature => f.write_str(
                "the request must have one header `logto-signature-sha-256` with 64 hexadecimal \
                 digits",
            ),
            Self::WrongSignature => f.write_str(
                "the signature matches none of `webhook.signing_keys`; if Logto sent the \
                 request, copy the signing key of the webhook in Logto's console",
            ),
            Self::NoLength => f.write_str(
                "there is no `Content-Length`; if Logto sent the request, let the proxy pass the \
                 header on",
            ),
            Self::TooLong => f.write_str("the body is longer than 8 MiB"),
            Self::TooSlow => f.write_str("the body did not arrive in time"),
            Self::Unreadable(why) => f.write_str(why),
            Self::Busy => f.write_str(
                "other large bodies use the 32 MiB for such bodies; the claims of all users will \
                 be confirmed at Logto",
            ),
            Self::Unavailable(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for WebhookError {}
