//! Requests for a host that is none of the site's.

use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{From, navigation};
use logto_rocket_tests::uri::query;
use rocket::http::{Method, Status};

use super::several::{HOSTS, at, origin, sign_in, signed_in, site};

#[rocket::async_test]
async fn sign_ins_and_sign_outs_at_an_unlisted_host_are_refused_with_the_reason() {
    let app = site().await;
    for host in ["c.example", "b.example", "127.0.0.1:8000", "a.example.", "x<script>"] {
        let mut browser = at(&app, host);
        for path in [
            "/auth/sign-in",
            "/auth/sign-up",
            "/auth/sign-in-callback?state=x&code=x",
            "/auth/sign-out",
        ] {
            let page = browser.open(path).await;
            assert_eq!(page.status, Status::BadRequest, "{host} {path}: {page:?}");
            let shown = host.replace('<', "&lt;").replace('>', "&gt;");
            for part in [&*shown, "https://a.example", "proxy_set_header Host $host"] {
                assert!(page.body.contains(part), "{part}: {page:?}");
            }
            assert!(page.body.contains("<code>unlisted_host</code>"), "{page:?}");
            assert!(page.body.contains("href=\"https://a.example/\""), "{page:?}");
            assert!(!page.body.contains("href=\"/"), "a path leads here again: {page:?}");
            assert!(!page.sets_cookies(), "{page:?}");
            page.assert_not_stored();
        }
        let posted = browser.post("/auth/sign-out", From::OwnPage, &origin(HOSTS[0])).await;
        assert_eq!(posted.status, Status::BadRequest, "{host}");
    }
    assert_eq!(app.idp.requests().token(), 0);
    let json = [("Accept", "application/json")];
    let problem = at(&app, "c.example").request(Method::Get, "/auth/sign-in", &json, "").await;
    assert_eq!(problem.problem()["type"], "urn:logto-rocket:unlisted_host");
}

#[rocket::async_test]
async fn other_routes_judge_an_unlisted_host_as_the_first() {
    let app = site().await;
    let (first, second) = (signed_in(&app, HOSTS[0]).await, signed_in(&app, HOSTS[1]).await);
    for (cookies, is_good) in [(&first.cookies, true), (&second.cookies, false)] {
        let mut probe = at(&app, "10.0.0.7:8000");
        probe.cookies.clone_from(cookies);
        assert_eq!(probe.is_signed_in().await, is_good);
        let change = probe.post("/own-change", From::OtherSite, &origin(HOSTS[1])).await;
        assert!(!matches!(change.status, Status::Ok), "{change:?}");
        let own = [("Origin", "https://a.example")];
        let change = probe.request(Method::Post, "/own-change", &own, "").await;
        assert_eq!(change.status == Status::Ok, is_good, "{change:?}");
    }
    let probe = at(&app, "10.0.0.7:8000").open("/account").await;
    assert_eq!(probe.location(), "/auth/sign-in?return_to=%2Faccount");
}

#[rocket::async_test]
async fn two_hosts_none_and_a_forwarded_one_are_no_host() {
    let app = site().await;
    for hosts in [&["a.example", "b.example:8443"][..], &["a.example", "a.example"], &[]] {
        let mut browser = app.browser();
        for host in hosts {
            browser.headers.push(("Host".into(), (*host).into()));
        }
        let page = browser.open("/auth/sign-in").await;
        assert_eq!(page.status, Status::BadRequest, "{hosts:?}: {page:?}");
        assert!(page.body.contains("<code>unlisted_host</code>"), "{page:?}");
    }
    let mut forwarded = at(&app, "c.example");
    for name in ["X-Forwarded-Host", "X-Host", "Forwarded"] {
        forwarded.headers.push((name.into(), "a.example".into()));
    }
    assert_eq!(forwarded.open("/auth/sign-in").await.status, Status::BadRequest);
    let mut forged = at(&app, HOSTS[1]);
    forged.headers.push(("X-Forwarded-Host".into(), "a.example".into()));
    sign_in(&app, &mut forged, HOSTS[1], "/auth/sign-in").await;
    assert!(forged.is_signed_in().await);
}

#[rocket::async_test]
async fn with_one_address_the_host_is_not_looked_at() {
    let app = App::start().await;
    let one = ["http://localhost:8000".to_owned()];
    let listed = super::several::site_at(&one, |config| config).await;
    for app in [app, listed] {
        for hosts in [&["evil.example"][..], &["a.example", "b.example"], &[]] {
            let mut browser = app.browser();
            for host in hosts {
                browser.headers.push(("Host".into(), (*host).into()));
            }
            let start = browser.open("/auth/sign-in").await;
            assert_eq!(start.status, Status::SeeOther, "{hosts:?}: {start:?}");
            let asked = query(start.location());
            assert_eq!(asked["redirect_uri"], "http://localhost:8000/auth/sign-in-callback");
            let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
            let callback = callback.strip_prefix("http://localhost:8000").unwrap();
            browser.navigate(callback, From::OtherSite).await;
            assert!(browser.is_signed_in().await, "{hosts:?}");
        }
    }
    let head = app_head().await;
    assert_eq!(head, Status::Ok, "HEAD has no effect, and is not refused");
}

async fn app_head() -> Status {
    let app = site().await;
    let headers = navigation(From::AddressBar);
    at(&app, "c.example").request(Method::Head, "/auth/sign-in", &headers, "").await.status
}
