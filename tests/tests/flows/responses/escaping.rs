//! What requests and users contain is text on our pages, never markup.

use logto_rocket::testing::{Endpoint, Fault, User};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, From};
use logto_rocket_tests::uri::{encoded, query};
use rocket::http::Status;

const SCRIPT: &str = r#""><script>alert(1)</script><img src=x onerror=alert(1)>'"#;

/// Whether it is a page of ours, with nothing on it that runs.
fn is_harmless(page: &Answer) {
    assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"), "{page:?}");
    let body = page.body.to_ascii_lowercase();
    assert!(body.contains("<h1>"), "{body}");
    assert!(!body.contains("<script") && !body.contains("<img"), "{body}");
    assert!(!body.contains("href=\"javascript:") && !body.contains(" onerror=alert(1)>"), "{body}");
    let policy = page.header("Content-Security-Policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains("base-uri 'none'; frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    assert_eq!(page.header("X-Content-Type-Options"), Some("nosniff"));
    for header in &page.headers {
        assert!(!header.1.contains("<script"), "{header:?}");
    }
}

/// Guards against this mistake: the `error` of a callback was shown as markup.
#[rocket::async_test]
async fn nothing_of_a_callback_is_markup() {
    let app = App::start().await;
    let script = encoded(SCRIPT);
    for query in [
        format!("error={script}"),
        format!("error=access_denied&error_description={script}"),
        format!("error=access_denied&error_uri=javascript:alert(1)&state={script}"),
        format!("code={script}&state={script}&iss={script}"),
        format!("{script}=1&{script}=2"),
        format!("state=a&state={script}"),
    ] {
        let path = format!("/auth/sign-in-callback?{query}");
        let page = app.browser().navigate(&path, From::OtherSite).await;
        assert!(page.status.code >= 400, "{query}");
        is_harmless(&page);
    }
    // Where the state is right, the error is looked at, and the page has a link back.
    for (error, status) in [("access_denied", 403), (script.as_str(), 502)] {
        let mut browser = app.browser();
        let start = browser.open(&format!("/auth/sign-in?return_to=/x?{script}")).await;
        let state = &query(start.location())["state"];
        let issuer = encoded(&app.idp.issuer());
        let path = format!(
            "/auth/sign-in-callback?error={error}&error_description={script}&state={state}&iss={issuer}"
        );
        let page = browser.navigate(&path, From::OtherSite).await;
        assert_eq!(page.status.code, status);
        is_harmless(&page);
    }
}

/// The line for developers quotes texts of the request.
#[rocket::async_test]
async fn what_is_wrong_with_a_request_is_text() {
    let app = App::start().await;
    let script = encoded(SCRIPT);
    let mut browser = app.browser();
    let start = browser.open("/auth/sign-in").await;
    let state = &query(start.location())["state"];
    for path in [
        format!("/auth/sign-in-callback?code=x&state={state}&iss={script}"),
        format!("/auth/sign-in?iss={script}"),
    ] {
        let page = browser.navigate(&path, From::OtherSite).await;
        assert_eq!(page.status, Status::BadRequest, "{page:?}");
        assert!(page.body.contains("&lt;script&gt;"), "{}", page.body);
        is_harmless(&page);
    }
}

#[rocket::async_test]
async fn a_display_name_is_text() {
    let app = App::builder()
        .provider(|provider| provider.user(User::new("mallory").name(SCRIPT)))
        .start()
        .await;
    let mut mallory = app.signed_in("mallory").await;
    assert!(mallory.open("/").await.body.contains(SCRIPT), "the name is really that");
    let link = "/auth/sign-in?organization_id=org_1";
    let page = mallory.navigate(link, From::OtherSite).await;
    assert_eq!(page.status, Status::Ok);
    assert!(page.body.contains("&lt;script&gt;"), "{}", page.body);
    is_harmless(&page);
}

#[rocket::async_test]
async fn a_path_to_return_to_is_text() {
    let app = App::start().await;
    let path = format!("/x?{}", SCRIPT.replace(' ', "%20"));
    let script = encoded(&path);
    let mut alice = app.signed_in("alice").await;
    for page in [
        format!("/auth/sign-out?return_to={script}"),
        format!("/auth/sign-in?organization_id=org_1&return_to={script}"),
    ] {
        let page = alice.navigate(&page, From::OtherSite).await;
        assert_eq!(page.status, Status::Ok);
        is_harmless(&page);
    }
    let denied = app.signed_in("bob").await.open(&format!("/admin?{script}")).await;
    assert_eq!(denied.status, Status::Forbidden);
    is_harmless(&denied);
    let form = app.browser().post(&format!("/change?{script}"), From::OwnPage, "null").await;
    assert_eq!(form.status, Status::Unauthorized);
    is_harmless(&form);
}

#[rocket::async_test]
async fn a_path_on_the_page_of_an_outage_is_text() {
    let app = App::builder().config(|config| config.pushed_authorization(true)).start().await;
    app.idp.fault(Endpoint::PushedAuthorization, Fault::Status(500)).for_ever();
    let script = encoded(SCRIPT);
    let page = app.browser().open(&format!("/auth/sign-in?return_to=/x&x={script}")).await;
    assert_eq!(page.status, Status::ServiceUnavailable);
    assert!(!page.sets_cookies());
    is_harmless(&page);
}

/// The address of a callback holds a code and a state, which no other page is to learn.
#[rocket::async_test]
async fn the_address_of_a_callback_is_sent_to_no_other_site() {
    let app = App::start().await;
    let mut browser = app.browser();
    let failed = browser.navigate("/auth/sign-in-callback?code=x&state=x", From::OtherSite).await;
    assert_eq!(failed.header("Referrer-Policy"), Some("no-referrer"));
    let callback = app.callback(&mut browser, "alice", "/").await;
    let done = browser.navigate(&callback, From::OtherSite).await;
    assert_eq!(done.status, Status::SeeOther);
    assert_eq!(done.header("Referrer-Policy"), Some("no-referrer"));
}
