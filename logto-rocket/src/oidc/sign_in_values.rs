//! The values of the options of a sign-in: [`FirstScreen`], [`Identifier`], [`Prompt`], [`DirectSignIn`].

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The most languages that a sign-in or a sign-out names. They become part of an address.
pub(crate) const MAX_LOCALES: usize = 8;

/// The longest language tag, in bytes: what every program must accept
/// ([RFC 5646, section 4.4.1](https://www.rfc-editor.org/rfc/rfc5646#section-4.4.1)).
const MAX_LOCALE: usize = 35;

/// Declares the enums whose values have a name on the wire.
macro_rules! wire_values {
    ($(
        $(#[$doc:meta])* $name:ident, $option:literal {
            $($(#[$variant_doc:meta])* $variant:ident = $wire:literal),+ $(,)?
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            /// The value as Logto reads it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $wire),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                match text {
                    $($wire => Ok(Self::$variant),)+
                    _ => Err(Error::InvalidOption {
                        option: $option,
                        why: concat!("it is one of", $(" `", $wire, "`"),+).into(),
                    }),
                }
            }
        }
    )+};
}

wire_values! {
    /// The page that Logto shows first.
    FirstScreen, "first_screen" {
        /// Sign-in.
        SignIn = "sign_in",
        /// Registration.
        Register = "register",
        /// A forgotten password.
        ResetPassword = "reset_password",
        /// Sign-in with [identifiers](crate::SignInOptions::identifiers) only.
        IdentifierSignIn = "identifier:sign_in",
        /// Registration with [identifiers](crate::SignInOptions::identifiers) only.
        IdentifierRegister = "identifier:register",
        /// Enterprise single sign-on.
        SingleSignOn = "single_sign_on",
    }
    /// The kind of identifier with which a user signs in.
    Identifier, "identifier" {
        /// A user name.
        Username = "username",
        /// An e-mail address.
        Email = "email",
        /// A phone number.
        Phone = "phone",
    }
    /// What Logto must or must not ask the user.
    Prompt, "prompt" {
        /// Nothing. The sign-in fails if Logto would have to ask.
        None = "none",
        /// To authenticate, even if the user is signed in at Logto.
        Login = "login",
        /// For consent. Logto shows this page only to users of third-party applications, but
        /// without it Logto issues no refresh token.
        Consent = "consent",
    }
}

/// A connector to which Logto sends the user at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DirectSignIn {
    /// A social connector, by its target, such as `google`.
    Social(String),
    /// An enterprise connector, by its id.
    Sso(String),
}

impl fmt::Display for DirectSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Social(target) => write!(f, "social:{target}"),
            Self::Sso(connector) => write!(f, "sso:{connector}"),
        }
    }
}

impl FromStr for DirectSignIn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.split_once(':') {
            Some(("social", target)) if is_word(target) => Ok(Self::Social(target.into())),
            Some(("sso", connector)) if is_word(connector) => Ok(Self::Sso(connector.into())),
            _ => Err(Error::InvalidOption {
                option: "direct_sign_in",
                why: "it is `social:<target>` or `sso:<connector id>`".into(),
            }),
        }
    }
}

/// An id or token: visible ASCII, not too long for a URL.
pub(super) fn is_word(text: &str) -> bool {
    (1..=512).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a user types to identify.
pub(super) fn is_hint(text: &str) -> bool {
    (1..=512).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Whether these are language tags, and not too many.
pub(crate) fn are_locales<'t>(texts: impl IntoIterator<Item = &'t str>) -> bool {
    let mut count = 0;
    texts.into_iter().inspect(|_| count += 1).all(is_locale) && count <= MAX_LOCALES
}

/// The shape of a language tag.
pub(crate) fn is_locale(text: &str) -> bool {
    text.len() <= MAX_LOCALE
        && text.split('-').all(|subtag| {
            (1..=8).contains(&subtag.len())
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
