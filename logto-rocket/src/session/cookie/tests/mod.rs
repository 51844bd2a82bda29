//! Cookies: their names, attributes and sizes, and how those of a request are read.

mod asked;
mod attributes;
mod flows;
mod room;
mod sessions;

use std::time::Duration;

use cookie::{Key, SameSite};
use rocket::http::Header;
use rocket::local::blocking::{Client, LocalRequest};

use super::{Attributes, CookieWrite, Cookies, CookiesByHost, Naming};
use crate::claims::Claims;
use crate::clock::Clock;
use crate::host::HostId;
use crate::request::tests::quiet;
use crate::session::lifetimes::Lifetimes;
use crate::session::session::{Asked, Session};

const ATTRIBUTES: Attributes =
    Attributes { secure: true, same_site: SameSite::Lax, persistent: false, max_bytes: 9_000 };

const LIFETIMES: Lifetimes = Lifetimes {
    max_lifetime: Duration::from_secs(1_000_000),
    idle_timeout: None,
    clock_skew: Duration::from_secs(10),
};

const NAMING: Naming<'_> = Naming {
    issuer: "https://logto.example.com/oidc",
    app_id: "app",
    base: "/auth",
    host: "a.example",
    port: None,
    configured: None,
};

/// The cookies of two hosts, and their clock.
fn two_hosts(attributes: Attributes) -> (CookiesByHost, Clock) {
    let clock = Clock::frozen();
    let second = Naming { host: "b.example", ..NAMING };
    let keys = [Key::generate()];
    (CookiesByHost::new(&NAMING, &[second], &keys, attributes, LIFETIMES, &clock), clock)
}

/// The cookies of one host.
fn cookies(attributes: Attributes) -> (Cookies, Clock) {
    let clock = Clock::frozen();
    let keys = vec![Key::generate()];
    let first = Cookies::new(HostId::FIRST, &NAMING, keys, attributes, LIFETIMES, clock.clone());
    (first, clock)
}

fn client() -> Client {
    Client::untracked(quiet()).expect("a Rocket")
}

/// A request with these cookies, which it sends in this order.
fn request<'c>(client: &'c Client, cookies: &[(String, String)]) -> LocalRequest<'c> {
    let header: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = client.get("/").header(Header::new("Cookie", header.join("; ")));
    // As in Rocket, the jar contains the last cookie of each name.
    for (name, value) in cookies {
        request = request.cookie((name.clone(), value.clone()));
    }
    request
}

/// The cookies that a browser has after these writes.
fn stored(writes: &[CookieWrite]) -> Vec<(String, String)> {
    let set = writes.iter().filter_map(|it| Some((it.name.clone(), it.value.clone()?)));
    set.collect()
}

/// A session with a claim of this length.
fn session(length: usize, now: u64) -> Session {
    let claims = format!(r#"{{"sub":"u1","long":"{}"}}"#, "x".repeat(length));
    Session::new(Claims::from_json(&claims).expect("claims"), Asked::default(), now)
}
