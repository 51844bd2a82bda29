//! Tells the memory that sessions take: `memory [sign-ins] [store]`.

use std::io;
use std::thread;

use logto_rocket_benches::browser::Browser;
use logto_rocket_benches::provider::Provider;
use logto_rocket_benches::server::{App, Server};

/// After how many sign-ins the memory is told.
const STEP: usize = 10_000;

/// How many browsers sign in at a time.
const BROWSERS: usize = 2;

/// How many sign-ins go before, so that what is made once is there.
const WARM_UP: usize = 200;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let sign_ins = arguments.next().and_then(|it| it.parse().ok()).unwrap_or(STEP);
    let store = match arguments.next().as_deref() {
        Some("memory") => "memory",
        Some("redis") => "redis",
        _ => "cookie",
    };
    let provider = Provider::start()?;
    let site = Server::start(App::Site(store), &provider)?;
    sign_in(&site.url, WARM_UP)?;
    let before = site.memory()?;
    let claims = claims(&site.url)?;
    println!("The claims of each session take {claims} bytes.");
    println!("| sessions in {store} mode | memory, MB | bytes a session | beyond its claims |");
    println!("| ---: | ---: | ---: | ---: |");
    println!("| 0 | {} | | |", before / 1_000_000);
    for step in 1..=sign_ins / STEP {
        sign_in(&site.url, STEP)?;
        let now = site.memory()?;
        let sessions = step * STEP;
        let more =
            now.saturating_sub(before) / u64::try_from(sessions).map_err(io::Error::other)?;
        let beyond = more.saturating_sub(claims);
        println!("| {sessions} | {} | {more} | {beyond} |", now / 1_000_000);
    }
    site.stop()
}

/// So many sign-ins, each by a browser that was never there before and then shows its session.
fn sign_in(url: &str, times: usize) -> io::Result<()> {
    thread::scope(|scope| {
        let browsers: Vec<_> = (0..BROWSERS)
            .map(|_| {
                scope.spawn(|| {
                    let mut browser = Browser::default();
                    for _ in 0..times / BROWSERS {
                        browser.forget(url);
                        browser.sign_in(url, Provider::USER)?;
                    }
                    Ok(())
                })
            })
            .collect();
        browsers.into_iter().try_for_each(|browser| {
            browser.join().unwrap_or_else(|_| Err(io::Error::other("a browser panicked")))
        })
    })
}

/// How many bytes the claims take that a session keeps of the user.
fn claims(url: &str) -> io::Result<u64> {
    let mut browser = Browser::default();
    browser.sign_in(url, Provider::USER)?;
    let user = browser.get(&format!("{url}/auth/user"))?.body;
    let user: serde_json::Value = serde_json::from_str(&user)?;
    u64::try_from(user["claims"].to_string().len()).map_err(io::Error::other)
}
