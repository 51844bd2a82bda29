//! [`SignInOptions`]: the options of a sign-in at Logto.

use std::time::Duration;

use super::secrets::OneTimeToken;
use super::sign_in_values::{
    DirectSignIn, FirstScreen, Identifier, Prompt, are_locales, is_hint, is_word,
};

/// The options of a sign-in at Logto: the first page, hints, scopes and resources.
///
/// If one of Logto's own parameters (first screen, identifiers, hint, direct sign-in…) is not valid, Logto
/// ignores **all** of them without an error. For that reason, this crate has types for them, and checks the
/// other values when the sign-in starts.
///
/// ```
/// use logto_rocket::{DirectSignIn, FirstScreen, SignInOptions};
///
/// let options = SignInOptions::new()
///     .first_screen(FirstScreen::Register)
///     .login_hint("ada@example.com")
///     .direct_sign_in(DirectSignIn::Social("google".into()));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SignInOptions {
    pub(super) first_screen: Option<FirstScreen>,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) login_hint: Option<String>,
    pub(super) direct_sign_in: Option<DirectSignIn>,
    pub(super) prompt: Option<Vec<Prompt>>,
    pub(super) max_age: Option<Duration>,
    pub(super) ui_locales: Vec<String>,
    pub(super) organization_id: Option<String>,
    pub(super) one_time_token: Option<OneTimeToken>,
    pub(super) scopes: Vec<String>,
    pub(super) resources: Vec<String>,
    pub(super) extra: Vec<(String, String)>,
}

impl SignInOptions {
    /// The ordinary sign-in.
    pub fn new() -> Self {
        Self::default()
    }

    /// The page that Logto shows first.
    pub fn first_screen(mut self, screen: FirstScreen) -> Self {
        self.first_screen = Some(screen);
        self
    }

    /// The identifiers that the user may use. Logto uses them on [`FirstScreen::IdentifierSignIn`],
    /// [`FirstScreen::IdentifierRegister`] and [`FirstScreen::ResetPassword`].
    pub fn identifiers(mut self, identifiers: impl IntoIterator<Item = Identifier>) -> Self {
        self.identifiers = identifiers.into_iter().collect();
        self
    }

    /// The user name, e-mail address or phone number with which Logto fills in the field. It becomes part of a
    /// URL.
    pub fn login_hint(mut self, hint: impl Into<String>) -> Self {
        self.login_hint = Some(hint.into());
        self
    }

    /// The connector to which Logto sends the user at once. If there is no such connector, Logto shows its
    /// sign-in page.
    pub fn direct_sign_in(mut self, method: DirectSignIn) -> Self {
        self.direct_sign_in = Some(method);
        self
    }

    /// What Logto must or must not ask the user, instead of the configured `prompt`. Without
    /// [`Prompt::Consent`] Logto issues no refresh token. [`Prompt::None`] cannot be combined with another
    /// value.
    pub fn prompt(mut self, prompt: impl IntoIterator<Item = Prompt>) -> Self {
        self.prompt = Some(prompt.into_iter().collect());
        self
    }

    /// The maximum age of the user's authentication in whole seconds; zero requires a new one. The ID token
    /// must then contain `auth_time` ([OpenID Connect Core, section
    /// 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// The languages of Logto's pages, in order of preference, as [BCP
    /// 47](https://www.rfc-editor.org/info/bcp47) tags such as `fr-CA`: at most eight, of at most 35
    /// characters each.
    pub fn ui_locales<L: Into<String>>(mut self, locales: impl IntoIterator<Item = L>) -> Self {
        self.ui_locales = locales.into_iter().map(Into::into).collect();
        self
    }

    /// The organization whose branding Logto's pages show.
    pub fn organization_id(mut self, id: impl Into<String>) -> Self {
        self.organization_id = Some(id.into());
        self
    }

    /// The token of a magic link. [`login_hint`](Self::login_hint) must be the e-mail address of the token. The
    /// `Debug` output omits the token.
    pub fn one_time_token(mut self, token: impl Into<String>) -> Self {
        self.one_time_token = Some(OneTimeToken::from(token.into()));
        self
    }

    /// A scope besides those that every sign-in asks for.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// An API resource besides those that every sign-in asks for. A session can get tokens only for resources
    /// that its sign-in asked for.
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resources.push(resource.into());
        self
    }

    /// A parameter that this crate does not know. The start of the sign-in fails for a known name, because such
    /// a parameter either protects the sign-in or has a method of its own.
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// The age that was asked for, in seconds.
    pub(crate) fn max_age_in_seconds(&self) -> Option<u64> {
        self.max_age.map(|age| age.as_secs())
    }

    /// Reads one parameter of a link to the sign-in route of this application. Unknown or invalid
    /// parameters are ignored, because anyone can write a link.
    pub(crate) fn link_parameter(self, name: &str, value: &str) -> Self {
        match name {
            "first_screen" => value.parse().map_or(self.clone(), |it| self.first_screen(it)),
            "identifier" => {
                let identifiers: Result<Vec<_>, _> =
                    value.split_ascii_whitespace().map(str::parse).collect();
                identifiers.map_or(self.clone(), |them| self.identifiers(them))
            }
            "direct_sign_in" => value.parse().map_or(self.clone(), |it| self.direct_sign_in(it)),
            "login_hint" if is_hint(value) => self.login_hint(value),
            "organization_id" if is_word(value) => self.organization_id(value),
            "one_time_token" if is_word(value) => self.one_time_token(value),
            "ui_locales" if are_locales(value.split_ascii_whitespace()) => {
                self.ui_locales(value.split_ascii_whitespace())
            }
            // With `login` alone Logto gives no refresh token.
            "max_age" => match value.parse::<u32>() {
                Ok(seconds) => self
                    .max_age(Duration::from_secs(seconds.into()))
                    .prompt([Prompt::Login, Prompt::Consent]),
                Err(_) => self,
            },
            // So that another account can be chosen than the one that is signed in at Logto.
            "switch" if value == "1" => self.prompt([Prompt::Login, Prompt::Consent]),
            _ => self,
        }
    }
}
