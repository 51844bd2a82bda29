//! Asks for pages with 2,000 connections while the session store or Logto is slow or silent, and times a
//! public page meanwhile.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use logto_rocket::{
    AccessToken, ClaimsAs, Clock, Config, Logto, LogtoUser, Page, RenderedPage, SessionConfig,
    authenticated, requires,
};
use logto_rocket_benches::browser::{Browser, Connection};
use logto_rocket_benches::provider::Provider;
use logto_rocket_benches::site::Orders;
use logto_rocket_benches::slow_store::SlowStore;
use rocket::figment::Figment;
use rocket::fs::FileServer;
use rocket::serde::json::Json;
use rocket::tokio::runtime::{Builder, Runtime};
use rocket::{Build, Rocket, get, routes};
use rocket_dyn_templates::{Template, context};
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

/// How many connections ask for the page.
const CONNECTIONS: usize = 2_000;

/// How long the cause lasts.
const TIME: Duration = Duration::from_secs(4);

/// When claims are due. The provider's tokens, whose clock is not moved, live longer.
const DUE: Duration = Duration::from_secs(1200);

/// How long after it all must be well.
const AFTER: Duration = Duration::from_secs(1);

/// The pages that are asked for, each with a session.
const PAGES: [&str; 9] = [
    "/page",
    "/greeting",
    "/account",
    "/role",
    "/claims",
    "/token",
    "/files/page.html.j2",
    "/auth/user",
    "/auth/sign-in?max_age=1",
];

/// What is wrong meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// The store takes this time.
    SlowStore(Duration),
    /// The store does not answer.
    SilentStore,
    /// Claims are due, and Logto's token endpoint takes this time.
    SlowLogto(Duration),
}

const CAUSES: [(&str, Cause); 4] = [
    ("store takes 2 s", Cause::SlowStore(Duration::from_secs(2))),
    ("store is silent", Cause::SilentStore),
    ("Logto takes 1 s", Cause::SlowLogto(Duration::from_secs(1))),
    ("Logto takes 10 s", Cause::SlowLogto(Duration::from_secs(10))),
];

fn main() -> Result<(), Failure> {
    println!("| cause | page | answers | longest `/public`, ms | well again |");
    println!("| --- | --- | --- | ---: | --- |");
    for (name, cause) in CAUSES {
        for page in PAGES {
            let Outcome { answers, longest, is_well } = Site::start(cause)?.flood(page)?;
            let answers: Vec<_> =
                answers.iter().map(|(status, count)| format!("{count} × {status}")).collect();
            let well = if is_well { "yes" } else { "NO" };
            let (answers, longest) = (answers.join(", "), longest.as_millis());
            println!("| {name} | `{page}` | {answers} | {longest} | {well} |");
        }
    }
    Ok(())
}

/// What a flood did.
struct Outcome {
    /// How often each status was the answer.
    answers: BTreeMap<String, usize>,
    longest: Duration,
    is_well: bool,
}

/// The application on a runtime of its own, and the cookies of a user.
struct Site {
    _runtime: Runtime,
    _provider: Provider,
    clock: Clock,
    store: Arc<SlowStore>,
    cause: Cause,
    host: String,
    cookies: String,
}

impl Site {
    fn start(cause: Cause) -> Result<Self, Failure> {
        let delay = if let Cause::SlowLogto(delay) = cause { delay } else { Duration::ZERO };
        let provider = Provider::start_slow(delay)?;
        let (clock, store) = (Clock::movable(), Arc::new(SlowStore::default()));
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let host = format!("127.0.0.1:{port}");
        let config = Config::new()
            .endpoint(&provider.endpoint)
            .app_id(Provider::APP_ID)
            .app_secret(Provider::APP_SECRET)
            .timeout(Duration::from_secs(30))
            .session(SessionConfig::new().revalidate_after(DUE))
            .base_url(format!("http://{host}"));
        let fairing = Logto::fairing().config(config).clock(clock.clone());
        let in_store = !matches!(cause, Cause::SlowLogto(_));
        let fairing = if in_store { fairing.store(Arc::clone(&store)) } else { fairing };
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.spawn(mounted(port).attach(fairing).launch());
        while TcpStream::connect(&host).is_err() {
            thread::sleep(Duration::from_millis(10));
        }
        let mut browser = Browser::default();
        let url = format!("http://{host}");
        browser.sign_in(&url, Provider::USER)?;
        let cookies = browser.cookies(&url);
        Ok(Self { _runtime: runtime, _provider: provider, clock, store, cause, host, cookies })
    }

