//! [`Label`]: what links and buttons are for.

/// What a link or a button is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    GoOn,
    Home,
    SignIn,
    SignInInNewTab,
    SignOut,
    /// Where there is a session at Logto only.
    SignOutAtLogto,
    StaySignedIn,
    TryAgain,
    UseAnotherAccount,
}
