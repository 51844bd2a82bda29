//! A site below a path of its host, behind a proxy that passes the path on and behind one that takes it
//! off.

use std::sync::{Arc, Mutex};

use logto_rocket::{Event, Logto, NotLocal, SignIn};
use logto_rocket_tests::app::{App, ORIGIN, usual_routes};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::builder::Builder;
use logto_rocket_tests::uri::{encoded, path_of, query};
use rocket::http::{Cookie, Method, Status};
use rocket::{Route, get, routes};

/// Where browsers find the site.
pub const SITE: &str = "http://localhost:8000/app";

/// What a proxy does with the path.
pub const MODES: [&str; 2] = ["strip", "keep"];

/// A site behind a proxy.
pub struct Site {
    pub app: App,
    mode: &'static str,
}

impl Site {
    pub async fn start(mode: &'static str) -> Self {
        Self::of(mode, App::builder(), Vec::new).await
    }

    /// The site with more routes, which are where its proxy finds them.
    pub async fn of(mode: &'static str, builder: Builder<'_>, routes: fn() -> Vec<Route>) -> Self {
        let builder = builder.config(|config| config.base_url(SITE).proxy_prefix(mode));
        let app = match mode {
            "keep" => {
                builder.rocket(|it| it.mount("/app/", usual_routes()).mount("/app", routes()))
            }
            _ => builder.routes(routes()),
        };
        Self { app: app.start().await, mode }
    }

    /// What the proxy asks the application for.
    pub fn passed_on(&self, path: &str) -> String {
        let below = path.strip_prefix("/app").expect("a path of the site");
        assert!(below.starts_with('/'), "the proxy adds the slash by a redirect: {path}");
        if self.mode == "strip" { below.to_owned() } else { path.to_owned() }
    }

    pub async fn open(&self, browser: &mut Browser<'_>, path: &str) -> Answer {
        browser.open(&self.passed_on(path)).await
    }

    pub async fn request(
        &self,
        browser: &mut Browser<'_>,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        browser.request(method, &self.passed_on(path), headers, "").await
    }

    /// Goes through the sign-in that begins with this link, and answers with what the callback said.
    pub async fn sign_in(&self, browser: &mut Browser<'_>, link: &str) -> Answer {
        let start = self.open(browser, link).await;
        assert_eq!(start.status, Status::SeeOther, "{start:?}");
        let callback = self.app.idp.authorize(start.location(), "alice").await.expect("a callback");
        browser.navigate(&self.passed_on(&path_of(&callback)), From::OtherSite).await
    }

    pub async fn signed_in(&self) -> Browser<'_> {
        let mut browser = self.app.browser();
        let answer = self.sign_in(&mut browser, "/app/auth/sign-in").await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, "/app/"));
        assert_eq!(self.open(&mut browser, "/app/").await.status, Status::Ok);
        browser
    }
}

#[rocket::async_test]
async fn a_user_signs_in_and_returns_below_the_path() {
    for mode in MODES {
        let site = Site::start(mode).await;
        let mut browser = site.app.browser();
        let refused = site.open(&mut browser, "/app/account?tab=keys").await;
        let link = "/app/auth/sign-in?return_to=%2Fapp%2Faccount%3Ftab%3Dkeys";
        assert_eq!((refused.status, refused.location()), (Status::SeeOther, link), "{mode}");
        let start = site.open(&mut browser, link).await;
        let asked = query(start.location());
        assert_eq!(asked["redirect_uri"], format!("{SITE}/auth/sign-in-callback"), "{mode}");
        let done = site.sign_in(&mut browser, link).await;
        assert_eq!(done.location(), "/app/account?tab=keys", "{mode}: {done:?}");
        for header in done.all("Set-Cookie") {
            let cookie = Cookie::parse(header.to_owned()).unwrap();
            assert_eq!(cookie.path(), Some("/"), "as `__Host-` wants it: {header}");
        }
        assert_eq!(site.open(&mut browser, "/app/account?tab=keys").await.status, Status::Ok);
        assert_eq!(site.open(&mut browser, "/app/auth/user").await.status, Status::Ok);
    }
}

#[rocket::async_test]
async fn a_page_to_return_to_is_below_the_path_or_another_applications() {
    for mode in MODES {
        let events = Arc::<Mutex<Vec<Event>>>::default();
        let heard = Arc::clone(&events);
        let builder = App::builder().config(|config| config.after_sign_in("/start")).fairing(
            move |fairing| fairing.on_event(move |it| heard.lock().unwrap().push(it.clone())),
        );
        let site = Site::of(mode, builder, Vec::new).await;
        for (text, page) in [
            ("/app", "/app"),
            ("/app/", "/app/"),
            ("/app/x?y=/other", "/app/x?y=/other"),
            ("http://localhost:8000/app/x#y", "/app/x"),
            ("/app?x", "/app?x"),
        ] {
            let link = format!("/app/auth/sign-in?return_to={}", encoded(text));
            let end = site.sign_in(&mut site.app.browser(), &link).await;
            assert_eq!(end.location(), page, "{mode} {text}");
        }
        assert!(!events.lock().unwrap().iter().any(|it| it.code() == "return_to_ignored"));
        for text in
            ["/", "/x", "/application", "/app/../x", "/app/..%2fx", "http://localhost:8000/x"]
        {
            events.lock().unwrap().clear();
            let link = format!("/app/auth/sign-in?return_to={}", encoded(text));
            let end = site.sign_in(&mut site.app.browser(), &link).await;
            assert_eq!(end.location(), "/app/start", "{mode} {text}");
            let events = events.lock().unwrap();
            let ignored = events.iter().filter_map(|event| match event {
                Event::ReturnToIgnored { why } => Some(*why),
                _ => None,
            });
            let ignored = ignored.collect::<Vec<_>>();
            assert_eq!(ignored, [NotLocal::OtherApplication], "{mode} {text}: {events:?}");
        }
    }
}

