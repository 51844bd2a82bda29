//! The texts in English.

use super::kept::Kept;
use super::label::Label;
use super::phrases::{Phrases, Words, joined, words};
use super::topic::Topic;
use crate::error::Lack;
use crate::request::NotListed;
use crate::shown::shown;

pub(super) struct English;

impl Phrases for English {
    #[expect(clippy::too_many_lines, reason = "a table with a row for each page")]
    fn words(&self, topic: Topic) -> Words {
        match topic {
            Topic::NotSignedIn => words("Not signed in", "You must be signed in for this."),
            Topic::SignInLoop => words(
                "Signing in did not work",
                "You have signed in twice, and your browser still sends no valid session. Perhaps it \
                 rejects cookies, or you opened the site under a name for which it is not configured. If \
                 trying again does not help, sign out at Logto, the sign-in service, and start over.",
            ),
            Topic::SignInFirst => words("Please sign in first", "You are not signed in."),
            Topic::SignInInFrame => words(
                "Please sign in in a new tab",
                "The sign-in service does not show its pages within another page.",
            ),
            Topic::SignInTooOld => {
                words("Please sign in again", "Please sign in again to confirm that it is you.")
            }
            Topic::SignInAskedLess => words(
                "Please sign in again",
                "This page needs more permissions than your sign-in asked for. Please sign in again.",
            ),
            Topic::SignInStaysOld => words(
                "A recent sign-in is needed",
                "You have just signed in, but the sign-in service did not ask for your password again, or \
                 did not report when it last did.",
            ),
            Topic::Undecided => words(
                "Please try again in a moment",
                "We cannot check right now whether you have access.",
            ),
            Topic::ForeignOrigin => {
                words("This request came from another site", "It was not carried out.")
            }
            Topic::Denied => words("No access", "Your account has no access to this page."),
            Topic::ClaimsMissing => words(
                "No access",
                "This page needs a detail about you that your account does not have.",
            ),
            Topic::NoOrganization => words("Not found", "There is no such organization."),
            Topic::NoAccessToken => words(
                "An access token is required",
                "Send one that Logto issued for this API, as `Authorization: Bearer …`.",
            ),
            Topic::InvalidAuthorization => words(
                "The Authorization header is malformed",
                "Send it once, as `Authorization: Bearer …` with one access token.",
            ),
            Topic::InvalidAccessToken => words(
                "The access token is not valid",
                "It has expired, is not for this API or this organization, or was not issued by the Logto \
                 that this API trusts. Ask Logto for a new one.",
            ),
            Topic::InsufficientScope => words(
                "The access token does not permit this",
                "It lacks a permission that this address requires.",
            ),
            Topic::InsufficientUserAuthentication => words(
                "A recent sign-in is needed",
                "The user behind the access token has not signed in recently, or the token does \
                 not say when.",
            ),
            Topic::Misconfigured | Topic::NotAttached => words(
                "This page does not work",
                "The operator of this application can find the reason in the log.",
            ),
            Topic::NotANavigation => words(
                "This is the sign-in page",
                "Open this address in a browser to sign in. A sign-in does not start when a page loads this \
                 address.",
            ),
            Topic::SignInNotStarted => words(
                "The sign-in could not be started",
                "The operator of this application can find the reason in the log.",
            ),
            Topic::SignInAgain => words(
                "Sign in again?",
                "The link that brought you here starts a new sign-in, perhaps as another user.",
            ),
            Topic::SignedIn => words("You are signed in", "You will be redirected to your page."),
            Topic::SignedInElsewhere => words(
                "You are signed in",
                "This sign-in has been completed already. Go on to your page.",
            ),
            Topic::SignOut => words("Sign out?", "Nothing has happened yet."),
            Topic::SignedOutHere => words(
                "You are signed out here",
                "The sign-in service does not answer, so you may still be signed in there. If you share \
                 this computer, close the browser.",
            ),
            Topic::SignedOutInThisBrowser => words(
                "You are signed out in this browser",
                "The session could not be ended everywhere. If you share this computer, close the browser.",
            ),
            Topic::LogtoUnavailable => {
                words("The sign-in service does not answer", "Please try again in a moment.")
            }
            Topic::StoreUnavailable => words(
                "Please try again in a moment",
                "The sessions of this application cannot be reached right now.",
            ),
            Topic::BadAnswer => words(
                "The sign-in service cannot be used",
                "It sent an answer that this application cannot use. The operator of this application can \
                 find the reason in the log.",
            ),
            Topic::RefusedByLogto => words(
                "The sign-in service refused",
                "It did not do what this application asked of it. The operator of this application can find \
                 the reason in the log.",
            ),
            Topic::InvalidToken => words(
                "The sign-in service cannot be used",
                "This application could not verify its answer. The operator of this application \
                 can find the reason in the log.",
            ),
            Topic::RepeatedParameter | Topic::WrongIssuer => words(
                "This sign-in link is not valid",
                "The sign-in service did not send this link in the expected form. Nothing has changed.",
            ),
            Topic::OtherIssuer => words(
                "This sign-in link is not for this site",
                "The site that brought you here uses another sign-in service than this one. Nothing has \
                 changed.",
            ),
            Topic::UnlistedHost => {
                words("This is not the address of this site", "The site has another address.")
            }
            Topic::UnknownSignIn => words(
                "This sign-in is unknown",
                "This browser has begun other sign-ins since then, or does not accept cookies.",
            ),
            Topic::SignInTooLate => words(
                "This sign-in took too long",
                "You are not signed in. Please sign in once more; you then go on to the same page.",
            ),
            Topic::UsedSignIn => {
                words("This sign-in has ended", "It has already been used. Please sign in again.")
            }
            Topic::SignInExpired => {
                words("This sign-in has ended", "It took too long or has already been used.")
            }
            Topic::SignInCancelled => words("The sign-in was cancelled", "Nothing has changed."),
            Topic::AccessDenied | Topic::SignInRefused => {
                words("You may not sign in here", "Your account has no access to this application.")
            }
            Topic::InteractionRequired => words(
                "The sign-in was not completed",
                "The sign-in service needs to ask you something first.",
            ),
            Topic::SessionTooLarge => words(
                "The sign-in could not be completed",
                "Your account has too much data for this application. Its operator can fix this.",
            ),
        }
    }

    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::GoOn => "Go on",
            Label::Home => "Home",
            Label::SignIn => "Sign in",
            Label::SignInInNewTab => "Sign in in a new tab",
            Label::SignOut => "Sign out",
            Label::SignOutAtLogto => "Sign out at Logto",
            Label::StaySignedIn => "Stay signed in",
            Label::TryAgain => "Try again",
            Label::UseAnotherAccount => "Use another account",
        }
    }

    fn hand_over(&self) -> Words {
        words(
            "One moment",
            "Your browser is going on to the next page. If it does not, follow the link.",
        )
    }

    fn sign_in_in_new_tab(&self, kept: Kept) -> &'static str {
        match kept {
            Kept::Form => {
                "The form was not accepted. Sign in in a new tab, return to this tab, reload it, and \
                 confirm that you want to send the form again. Your input is still there."
            }
            Kept::Frame => "Sign in in a new tab, return here, and reload this page.",
        }
    }

    fn signed_in_as(&self, name: &str) -> String {
        format!("You are signed in as {name}.")
    }

    fn refused(&self, name: &str) -> String {
        format!("You signed in as {name}.")
    }

    fn lacking(&self, lacks: &[Lack]) -> String {
        let names = lacks.iter().map(|lack| match lack {
            Lack::Role => "a certain role",
            Lack::Permission => "a certain permission",
            Lack::Membership { here: true } => "membership in this organization",
            Lack::Membership { here: false } => "membership in a certain organization",
            Lack::OrganizationRole { here: true } => "a certain role in this organization",
            Lack::OrganizationRole { here: false } => "a certain role in a certain organization",
            Lack::Detail => "a certain detail",
            Lack::Condition => "something else that this site checks",
        });
        let names = joined(&names.collect::<Vec<_>>(), "or");
        format!("Your account does not have what this page requires: {names}.")
    }

    fn unlisted_host(&self, why: &NotListed, site: &str) -> String {
        let sent = match why {
            NotListed::Other(Some(host)) => format!("the request's `Host` is `{}`", shown(host)),
            NotListed::Other(None) => "the request has no `Host`".into(),
            NotListed::Several => "the request names several hosts".into(),
        };
        format!(
            "Open {site} instead: {sent}. For the operator: if a proxy is in front of this application, \
             it has to pass the host on (nginx: `proxy_set_header Host $host`)."
        )
    }
}
