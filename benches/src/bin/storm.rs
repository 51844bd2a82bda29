//! Times fifty requests at once of a session whose access token has expired and whose claims are old,
//! against one such request alone, at token endpoints of different speed.

use std::time::{Duration, Instant};

use logto_rocket::{Clock, Config, Logto};
use logto_rocket_benches::browser::Browser;
use logto_rocket_benches::provider::Provider;
use logto_rocket_benches::site;
use rocket::figment::Figment;
use rocket::futures::future::join_all;
use rocket::http::{Cookie, Status};
use rocket::local::asynchronous::Client;

type Failure = Box<dyn std::error::Error>;

const ORIGIN: &str = "http://127.0.0.1:8000";

/// How long the token endpoint takes for nothing, in milliseconds.
const DELAYS: [u64; 3] = [20, 40, 60];

const AT_ONCE: usize = 50;

/// How often each is timed. The median is told.
const TIMES: usize = 21;

#[rocket::main]
async fn main() -> Result<(), Failure> {
    println!("| token endpoint, ms | one request, ms | {AT_ONCE} at once, ms | × |");
    println!("| ---: | ---: | ---: | ---: |");
    for delay in DELAYS {
        let provider = Provider::start_slow(Duration::from_millis(delay))?;
        let one = median(&provider, 1).await?;
        let all = median(&provider, AT_ONCE).await?;
        let ratio = all.as_secs_f64() / one.as_secs_f64();
        println!("| {delay} | {:.1} | {:.1} | {ratio:.3} |", millis(one), millis(all));
    }
    Ok(())
}

async fn median(provider: &Provider, at_once: usize) -> Result<Duration, Failure> {
    let mut taken = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        taken.push(storm(provider, at_once).await?);
    }
    taken.sort();
    Ok(taken[TIMES / 2])
}

/// The time that so many requests of one session take, an hour after its sign-in.
async fn storm(provider: &Provider, at_once: usize) -> Result<Duration, Failure> {
    let clock = Clock::movable();
    let config = Config::new()
        .endpoint(&provider.endpoint)
        .app_id(Provider::APP_ID)
        .app_secret(Provider::APP_SECRET)
        .base_url(ORIGIN);
    let fairing = Logto::fairing().config(config).clock(clock.clone());
    let client = Client::untracked(site::mounted(rocket::custom(figment()), fairing)).await?;
    let session = sign_in(&client).await?;
    clock.advance(Duration::from_secs(3600));
    let requests = (0..at_once).map(|_| client.get("/account").cookies(session.clone()).dispatch());
    let begun = Instant::now();
    let answers = join_all(requests).await;
    let taken = begun.elapsed();
    match answers.iter().find(|answer| answer.status() != Status::Ok) {
        Some(other) => Err(format!("not answered: {}", other.status()).into()),
        None => Ok(taken),
    }
}

async fn sign_in(client: &Client) -> Result<Vec<Cookie<'static>>, Failure> {
    let start = client.get("/auth/sign-in").dispatch().await;
    let to = start.headers().get_one("Location").ok_or("no sign-in was started")?;
    let callback = Browser::default().authorize(to, Provider::USER)?;
    let callback = callback.strip_prefix(ORIGIN).ok_or("a callback of another site")?.to_owned();
    let flow: Vec<_> = start.cookies().iter().cloned().collect();
    let done = client.get(callback).cookies(flow).dispatch().await;
    let cookies = done.cookies().iter().filter(|cookie| !cookie.name().contains("-flow-"));
    Ok(cookies.cloned().collect())
}

fn figment() -> Figment {
    Figment::from(rocket::Config::release_default())
        .merge(("log_level", "off"))
        .merge(("secret_key", "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk="))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
