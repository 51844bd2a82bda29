//! Every built-in page: where it leads, its code, and the application's own looks for it.

mod languages;
mod refused;
pub mod rows;
pub mod site;
mod site_name;
mod templates;

use std::collections::BTreeSet;

use logto_rocket::{BuiltInPage, Call, Error, InvalidToken, Refusal};
use logto_rocket_tests::browser::Answer;
use rocket::http::Method;
use rocket::response::content::RawHtml;
use serde_json::json;

use self::rows::{Row, answered};
use self::site::{Looks, Site};

/// What stands in the first element of this name.
fn element<'p>(page: &'p Answer, name: &str) -> &'p str {
    let (_, from) = page.body.split_once(&format!("<{name}>")).expect("the element");
    from.split_once(&format!("</{name}>")).expect("its end").0
}

/// The addresses that a page leads to, in order.
fn addresses(page: &Answer) -> Vec<String> {
    let from = |attribute: &str, text: &str| {
        let (_, from) = text.split_once(attribute)?;
        Some(from.split_once('"')?.0.replace("&amp;", "&"))
    };
    let tags = page.body.split('<');
    tags.filter_map(|tag| from(" href=\"", tag).or_else(|| from(" action=\"", tag))).collect()
}

/// What refuses access tokens. Programs get problem documents and no pages; `bearer/challenges` has them.
const OF_PROGRAMS: [&str; 5] = [
    "no_access_token",
    "invalid_authorization",
    "invalid_access_token",
    "insufficient_scope",
    "insufficient_user_authentication",
];

#[test]
fn every_page_has_a_row() {
    let rows = rows::all().into_iter().map(|row| row.code).chain(OF_PROGRAMS);
    let rows: BTreeSet<_> = rows.collect();
    assert_eq!(rows, BuiltInPage::CODES.iter().copied().collect());
}

#[rocket::async_test]
async fn every_page_leads_onward_and_carries_its_code() {
    for Row { code, status, first, make } in rows::all() {
        let looks: Looks = |fairing| fairing;
        let app = Site::that_makes(code, looks).await;
        let page = make(&app, looks).await;
        assert_eq!(page.status.code, status, "{code}: {page:?}");
        page.assert_not_stored();
        assert!(page.body.contains(&format!("<code>{code}</code>")), "{code}: {page:?}");
        let title = element(&page, "h1");
        assert!(page.body.contains(&format!("<title>{title} – ")), "{code}: {page:?}");
        assert_eq!(page.body.matches("class=\"strong\"").count(), 1, "{code}: {page:?}");
        let addresses = addresses(&page);
        assert_eq!(addresses.first().map(String::as_str), Some(first), "{code}: {page:?}");
        for address in &addresses {
            let path = address.strip_prefix("https://a.example").unwrap_or(address);
            path.parse::<logto_rocket::LocalPath>().expect("an address on this site");
        }
        if page.body.contains("target=\"_blank\"") {
            assert!(
                page.body.contains("reload"),
                "{code}: what to do in this tab is said: {page:?}"
            );
        }
        let policy = page.header("Content-Security-Policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{code}: {policy}");
    }
}

#[rocket::async_test]
async fn the_application_may_give_every_page_its_own_looks_and_nothing_else() {
    for Row { code, status, first, make } in rows::all() {
        let looks: Looks = |fairing| {
            fairing.pages(|_, page| {
                assert!(!page.title.is_empty() && !page.text.is_empty());
                let actions: Vec<_> = page.actions.iter().map(|it| it.address.as_str()).collect();
                let status = page.status.code;
                Some(RawHtml(format!("ours: {} {status} {}", page.code, actions.join(" "))))
            })
        };
        let app = Site::that_makes(code, looks).await;
        let page = make(&app, looks).await;
        let body = format!("ours: {code} {status} {first}");
        assert!(page.body.starts_with(&body), "{code}: {page:?}");
        assert_eq!(page.status.code, status, "{code}");
        page.assert_not_stored();
        assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"), "{code}");
        let policy = page.header("Content-Security-Policy").expect("a policy");
        assert!(policy.starts_with("default-src 'self';"), "{code}: {policy}");
        assert!(policy.contains("base-uri 'none'; frame-ancestors '"), "{code}: {policy}");
        assert!(page.header("Referrer-Policy").is_some(), "{code}");
        if code == "signed_in" {
            assert_eq!(page.header("Refresh"), Some("0; url=/x"), "the browser still goes on");
        }
    }
}

