//! A store or a Logto that does not answer holds up the requests that need it, and no others.
//!
//! The application has its own runtime with three threads at most, and clients outside of it: requests that wait
//! in a place where a thread waits with them would stop it for good.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Idp};
use logto_rocket::{Clock, Logto, LogtoFairing, MemoryStore, Page, RenderedPage};
use logto_rocket_tests::app::{config_for, figment, rocket as application};
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::gated_store::GatedStore;
use logto_rocket_tests::server::{Server, free_port};
use logto_rocket_tests::wait::{self, WATCHDOG};
use rocket::local::asynchronous::Client;
use rocket::tokio::runtime::{Builder, Runtime};
use rocket::{Build, Rocket, get, routes};
use rocket_dyn_templates::{Template, context};

/// More than the threads of the application.
const REQUESTS: usize = 8;

#[get("/public")]
fn public() -> &'static str {
    "public"
}

#[get("/page")]
fn page(page: Page<'_>) -> RenderedPage {
    page.render("minijinja", context! { title: "Mine" })
}

/// An application in a runtime of few threads, and the cookies of a user who is signed in.
struct Site {
    /// Where the provider runs.
    outside: Runtime,
    /// Where the application runs; it is left behind, because a runtime whose threads hang never ends.
    inside: Option<Runtime>,
    idp: Idp,
    clock: Clock,
    cookies: String,
    port: u16,
    store: Arc<GatedStore>,
}

impl Site {
    fn start(in_store: bool) -> Self {
        let outside = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let inside = Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let clock = Clock::frozen();
        let store = GatedStore::before(Arc::new(MemoryStore::new(1_000)));
        let idp = outside.block_on(Idp::builder().clock(clock.clone()).start()).unwrap();
        let shared = |fairing: LogtoFairing| {
            if in_store { fairing.store(store.clone()) } else { fairing }
        };
        let site = || {
            let fairing = Logto::fairing().config(config_for(&idp)).clock(clock.clone());
            rocket(shared(fairing))
        };
        let cookies = outside.block_on(sign_in(site(), &idp, "alice"));
        let port = free_port();
        inside.block_on(Server::launch(site(), port));
        Self { outside, inside: Some(inside), idp, clock, cookies, port, store }
    }

    /// The cookies of another user, with sessions in cookies.
    fn sign_in(&self, username: &str) -> String {
        let fairing = Logto::fairing().config(config_for(&self.idp)).clock(self.clock.clone());
        self.outside.block_on(sign_in(rocket(fairing), &self.idp, username))
    }

    /// Sends a request, and leaves the answer to come.
    fn ask(&self, path: &str, cookies: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(WATCHDOG / 3)).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost:8000\r\nAccept: text/html\r\nSec-Fetch-Mode: navigate\r\n\
             Sec-Fetch-Dest: document\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// More requests for a page than the application has threads, none of them answered yet.
    fn ask_often(&self, path: &str) -> Vec<TcpStream> {
        (0..REQUESTS).map(|_| self.ask(path, &self.cookies)).collect()
    }

    /// Waits, outside of the application, until something is so.
    fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        self.outside.block_on(wait::until(what, async || is_so()));
    }

    fn public_answers(&self) {
        let answer = answer(self.ask("/public", ""));
        assert!(answer.ends_with("public"), "{answer}");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.inside.take().unwrap().shutdown_background();
    }
}

/// The whole answer to a request.
#[track_caller]
fn answer(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    assert!(read.is_ok() && answer.starts_with("HTTP/1.1"), "the application hangs: {read:?}");
    answer
}

fn rocket(fairing: LogtoFairing) -> Rocket<Build> {
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    application(fairing)
        .configure(figment().merge(("template_dir", templates)))
        .attach(Template::fairing())
        .mount("/", routes![public, page])
}

