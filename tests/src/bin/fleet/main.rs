//! A fleet under load, while it loses a process and its Redis: `fleet [seconds] [breach]`.
//!
//! Four processes of one application keep their sessions in a Redis with a replica and three Sentinels.
//! Browsers sign in at the test provider, read, refresh and sign out, each request at the next process. After
//! a quarter of the time one process is killed, which comes back later; after half of it the primary of Redis
//! is killed, which comes back as a replica. It ends with 0 if no [rule](rules::Rule) was broken. With a
//! `breach` each process breaks one of them on purpose, nothing is killed, and it must end with 1.

mod breach;
mod instance;
mod rules;
mod user;
mod visitor;
mod world;

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use logto_rocket_tests::instance::port;
use logto_rocket_tests::sentinels::Sentinels;
use rocket::tokio::runtime::Runtime;
use rocket::tokio::task::JoinSet;
use rocket::tokio::time::{Instant, sleep_until};

use crate::breach::Breach;
use crate::visitor::Visitor;
use crate::world::World;

/// What keeps the test from being done.
pub type Failure = Box<dyn Error + Send + Sync>;

/// How many browsers there are for a second that it takes, and at most.
const BROWSERS: (u64, u64) = (5, 500);

/// What must have been done, or nothing is shown.
const NEEDED: [&str; 8] = [
    "sign-ins",
    "sign-ins called back twice",
    "reads",
    "refreshes",
    "sign-outs",
    "sign-outs everywhere",
    "copies of ended sessions tried",
    "not served",
];

fn main() -> Result<ExitCode, Failure> {
    Runtime::new()?.block_on(test())
}

async fn test() -> Result<ExitCode, Failure> {
    if let Some(port) = port()? {
        instance::run(port).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let [first, second] = [1, 2].map(|at| env::args().nth(at));
    let seconds: u64 = first.map_or(Ok(120), |text| text.parse())?;
    let breach = second.map(|name| Breach::named(&name)).transpose()?;
    let Some(mut sentinels) = Sentinels::start().await else { return Ok(ExitCode::SUCCESS) };
    let count = (seconds * BROWSERS.0).min(BROWSERS.1);
    let claims_live = Duration::from_secs((seconds / 3).clamp(5, 40));
    let pause = Duration::from_secs((seconds / 10).clamp(1, 8));
    let world = World::start(&sentinels.url(), count, pause, claims_live, breach).await?;
    println!("{count} browsers for {seconds} seconds, claims are due after {claims_live:?}");

    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let mut browsers = JoinSet::new();
    for number in 0..count {
        browsers.spawn(Visitor::new(Arc::clone(&world), number).live(until));
    }
    if breach.is_none() {
        disturb(&world, &mut sentinels, begun, Duration::from_secs(seconds)).await?;
    }
    while let Some(ended) = browsers.join_next().await {
        ended?;
    }
    world.settle().await;
    world.check_all().await;
    let report = world.report();
    println!("{report}");
    let is_kept = report.is_kept();
    if breach.is_none() {
        report.has_all(&NEEDED)?;
    }
    Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Kills a process and the primary, and brings both back.
async fn disturb(
    world: &Arc<World>,
    sentinels: &mut Sentinels,
    begun: Instant,
    time: Duration,
) -> Result<(), Failure> {
    sleep_until(begun + time / 4).await;
    world.kill(1);
    println!("[{:?}] a process is killed", begun.elapsed());
    sleep_until(begun + time / 2).await;
    world.note_trouble();
    sentinels.primary().stop();
    println!("[{:?}] the primary is killed", begun.elapsed());
    sleep_until(begun + time * 5 / 8).await;
    world.start_again(1)?;
    sleep_until(begun + time * 3 / 4).await;
    sentinels.start_again();
    println!("[{:?}] both are back", begun.elapsed());
    Ok(())
}
