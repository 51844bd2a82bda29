//! Counts the instructions of requests and sign-ins, logto-rocket's beside those of the floors.
//!
//! Each route is asked N times and, in another process, 2N times. The difference, divided by N, is
//! what one request costs: start, launch and sign-in cancel out.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use logto_rocket_benches::browser::{Browser, Connection};
use logto_rocket_benches::floors;
use logto_rocket_benches::provider::Provider;
use logto_rocket_benches::server::{App, Server};

/// How many requests are counted.
const REQUESTS: usize = 1_000;

/// How often they are counted.
const COUNTS: usize = 3;

/// How many sign-ins are counted, and of how many the processor time is taken.
const SIGN_INS: usize = 50;
const TIMED_SIGN_INS: usize = 500;

/// The site where sessions are kept in cookies.
const COOKIE_MODE: App = App::Site("cookie");

/// The site where sessions are kept in its memory.
const STORE_MODE: App = App::Site("memory");

/// What the name of a floor ends with that sends the headers which logto-rocket must send.
const UNCACHED: &str = ", no-store";

/// A route to be measured.
struct Subject {
    name: &'static str,
    app: App,
    path: &'static str,
    carries: Carries,
    /// What it is held against, and the most that it may cost, as a multiple.
    goal: Option<(&'static str, f64)>,
}

/// The cookies of the requests, or a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carries {
    Nothing,
    /// 2 kB that nobody reads.
    Strange,
    /// A session of the floors: a private cookie, or an id.
    Kept(&'static str),
    /// A session of the site in cookie mode, always the same.
    Session,
    /// Another one with each request.
    Sessions,
    /// A session that this process began.
    Own,
    /// An access token, always the same.
    Token,
}

const SUBJECTS: [Subject; 20] = [
    floor("bare route", "/public", Carries::Nothing),
    uncached("bare route, no-store", "/public", Carries::Nothing),
    floor("bare route, 2 kB cookie", "/public", Carries::Strange),
    floor("bare route, session cookie", "/public", Carries::Session),
    uncached("bare route, session cookie, no-store", "/public", Carries::Session),
    floor("private cookie by hand", "/private", Carries::Kept("floor=")),
    uncached("private cookie by hand, no-store", "/private", Carries::Kept("floor=")),
    floor("DashMap by hand", "/dashmap", Carries::Kept("floor-id=")),
    uncached("DashMap by hand, no-store", "/dashmap", Carries::Kept("floor-id=")),
    floor("moka by hand", "/moka", Carries::Kept("floor-id=")),
    floor("bare route, token", "/orders", Carries::Token),
    uncached("bare route, token, no-store", "/orders", Carries::Token),
    Subject {
        app: App::Api,
        ..site("bearer, seen token", "/orders", Carries::Token, ("bare route, token", 1.10))
    },
    site("public route", "/public", Carries::Nothing, ("bare route", 1.03)),
    site(
        "public route, session cookie",
        "/public",
        Carries::Session,
        ("bare route, session cookie", 1.03),
    ),
    site("Option<LogtoUser>, no cookie", "/greeting", Carries::Nothing, ("bare route", 1.05)),
    site(
        "#[authenticated], 2nd request",
        "/account",
        Carries::Session,
        ("bare route, session cookie", 1.10),
    ),
    site(
        "#[authenticated], 1st request",
        "/account",
        Carries::Sessions,
        ("private cookie by hand", 1.12),
    ),
    site(
        "#[authenticated], own session",
        "/account",
        Carries::Own,
        ("bare route, session cookie", 1.10),
    ),
    Subject {
        app: STORE_MODE,
        ..site(
            "#[authenticated], memory store",
            "/account",
            Carries::Own,
            ("DashMap by hand", 1.10),
        )
    },
];

const fn floor(name: &'static str, path: &'static str, carries: Carries) -> Subject {
    Subject { name, app: App::Floors, path, carries, goal: None }
}

const fn uncached(name: &'static str, path: &'static str, carries: Carries) -> Subject {
    Subject { app: App::Uncached, ..floor(name, path, carries) }
}

const fn site(
    name: &'static str,
    path: &'static str,
    carries: Carries,
    goal: (&'static str, f64),
) -> Subject {
    Subject { name, app: COOKIE_MODE, path, carries, goal: Some(goal) }
}

fn main() -> io::Result<()> {
    let bench = Bench::new()?;
    println!("| route | k | × its floor | × with its headers | goal | floor |");
    println!("| --- | ---: | ---: | ---: | ---: | --- |");
    let mut counted = HashMap::new();
    let only = std::env::args().nth(1).unwrap_or_default();
    for subject in SUBJECTS.iter().filter(|it| it.goal.is_none() || it.name.contains(&only)) {
        let each = bench.instructions(subject)?;
        counted.insert(subject.name.to_owned(), each);
        let ratio = |floor: &str| {
            counted.get(floor).map(|floor| format!("{:.3}", each / floor)).unwrap_or_default()
        };
        let held = subject.goal.map_or_else(
            || " | | |".to_owned(),
            |(floor, goal)| {
                // What is public has no such headers.
                let personal = subject.path != "/public";
                let uncached = personal.then(|| ratio(&format!("{floor}{UNCACHED}")));
                let uncached = uncached.unwrap_or_default();
                format!("{} | {uncached} | {goal:.2} | {floor}", ratio(floor))
            },
        );
        println!("| {} | {:.1} | {held} |", subject.name, each / 1_000.0);
    }
    let (each, time) = bench.sign_in()?;
    println!();
    println!(
        "Sign-in, start and callback: {:.0} k instructions, {time:.2?} of processor",
        each / 1e3
    );
    println!("Cookie header of a session: {} bytes", bench.sessions[0].len());
    println!("What was counted is in {}", bench.directory.display());
    Ok(())
}

struct Bench {
    provider: Provider,
    directory: PathBuf,
    /// Cookie headers of the site in cookie mode, each of a session of its own.
    sessions: Vec<String>,
    /// A session as the floors keep it.
    kept: String,
    /// An access token.
    token: String,
}

impl Bench {
    fn new() -> io::Result<Self> {
        let provider = Provider::start()?;
        let site = Server::start(COOKIE_MODE, &provider)?;
        let mut browser = Browser::default();
        let mut sessions = Vec::new();
        let mut user = String::new();
        for _ in 0..2 * REQUESTS {
            browser.forget(&site.url);
            browser.sign_in(&site.url, Provider::USER)?;
            sessions.push(browser.cookies(&site.url));
            if user.is_empty() {
                user = browser.get(&format!("{}/auth/user", site.url))?.body;
            }
        }
        site.stop()?;
        let directory = std::env::current_dir()?.join("target/instructions");
        std::fs::create_dir_all(&directory)?;
        let token = provider.access_tokens(1)?.remove(0);
        Ok(Self { provider, directory, sessions, kept: floors::session(&user)?, token })
    }

    /// The instructions of one request: the median of several counts, because the allocator and the
    /// hash maps have better days and worse ones.
    fn instructions(&self, subject: &Subject) -> io::Result<f64> {
        let mut counts = Vec::with_capacity(COUNTS);
        for _ in 0..COUNTS {
            counts.push(self.counted(subject)?);
        }
        counts.sort_by(f64::total_cmp);
        Ok(counts[COUNTS / 2])
    }

    fn counted(&self, subject: &Subject) -> io::Result<f64> {
        let once = self.count(subject.name, subject.app, REQUESTS, |url, times| {
            self.ask(subject, url, times)
        })?;
        let twice = self.count(subject.name, subject.app, 2 * REQUESTS, |url, times| {
            self.ask(subject, url, times)
        })?;
        Ok(per_time(once, twice, REQUESTS))
    }

    /// The instructions of one sign-in, and its processor time.
    fn sign_in(&self) -> io::Result<(f64, Duration)> {
        let count = |times| self.count("sign-in", COOKIE_MODE, times, sign_ins);
        let each = per_time(count(SIGN_INS)?, count(2 * SIGN_INS)?, SIGN_INS);
        let site = Server::start(COOKIE_MODE, &self.provider)?;
        sign_ins(&site.url, SIGN_INS)?;
        let before = site.processor_time()?;
        sign_ins(&site.url, TIMED_SIGN_INS)?;
        let used = site.processor_time()?.saturating_sub(before);
        site.stop()?;
        Ok((each, used / u32::try_from(TIMED_SIGN_INS).map_err(io::Error::other)?))
    }

    /// All instructions of a process that does something so many times.
    fn count(
        &self,
        name: &str,
        app: App,
        times: usize,
        act: impl FnOnce(&str, usize) -> io::Result<()>,
    ) -> io::Result<u64> {
        let name: String =
            name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect();
        let counts = self.directory.join(format!("{}-{times}.out", name.replace(' ', "-")));
        let server = Server::start_counted(app, &self.provider, &counts)?;
        act(&server.url, times)?;
        server.stop()?;
        total(&counts)
    }

    /// Makes the requests, over one connection.
    fn ask(&self, subject: &Subject, url: &str, times: usize) -> io::Result<()> {
        let headers = self.headers(subject.carries, url)?;
        let host = url.trim_start_matches("http://");
        let messages: Vec<String> = headers
            .iter()
            .map(|headers| {
                let path = subject.path;
                format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n{headers}\r\n")
            })
            .collect();
        if let App::Site(_) = subject.app {
            end_a_session(url)?;
        }
        let mut connection = Connection::open(host)?;
        for message in messages.iter().cycle().take(times) {
            let answer = connection.send(message.as_bytes())?;
            let is_public = answer.body == "public";
            let expects_public = matches!(subject.path, "/public" | "/greeting");
            if answer.status != 200 || is_public != expects_public {
                return Err(answer.unexpected());
            }
        }
        Ok(())
    }

    /// The headers of the requests, one after the other and then again.
    fn headers(&self, carries: Carries, url: &str) -> io::Result<Vec<String>> {
        let mut browser = Browser::default();
        let cookies = |cookies: &str| format!("Cookie: {cookies}\r\n");
        Ok(match carries {
            Carries::Nothing => vec![String::new()],
            Carries::Strange => vec![cookies(&format!("strange={}", "x".repeat(2_000)))],
            Carries::Session => vec![cookies(&self.sessions[0])],
            Carries::Sessions => self.sessions.iter().map(|session| cookies(session)).collect(),
            Carries::Own => {
                browser.sign_in(url, Provider::USER)?;
                vec![cookies(&browser.cookies(url))]
            }
            Carries::Kept(name) => {
                browser.post(&format!("{url}/keep"), "text/plain", &self.kept)?;
                let all = browser.cookies(url);
                let pair = all.split("; ").find(|pair| pair.starts_with(name));
                vec![cookies(pair.unwrap_or_default())]
            }
            Carries::Token => vec![format!("Authorization: Bearer {}\r\n", self.token)],
        })
    }
}

/// Lets somebody sign in and out, so that there are ended sessions that others are held against.
fn end_a_session(url: &str) -> io::Result<()> {
    let mut browser = Browser::default();
    browser.sign_in(url, Provider::USER)?;
    let answer = browser.post(&format!("{url}/auth/sign-out"), "text/plain", "")?;
    answer.leads_to().map(drop)
}

fn sign_ins(url: &str, times: usize) -> io::Result<()> {
    let mut browser = Browser::default();
    for _ in 0..times {
        browser.forget(url);
        browser.sign_in(url, Provider::USER)?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn per_time(once: u64, twice: u64, times: usize) -> f64 {
    twice.saturating_sub(once) as f64 / times as f64
}

/// The instructions that callgrind counted.
fn total(counts: &Path) -> io::Result<u64> {
    let text = std::fs::read_to_string(counts)?;
    let lines = text.lines().rev().filter_map(|line| line.strip_prefix("totals:"));
    let mut totals = lines.filter_map(|line| line.trim().parse::<u64>().ok());
    totals.next().ok_or_else(|| io::Error::other(format!("no totals in {}", counts.display())))
}
