//! [`Course`]: what a user does in a module, and what must be true at the relying party afterwards.
//!
//! The suite cannot look into the relying party: to it a sign-in that was refused and a relying party that has crashed are the
//! same. So this asks the relying party who is signed in, and looks which cookies remain.

use url::Url;

use crate::browser::{Browser, Page};
use crate::environment::Environment;
use crate::suite::{Running, Suite};

/// What a user does in a module, and what must come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// The relying party reads what the issuer publishes, and a sign-in leads where that says.
    Launches,
    /// A sign-in does not even start.
    DoesNotStart,
    /// A sign-in succeeds, and the issuer tells of the user.
    SignsIn,
    /// The same twice, by two browsers.
    SignsInTwice,
    /// The same, started by the suite as another site.
    IsSignedIn,
    /// A sign-in fails.
    Refuses,
    /// A sign-in succeeds, and what the issuer tells of the user is refused.
    RefusesUserInfo,
    /// A sign-in succeeds, and the claims are confirmed by a refresh token.
    Refreshes,
    /// A sign-in succeeds, and what a refresh token gives is refused.
    RefusesRefresh,
    /// The user signs out at the relying party, and comes back to the page that the sign-out asked for.
    SignsOut,
    /// The same, but the issuer sends the user back as if from another sign-out.
    SignsOutAndIsNotBelieved,
    /// The user signs out at the issuer, and the issuer's logout token ends the session.
    IsSignedOut,
    /// The same, but the logout token is not valid and ends nothing.
    StaysSignedIn,
}

/// The course of a module; `None` if this runner does not know the module.
pub fn of(module: &str) -> Option<Course> {
    let name = module.strip_prefix("oidcc-client-test")?.trim_start_matches('-');
    let back_channel = "rp-backchannel-rpinitlogout";
    if let Some(wrong) = name.strip_prefix(back_channel) {
        return Some(if wrong.is_empty() { Course::IsSignedOut } else { Course::StaysSignedIn });
    }
    Some(match name {
        ""
        | "kid-absent-single-jwks"
        | "idtoken-sig-rs256"
        | "scope-userinfo-claims"
        | "client-secret-basic"
        | "signing-key-rotation-just-before-signing" => Course::SignsIn,
        "signing-key-rotation" => Course::SignsInTwice,
        // In the one without a `kid` several keys fit, and none is tried.
        "kid-absent-multiple-jwks"
        | "invalid-iss"
        | "missing-sub"
        | "invalid-aud"
        | "missing-iat"
        | "idtoken-sig-none"
        | "invalid-sig-rs256"
        | "nonce-invalid" => Course::Refuses,
        "userinfo-invalid-sub" => Course::RefusesUserInfo,
        "discovery-openid-config" | "discovery-jwks-uri-keys" => Course::Launches,
        "discovery-issuer-mismatch" => Course::DoesNotStart,
        "refresh-token" => Course::Refreshes,
        "refresh-token-invalid-issuer" | "refresh-token-invalid-sub" => Course::RefusesRefresh,
        "3rd-party-init-login" => Course::IsSignedIn,
        "rp-init-logout" => Course::SignsOut,
        "rp-init-logout-other-state" | "rp-init-logout-no-state" => {
            Course::SignsOutAndIsNotBelieved
        }
        _ => return None,
    })
}

/// The result that the suite must come to in a module. It leaves open whether a relying party accepts a token without a
/// signature, and passes only one that does.
pub fn expected(module: &str) -> &'static str {
    if module == "oidcc-client-test-idtoken-sig-none" { "SKIPPED" } else { "PASSED" }
}

