//! Whoever may not come in: single sign-on would lead back to the same page for ever, so it offers another
//! account, and the end of the session at Logto.

use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::uri::{path_of, query};
use rocket::http::{Method, Status};

/// The address that a page has for this label.
fn link(page: &Answer, label: &str) -> Option<String> {
    let (before, _) = page.body.split_once(&format!(">{label}<"))?;
    let (_, from) = before.rsplit_once("href=\"")?;
    Some(from.split_once('"')?.0.replace("&amp;", "&"))
}

async fn staff_only() -> App {
    App::builder()
        .fairing(|fairing| {
            fairing.on_sign_in(|_, user| {
                let admitted = user.has_role("admin");
                Box::pin(async move { if admitted { Ok(()) } else { Err("staff only".into()) } })
            })
        })
        .start()
        .await
}

/// Follows the link to another account, where Alice signs in.
async fn becomes_alice(app: &App, browser: &mut Browser<'_>, page: &Answer, back: &str) {
    let another = link(page, "Use another account").unwrap_or_else(|| panic!("{page:?}"));
    let start = browser.navigate(&another, From::OwnPage).await;
    assert_eq!(query(start.location())["prompt"], "login consent", "{start:?}");
    let callback = app.idp.authorize(start.location(), "alice").await.expect("a callback");
    let done = browser.navigate(&path_of(&callback), From::OtherSite).await;
    assert_eq!((done.status, done.location()), (Status::SeeOther, back), "{done:?}");
    assert_eq!(browser.open(back).await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_user_whom_the_application_refuses_may_use_another_account() {
    let app = staff_only().await;
    let mut browser = app.browser();
    let page = app.sign_in(&mut browser, "bob", "/account").await;
    assert_eq!(page.status, Status::Forbidden);
    becomes_alice(&app, &mut browser, &page, "/account").await;
}

#[rocket::async_test]
async fn a_user_without_access_may_use_another_account() {
    let app = App::start().await;
    let mut browser = app.signed_in("bob").await;
    let page = browser.open("/admin").await;
    assert_eq!(page.status, Status::Forbidden);
    becomes_alice(&app, &mut browser, &page, "/admin").await;
}

/// Here there is no session, but there is one at Logto.
#[rocket::async_test]
async fn a_user_whom_the_application_refuses_may_sign_out_at_logto() {
    let app = staff_only().await;
    let mut browser = app.browser();
    let page = app.sign_in(&mut browser, "bob", "/account").await;
    let out = link(&page, "Sign out at Logto").unwrap_or_else(|| panic!("{page:?}"));
    let out = browser.navigate(&out, From::OwnPage).await;
    assert!(out.location().starts_with(&app.idp.issuer()), "{out:?}");
    assert_eq!(query(out.location())["client_id"], app.idp.app_id());
    let back = browser.navigate("/auth/sign-out-callback", From::OtherSite).await;
    assert_eq!(back.location(), "/");
}

#[rocket::async_test]
async fn without_a_session_only_a_page_of_this_site_sends_the_browser_to_logto() {
    let app = App::builder().config(|config| config.after_sign_out("/bye")).start().await;
    let form = |from| [&navigation(from)[..], &[("Origin", ORIGIN)]].concat();
    let everywhere = "/auth/sign-out?everywhere=1&return_to=%2Fx";
    for (method, headers) in
        [(Method::Get, navigation(From::OwnPage)), (Method::Post, form(From::OwnPage))]
    {
        let out = app.browser().request(method, everywhere, &headers, "").await;
        assert!(out.location().starts_with(&app.idp.issuer()), "{method}: {out:?}");
        for path in ["/auth/sign-out", "/auth/sign-out?everywhere=0", "/auth/sign-out?everywhere"] {
            let here = app.browser().request(method, path, &headers, "").await;
            assert_eq!(here.location(), "/bye", "{method} {path}: {here:?}");
        }
    }
    let mut prefetch = navigation(From::OwnPage);
    prefetch.push(("Sec-Purpose", "prefetch"));
    for headers in [navigation(From::OtherSite), navigation(From::AddressBar), prefetch] {
        let here = app.browser().request(Method::Get, everywhere, &headers, "").await;
        assert_eq!(here.location(), "/x", "{headers:?}: {here:?}");
    }
    let headers = navigation(From::OtherSite);
    let other = app.browser().request(Method::Post, everywhere, &headers, "").await;
    assert_eq!(other.location(), "/x");
}

/// Another user is never signed in without asking, by no link of another site.
#[rocket::async_test]
async fn a_link_of_another_site_to_another_account_asks_first() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let asked = alice.navigate("/auth/sign-in?switch=1", From::OtherSite).await;
    assert!(asked.body.contains("Alice Liddell"), "{asked:?}");
    let plain = alice.navigate("/auth/sign-in?switch=0", From::OtherSite).await;
    assert_eq!(query(plain.location())["prompt"], "consent", "no other value means anything");
}