#[rocket::async_test]
async fn a_hook_may_leave_a_page_as_it_is_and_programs_get_problems() {
    let app = Site::that_makes("denied", |fairing| {
        fairing.pages(|_, page| (page.code != "denied").then(|| RawHtml("ours".into())))
    })
    .await;
    let mut bob = app.signed_in("bob").await;
    assert!(bob.open("/admin").await.body.contains("No access"));
    let problem = bob.fetch("/admin").await.problem();
    assert_eq!(problem["type"], "urn:logto-rocket:denied");
    let problem = app.browser().fetch("/account").await.problem();
    assert_eq!(problem["type"], "urn:logto-rocket:not_signed_in");
    assert_eq!(app.browser().fetch("/auth/user").await.problem()["type"], problem["type"]);
    let failed = [("Accept", "application/json")];
    let path = "/auth/sign-in-callback?state=a&code=b";
    let failed = app.browser().request(Method::Get, path, &failed, "").await;
    assert_eq!(failed.problem()["type"], "urn:logto-rocket:unknown_sign_in");
}

#[rocket::async_test]
async fn a_hook_that_panics_leaves_the_page_as_it_is() {
    let app = Site::that_makes("denied", |fairing| {
        fairing.pages(|_, page| panic!("cannot make the page {}", page.code))
    })
    .await;
    let mut bob = app.signed_in("bob").await;
    let page = bob.open("/admin").await;
    assert_eq!(page.status.code, 403, "{page:?}");
    assert!(page.body.contains("No access"), "{page:?}");
}

#[rocket::async_test]
async fn a_page_without_content_leaves_the_built_in_one() {
    let app =
        Site::that_makes("denied", |fairing| fairing.pages(|_, _| Some(RawHtml(" \n".into()))))
            .await;
    let page = app.signed_in("bob").await.open("/admin").await;
    assert!(page.body.contains("No access"), "{page:?}");
}

#[test]
fn errors_and_refusals_return_the_codes_of_their_pages() {
    let codes = |code: &str| BuiltInPage::CODES.contains(&code);
    let answer = |why: &str| why.to_owned();
    for error in [
        Error::Unavailable { call: Call::Token, why: answer(""), status: None, retry_after: None },
        Error::BadAnswer { call: Call::Token, why: answer("") },
        Error::Refused { call: Call::Token, code: "invalid_client".into(), help: answer("") },
        Error::InvalidToken(InvalidToken::Malformed),
        Error::Store { why: answer("") },
    ] {
        assert!(codes(error.code()), "{error:?}");
        assert_eq!(logto_rocket::SignInError::Exchange(error.clone()).code(), error.code());
    }
    assert_eq!(Refusal::NotSignedIn.code(), "not_signed_in");
}

/// What Logto says is for developers, and may hold what strangers wrote.
#[rocket::async_test]
async fn no_page_holds_a_description_of_logtos() {
    let app = Site::that_makes("access_denied", |fairing| {
        fairing.pages(|_, page| Some(RawHtml(serde_json::to_string(page).unwrap())))
    })
    .await;
    let page = answered(&app, "error=access_denied&error_description=secret-word").await;
    let json: serde_json::Value = serde_json::from_str(&page.body).expect("what a template gets");
    assert_eq!((&json["code"], &json["status"]), (&json!("access_denied"), &json!(403)));
    assert_eq!(json["actions"][0]["kind"], "link");
    assert!(!page.body.contains("secret-word"), "{page:?}");
}
