//! Texts that must not appear in a log: tokens, codes, verifiers, the app secret.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares wrapper types for texts. Their `Debug` prints only the name of the type.
macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name(String);

        impl $name {
            /// The text itself. Use it only to send or encrypt it.
            pub(crate) fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

secrets! {
    /// The app secret, with which this application authenticates at Logto.
    ClientSecret,
    /// An authorization code; it may be exchanged once.
    AuthorizationCode,
    /// The `state` of an authorization request, 160 bits.
    State,
    /// The `nonce` of an authorization request, 160 bits.
    Nonce,
    /// The PKCE verifier of an authorization request, 256 random bits.
    Verifier,
    /// An access token, opaque or a JWT.
    AccessToken,
    /// A refresh token.
    RefreshToken,
    /// The text of an ID token, not verified by being of this type.
    RawIdToken,
    /// The token of a magic link.
    OneTimeToken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_secret_prints_its_name_only() {
        let token = RefreshToken::from("hunter2");
        assert_eq!(format!("{token:?}"), "RefreshToken(..)");
        assert_eq!(token.reveal(), "hunter2");
    }
}
