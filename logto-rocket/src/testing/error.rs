use std::fmt;

use url::Url;

use super::page_path;
use super::page_words::PageWords;

/// Why a test provider could not be started, or could not do what a test asked of it.
///
/// `Debug` has the text of `Display`, so that a test with `unwrap()` shows what to change.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdpError {
    /// The process runs in a Rocket profile other than `debug`. A provider without passwords
    /// must not run there. Remedy: unset `ROCKET_PROFILE`.
    Profile(String),
    /// The program was built without debug assertions. Remedy: build without `--release`.
    ReleaseBuild,
    /// The description given to the builder contradicts itself; the text says where.
    Description(String),
    /// A key pair could not be made.
    Keys,
    /// The server could not listen on 127.0.0.1 or failed to launch; the text is Rocket's.
    Launch(String),
    /// No user has this user name.
    UnknownUser(String),
    /// The user with this user name is [suspended](super::Idp::suspend), and cannot sign in.
    Suspended(String),
    /// The session that [`testing::sign_in()`](super::sign_in()) was asked for is not possible. The text names
    /// the claim or the values, and the call that sets them.
    Session(String),
    /// The text is not the path and query of a page: it is a URL, has a fragment, or is not percent-encoded.
    NotAPath(String),
    /// The provider shows the browser a page instead of sending it back to the application. Logto does so for
    /// an unknown `client_id` and for an unregistered redirect URI, among others.
    Page {
        /// The HTTP status of the page.
        status: u16,
        /// Its text.
        body: String,
    },
    /// The text is not an authorization URL of this provider.
    NotAnAuthorizationUrl(String),
    /// The fairing that the test needs is not attached to the Rocket under test: [`Logto::fairing()`](crate::Logto)
    /// for sessions, or one of the two for access tokens.
    NotAttached,
    /// The hook `on_sign_in` of the application under test refused the user; the text is its reason.
    Refused(String),
    /// A page of the application under test did not ask the user to sign in, because the client has a session
    /// already.
    HasSession {
        /// The path of the page.
        path: String,
        /// The HTTP status of its response.
        status: u16,
    },
    /// A page of the application under test did not ask the user to sign in.
    Open {
        /// The path of the page.
        path: String,
        /// The HTTP status of its response.
        status: u16,
    },
    /// A response of the application under test ended the sign-in before its end.
    Answered {
        /// The path and query of the request.
        path: String,
        /// The HTTP status of its response.
        status: u16,
        /// The text of its page.
        body: String,
    },
    /// The session does not fit into its cookies; the text says why.
    TooLarge(String),
    /// The session could not be written to the store of the application under test; the text says why.
    Store(String),
}

impl fmt::Display for IdpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(profile) => write!(
                f,
                "the test provider lets anybody in and starts only in Rocket's debug profile, not \
                 in `{profile}`; unset ROCKET_PROFILE"
            ),
            Self::ReleaseBuild => f.write_str(
                "the test provider lets anybody in and starts only in a build with debug \
                 assertions; build without --release",
            ),
            Self::Description(what) => write!(f, "the test provider's description: {what}"),
            Self::Keys => f.write_str("the test provider could not make a key pair"),
            Self::Launch(why) => write!(f, "the test provider could not be launched: {why}"),
            Self::UnknownUser(name) => {
                write!(f, "the test provider has no user `{name}`; add one with Builder::user")
            }
            Self::Suspended(name) => write!(
                f,
                "the user `{name}` of the test provider is suspended; call Idp::reinstate first"
            ),
            Self::Session(why) => write!(f, "the session of this test is not possible: {why}"),
            Self::NotAPath(page) => f.write_str(&page_path::advice(page)),
            Self::Page { status, body } => {
                let text = PageWords::of(body).text;
                write!(
                    f,
                    "the test provider shows a page with status {status} and never returns to the \
                     application: {text}"
                )?;
                if body.contains("invalid_redirect_uri") {
                    f.write_str(
                        "; the application's redirect URI is registered by \
                         Logto::fairing().provider(&idp), unless Builder::redirect_uri names others",
                    )?;
                }
                Ok(())
            }
            Self::NotAttached => f.write_str(
                "the application under test lacks the fairing: attach `Logto::fairing()` for sessions; \
                 `Logto::resource_server()` has access tokens only (`testing::bearer`)",
            ),
            Self::Refused(why) => write!(f, "`on_sign_in` refused the user: {why}"),
            Self::HasSession { path, status } => write!(
                f,
                "`GET {path}` answered with status {status} and did not ask the user to sign in, because the \
                 client is signed in already; sign out first, use another client, or a client without \
                 cookies (`Client::untracked`)"
            ),
            Self::Open { path, status } => write!(
                f,
                "`GET {path}` answered with status {status} and did not ask the user to sign in; guard the \
                 page, or sign in with `Idp::sign_in`"
            ),
            Self::Answered { path, status, body } => {
                // Its query has a code or other long values.
                let path = path.split('?').next().unwrap_or_default();
                write!(f, "the sign-in ends at `GET {path}`, which answered with status {status}")?;
                let PageWords { code, text } = PageWords::of(body);
                if let Some(code) = code {
                    write!(f, " and the page `{code}`")?;
                }
                write!(f, ": {text}")
            }
            Self::TooLarge(why) => f.write_str(why),
            Self::Store(why) => write!(f, "the session could not be written to its store: {why}"),
            Self::NotAnAuthorizationUrl(url) => {
                let shown = Url::parse(url).ok().and_then(|url| {
                    url.has_host().then(|| url.origin().ascii_serialization() + url.path())
                });
                write!(
                    f,
                    "`{}` is not an authorization URL of this test provider; give the application this \
                     provider: Logto::fairing().provider(&idp)",
                    shown.as_deref().unwrap_or(url)
                )
            }
        }
    }
}

impl fmt::Debug for IdpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for IdpError {}
