//! [`SignInDefaults`]: the options of a sign-in that sets none itself.

use std::borrow::Cow;

use super::sign_in::SignInOptions;
use super::sign_in_values::{DirectSignIn, FirstScreen};

/// The options of the configuration. They hold for each sign-in that does not set them itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignInDefaults {
    /// The page that Logto shows first.
    pub first_screen: Option<FirstScreen>,
    /// The languages of Logto's pages, preferred first.
    pub ui_locales: Vec<String>,
    /// The connector that users are sent to at once.
    pub direct_sign_in: Option<DirectSignIn>,
}

impl SignInDefaults {
    /// The options with these defaults.
    ///
    /// A sign-in that names its first page, or brings the token of a magic link, is not sent to the
    /// configured connector, because Logto would then show neither that page nor the page of the magic link.
    pub(super) fn complete<'o>(&self, options: &'o SignInOptions) -> Cow<'o, SignInOptions> {
        let Self { first_screen, ui_locales, direct_sign_in } = self;
        if first_screen.is_none() && ui_locales.is_empty() && direct_sign_in.is_none() {
            return Cow::Borrowed(options);
        }
        let mut options = options.clone();
        if options.first_screen.is_none() && options.one_time_token.is_none() {
            options.direct_sign_in = options.direct_sign_in.or_else(|| direct_sign_in.clone());
            options.first_screen = *first_screen;
        }
        if options.ui_locales.is_empty() {
            options.ui_locales.clone_from(ui_locales);
        }
        Cow::Owned(options)
    }
}
