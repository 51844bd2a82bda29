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
use logto_rocket_benches::subjects::{COOKIE_MODE, Carries, SUBJECTS, Subject, UNCACHED, webhook};

/// How many requests are counted.
const REQUESTS: usize = 1_000;

/// How often they are counted.
const COUNTS: usize = 3;

/// How many sign-ins are counted, and of how many the processor time is taken.
const SIGN_INS: usize = 50;
const TIMED_SIGN_INS: usize = 500;

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
                let personal = subject.path != "/public" && !subject.is_webhook();
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
                let (method, body) =
                    if subject.is_webhook() { ("POST", webhook()) } else { ("GET", String::new()) };
                format!(
                    "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n{headers}\r\n\
                     {body}"
                )
            })
            .collect();
        if let App::Site(_) = subject.app {
            end_a_session(url)?;
        }
        let mut connection = Connection::open(host)?;
        for message in messages.iter().cycle().take(times) {
            let answer = connection.send(message.as_bytes())?;
            let expected = if subject.is_webhook() { 401 } else { 200 };
            let is_public = answer.body == "public";
            let expects_public = matches!(subject.path, "/public" | "/greeting");
            if answer.status != expected || is_public != expects_public {
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
            Carries::Unsigned => vec![format!("Content-Length: {}\r\n", webhook().len())],
            Carries::Forged => {
                let (length, signature) = (webhook().len(), "0".repeat(64));
                vec![format!(
                    "logto-signature-sha-256: {signature}\r\nContent-Length: {length}\r\n"
                )]
            }
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
