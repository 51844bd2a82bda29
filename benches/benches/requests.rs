//! What requests cost within the process, beside the floors: no socket, and no `Cookie` header to
//! be parsed. At the end the ratios are printed.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion};
use logto_rocket::{Config, Logto, Resource};
use logto_rocket_benches::browser::Browser;
use logto_rocket_benches::estimates::median;
use logto_rocket_benches::provider::Provider;
use logto_rocket_benches::site::Orders;
use logto_rocket_benches::{floors, site};
use rocket::figment::Figment;
use rocket::http::{ContentType, Cookie, Status};
use rocket::local::blocking::Client;

type Failure = Box<dyn std::error::Error>;

const ORIGIN: &str = "http://127.0.0.1:8000";
const GROUP: &str = "requests";

/// What is held against what.
const RATIOS: [(&str, &str); 10] = [
    ("public", "bare"),
    ("option", "bare"),
    ("option", "bare, no-store"),
    ("authenticated", "bare with the session's cookie"),
    ("authenticated", "bare with the session's cookie, no-store"),
    ("authenticated", "private cookie by hand"),
    ("authenticated", "private cookie by hand, no-store"),
    ("authenticated, memory store", "DashMap by hand"),
    ("authenticated, memory store", "DashMap by hand, no-store"),
    ("start of a sign-in", "bare"),
];

fn main() -> Result<(), Failure> {
    let provider = Provider::start()?;
    let floors = Client::untracked(floors::mounted(rocket::custom(figment())))?;
    let site = client(&provider, "cookie")?;
    let session = sign_in(&site)?;
    let (id, private) = keep(&floors, &site, &session)?;

    let mut criterion = Criterion::default().configure_from_args();
    measure(&mut criterion, "bare", &floors, "/public", &[]);
    measure(&mut criterion, "bare with the session's cookie", &floors, "/public", &session);
    measure(&mut criterion, "private cookie by hand", &floors, "/private", &private);
    let uncached = Client::untracked(floors::mounted_uncached(rocket::custom(figment())))?;
    let (id_again, private_again) = keep(&uncached, &site, &session)?;
    measure(&mut criterion, "bare, no-store", &uncached, "/public", &[]);
    let name = "bare with the session's cookie, no-store";
    measure(&mut criterion, name, &uncached, "/public", &session);
    let name = "private cookie by hand, no-store";
    measure(&mut criterion, name, &uncached, "/private", &private_again);
    measure(&mut criterion, "DashMap by hand, no-store", &uncached, "/dashmap", &id_again);
    measure(&mut criterion, "DashMap by hand", &floors, "/dashmap", &id);
    measure(&mut criterion, "moka by hand", &floors, "/moka", &id);
    measure(&mut criterion, "public", &site, "/public", &[]);
    measure(&mut criterion, "option", &site, "/greeting", &[]);
    measure(&mut criterion, "authenticated", &site, "/account", &session);
    let remembered = client(&provider, "memory")?;
    let secret = sign_in(&remembered)?;
    measure(&mut criterion, "authenticated, memory store", &remembered, "/account", &secret);
    measure(&mut criterion, "start of a sign-in", &site, "/auth/sign-in", &[]);
    measure_tokens(&mut criterion, &site, &session);
    criterion.final_summary();
    print_ratios()
}

/// The site, with its sessions kept there.
fn client(provider: &Provider, store: &str) -> Result<Client, Failure> {
    let figment = figment().merge(("logto.session.store", store));
    let config = Config::new()
        .endpoint(&provider.endpoint)
        .app_id(Provider::APP_ID)
        .app_secret(Provider::APP_SECRET)
        .base_url(ORIGIN)
        .resources([Orders::URI]);
    Ok(Client::untracked(site::mounted(rocket::custom(figment), Logto::fairing().config(config)))?)
}

fn figment() -> Figment {
    Figment::from(rocket::Config::release_default())
        .merge(("log_level", "off"))
        .merge(("secret_key", "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk="))
}

/// The cookies of a session that has been shown once.
fn sign_in(site: &Client) -> Result<Vec<Cookie<'static>>, Failure> {
    let start = site.get("/auth/sign-in").dispatch();
    let to = start.headers().get_one("Location").ok_or("no sign-in was started")?;
    let callback = Browser::default().authorize(to, Provider::USER)?;
    let callback = callback.strip_prefix(ORIGIN).ok_or("a callback of another site")?.to_owned();
    let flow = start.cookies().iter().cloned().collect::<Vec<_>>();
    let done = site.get(callback).cookies(flow).dispatch();
    let cookies = done.cookies().iter().filter(|cookie| !cookie.name().contains("-flow-"));
    let session: Vec<_> = cookies.cloned().collect();
    if session.is_empty() {
        return Err(format!("nobody was signed in: {}", done.status()).into());
    }
    Ok(session)
}

/// The cookies of the floors, for a session with the same claims: the id, and the private one.
fn keep(
    floors: &Client,
    site: &Client,
    session: &[Cookie<'static>],
) -> Result<(Vec<Cookie<'static>>, Vec<Cookie<'static>>), Failure> {
    let user = site.get("/auth/user").cookies(session.to_vec()).dispatch();
    let kept = floors::session(&user.into_string().unwrap_or_default())?;
    let answer = floors.post("/keep").header(ContentType::Plain).body(kept).dispatch();
    Ok(answer.cookies().iter().cloned().partition(|cookie| cookie.name() == floors::ID))
}

fn measure(
    criterion: &mut Criterion,
    name: &str,
    client: &Client,
    path: &str,
    cookies: &[Cookie<'static>],
) {
    criterion.benchmark_group(GROUP).bench_function(name, |bencher| {
        bencher.iter_batched(
            || client.get(path.to_owned()).cookies(cookies.to_vec()),
            |request| {
                let status = request.dispatch().status();
                assert!(status == Status::Ok || status == Status::SeeOther, "{name}: {status}");
                black_box(status)
            },
            BatchSize::SmallInput,
        );
    });
}

/// An access token that is in memory; the handler itself takes the time.
fn measure_tokens(criterion: &mut Criterion, site: &Client, session: &[Cookie<'static>]) {
    criterion.benchmark_group(GROUP).bench_function("access token from memory", |bencher| {
        bencher.iter_custom(|times| {
            let answer = site.get(format!("/tokens/{times}")).cookies(session.to_vec()).dispatch();
            let taken = answer.into_string().and_then(|text| text.parse().ok());
            Duration::from_nanos(taken.expect("a session with an access token"))
        });
    });
}

/// Reads what criterion found.
fn print_ratios() -> Result<(), Failure> {
    println!("\n| within the process | × |");
    println!("| --- | ---: |");
    for (subject, floor) in RATIOS {
        if let (Some(one), Some(other)) = (median(GROUP, subject)?, median(GROUP, floor)?) {
            println!("| {subject}, against {floor} | {:.3} |", one / other);
        }
    }
    Ok(())
}