impl Course {
    /// Goes through it. Returns what is true at the relying party afterwards.
    pub async fn run(
        self,
        environment: &Environment,
        suite: &Suite,
        running: &Running,
    ) -> Result<String, String> {
        let mut browser = Browser::new(environment)?;
        match self {
            Self::Launches => {
                let address = browser.leads_to("/auth/sign-in").await?;
                let expected = format!("{}authorize", running.issuer);
                check(address.starts_with(&expected), || format!("it leads to {address}"))?;
                Ok("a sign-in leads to the published endpoint".into())
            }
            Self::DoesNotStart => {
                let page = browser.open_page("/auth/sign-in").await?;
                check(page.status == 502, || format!("{page:?}"))?;
                nobody(&mut browser, &[]).await?;
                Ok("error page 502, nobody signed in, no cookie".into())
            }
            Self::SignsIn => {
                let sub = sign_in(&mut browser).await?;
                user_info(&mut browser, &sub).await?;
                Ok(format!("signed in as `{sub}`"))
            }
            Self::SignsInTwice => {
                let sub = sign_in(&mut browser).await?;
                user_info(&mut browser, &sub).await?;
                let mut other = Browser::new(environment)?;
                let again = sign_in(&mut other).await?;
                user_info(&mut other, &again).await?;
                somebody(&mut browser, Some(&sub)).await?;
                Ok(format!("signed in as `{sub}`, before and after the keys changed"))
            }
            Self::IsSignedIn => {
                let address = suite.visit(running).await?;
                let page = browser.open(&address).await?;
                let sub = signed_in(&mut browser, &page).await?;
                user_info(&mut browser, &sub).await?;
                Ok(format!("signed in as `{sub}`"))
            }
            Self::Refuses => {
                let page = browser.open_page("/auth/sign-in").await?;
                let is_error = page.status == 502 && page.url.path() == "/auth/sign-in-callback";
                check(is_error, || format!("{page:?}"))?;
                // That of the sign-in that failed, which lives an hour and is good for nothing more.
                nobody(&mut browser, &["flow"]).await?;
                Ok("error page 502, nobody signed in, no session cookie".into())
            }
            Self::RefusesUserInfo => {
                let sub = sign_in(&mut browser).await?;
                let page = browser.open_page("/user-info").await?;
                check(page.status >= 500, || format!("{page:?}"))?;
                somebody(&mut browser, Some(&sub)).await?;
                Ok(format!("signed in as `{sub}`; user info refused with {}", page.status))
            }
            Self::Refreshes => {
                let sub = sign_in(&mut browser).await?;
                let page = browser.open_page("/refresh").await?;
                check(page.status == 200 && page.body.contains(&sub), || format!("{page:?}"))?;
                user_info(&mut browser, &sub).await?;
                somebody(&mut browser, Some(&sub)).await?;
                Ok(format!("signed in as `{sub}`, confirmed by a refresh token"))
            }
            Self::RefusesRefresh => {
                let sub = sign_in(&mut browser).await?;
                let page = browser.ask("/refresh").await?;
                check(page.status == 401, || format!("{page:?}"))?;
                no_session(&mut browser).await?;
                Ok(format!(
                    "signed in as `{sub}`; the refresh has ended the session: nobody signed in"
                ))
            }
            Self::SignsOut | Self::SignsOutAndIsNotBelieved => {
                sign_in(&mut browser).await?;
                let page = browser.submit("/auth/sign-out?return_to=/farewell").await?;
                let is_believed = self == Self::SignsOut;
                let expected = if is_believed { "/farewell" } else { "/" };
                check(page.url.path() == expected && page.status == 200, || format!("{page:?}"))?;
                // The sign-out that was asked for may still come back.
                let kept: &[_] = if is_believed { &[] } else { &["post-logout"] };
                nobody(&mut browser, kept).await?;
                Ok(format!("back at `{expected}`, nobody signed in, no session cookie"))
            }
            Self::IsSignedOut | Self::StaysSignedIn => {
                let sub = sign_in(&mut browser).await?;
                let address = sign_out_at(environment, running, &mut browser).await?;
                browser.open(&address).await?;
                if self == Self::IsSignedOut {
                    no_session(&mut browser).await?;
                    return Ok("the logout token has ended the session: nobody signed in".into());
                }
                somebody(&mut browser, Some(&sub)).await?;
                Ok(format!("the logout token has ended nothing: still signed in as `{sub}`"))
            }
        }
    }
}

/// Signs in by the relying party's own page. Returns who is signed in then.
async fn sign_in(browser: &mut Browser<'_>) -> Result<String, String> {
    let page = browser.open_page("/auth/sign-in?return_to=/members").await?;
    check(page.url.path() == "/members" && page.status == 200, || format!("{page:?}"))?;
    signed_in(browser, &page).await
}

