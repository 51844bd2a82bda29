//! The texts of all built-in pages.

use crate::error::{Error, InvalidToken, SignInError};

/// What a page says: a title and a sentence or two.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    pub title: &'static str,
    pub text: &'static str,
}

/// The labels of links and buttons.
pub(crate) mod label {
    pub(crate) const GO_ON: &str = "Go on";
    pub(crate) const HOME: &str = "Home";
    pub(crate) const SIGN_IN: &str = "Sign in";
    pub(crate) const SIGN_IN_IN_NEW_TAB: &str = "Sign in in a new tab";
    pub(crate) const SIGN_OUT: &str = "Sign out";
    pub(crate) const STAY_SIGNED_IN: &str = "Stay signed in";
    pub(crate) const TRY_AGAIN: &str = "Try again";
}

pub(crate) const NOT_SIGNED_IN: Text =
    Text { title: "Not signed in", text: "You must be signed in to see this." };

pub(crate) const NOBODY_SIGNED_IN: Text =
    Text { title: "Not signed in", text: "Nobody is signed in." };

pub(crate) const SIGN_IN_LOOP: Text = Text {
    title: "Signing in did not work",
    text: "You returned from the sign-in without a session. Perhaps you did not complete it, this \
           browser rejects cookies, or you opened the site under a name for which it is not \
           configured.",
};

pub(crate) const SIGN_IN_FIRST: Text = Text {
    title: "Please sign in first",
    text: "You were signed out before you sent this form. Sign in in a new tab, return to this \
           tab, reload it, and confirm that you want to send the form again. Your input is still \
           there.",
};

pub(crate) const CONFIRM_IDENTITY: Text =
    Text { title: "Please sign in again", text: "Please sign in again to confirm that it is you." };

pub(crate) const SIGN_IN_ASKED_LESS: Text = Text {
    title: "Please sign in again",
    text: "This page needs more permissions than your sign-in asked for. Please sign in again.",
};

pub(crate) const SIGN_IN_STAYS_OLD: Text = Text {
    title: "A recent sign-in is needed",
    text: "You have just signed in, but the sign-in service did not ask for your password again, \
           or did not report when it last did.",
};

pub(crate) const UNDECIDED: Text = Text {
    title: "Please try again in a moment",
    text: "We cannot check right now whether you have access to this page.",
};

pub(crate) const FOREIGN_ORIGIN: Text =
    Text { title: "This request came from another site", text: "It was not carried out." };

pub(crate) const NO_ACCESS: Text =
    Text { title: "No access", text: "Your account has no access to this page." };

pub(crate) const SIGN_IN_IS_FOR_PEOPLE: Text = Text {
    title: "This is the sign-in page",
    text: "Open this address in a browser to sign in. A sign-in does not start when a page loads \
     this address.",
};

pub(crate) const SIGN_IN_IN_FRAME: Text = Text {
    title: "Please sign in in a new tab",
    text: "The sign-in service does not show its pages within another page. Sign in in a new tab, \
           return here, and reload this page.",
};

/// What a library of scripts shows for the moment in which it leaves to the browser.
pub(crate) const HAND_OVER: Text = Text {
    title: "One moment",
    text: "Your browser is going on to the next page. If it does not, follow the link.",
};

pub(crate) const LOGTO_AWAY: Text =
    Text { title: "The sign-in service does not answer", text: "Please try again in a moment." };

pub(crate) const SIGN_IN_NOT_STARTED: Text = Text {
    title: "The sign-in could not be started",
    text: "The operator of this application can find the reason in the log.",
};

pub(crate) const SIGNED_IN: Text =
    Text { title: "You are signed in", text: "You will be redirected to your page." };

pub(crate) const SIGN_OUT: Text = Text { title: "Sign out?", text: "Nothing has happened yet." };

pub(crate) const SIGNED_OUT_HERE: Text = Text {
    title: "You are signed out here",
    text: "The sign-in service does not answer, so you may still be signed in there. If you share \
           this computer, close the browser.",
};

pub(crate) const SIGNED_OUT_IN_THIS_BROWSER: Text = Text {
    title: "You are signed out in this browser",
    text: "The session could not be ended everywhere. If you share this computer, close the \
           browser.",
};

/// The title of the page that asks before another user is signed in.
pub(crate) const SIGN_IN_AGAIN: &str = "Sign in again?";

/// The text of the page that asks before another user is signed in.
pub(crate) fn signed_in_as(display_name: &str) -> String {
    format!(
        "You are signed in as {display_name}. The link that brought you here signs you in once \
         more, perhaps as another user."
    )
}

impl SignInError {
    /// The text of the page: a title and a sentence.
    pub fn message(&self) -> (&'static str, &'static str) {
        match self {
            Self::RepeatedParameter(_) | Self::WrongIssuer => (
                "This sign-in link is not valid",
                "The sign-in service did not send this link in the expected form. Nothing has \
                 changed.",
            ),
            Self::Unknown => (
                "This sign-in is unknown",
                "It may have taken too long, or this browser does not accept cookies.",
            ),
            Self::Spent => {
                ("This sign-in has ended", "It has already been used. Please sign in again.")
            }
            Self::Cancelled => ("You are not signed in", "The sign-in was cancelled."),
            Self::AccessDenied | Self::Refused => {
                ("You may not sign in here", "Your account has no access to this application.")
            }
            Self::InteractionRequired(_) => {
                ("You are not signed in", "The sign-in service needs to ask you something first.")
            }
            Self::TooLarge => (
                "The sign-in could not be completed",
                "Your account has too much data for this application. Its operator can fix this.",
            ),
            Self::Exchange(Error::Refused { code, .. }) if code == "invalid_grant" => {
                ("This sign-in has ended", "It took too long or has already been used.")
            }
            Self::Exchange(Error::InvalidToken(InvalidToken::Claim("auth_time"))) => (
                "A recent sign-in is needed",
                "The sign-in service did not ask for your password again, or did not report when \
                 it last did.",
            ),
            Self::Exchange(Error::Store { .. }) => (
                "The sign-in could not be completed",
                "Nothing is lost. Please try again in a moment.",
            ),
            Self::Exchange(Error::Unavailable { .. }) => (
                "The sign-in service does not answer",
                "Nothing is lost. Please try again in a moment.",
            ),
            Self::Provider(_) | Self::Exchange(_) => (
                "The sign-in could not be completed",
                "The sign-in service sent an answer that this application cannot use. The operator \
                 of this application can find the reason in the log.",
            ),
        }
    }
}
