//! [`WebhookError`]: why a webhook was refused.

use std::fmt;

use crate::error::Error;

/// Why a webhook was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookError {
    /// The request has no header `logto-signature-sha-256` with 64 hexadecimal digits in lower case, or more
    /// than one (401). The request is not from Logto, or a header of the same name is configured for the
    /// webhook at Logto.
    NoSignature,
    /// The signature matches none of `webhook.signing_keys` (401). The request is forged, or the signing key of
    /// the webhook at Logto has changed.
    WrongSignature,
    /// The request has no `Content-Length` (411). Logto sends this header, so a proxy has removed it.
    NoLength,
    /// The body is longer than 8 MiB (413).
    TooLong,
    /// The body did not arrive in time (408).
    TooSlow,
    /// The request has a valid signature, but its body is not that of a webhook or was cut off (400).
    Unreadable(&'static str),
    /// Other requests use up the memory for large bodies (503). The claims of all users are then confirmed at
    /// Logto, so that no suspension is missed.
    Busy,
    /// The session store did not end the sessions (503). They have nevertheless ended in this process.
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
