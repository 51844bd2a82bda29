//! A site at several hosts: each signs in at its own.

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, Config, Error, Logto, LogtoUser, SignIn, SignOut, authenticated};
use logto_rocket_tests::app::{App, config_without_address, post_logout_token, rocket};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::uri::query;
use rocket::http::uri::Host;
use rocket::http::{Header, Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{get, post, routes, uri};

/// The hosts of the site, the first one first.
pub const HOSTS: [&str; 2] = ["a.example", "b.example:8443"];

/// The origin of a host.
pub fn origin(host: &str) -> String {
    format!("https://{host}")
}

/// A site at these addresses.
pub async fn site_at(urls: &[String], change: impl FnOnce(Config) -> Config) -> App {
    let clock = Clock::frozen();
    let idp = urls.iter().fold(Idp::builder().clock(clock.clone()), |idp, url| {
        idp.redirect_uri(&format!("{url}/auth/sign-in-callback"))
            .post_logout_redirect_uri(&format!("{url}/auth/sign-out-callback"))
    });
    let idp = idp.start().await.expect("a provider");
    let config = change(config_without_address(&idp).base_urls(urls));
    let fairing = Logto::fairing().config(config).clock(clock.clone());
    let rocket = rocket(fairing).mount("/", routes![join, leave, own_change]);
    let client = Client::untracked(rocket).await.expect("a launch");
    App { client, idp, clock }
}

/// A site at both hosts.
pub async fn site() -> App {
    site_with(|config| config).await
}

/// The same with another configuration.
pub async fn site_with(change: impl FnOnce(Config) -> Config) -> App {
    site_at(&HOSTS.map(origin), change).await
}

/// A browser that goes to this host.
pub fn at<'a>(app: &'a App, host: &str) -> Browser<'a> {
    let mut browser = app.browser();
    browser.headers.push(("Host".into(), host.into()));
    browser
}

/// Goes through the sign-in that begins with this link at one host, and answers with what the callback
/// said.
pub async fn sign_in(app: &App, browser: &mut Browser<'_>, host: &str, link: &str) -> Answer {
    let start = browser.open(link).await;
    assert_eq!(start.status, Status::SeeOther, "{host}: {start:?}");
    let asked = query(start.location());
    assert_eq!(asked["redirect_uri"], format!("{}/auth/sign-in-callback", origin(host)));
    let callback = app.idp.authorize(start.location(), "alice").await.expect("a callback");
    let path = callback.strip_prefix(&origin(host)).expect("the same host");
    browser.navigate(path, From::OtherSite).await
}

/// A browser in which alice has signed in at this host.
pub async fn signed_in<'a>(app: &'a App, host: &str) -> Browser<'a> {
    let mut browser = at(app, host);
    let done = sign_in(app, &mut browser, host, "/auth/sign-in").await;
    assert_eq!(done.status, Status::SeeOther, "{host}: {done:?}");
    assert!(browser.is_signed_in().await, "{host}");
    browser
}

#[get("/join")]
async fn join(logto: &Logto) -> Result<SignIn, Error> {
    logto.sign_up().start().await
}

#[post("/leave")]
async fn leave(logto: &Logto, user: &LogtoUser) -> SignOut {
    logto.sign_out(user).start().await
}

#[authenticated]
#[post("/own-change")]
fn own_change() -> &'static str {
    "changed"
}

#[rocket::async_test]
async fn each_host_signs_in_and_out_at_its_own_address() {
    let app = site().await;
    for host in HOSTS {
        let mut browser = at(&app, host);
        let link = format!("/auth/sign-in?return_to={}/account", origin(host));
        let done = sign_in(&app, &mut browser, host, &link).await;
        assert_eq!(done.location(), "/account", "{host}");
        assert!(browser.cookies.keys().all(|name| name.starts_with("__Host-")), "{host}");
        assert!(browser.is_signed_in().await, "{host}");
        let mut headers = navigation(From::OwnPage);
        let origin = origin(host);
        headers.push(("Origin", &origin));
        let out = browser.request(Method::Post, "/auth/sign-out", &headers, "").await;
        let asked = query(out.location());
        let back = format!("{origin}/auth/sign-out-callback");
        assert_eq!(asked["post_logout_redirect_uri"], back, "{host}");
        let back = browser.navigate("/auth/sign-out-callback", From::OtherSite).await;
        assert_eq!(back.location(), "/", "{host}");
        assert!(browser.cookies.is_empty(), "{host}: {:?}", browser.cookies);
    }
}

