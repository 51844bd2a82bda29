//! Behind nginx as it comes: it refuses a response with more than 4 kB of headers (502), and a request with a
//! header of more than 8 kB (400).

use logto_rocket::testing::{Idp, User};
use logto_rocket::{Logto, LogtoUser, SessionConfig};
use logto_rocket_tests::app::{config_for, rocket as application};
use logto_rocket_tests::nginx::Nginx;
use logto_rocket_tests::server::{Server, free_port};
use logto_rocket_tests::uri::encoded;
use reqwest::Response;
use reqwest::header::{CONTENT_SECURITY_POLICY, LOCATION, SET_COOKIE};
use rocket::fairing::AdHoc;
use rocket::futures::future::join_all;
use rocket::http::Header;
use rocket::{Build, Rocket, get, routes};

use super::Browser;

/// What many pages of an application send.
const POLICY_BYTES: usize = 1_000;

#[get("/home")]
fn home(user: &LogtoUser) -> String {
    user.id().to_owned()
}

/// A user with 60 roles of 13 characters and 3 roles in each of 30 organizations.
fn busy() -> User {
    let user = User::new("busy").name("Busy Lizzie").email("busy.lizzie@example.test");
    let user = (0..60).fold(user, |user, number| user.role(&format!("department-{number:02}")));
    (0..30).fold(user, |user, number| {
        let roles = ["billing-admin", "order-manager", "staff-auditor"];
        user.organization(&format!("org{number:02}abcdefg"), roles)
    })
}

struct Site {
    idp: Idp,
    nginx: Nginx,
    server: Server,
}

impl Site {
    async fn start(session: SessionConfig) -> Option<Self> {
        let port = free_port();
        let nginx = Nginx::before(port).await?;
        let scopes = [
            "roles",
            "email",
            "urn:logto:scope:organizations",
            "urn:logto:scope:organization_roles",
        ];
        let origin = format!("http://localhost:{}", nginx.port);
        let idp = Idp::builder()
            .user(busy())
            .redirect_uri(&format!("{origin}/auth/sign-in-callback"))
            .post_logout_redirect_uri(&format!("{origin}/auth/sign-out-callback"));
        let idp = idp.start().await.expect("a provider");
        let config = config_for(&idp).base_url(&origin).scopes(scopes).session(session);
        let server = Server::launch(rocket(Logto::fairing().config(config)), port).await;
        Some(Self { idp, nginx, server })
    }

    fn browser(&self) -> Browser {
        Browser::at(&format!("http://localhost:{}", self.nginx.port))
    }

    async fn sign_in(&self, browser: &mut Browser, return_to: &str) -> Response {
        let link = format!("/auth/sign-in?return_to={}", encoded(return_to));
        let start = browser.get(&link).await;
        assert_eq!(start.status(), 303);
        let to = start.headers()[LOCATION].to_str().unwrap();
        let callback = self.idp.authorize(to, "busy").await.expect("a callback");
        browser.get(callback.strip_prefix(&browser.origin.clone()).unwrap()).await
    }
}

fn rocket(fairing: logto_rocket::LogtoFairing) -> Rocket<Build> {
    let policy = AdHoc::on_response("Policy", |request, response| {
        Box::pin(async move {
            if !request.uri().path().starts_with("/auth") {
                let sources = "https://static.example.com ".repeat(POLICY_BYTES / 27);
                let policy = format!("default-src {sources}");
                response.set_header(Header::new("Content-Security-Policy", policy));
            }
        })
    });
    application(fairing).mount("/", routes![home]).attach(policy)
}

#[rocket::async_test]
async fn sixty_roles_and_thirty_organizations_sign_in_and_roll_on_a_page_with_a_policy() {
    let idle = SessionConfig::new().idle_timeout(std::time::Duration::from_secs(2));
    let Some(site) = Site::start(idle).await else { return };
    let mut browser = site.browser();
    let callback = site.sign_in(&mut browser, "/home").await;
    assert_eq!(callback.status(), 303, "{callback:?}");
    assert_eq!(callback.headers()[LOCATION], "/home");
    // An idle time-out of two seconds is written again after one.
    let (mut rolled, mut pages) = (false, 0);
    while !rolled && pages < 100_000 {
        let page = browser.get("/home").await;
        assert_eq!(page.status(), 200, "after {pages} pages");
        assert!(page.headers()[CONTENT_SECURITY_POLICY].len() >= POLICY_BYTES);
        rolled = pages > 0 && page.headers().contains_key(SET_COOKIE);
        pages += 1;
    }
    assert!(rolled, "the cookies were written again");
    site.server.stop().await;
}

/// The session of that user, as many sign-ins as there may be, and a sign-out with a long way back.
#[rocket::async_test]
async fn the_largest_cookies_of_all_kinds_are_sent_together() {
    let Some(site) = Site::start(SessionConfig::new()).await else { return };
    let mut browser = site.browser();
    let long = format!("/{}", "x".repeat(1_023));
    let callback = site.sign_in(&mut browser, "/home").await;
    assert_eq!(callback.status(), 303);
    let mut other = site.browser();
    other.cookies.clone_from(&browser.cookies);
    let out = other.get(&format!("/auth/sign-out?return_to={long}")).await;
    assert_eq!(out.status(), 303);
    browser.cookies.extend(other.cookies);
    for _ in 0..8 {
        let start = browser.get(&format!("/auth/sign-in?return_to={long}")).await;
        assert_eq!(start.status(), 303);
    }
    let header: usize =
        browser.cookies.iter().map(|(name, value)| name.len() + value.len() + 3).sum();
    assert!((5_500..7_500).contains(&header), "{header} bytes");
    assert_eq!(browser.get("/home").await.status(), 303, "signed out by the other, but answered");
    site.server.stop().await;
}

/// Another site can have a browser begin them: no answer knows of the others.
#[rocket::async_test]
async fn twenty_sign_ins_with_long_pages_at_the_same_moment_leave_the_site_usable() {
    let Some(site) = Site::start(SessionConfig::new()).await else { return };
    let mut browser = site.browser();
    let long = format!("/{}", "x".repeat(1_023));
    let callback = site.sign_in(&mut browser, "/home").await;
    assert_eq!(callback.status(), 303);
    let mut other = site.browser();
    other.cookies.clone_from(&browser.cookies);
    let before = browser.cookies.clone();
    let begin = |number: usize| {
        let mut tab = site.browser();
        tab.cookies.clone_from(&before);
        let long = if number % 3 == 2 { "/usual" } else { &*long };
        let link = format!("/auth/sign-in?return_to={long}");
        async move { (tab.get(&link).await.status(), tab.cookies) }
    };
    for (status, cookies) in join_all((0..20).map(begin)).await {
        assert_eq!(status, 303);
        browser.cookies.extend(cookies);
    }
    let out = other.get(&format!("/auth/sign-out?return_to={long}")).await;
    assert_eq!(out.status(), 303);
    let cookies = |browser: &Browser| {
        browser.cookies.iter().map(|(name, value)| name.len() + value.len() + 3).sum::<usize>()
    };
    // With all that a browser can have besides.
    let post_logout = other.cookies.into_iter().filter(|(name, _)| name.contains("-post-logout"));
    browser.cookies.extend(post_logout);
    assert!((3_000..7_500).contains(&cookies(&browser)), "{} bytes", cookies(&browser));
    assert_eq!(browser.get("/home").await.status(), 303, "signed out by the other, but answered");
    let again = site.sign_in(&mut browser, &long).await;
    assert_eq!(again.headers()[LOCATION], *long);
    assert_eq!(browser.get("/home").await.status(), 200);
    site.server.stop().await;
}
