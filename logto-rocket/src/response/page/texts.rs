//! The texts of all built-in pages, each with its stable code.

/// What a page says: a title and a sentence or two.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    pub code: &'static str,
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
    pub(crate) const USE_ANOTHER_ACCOUNT: &str = "Use another account";
}

/// Declares the texts, and the list of them.
macro_rules! texts {
    ($($name:ident, $code:literal, $title:literal, $text:literal;)+) => {
        $(pub(crate) const $name: Words = Words { code: $code, title: $title, text: $text };)+

        /// All texts.
        const ALL: &[Words] = &[$($name),+];

        /// The codes of all pages.
        pub(super) const CODES: &[&str] = &[$($code),+];
    };
}

texts! {
    NOT_SIGNED_IN, "not_signed_in", "Not signed in", "You must be signed in to see this.";

    SIGN_IN_LOOP, "sign_in_loop", "Signing in did not work",
    "You returned from the sign-in without a session. Perhaps you did not complete it, this browser \
     rejects cookies, or you opened the site under a name for which it is not configured.";

    SIGN_IN_FIRST, "sign_in_first", "Please sign in first",
    "You were signed out before you sent this form. Sign in in a new tab, return to this tab, reload \
     it, and confirm that you want to send the form again. Your input is still there.";

    SIGN_IN_IN_FRAME, "sign_in_in_frame", "Please sign in in a new tab",
    "The sign-in service does not show its pages within another page. Sign in in a new tab, return \
     here, and reload this page.";

    SIGN_IN_TOO_OLD, "sign_in_too_old", "Please sign in again",
    "Please sign in again to confirm that it is you.";

    SIGN_IN_ASKED_LESS, "sign_in_asked_less", "Please sign in again",
    "This page needs more permissions than your sign-in asked for. Please sign in again.";

    SIGN_IN_STAYS_OLD, "sign_in_stays_old", "A recent sign-in is needed",
    "You have just signed in, but the sign-in service did not ask for your password again, or did not \
     report when it last did.";

    UNDECIDED, "undecided", "Please try again in a moment",
    "We cannot check right now whether you have access.";

    FOREIGN_ORIGIN, "foreign_origin", "This request came from another site",
    "It was not carried out.";

    DENIED, "denied", "No access", "Your account has no access to this page.";

    CLAIMS_MISSING, "claims_missing", "No access",
    "Your account lacks something that this page needs to know about you.";

    NO_ORGANIZATION, "no_organization", "Not found", "There is no such organization.";

    NO_ACCESS_TOKEN, "no_access_token", "An access token is required",
    "Send one that Logto issued for this API, as `Authorization: Bearer …`.";

    INVALID_AUTHORIZATION, "invalid_authorization", "The Authorization header is malformed",
    "Send it once, as `Authorization: Bearer …` with one access token.";

    INVALID_ACCESS_TOKEN, "invalid_access_token", "The access token is not valid",
    "It has expired, is not for this API or this organization, or was not issued by the Logto that this \
     API trusts. Ask Logto for a new one.";

    INSUFFICIENT_SCOPE, "insufficient_scope", "The access token does not permit this",
    "It lacks a permission that this address requires.";

    INSUFFICIENT_USER_AUTHENTICATION, "insufficient_user_authentication", "A recent sign-in is needed",
    "The user behind the access token has not signed in recently, or the token does not tell when.";

    MISCONFIGURED, "misconfigured", "This page does not work",
    "The operator of this application can find the reason in the log.";

    NOT_ATTACHED, "not_attached", "This page does not work",
    "The operator of this application can find the reason in the log.";

    SIGN_IN_IS_FOR_PEOPLE, "not_a_navigation", "This is the sign-in page",
    "Open this address in a browser to sign in. A sign-in does not start when a page loads this \
     address.";

    SIGN_IN_NOT_STARTED, "sign_in_not_started", "The sign-in could not be started",
    "The operator of this application can find the reason in the log.";

    SIGN_IN_AGAIN, "sign_in_again", "Sign in again?",
    "You are signed in already. The link that brought you here signs you in once more, perhaps as \
     another user.";

    SIGNED_IN, "signed_in", "You are signed in", "You will be redirected to your page.";

    SIGNED_IN_ELSEWHERE, "signed_in_elsewhere", "You are signed in",
    "This sign-in has been completed already. Go on to your page.";

    SIGN_OUT, "sign_out", "Sign out?", "Nothing has happened yet.";

    SIGNED_OUT_HERE, "signed_out_here", "You are signed out here",
    "The sign-in service does not answer, so you may still be signed in there. If you share this \
     computer, close the browser.";

    SIGNED_OUT_IN_THIS_BROWSER, "signed_out_in_this_browser", "You are signed out in this browser",
    "The session could not be ended everywhere. If you share this computer, close the browser.";

    LOGTO_UNAVAILABLE, "logto_unavailable", "The sign-in service does not answer",
    "Please try again in a moment.";

    STORE_UNAVAILABLE, "store_unavailable", "Please try again in a moment",
    "The sessions of this application cannot be reached right now.";

    BAD_ANSWER, "bad_answer", "The sign-in service cannot be used",
    "It sent an answer that this application cannot use. The operator of this application can find \
     the reason in the log.";

    REFUSED_BY_LOGTO, "refused_by_logto", "The sign-in service refused",
    "It did not do what this application asked of it. The operator of this application can find the \
     reason in the log.";

    INVALID_TOKEN, "invalid_token", "The sign-in service cannot be used",
    "What it issued did not pass the checks of this application, whose operator can find the reason \
     in the log.";

    REPEATED_PARAMETER, "repeated_parameter", "This sign-in link is not valid",
    "The sign-in service did not send this link in the expected form. Nothing has changed.";

    WRONG_ISSUER, "wrong_issuer", "This sign-in link is not valid",
    "The sign-in service did not send this link in the expected form. Nothing has changed.";

    UNLISTED_HOST, "unlisted_host", "This is not the address of this site",
    "It is reached by another name.";

    UNKNOWN_SIGN_IN, "unknown_sign_in", "This sign-in is unknown",
    "This browser has begun other sign-ins since then, or does not accept cookies.";

    SIGN_IN_TOO_LATE, "sign_in_too_late", "This sign-in took too long",
    "You are not signed in. Please sign in once more; you then go on to the same page.";

    USED_SIGN_IN, "used_sign_in", "This sign-in has ended",
    "It has already been used. Please sign in again.";

    SIGN_IN_EXPIRED, "sign_in_expired", "This sign-in has ended",
    "It took too long or has already been used.";

    SIGN_IN_CANCELLED, "sign_in_cancelled", "You are not signed in", "The sign-in was cancelled.";

    ACCESS_DENIED, "access_denied", "You may not sign in here",
    "Your account has no access to this application.";

    INTERACTION_REQUIRED, "interaction_required", "You are not signed in",
    "The sign-in service needs to ask you something first.";

    SIGN_IN_REFUSED, "sign_in_refused", "You may not sign in here",
    "Your account has no access to this application.";

    SESSION_TOO_LARGE, "session_too_large", "The sign-in could not be completed",
    "Your account has too much data for this application. Its operator can fix this.";
}