#[rocket::async_test]
async fn what_a_handler_starts_is_for_the_host_of_its_request() {
    let app = site().await;
    for host in HOSTS {
        let mut browser = at(&app, host);
        sign_in(&app, &mut browser, host, "/join").await;
        assert!(browser.is_signed_in().await, "{host}");
        let out = browser.post("/leave", From::OwnPage, &origin(host)).await;
        let asked = query(out.location());
        let back = format!("{}/auth/sign-out-callback", origin(host));
        assert_eq!(asked["post_logout_redirect_uri"], back, "{host}");
    }
}

#[rocket::async_test]
async fn the_case_of_a_host_and_the_usual_port_make_no_difference() {
    let app = site().await;
    for (sent, host) in
        [("A.Example", HOSTS[0]), ("a.example:443", HOSTS[0]), ("B.EXAMPLE:8443", HOSTS[1])]
    {
        let mut browser = at(&app, sent);
        sign_in(&app, &mut browser, host, "/auth/sign-in").await;
        assert!(browser.is_signed_in().await, "{sent}");
        let mut same = at(&app, host);
        same.cookies.clone_from(&browser.cookies);
        assert!(same.is_signed_in().await, "{sent} is {host}");
    }
}

/// With HTTP/2 a browser sends no `Host`: Rocket knows the host from `:authority`.
#[rocket::async_test]
async fn the_authority_of_http_2_names_the_host() {
    let app = site().await;
    let start = async |authority: Host<'static>, header: Option<&'static str>| {
        let mut request = app.client.get("/auth/sign-in");
        request.add_header(Header::new("Accept", "text/html"));
        if let Some(host) = header {
            request.add_header(Header::new("Host", host));
        }
        request.inner_mut().set_host(authority);
        let response = request.dispatch().await;
        let location = response.headers().get_one("Location").map(query);
        (response.status(), location.map(|asked| asked["redirect_uri"].clone()))
    };
    let redirect_uri = Some(format!("{}/auth/sign-in-callback", origin(HOSTS[1])));
    let authority = || Host::from(uri!("B.example:8443"));
    assert_eq!(start(authority(), None).await, (Status::SeeOther, redirect_uri.clone()));
    // As HTTP/1 has it, too.
    assert_eq!(start(authority(), Some("b.example:8443")).await.1, redirect_uri);
    assert_eq!(start(authority(), Some("a.example")).await, (Status::BadRequest, None));
    assert_eq!(start(Host::from(uri!("c.example")), None).await, (Status::BadRequest, None));
}

#[rocket::async_test]
async fn a_session_that_ends_for_its_user_ends_at_each_host() {
    for by_token in [true, false] {
        let app = site().await;
        let mut browsers = Vec::new();
        for host in HOSTS {
            browsers.push(signed_in(&app, host).await);
        }
        let sub = app.idp.user_id("alice").unwrap();
        if by_token {
            // The inner network calls it by another name.
            let token = app.idp.logout_token("alice").unwrap();
            let mut logto = at(&app, "10.0.0.7:8000");
            let headers = [("Content-Type", "application/x-www-form-urlencoded")];
            let body = format!("logout_token={token}");
            let path = "/auth/backchannel-logout";
            let answer = logto.request(Method::Post, path, &headers, &body).await;
            assert_eq!(answer.status, Status::Ok, "{answer:?}");
        } else {
            app.logto().sessions().end_all_of(&sub).await.unwrap();
        }
        for browser in &mut browsers {
            assert!(!browser.is_signed_in().await);
        }
        assert_eq!(post_logout_token(&app.client, "x").await.status, Status::BadRequest);
    }
}

/// Cookies do not heed ports.
#[rocket::async_test]
async fn ports_of_one_host_keep_their_cookies_apart() {
    let local = ["localhost:8000", "localhost:8001"].map(|host| format!("http://{host}"));
    let secure = ["a.example", "a.example:8443"].map(|host| format!("https://{host}"));
    for urls in [local, secure] {
        let app = site_at(&urls, |config| config).await;
        let mut jar = std::collections::BTreeMap::new();
        for url in &urls {
            let host = url.split_once("://").unwrap().1;
            let mut browser = at(&app, host);
            browser.cookies.clone_from(&jar);
            let start = browser.open("/auth/sign-in").await;
            let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
            let path = callback.strip_prefix(url.as_str()).expect("the same host");
            browser.navigate(path, From::OtherSite).await;
            assert!(browser.is_signed_in().await, "{url}");
            jar = browser.cookies;
        }
        assert_eq!(jar.len(), 2, "{jar:?}");
        for url in &urls {
            let mut browser = at(&app, url.split_once("://").unwrap().1);
            browser.cookies.clone_from(&jar);
            assert!(browser.is_signed_in().await, "{url}");
        }
    }
}