/// The cookies of a user who has signed in, at another process of the application.
async fn sign_in(rocket: Rocket<Build>, idp: &Idp, username: &str) -> String {
    let client = Client::untracked(rocket).await.unwrap();
    let mut browser = Browser::new(&client);
    browser.sign_in(idp, username, "/").await;
    assert!(browser.is_signed_in().await);
    let cookies = browser.cookies.iter().filter(|(name, _)| !name.contains("-flow-"));
    cookies.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

fn a_silent_store_holds_up_no_other_request(path: &str, right: impl Fn(&str) -> bool) {
    let site = Site::start(true);
    let before = answer(site.ask(path, &site.cookies));
    assert!(right(&before), "{before}");
    let silence = site.outside.block_on(site.store.readable.write());
    let asked = site.store.loads();
    let waiting = site.ask_often(path);
    site.until("some requests wait", || site.store.loads() > asked);
    site.public_answers();
    site.until("all requests wait", || site.store.loads() >= asked + REQUESTS);
    site.public_answers();
    drop(silence);
    for request in waiting {
        answer(request);
    }
    let after = answer(site.ask(path, &site.cookies));
    assert!(right(&after), "{after}");
}

#[test]
fn a_store_that_hangs_holds_up_no_other_request_while_users_ask_for_a_fresh_sign_in() {
    a_silent_store_holds_up_no_other_request("/auth/sign-in?max_age=1", |answer| {
        answer.starts_with("HTTP/1.1 303") && answer.contains("max_age=1")
    });
}

#[test]
fn a_store_that_hangs_holds_up_no_other_request_while_pages_are_rendered() {
    a_silent_store_holds_up_no_other_request("/page", |answer| answer.contains("sign-out"));
}

#[test]
fn a_page_says_that_the_user_is_unknown_while_the_store_hangs() {
    let site = Site::start(true);
    let silence = site.outside.block_on(site.store.readable.write());
    let unknown = answer(site.ask("/page", &site.cookies));
    assert!(unknown.starts_with("HTTP/1.1 200"), "{unknown}");
    assert!(unknown.contains("<p>unknown</p>") && unknown.contains("sign-in"), "{unknown}");
    assert!(unknown.contains("no-store") && !unknown.contains("sign-out"), "{unknown}");
    let stranger = answer(site.ask("/page", ""));
    assert!(stranger.contains("sign-in") && !stranger.contains("unknown"), "{stranger}");
    drop(silence);
    let known = answer(site.ask("/page", &site.cookies));
    assert!(known.contains("sign-out") && !known.contains("unknown"), "{known}");
}

#[test]
fn a_logto_that_hangs_holds_up_no_other_request_while_pages_are_rendered() {
    let site = Site::start(false);
    let before = answer(site.ask("/page", &site.cookies));
    assert!(before.contains("sign-out"), "{before}");
    site.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    site.clock.advance(Duration::from_secs(3700));
    let waiting = site.ask_often("/page");
    site.until("claims are confirmed", || site.idp.requests().token_by_grant("refresh_token") > 0);
    site.public_answers();
    for request in waiting {
        answer(request);
    }
    site.idp.heal();
    site.public_answers();
    let is_known = || answer(site.ask("/page", &site.cookies)).contains("sign-out");
    site.until("the page knows the user again", is_known);
}

/// A page waits for half a second, a circuit opens after two.
#[test]
fn pages_alone_find_out_that_logto_is_silent_and_then_leave_it_alone() {
    let site = Site::start(false);
    let bob = site.sign_in("bob");
    site.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    site.clock.advance(Duration::from_secs(3700));
    let refreshes = || site.idp.requests().token_by_grant("refresh_token");
    let unknown = answer(site.ask("/page", &site.cookies));
    assert!(unknown.contains("<p>unknown</p>"), "{unknown}");
    site.until("the request is sent again", || refreshes() == 2);
    let old = answer(site.ask("/page", &bob));
    assert!(old.contains("sign-out"), "{old}");
    assert_eq!(refreshes(), 2);
}

/// The store promises an error within two seconds. A guard does not rely on it.
#[test]
fn a_guard_refuses_with_503_when_a_store_hangs_for_ever() {
    let site = Site::start(true);
    let silence = site.outside.block_on(site.store.readable.write());
    let refused = answer(site.ask("/account", &site.cookies));
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    drop(silence);
    assert!(answer(site.ask("/account", &site.cookies)).starts_with("HTTP/1.1 200"));
}
