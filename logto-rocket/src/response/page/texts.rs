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
    Text { title: "Not signed in", text: "This needs somebody who is signed in." };

pub(crate) const NOBODY_SIGNED_IN: Text =
    Text { title: "Not signed in", text: "Nobody is signed in." };

pub(crate) const SIGN_IN_LOOP: Text = Text {
    title: "Signing in did not work",
    text: "You were sent to sign in and came back without a session. Perhaps it was not completed, \
           this browser refuses cookies, or the site was opened under another name than the one it \
           is configured for.",
};

pub(crate) const SIGN_IN_FIRST: Text = Text {
    title: "Please sign in first",
    text: "You were signed out before this form was sent. Sign in in a new tab, then come back to \
           this one, reload it and confirm that the form is to be sent again; what you entered is \
           still there.",
};

pub(crate) const CONFIRM_IDENTITY: Text = Text {
    title: "Please sign in again",
    text: "For this, please confirm that it is you: sign in once more.",
};

pub(crate) const SIGN_IN_ASKED_LESS: Text = Text {
    title: "Please sign in again",
    text: "This page needs more than your sign-in asked for. Please sign in once more.",
};

pub(crate) const SIGN_IN_STAYS_OLD: Text = Text {
    title: "A fresh sign-in is needed",
    text: "You have just signed in, but the sign-in service did not ask for your password again, or \
           did not say when it last did.",
};

pub(crate) const UNDECIDED: Text = Text {
    title: "Please try again in a moment",
    text: "Whether you may see this cannot be decided right now.",
};

pub(crate) const FOREIGN_ORIGIN: Text = Text {
    title: "This request was not made here",
    text: "It came from another site and was not carried out.",
};

pub(crate) const NO_ACCESS: Text =
    Text { title: "No access", text: "Your account may not see this." };

pub(crate) const SIGN_IN_IS_FOR_PEOPLE: Text = Text {
    title: "This is where a person signs in",
    text: "A sign-in starts when a browser goes to this address, not when a page loads it.",
};

pub(crate) const LOGTO_AWAY: Text =
    Text { title: "The sign-in service does not answer", text: "Please try again in a moment." };

pub(crate) const SIGN_IN_NOT_STARTED: Text = Text {
    title: "The sign-in could not be started",
    text: "The operator of this application finds the reason in the log.",
};

pub(crate) const SIGNED_IN: Text =
    Text { title: "You are signed in", text: "You are taken to your page." };

pub(crate) const SIGN_OUT: Text = Text { title: "Sign out?", text: "Nothing has happened yet." };

pub(crate) const SIGNED_OUT_HERE: Text = Text {
    title: "You are signed out here",
    text: "The sign-in service does not answer, so you may still be signed in there. On a computer \
           that others use, close the browser.",
};

pub(crate) const SIGNED_OUT_IN_THIS_BROWSER: Text = Text {
    title: "You are signed out in this browser",
    text: "The session could not be ended everywhere. On a computer that others use, close the \
           browser.",
};

/// The title of the page that asks before another user is signed in.
pub(crate) const SIGN_IN_AGAIN: &str = "Sign in again?";

/// The text of the page that asks before another user is signed in.
pub(crate) fn signed_in_as(display_name: &str) -> String {
    format!(
        "You are signed in as {display_name}. The link that brought you here signs you in once \
         more, perhaps as somebody else."
    )
}

impl SignInError {
    /// What the page says to the user: a title and a sentence.
    pub fn message(&self) -> (&'static str, &'static str) {
        match self {
            Self::RepeatedParameter(_) | Self::WrongIssuer => (
                "This sign-in link is not valid",
                "It did not come from the sign-in service as it should. Nothing has changed.",
            ),
            Self::Unknown => (
                "This sign-in is not known here",
                "It may have taken too long, or this browser does not keep cookies.",
            ),
            Self::Spent => ("This sign-in is over", "It was used already. Please sign in again."),
            Self::Cancelled => ("You are not signed in", "The sign-in was cancelled."),
            Self::AccessDenied | Self::Refused => {
                ("You may not sign in here", "Your account has no access to this application.")
            }
            Self::InteractionRequired(_) => {
                ("You are not signed in", "The sign-in service needs to ask you something first.")
            }
            Self::TooLarge => (
                "The sign-in could not be completed",
                "Your account is too large for this application. Its operator can mend that.",
            ),
            Self::Exchange(Error::Refused { code, .. }) if code == "invalid_grant" => {
                ("This sign-in is over", "It took too long or was used already.")
            }
            Self::Exchange(Error::InvalidToken(InvalidToken::Claim("auth_time"))) => (
                "A fresh sign-in is needed",
                "The sign-in service did not ask for your password again, or did not say when it \
                 last did.",
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
                "The sign-in service gave an answer that this application cannot use. Its \
                 operator finds the reason in the log.",
            ),
        }
    }
}
