//! What a signed-in user who is refused reads, and the ways out.

use logto_rocket::testing::{Idp, User};
use logto_rocket::{Clock, Logto, LogtoUser, Refusal, authenticated, requires};
use logto_rocket_tests::app::{App, ORIGIN, config_for, figment};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{Request, Route, get, routes};

use super::{addresses, element};

fn never(_: &LogtoUser) -> bool {
    false
}

async fn tenant_of(_: &Request<'_>) -> Option<String> {
    rocket::tokio::task::yield_now().await;
    Some("org_1".into())
}

#[authenticated(role = "hidden-role")]
#[get("/role")]
fn role() {}

#[authenticated(claim("hidden-claim" = "x"))]
#[get("/detail")]
fn detail() {}

#[authenticated(any(role = "hidden-role", claim("hidden-claim" = "x"), check = never))]
#[get("/several")]
fn several() {}

#[authenticated(all(role = "hidden-role", not(all(role = "other", check = never))))]
#[get("/all")]
fn all_of() {}

#[authenticated(check = never)]
#[get("/condition")]
fn condition() {}

#[authenticated(not(claim("username" = "bob")))]
#[get("/excluded")]
fn excluded() {}

#[authenticated(organization = "org_1")]
#[get("/fixed")]
fn fixed() {}

#[authenticated(organization = tenant_of)]
#[get("/tenant")]
fn tenant() {}

#[authenticated(organization = tenant_of, organization_role = "hidden-role")]
#[get("/owner")]
fn tenant_owner() {}

#[authenticated(organization = "<org>")]
#[get("/orgs/<org>")]
fn member(org: &str) -> String {
    org.into()
}

#[get("/checked")]
async fn checked(user: &LogtoUser) -> Result<(), Refusal> {
    requires!(role = "hidden-role").check(user).await
}

/// The application's own guard or handler, in its own words.
#[get("/own")]
fn own() -> Result<(), Refusal> {
    Err(Refusal::Denied("an account in hidden-table".into()))
}

#[get("/claims")]
fn claims(_user: &LogtoUser) -> Result<(), Refusal> {
    Err(Refusal::Claims("missing field `hidden`".into()))
}

fn all() -> Vec<Route> {
    let guarded = routes![role, detail, several, all_of, condition, excluded, fixed, tenant];
    [guarded, routes![tenant_owner, member, checked, own, claims]].concat()
}

/// What is missing, by path, in English and German.
const MISSING: [(&str, &str, &str); 13] = [
    ("/role", "requires: a certain role.", "ist: eine bestimmte Rolle."),
    ("/detail", "requires: a certain detail.", "ist: eine bestimmte Angabe."),
    (
        "/several",
        "requires: a certain role, a certain detail or something else that this site checks.",
        "ist: eine bestimmte Rolle, eine bestimmte Angabe oder etwas anderes, das diese Website prüft.",
    ),
    ("/all", "requires: a certain role.", "ist: eine bestimmte Rolle."),
    ("/condition", "has no access to this page.", "hat keinen Zugriff auf diese Seite."),
    ("/excluded", "has no access to this page.", "hat keinen Zugriff auf diese Seite."),
    (
        "/fixed",
        "requires: membership in a certain organization.",
        "ist: die Mitgliedschaft in einer bestimmten Organisation.",
    ),
    (
        "/tenant",
        "requires: membership in this organization.",
        "ist: die Mitgliedschaft in dieser Organisation.",
    ),
    (
        "/owner",
        "requires: membership in this organization or a certain role in this organization.",
        "ist: die Mitgliedschaft in dieser Organisation oder eine bestimmte Rolle in dieser Organisation.",
    ),
    (
        "/orgs/org_1",
        "requires: membership in this organization.",
        "ist: die Mitgliedschaft in dieser Organisation.",
    ),
    ("/checked", "requires: a certain role.", "ist: eine bestimmte Rolle."),
    ("/own", "has no access to this page.", "hat keinen Zugriff auf diese Seite."),
    (
        "/claims",
        "needs a detail about you that your account does not have.",
        "In Ihrem Konto fehlt eine Angabe, die diese Seite braucht.",
    ),
];

#[rocket::async_test]
async fn a_refused_user_reads_who_is_signed_in_and_what_is_missing() {
    let clock = Clock::frozen();
    let bob = User::new("bob").name("Bob Builder");
    let idp = Idp::builder().clock(clock.clone()).user(bob).start().await.unwrap();
    for profile in ["debug", "release"] {
        let figment = figment().select(profile).merge(("profile", profile));
        let fairing = Logto::fairing().config(config_for(&idp)).clock(clock.clone());
        let rocket = rocket::custom(figment).attach(fairing).mount("/", all());
        let client = Client::untracked(rocket).await.unwrap();
        let mut bob = Browser::new(&client);
        bob.sign_in(&idp, "bob", "/").await;
        for (path, english, german) in MISSING {
            let headers = navigation(From::AddressBar);
            let page = bob.request(Method::Get, path, &headers, "").await;
            assert_eq!(page.status, Status::Forbidden, "{path}: {page:?}");
            let text = element(&page, "p");
            let who = "You are signed in as Bob Builder. ";
            assert_eq!(text.starts_with(who), path != "/own", "{path}: {text}");
            assert!(text.ends_with(english), "{path}: {text}");
            // Names of roles and the like are for developers.
            assert!(!text.contains("hidden"), "{path}: {text}");
            let names = ["hidden", "required: "].map(|name| page.body.contains(name));
            if profile == "release" {
                assert_eq!(names, [false, false], "{path}: {page:?}");
            } else {
                assert!(
                    page.body.contains("<p class=\"detail\" lang=\"en\"><code>"),
                    "{path}: {page:?}"
                );
            }

            let headers = [&headers[..], &[("Accept-Language", "de")]].concat();
            let page = bob.request(Method::Get, path, &headers, "").await;
            let text = element(&page, "p");
            let who = "Sie sind als Bob Builder angemeldet. ";
            assert_eq!(text.starts_with(who), path != "/own", "{path}: {text}");
            assert!(text.ends_with(german), "{path}: {text}");
        }
    }
}

