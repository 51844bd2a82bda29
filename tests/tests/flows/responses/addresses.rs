//! Where the links of built-in pages lead: to this site, and home is where the application says.

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{From, navigation};
use rocket::http::Method;

use super::redirects::stays;

/// Guards against this mistake: Rocket serves `//auth/sign-in` as well, and the page there led to the host
/// `auth`.
#[rocket::async_test]
async fn no_page_leads_off_this_site_however_its_own_address_is_written() {
    let app = App::builder().config(|config| config.pushed_authorization(true)).start().await;
    app.idp.fault(Endpoint::PushedAuthorization, Fault::Status(500)).for_ever();
    let mut alice = app.browser();
    let script = [("Accept", "text/html"), ("X-Requested-With", "XMLHttpRequest")];
    let mut frame = navigation(From::OtherSite);
    frame.retain(|(name, _)| *name != "Sec-Fetch-Dest");
    frame.push(("Sec-Fetch-Dest", "iframe"));
    for prefix in ["/", "//", "///", "////"] {
        for path in
            ["auth/sign-in?organization_id=o&return_to=%2Fx", "auth//sign-in", "auth/sign-in/"]
        {
            for (kind, headers) in [
                ("navigation", navigation(From::OtherSite)),
                ("script", script.to_vec()),
                ("frame", frame.clone()),
                ("Inertia", vec![("X-Inertia", "true"), ("Accept", "text/html")]),
                ("Unpoly", vec![("X-Up-Version", "3.12.0")]),
            ] {
                let path = format!("{prefix}{path}");
                let page = alice.request(Method::Get, &path, &headers, "").await;
                let links = page.body.split(" href=\"").skip(1);
                let mut links: Vec<_> = links.filter_map(|text| text.split('"').next()).collect();
                links.extend(page.header("X-Inertia-Location"));
                assert!(!links.is_empty(), "{kind} {path}: {page:?}");
                for link in links {
                    assert!(stays(link), "{kind} {path} leads to {link}");
                }
            }
        }
    }
}

/// Guards against this mistake: each page's way home was `/`, whatever was configured, also where that
/// is another application's.
#[rocket::async_test]
async fn home_is_where_the_application_says() {
    let home = |config: logto_rocket::Config| config.after_sign_in("/app/home");
    let app = App::builder().config(home).start().await;
    let mut browser = app.browser();
    let failed = browser.navigate("/auth/sign-in-callback?state=x&code=x", From::OtherSite).await;
    let denied = app.signed_in("bob").await.open("/admin").await;
    for page in [failed, denied] {
        assert!(page.body.contains("href=\"/app/home\""), "{page:?}");
        assert!(!page.body.contains("href=\"/\""), "{page:?}");
    }
}