async fn signed_in(browser: &mut Browser<'_>, page: &Page) -> Result<String, String> {
    let sub = browser.who().await?.ok_or_else(|| format!("nobody is signed in at {page:?}"))?;
    somebody(browser, Some(&sub)).await?;
    Ok(sub)
}

async fn user_info(browser: &mut Browser<'_>, sub: &str) -> Result<(), String> {
    let page = browser.open_page("/user-info").await?;
    let told: Option<serde_json::Value> = serde_json::from_str(&page.body).ok();
    let is_about = told.is_some_and(|told| told["sub"] == sub);
    check(page.status == 200 && is_about, || format!("user info: {page:?}"))
}

/// Checks that this user is signed in, by cookies of a session and no others.
async fn somebody(browser: &mut Browser<'_>, sub: Option<&str>) -> Result<(), String> {
    let (who, cookies) = (browser.who().await?, browser.cookies());
    check(who.as_deref() == sub, || format!("signed in is {who:?}, not {sub:?}"))?;
    let only_session = !cookies.is_empty() && cookies.iter().all(|name| name == "session");
    check(only_session, || format!("the cookies are {cookies:?}"))
}

/// Checks that nobody is signed in, and that there are exactly these cookies.
async fn nobody(browser: &mut Browser<'_>, kept: &[&str]) -> Result<(), String> {
    let (who, cookies) = (browser.who().await?, browser.cookies());
    check(who.is_none(), || format!("{who:?} is signed in"))?;
    check(cookies == kept, || format!("the cookies are {cookies:?}, not {kept:?}"))
}

/// Checks that the session of a browser has ended. Its cookies may be there until they expire, but open nothing.
async fn no_session(browser: &mut Browser<'_>) -> Result<(), String> {
    let (who, members) = (browser.who().await?, browser.ask("/members").await?);
    check(who.is_none(), || format!("{who:?} is signed in"))?;
    check(members.status == 401, || format!("{members:?}"))
}

/// Where the user signs out at the issuer without the relying party, so that nothing but the issuer's logout token can end
/// the session there.
async fn sign_out_at(
    environment: &Environment,
    running: &Running,
    browser: &mut Browser<'_>,
) -> Result<String, String> {
    let id_token = browser.open_page("/id-token").await?;
    check(id_token.status == 200, || format!("no ID token is kept: {id_token:?}"))?;
    let address = format!("{}end_session_endpoint", running.issuer);
    let mut url = Url::parse(&address).map_err(|why| format!("{address}: {why}"))?;
    url.query_pairs_mut()
        .append_pair("id_token_hint", &id_token.body)
        .append_pair("post_logout_redirect_uri", &environment.page("/auth/sign-out-callback"))
        .append_pair("state", "of-another-site");
    Ok(url.into())
}

fn check(right: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if right { Ok(()) } else { Err(what()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason;

    /// The modules of the results, in order, each with the suite's result.
    fn results() -> Vec<(String, String)> {
        let rows = include_str!("../RESULTS.md").lines().filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split('|');
            let module = cells.next()?.trim().trim_end_matches('`').to_owned();
            Some((module, cells.next()?.trim().to_owned()))
        });
        rows.collect()
    }

    #[test]
    fn the_results_are_of_modules_that_the_runner_knows_and_are_what_it_demands() {
        let results = results();
        assert!(results.len() > 30, "{results:?}");
        for (module, result) in results {
            assert!(of(&module).is_some(), "{module} is not known");
            assert_eq!(expected(&module), result, "{module}");
        }
    }

    #[test]
    fn each_module_in_which_something_is_refused_has_a_reason() {
        for (module, _) in results() {
            let accepts = matches!(
                of(&module),
                Some(
                    Course::Launches
                        | Course::SignsIn
                        | Course::SignsInTwice
                        | Course::IsSignedIn
                        | Course::Refreshes
                        | Course::SignsOut
                        | Course::IsSignedOut
                )
            );
            assert_eq!(reason::of(&module).is_none(), accepts, "{module}");
        }
    }

    #[test]
    fn a_module_of_another_plan_is_not_known() {
        assert_eq!(of("oidcc-client-test-session-management"), None);
        assert_eq!(of("oidcc-server"), None);
    }
}