#[rocket::async_test]
async fn a_sign_out_leads_to_logto_and_back_below_the_path() {
    for mode in MODES {
        let site = Site::start(mode).await;
        let out = "/app/auth/sign-out";
        for (link, end) in [
            (out.to_owned(), "/app/"),
            (format!("{out}?return_to=%2Fapp%2Fbye"), "/app/bye"),
            (format!("{out}?return_to=%2Fbye"), "/app/"),
        ] {
            let mut alice = site.signed_in().await;
            let mut headers = navigation(From::OwnPage);
            headers.push(("Origin", ORIGIN));
            let left = site.request(&mut alice, Method::Post, &link, &headers).await;
            let asked = query(left.location());
            let back = format!("{SITE}/auth/sign-out-callback");
            assert_eq!(asked["post_logout_redirect_uri"], back, "{mode}: {left:?}");
            let callback = site.passed_on("/app/auth/sign-out-callback");
            let back = alice.navigate(&callback, From::OtherSite).await;
            assert_eq!((back.status, back.location()), (Status::SeeOther, end), "{mode} {link}");
            assert!(alice.cookies.is_empty(), "{mode}: {:?}", alice.cookies);
        }
        let nobody = site.open(&mut site.app.browser(), out).await;
        assert_eq!(nobody.location(), "/app/", "{mode}");
    }
}

#[get("/menu")]
fn menu(logto: &Logto) -> String {
    ["/", "/x?y=1", "x", "//evil.example", "/\\evil.example", "\t/\n/evil.example"]
        .map(|path| logto.path(path))
        .join(" ")
}

#[get("/join")]
async fn join(logto: &Logto) -> Result<SignIn, logto_rocket::Error> {
    logto.sign_in().return_to(&logto.path("/welcome")).start().await
}

#[rocket::async_test]
async fn a_handler_makes_links_with_the_path() {
    for mode in MODES {
        let site = Site::of(mode, App::builder(), || routes![menu, join]).await;
        let page = site.open(&mut site.app.browser(), "/app/menu").await;
        let links = "/app/ /app/x?y=1 /app/x /app/evil.example /app/evil.example /app/evil.example";
        assert_eq!(page.body, links, "{mode}");
        let end = site.sign_in(&mut site.app.browser(), "/app/join").await;
        assert_eq!(end.location(), "/app/welcome", "{mode}");
    }
    let root = App::builder().routes(routes![menu]).start().await;
    let page = root.browser().open("/menu").await;
    assert_eq!(page.body, "/ /x?y=1 /x /evil.example /evil.example /evil.example");
}

/// Cookies with `__Host-` have the path `/`, so that a browser sends them to all applications of the host.
#[rocket::async_test]
async fn applications_below_other_paths_have_cookies_of_their_own() {
    let root = App::start().await;
    let mut all = root.signed_in("alice").await;
    for (number, path) in ["/app", "/other"].into_iter().enumerate() {
        let config = logto_rocket_tests::app::config_without_address(&root.idp)
            .base_url(format!("{ORIGIN}{path}"));
        let other = logto_rocket_tests::app::launch(&root.clock, config, Vec::new()).await;
        let mut there = all.at(&other);
        assert!(!there.is_signed_in().await, "the session of another application is nobody's");
        let start = there.open(&format!("{path}/auth/sign-in?return_to={path}/account")).await;
        let callback = root.idp.authorize(start.location(), "bob").await.unwrap();
        there.navigate(&path_of(&callback), From::OtherSite).await;
        assert!(there.is_signed_in().await, "{path}");
        assert_eq!(there.cookies.len(), number + 2, "{:?}", there.cookies);
        // Under the name of the other it is nobody's, either.
        let (own, others) = (there.cookies.clone(), all.cookies.clone());
        let name = own.keys().find(|name| !others.contains_key(*name)).unwrap();
        let mut renamed = root.browser().at(&other);
        renamed.cookies.insert(name.clone(), others.values().next().unwrap().clone());
        assert!(!renamed.is_signed_in().await, "{path}");
        all.cookies = own;
    }
    assert_eq!(all.account().await.unwrap().0, root.idp.user_id("alice").unwrap());
}
