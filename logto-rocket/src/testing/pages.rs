use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::authorization_request::AuthorizationRequest;
use super::user::User;

const STYLE: &str = "
  :root { color-scheme: light dark }
  body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center;
         min-height: 100vh; margin: 0; background: light-dark(#f4f3fa, #16151d) }
  main { box-sizing: border-box; width: min(26rem, 94vw); padding: min(2rem, 6vw); border-radius: 1rem;
         background: light-dark(#fff, #24222e); box-shadow: 0 .5rem 2rem #0002; overflow-wrap: anywhere }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem }
  p { margin: 0 0 1.25rem; opacity: .75 }
  button { font: inherit; display: block; width: 100%; margin: .6rem 0 0; padding: .7rem 1rem;
           border: 1px solid #8884; border-radius: .6rem; background: none; color: inherit;
           text-align: left; cursor: pointer }
  button:hover, button:focus-visible { border-color: #7958ff }
  button.hinted { background: #5d34f2; border-color: #5d34f2; color: #fff }
  button.hinted small { opacity: 1 }
  button.quiet { border-color: transparent; text-align: center; opacity: .75 }
  small { opacity: .7; display: block }
  footer { margin-top: 1.25rem; font-size: .8rem; opacity: .75 }
";

/// The page that asks as which user to sign in.
pub(super) fn sign_in(request: &AuthorizationRequest, users: &[&User], issuer: &str) -> Markup {
    let hint = request.screen.hints.iter().find(|(name, _)| *name == "login_hint");
    let hint = hint.map(|(_, hint)| hint.as_str());
    let title = match request.screen.path {
        "/register" | "/identifier-register" => "Create an account",
        "/reset-password" => "Reset the password",
        _ => "Sign in",
    };
    let body = html! {
        h1 { (title) }
        p { "to continue to " b { (request.app) } }
        form method="post" action="/sign-in" {
            @for user in users {
                button name="username" value=(user.username())
                    .hinted[hint == Some(user.username())] {
                    "Sign in as " (user.username())
                    small { (described(user)) }
                }
            }
            button.quiet name="cancel" value="yes" { "Cancel" }
        }
        footer { "The test provider at " (issuer) ". Nobody needs a password here." }
    };
    page(title, &body)
}

/// Shown when no sign-in is under way: a stale page, or another tab that was faster.
pub(super) fn unknown_session() -> Markup {
    message("Session not found", "Please go back and sign in again.")
}

pub(super) fn no_such_user(username: &str) -> Markup {
    message(
        "No such user",
        &format!("The test provider has no active user \u{201c}{username}\u{201d}."),
    )
}

pub(super) fn signed_out() -> Markup {
    message("Signed out", "You have successfully signed out.")
}

/// A form that submits itself; without scripts it shows a button.
pub(super) fn sign_out(xsrf: &str) -> Markup {
    let body = html! {
        form method="post" action="/oidc/session/end/confirm" {
            input type="hidden" name="xsrf" value=(xsrf);
            input type="hidden" name="logout" value="yes";
            noscript { h1 { "Signing out" } button { "Continue" } }
        }
        (submit_at_once())
    };
    page("Signing out", &body)
}

/// The callback of `response_mode=form_post`.
pub(super) fn form_post(redirect_uri: &str, params: &[(&'static str, String)]) -> Markup {
    let body = html! {
        form method="post" action=(redirect_uri) {
            @for (name, value) in params {
                input type="hidden" name=(name) value=(value);
            }
            noscript { h1 { "One moment" } button { "Continue" } }
        }
        (submit_at_once())
    };
    page("Submitting", &body)
}

/// The name and the roles, as far as there are any.
fn described(user: &User) -> String {
    let name = user.name_if_any().map(str::to_owned);
    name.into_iter().chain(user.roles().iter().cloned()).collect::<Vec<_>>().join(" \u{b7} ")
}

fn message(title: &str, text: &str) -> Markup {
    page(title, &html! { h1 { (title) } p { (text) } })
}

fn submit_at_once() -> Markup {
    html! { script { "document.forms[0].submit()" } }
}

fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                // Otherwise browsers ask for /favicon.ico.
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
}
