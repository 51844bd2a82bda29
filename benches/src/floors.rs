//! What one would write without a library: the floors that logto-rocket is measured against.

use std::sync::Arc;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};
use dashmap::DashMap;
use logto_rocket::Known;
use moka::sync::Cache;
use rocket::data::{Capped, Data, ToByteUnit};
use rocket::http::{Cookie, CookieJar, Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::status::Custom;
use rocket::{Build, Responder, Rocket, State, get, post, routes};
use serde::Deserialize;

use crate::server::SIGNING_KEY;

/// The cookie that holds a whole session.
pub const PRIVATE: &str = "floor";

/// The cookie that holds the id of a session on the server.
pub const ID: &str = "floor-id";

/// A session like that of logto-rocket, with the same typed claims.
#[derive(Deserialize)]
struct Kept {
    #[serde(rename = "u")]
    claims: Known,
    #[serde(rename = "t")]
    signed_in_at: u64,
}

/// Sessions on the server, by id.
#[derive(Default)]
struct InDashMap(DashMap<String, Arc<Kept>>);

struct InMoka(Cache<String, Arc<Kept>>);

/// Puts the floors into an application: sessions of its own, and no fairing.
pub fn mounted(rocket: Rocket<Build>) -> Rocket<Build> {
    sessions(rocket).mount(
        "/",
        routes![public, private, in_dashmap, in_moka, orders, refused, verified, keep, stop],
    )
}

/// The same with the headers that logto-rocket gives to everything personal, at the same paths, so
/// that the way to them is as long.
pub fn mounted_uncached(rocket: Rocket<Build>) -> Rocket<Build> {
    let routes = routes![public_uncached, private_uncached, in_dashmap_uncached, in_moka];
    sessions(rocket).mount("/", routes).mount("/", routes![orders_uncached, keep, stop])
}

fn sessions(rocket: Rocket<Build>) -> Rocket<Build> {
    rocket.manage(InDashMap::default()).manage(InMoka(Cache::new(10_000)))
}

/// A session as large as one of logto-rocket's, with the claims that its route answers with.
///
/// # Errors
///
/// If `user` is not what the route `GET {base}/user` answers.
pub fn session(user: &str) -> serde_json::Result<String> {
    let user: serde_json::Value = serde_json::from_str(user)?;
    let session = serde_json::json!({
        "v": 1,
        "i": "x".repeat(22),
        "g": 0,
        "u": user["claims"],
        "r": "x".repeat(43),
        "t": 1_800_000_000,
        "c": 1_800_000_000,
        "l": 1_800_000_000,
    });
    Ok(session.to_string())
}

#[get("/public")]
fn public() -> &'static str {
    "public"
}

#[get("/private")]
fn private(cookies: &CookieJar<'_>) -> Result<String, Status> {
    let cookie = cookies.get_private(PRIVATE).ok_or(Status::Unauthorized)?;
    let kept: Kept = parse(cookie.value()).ok_or(Status::Unauthorized)?;
    shown(&kept)
}

#[get("/dashmap")]
fn in_dashmap(cookies: &CookieJar<'_>, sessions: &State<InDashMap>) -> Result<String, Status> {
    let id = cookies.get(ID).ok_or(Status::Unauthorized)?;
    let kept = sessions.0.get(id.value()).map(|kept| Arc::clone(&kept));
    shown(&*kept.ok_or(Status::Unauthorized)?)
}

#[get("/moka")]
fn in_moka(cookies: &CookieJar<'_>, sessions: &State<InMoka>) -> Result<String, Status> {
    let id = cookies.get(ID).ok_or(Status::Unauthorized)?;
    shown(&*sessions.0.get(id.value()).ok_or(Status::Unauthorized)?)
}

/// As long as what programs get from logto-rocket's route.
#[get("/orders")]
fn orders() -> String {
    "test_machine".to_owned()
}

/// Refuses what is posted, unread.
#[post("/auth/webhook")]
fn refused() -> Custom<()> {
    Custom(Status::Unauthorized, ())
}

/// Verifies what is posted by a key, and refuses it.
#[post("/by-hand", data = "<body>")]
async fn verified(signed: Signed, body: Data<'_>) -> Custom<()> {
    let body = body.open(8.mebibytes()).into_bytes().await.map(Capped::into_inner);
    let key = Key::new(HMAC_SHA256, SIGNING_KEY.as_bytes());
    let is_right = body.is_ok_and(|body| verify(&key, &body, &signed.0).is_ok());
    Custom(if is_right { Status::NoContent } else { Status::Unauthorized }, ())
}

/// The signature of a request.
struct Signed([u8; 32]);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Signed {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let header = request.headers().get_one("logto-signature-sha-256").unwrap_or_default();
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(header.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(pair).ok();
            match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(value) => *byte = value,
                None => return Outcome::Error((Status::Unauthorized, ())),
            }
        }
        Outcome::Success(Self(bytes))
    }
}

/// An answer with the headers that logto-rocket gives to everything personal.
#[derive(Responder)]
struct Uncached<R> {
    answer: R,
    cache_control: Header<'static>,
    vary: Header<'static>,
}

impl<R> From<R> for Uncached<R> {
    fn from(answer: R) -> Self {
        let cache_control = Header::new("Cache-Control", "no-store");
        Self { answer, cache_control, vary: Header::new("Vary", "Cookie") }
    }
}

#[get("/orders")]
fn orders_uncached() -> Uncached<String> {
    Uncached { vary: Header::new("Vary", "Authorization"), ..orders().into() }
}

#[get("/public")]
fn public_uncached() -> Uncached<&'static str> {
    public().into()
}

#[get("/private")]
fn private_uncached(cookies: &CookieJar<'_>) -> Result<Uncached<String>, Status> {
    private(cookies).map(Uncached::from)
}

#[get("/dashmap")]
fn in_dashmap_uncached(
    cookies: &CookieJar<'_>,
    sessions: &State<InDashMap>,
) -> Result<Uncached<String>, Status> {
    in_dashmap(cookies, sessions).map(Uncached::from)
}

/// Keeps a session in all three ways.
#[post("/keep", data = "<session>")]
fn keep(
    session: &str,
    cookies: &CookieJar<'_>,
    by_dashmap: &State<InDashMap>,
    by_moka: &State<InMoka>,
) -> Result<(), Status> {
    let kept = Arc::new(parse(session).ok_or(Status::UnprocessableEntity)?);
    let [high, low] = rand::random::<[u128; 2]>();
    let id = format!("{high:032x}{low:032x}");
    by_dashmap.0.insert(id.clone(), Arc::clone(&kept));
    by_moka.0.insert(id.clone(), kept);
    cookies.add((ID, id));
    cookies.add_private(Cookie::new(PRIVATE, session.to_owned()));
    Ok(())
}

/// Ends the process in an orderly way, so that what was counted is written.
#[get("/stop")]
pub fn stop(shutdown: rocket::Shutdown) {
    shutdown.notify();
}

fn parse(session: &str) -> Option<Kept> {
    serde_json::from_str(session).ok()
}

/// The user's id, of a session that has begun.
fn shown(kept: &Kept) -> Result<String, Status> {
    if kept.signed_in_at == 0 {
        return Err(Status::Unauthorized);
    }
    Ok(kept.claims.sub.clone())
}