/// What a library of scripts shows for the moment in which it leaves to the browser: its title, and a
/// sentence.
pub(crate) const HAND_OVER: (&str, &str) =
    ("One moment", "Your browser is going on to the next page. If it does not, follow the link.");

/// The text of the page for a sign-in that another site starts at another issuer.
pub(crate) const OTHER_ISSUER: &str = "The site that brought you here uses another sign-in service than \
                                       this one. Nothing has changed.";

/// The text of the page that asks before another user is signed in.
pub(crate) fn signed_in_as(display_name: &str) -> String {
    format!(
        "You are signed in as {display_name}. The link that brought you here signs you in once \
         more, perhaps as another user."
    )
}

/// The text of the page at a host that is none of the site's: what the request has sent, and where the site
/// is.
pub(crate) fn unlisted_host(sent: &str, site: &str) -> String {
    format!(
        "Open {site} instead: {sent}. For the operator: if a proxy is in front of this application, it \
         has to pass the host on (nginx: `proxy_set_header Host $host`)."
    )
}

/// The text for the code of an error.
pub(crate) fn of(code: &str) -> Words {
    ALL.iter().find(|text| text.code == code).copied().unwrap_or(BAD_ANSWER)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ALL, CODES};

    #[test]
    fn each_page_has_a_code_of_its_own_a_title_and_a_text() {
        let distinct: BTreeSet<_> = CODES.iter().collect();
        assert_eq!(distinct.len(), ALL.len());
        for text in ALL {
            assert!(text.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            assert!(!text.title.is_empty() && text.text.ends_with('.'), "{}", text.code);
        }
    }

    #[test]
    fn the_manual_lists_the_code_of_each_page() {
        let manual = include_str!("../../../docs/pages.md");
        for code in CODES {
            assert!(manual.contains(&format!("| `{code}` |")), "{code}");
        }
    }
}