    fn flood(&self, page: &str) -> Result<Outcome, Failure> {
        match self.cause {
            Cause::SlowStore(time) => self.store.take(time),
            Cause::SilentStore => self.store.take(Duration::from_secs(3600)),
            Cause::SlowLogto(_) => self.clock.advance(DUE),
        }
        let is_over = AtomicBool::new(false);
        let (longest, waiting) = thread::scope(|scope| {
            let probe = scope.spawn(|| self.probe(&is_over));
            let waiting = self.ask_for(page);
            thread::sleep(TIME);
            self.store.take(Duration::ZERO);
            thread::sleep(AFTER);
            is_over.store(true, Ordering::Relaxed);
            (probe.join(), waiting)
        });
        let longest = longest.map_err(|_| io::Error::other("the probe panicked"))??;
        let is_well = self.ask("/public")?.status().is_ok_and(|status| status == "200")
            && self.ask(page)?.status().is_ok_and(|status| status.starts_with(['2', '3']));
        let mut answers = BTreeMap::new();
        for request in waiting? {
            *answers.entry(request.status().unwrap_or_else(|_| "none".into())).or_default() += 1;
        }
        Ok(Outcome { answers, longest, is_well })
    }

    /// The longest time that the public page took, asked for again and again over one connection: how fast
    /// the system accepts others, while thousands come, is not the application's.
    fn probe(&self, is_over: &AtomicBool) -> io::Result<Duration> {
        let mut connection = Connection::open(&self.host)?;
        let message = format!("GET /public HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        let mut longest = Duration::ZERO;
        while !is_over.load(Ordering::Relaxed) {
            let begun = Instant::now();
            connection.send(message.as_bytes())?;
            longest = longest.max(begun.elapsed());
            thread::sleep(Duration::from_millis(20));
        }
        Ok(longest)
    }

    fn ask_for(&self, page: &str) -> io::Result<Vec<Request>> {
        (0..CONNECTIONS).map(|_| self.ask(page)).collect()
    }

    fn ask(&self, page: &str) -> io::Result<Request> {
        self.send(page, &self.cookies)
    }

    fn send(&self, page: &str, cookies: &str) -> io::Result<Request> {
        let mut stream = TcpStream::connect(&self.host)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let host = &self.host;
        let message = format!(
            "GET {page} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nCookie: {cookies}\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all(message.as_bytes())?;
        Ok(Request(stream))
    }
}

/// A request that was sent.
struct Request(TcpStream);

impl Request {
    /// The status of its answer.
    fn status(mut self) -> io::Result<String> {
        let mut answer = Vec::new();
        self.0.read_to_end(&mut answer)?;
        let status = answer.get(9..12).ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(String::from_utf8_lossy(status).into_owned())
    }
}

fn mounted(port: u16) -> Rocket<Build> {
    let figment = Figment::from(rocket::Config::debug_default())
        .merge(("log_level", "off"))
        .merge(("address", "127.0.0.1"))
        .merge(("port", port))
        .merge(("template_dir", concat!(env!("CARGO_MANIFEST_DIR"), "/templates")))
        .merge(("secret_key", "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk="));
    let files = FileServer::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"));
    rocket::custom(figment)
        .attach(Template::fairing())
        .mount("/", routes![public, page, greeting, account, role, claims, token])
        .mount("/files", requires!().guard(files))
}

#[get("/public")]
fn public() -> &'static str {
    "public"
}

#[get("/page")]
fn page(page: Page<'_>) -> RenderedPage {
    page.render("page", context! {})
}

#[get("/greeting")]
fn greeting(user: Option<LogtoUser>) -> String {
    user.map_or("nobody".into(), |user| user.id().to_owned())
}

#[authenticated]
#[get("/account")]
fn account(user: &LogtoUser) -> String {
    user.id().to_owned()
}

#[authenticated(not(role = "trial"))]
#[get("/role")]
fn role(user: &LogtoUser) -> String {
    user.id().to_owned()
}

#[get("/claims")]
fn claims(claims: ClaimsAs<Value>) -> Json<Value> {
    let ClaimsAs(claims) = claims;
    Json(claims)
}

#[expect(clippy::needless_pass_by_value, reason = "a guard is a handler's own")]
#[get("/token")]
fn token(token: AccessToken<Orders>) -> String {
    format!("{token:?}")
}
