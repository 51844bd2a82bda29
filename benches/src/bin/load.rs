//! Puts load on `/account`, beside the bare route: processor time of a request, and requests a second.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use logto_rocket_benches::browser::{Browser, Connection};
use logto_rocket_benches::provider::Provider;
use logto_rocket_benches::server::{App, Server};

const CONNECTIONS: u32 = 32;

/// How many requests each connection makes in a round.
const REQUESTS: u32 = 1_000;

/// How many rounds there are of each route, one after the other in turn. The medians are told.
const ROUNDS: usize = 9;

/// What one round took.
#[derive(Clone, Copy)]
struct Round {
    processor: Duration,
    wall: Duration,
}

fn main() -> io::Result<()> {
    let provider = Provider::start()?;
    let floors = Server::start(App::Floors, &provider)?;
    let site = Server::start(App::Site("cookie"), &provider)?;
    let store = Server::start(App::Site("memory"), &provider)?;
    let subjects = [
        ("bare route", &floors, "/public", String::new()),
        ("`#[authenticated]`, cookie mode", &site, "/account", session(&site)?),
        ("`#[authenticated]`, memory store", &store, "/account", session(&store)?),
    ];
    let mut rounds = vec![Vec::new(); subjects.len()];
    for _ in 0..ROUNDS {
        for ((_, server, path, cookies), rounds) in subjects.iter().zip(&mut rounds) {
            rounds.push(round(server, path, cookies)?);
        }
    }
    println!(
        "| {CONNECTIONS} connections | processor, µs a request | × bare | requests a second |"
    );
    println!("| --- | ---: | ---: | ---: |");
    let requests = f64::from(CONNECTIONS * REQUESTS);
    let mut bare = None;
    for ((name, ..), rounds) in subjects.iter().zip(rounds) {
        let each = median(&rounds, |round| round.processor) * 1e6 / requests;
        let a_second = requests / median(&rounds, |round| round.wall);
        let ratio = each / *bare.get_or_insert(each);
        println!("| {name} | {each:.1} | {ratio:.2} | {a_second:.0} |");
    }
    floors.stop()?;
    site.stop()?;
    store.stop()
}

fn round(server: &Server, path: &str, cookies: &str) -> io::Result<Round> {
    let host = server.url.trim_start_matches("http://");
    let cookies = if cookies.is_empty() { "" } else { &format!("Cookie: {cookies}\r\n") };
    let message =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n{cookies}\r\n");
    let (before, begun) = (server.processor_time()?, Instant::now());
    thread::scope(|scope| {
        let ask = || {
            let mut connection = Connection::open(host)?;
            for _ in 0..REQUESTS {
                let answer = connection.send(message.as_bytes())?;
                if answer.status != 200 {
                    return Err(answer.unexpected());
                }
            }
            Ok(())
        };
        let connections: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(ask)).collect();
        connections.into_iter().try_for_each(|connection| {
            connection.join().unwrap_or_else(|_| Err(io::Error::other("a connection panicked")))
        })
    })?;
    let processor = server.processor_time()?.saturating_sub(before);
    Ok(Round { processor, wall: begun.elapsed() })
}

/// The cookies of somebody who is signed in.
fn session(site: &Server) -> io::Result<String> {
    let mut browser = Browser::default();
    browser.sign_in(&site.url, Provider::USER)?;
    Ok(browser.cookies(&site.url))
}

/// The median, in seconds.
fn median(rounds: &[Round], what: impl Fn(&Round) -> Duration) -> f64 {
    let mut all: Vec<_> = rounds.iter().map(what).collect();
    all.sort();
    all[all.len() / 2].as_secs_f64()
}