/// The address of the form whose button says so.
fn form(page: &Answer, label: &str) -> Option<String> {
    let (before, _) = page.body.split_once(&format!(">{label}</button>"))?;
    let (_, from) = before.rsplit_once("action=\"")?;
    Some(from.split_once('"')?.0.replace("&amp;", "&"))
}

#[rocket::async_test]
async fn a_refused_user_may_use_another_account_or_sign_out() {
    let app = App::builder().routes(all()).start().await;
    for path in ["/role", "/claims", "/checked"] {
        let mut bob = app.signed_in("bob").await;
        let page = bob.open(path).await;
        let another = format!("/auth/sign-in?return_to={}&switch=1", path.replace('/', "%2F"));
        assert_eq!(addresses(&page), [another.as_str(), "/auth/sign-out", "/"], "{page:?}");
        let out = form(&page, "Sign out").expect("a button");
        let policy = page.header("Content-Security-Policy").expect("a policy");
        let logto = app.idp.endpoint().trim_end_matches('/').to_owned();
        assert!(policy.contains(&format!("form-action 'self' {logto};")), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(
            page.header("Referrer-Policy"),
            Some("same-origin"),
            "the form tells its origin"
        );
        let out = bob.post(&out, From::OwnPage, ORIGIN).await;
        assert!(out.location().starts_with(&app.idp.issuer()), "{out:?}");
        assert!(!bob.is_signed_in().await);
    }
}

#[rocket::async_test]
async fn a_refusal_of_nobody_offers_no_sign_out() {
    let app = App::builder().routes(all()).start().await;
    let page = app.browser().open("/own").await;
    assert_eq!(page.status, Status::Forbidden);
    assert_eq!(form(&page, "Sign out"), None, "{page:?}");
    assert!(!page.body.contains("signed in as"), "{page:?}");
}

/// A page with a button cannot be framed, because another page could have it clicked.
#[rocket::async_test]
async fn a_refusal_in_a_frame_has_no_button_and_can_be_seen() {
    let app = App::builder().routes(all()).start().await;
    let mut headers = navigation(From::OwnPage);
    headers.retain(|(name, _)| *name != "Sec-Fetch-Dest");
    headers.push(("Sec-Fetch-Dest", "iframe"));
    let mut bob = app.signed_in("bob").await;
    let page = bob.request(Method::Get, "/role", &headers, "").await;
    assert_eq!(page.status, Status::Forbidden);
    assert!(!page.body.contains("<form"), "{page:?}");
    let policy = page.header("Content-Security-Policy").expect("a policy");
    assert!(policy.contains("form-action 'none'") && policy.contains("frame-ancestors 'self'"));
}

#[rocket::async_test]
async fn a_name_is_one_line_of_a_length_that_can_be_read() {
    let name = format!("Bob\n\t\u{7}  the {}", "longest".repeat(40));
    let app = App::builder()
        .provider(|provider| provider.user(User::new("bob").name(&name)))
        .routes(all())
        .start()
        .await;
    let page = app.signed_in("bob").await.open("/role").await;
    let text = element(&page, "p");
    assert!(text.starts_with("You are signed in as Bob the longestlongest"), "{text}");
    let (name, _) = text.split_once("….").expect("the end of the name");
    assert_eq!(name.chars().count(), "You are signed in as ".len() + 80, "{text}");
}

#[rocket::async_test]
async fn the_page_of_a_loop_offers_the_sign_out_at_logto() {
    let app = App::start().await;
    let mut browser = app.browser();
    for _ in 1..=2 {
        app.sign_in(&mut browser, "alice", "/account").await;
        browser.cookies.retain(|name, _| name.contains("-flow-"));
    }
    let page = browser.open("/account").await;
    assert!(page.body.contains(">sign_in_loop<"), "{page:?}");
    let out = form(&page, "Sign out at Logto").expect("a button");
    assert_eq!(out, "/auth/sign-out?everywhere=1");
    let policy = page.header("Content-Security-Policy").expect("a policy");
    assert!(
        policy
            .contains(&format!("form-action 'self' {}", app.idp.endpoint().trim_end_matches('/')))
    );
    let out = browser.post(&out, From::OwnPage, ORIGIN).await;
    assert!(out.location().starts_with(&app.idp.issuer()), "{out:?}");
}
