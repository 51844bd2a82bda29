//! `soak <seconds> [log <file> <version> | breach <rule>]`: two applications, one with sessions in cookies and
//! one with sessions in Redis, each in a process of its own, for hours of their time.
//!
//! In each round browsers sign in, read, renew, step up and sign out, programs call, and Logto reports, while
//! Redis and Logto are slowed, silenced and stopped by a [plan]. Then all browsers leave, the clocks are moved
//! so far that nothing of the round is remembered, and each process must be back at its [level](levels). It ends
//! with 0 if no [rule](rules::Rule) was broken. With a log it goes on after the last round that was over. With a
//! `breach` the applications break one of them on purpose, nothing goes wrong besides, and it must end with 1.

mod application;
mod breach;
mod browser;
mod levels;
mod log;
mod machines;
mod outages;
mod plan;
mod round;
mod rules;
mod verdict;
mod world;

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use logto_rocket_tests::instance::port;
use rocket::tokio::runtime::Runtime;
use rocket::tokio::spawn;
use rocket::tokio::task::JoinSet;
use rocket::tokio::time::{Instant, sleep};

use crate::breach::Breach;
use crate::browser::Browser;
use crate::levels::Level;
use crate::log::Log;
use crate::round::{Past, Round};
use crate::verdict::judge;
use crate::world::World;

/// What keeps the test from being done.
pub type Failure = Box<dyn Error + Send + Sync>;

/// How many browsers there are for a second that it takes, and at most.
const BROWSERS: (u64, u64) = (4, 2_000);

/// About how many seconds a round takes, and how many rounds there are at least.
const ROUND: u64 = 300;
const LEAST_ROUNDS: u64 = 2;

/// How many browsers do everything once before the first round, so that all is there that is made once, and how
/// often they try to on a busy machine.
const FIRST: u64 = 6;
const TRIES: usize = 5;

/// How often the connections are counted.
const LOOK: Duration = Duration::from_millis(250);

/// What must have been done, or nothing is shown.
const NEEDED: [&str; 10] = [
    "sign-ins",
    "reads",
    "renewals",
    "access tokens",
    "step-ups",
    "sign-outs",
    "reported changes",
    "reported ends",
    "calls of programs",
    "copies of ended sessions tried",
];

fn main() -> Result<ExitCode, Failure> {
    Runtime::new()?.block_on(async {
        match port()? {
            Some(port) => application::run(port).await.map(|()| ExitCode::SUCCESS),
            None => test().await,
        }
    })
}

async fn test() -> Result<ExitCode, Failure> {
    let words: Vec<_> = env::args().skip(1).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let (seconds, rest) = words.split_first().ok_or("soak <seconds>")?;
    let seconds: u64 = seconds.parse()?;
    let (breach, mut log) = match rest {
        [] => (None, Log::nowhere()),
        ["breach", rule] => (Some(Breach::named(rule)?), Log::nowhere()),
        ["log", file, version] => {
            (None, Log::open(Path::new(file), &format!("{seconds} seconds of {version}"))?)
        }
        _ => return Err("soak <seconds> [log <file> <version> | breach <rule>]".into()),
    };
    let count = (seconds / ROUND).max(LEAST_ROUNDS);
    let length = Duration::from_secs(seconds) / u32::try_from(count)?;
    let browsers = (seconds * BROWSERS.0).min(BROWSERS.1);
    let pause = (length * 2 / 5).clamp(Duration::from_secs(1), Duration::from_secs(120));
    let claims_live = (length / 5).clamp(Duration::from_secs(5), Duration::from_secs(60));
    let Some(world) = World::start(browsers, pause, claims_live, breach).await? else {
        return Ok(ExitCode::SUCCESS);
    };
    let world = Arc::new(world);
    let done = log.rounds.len();
    println!("{browsers} browsers in {count} rounds of {length:?}, of which {done} are over");
    warm_up(&world, breach.is_some()).await?;
    if world.is_over() {
        println!("before the first round:\n{}", world.tally());
        return Ok(ExitCode::FAILURE);
    }
    let start = world.at_rest().await?;
    let run = format!("{:?}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs());
    for number in done..usize::try_from(count)? {
        let played = play(&world, number, length, browsers, &start, breach.is_none(), &run).await?;
        let Some(round) = played else { break };
        let is_kept = world.tally().is_kept();
        println!("round {}:\n{}", number + 1, world.tally());
        log.add(round)?;
        if !is_kept {
            break;
        }
    }
    let mut tally = world.tally().clone();
    let last = usize::from(!world.is_over());
    for round in log.rounds.iter().rev().skip(last) {
        round.counts.iter().for_each(|(what, count)| tally.add(what, *count));
    }
    let verdict = judge(&log.rounds, &mut tally, if breach.is_none() { browsers } else { 0 });
    println!("{tally}\n{verdict}");
    log.end()?;
    if breach.is_none() {
        tally.has_all(&NEEDED)?;
    }
    let is_kept = tally.is_kept() && verdict.is_kept();
    Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Lets a few browsers do everything once.
///
/// # Errors
///
/// If they cannot, and no rule is broken on purpose.
async fn warm_up(world: &Arc<World>, breaks: bool) -> Result<(), Failure> {
    for _ in 0..TRIES {
        world.begin_round();
        let mut browsers = JoinSet::new();
        for number in 0..FIRST {
            browsers.spawn(Browser::new(world, number, u64::MAX)?.do_all());
        }
        while let Some(ended) = browsers.join_next().await {
            ended?;
        }
        if breaks || world.tally().is_kept() || world.is_over() {
            return Ok(());
        }
    }
    Err(format!("nothing works before the first round:\n{}", world.tally()).into())
}

/// One round; none if it has ended the test at once.
async fn play(
    world: &Arc<World>,
    number: usize,
    length: Duration,
    browsers: u64,
    start: &[Level; 2],
    disturbed: bool,
    run: &str,
) -> Result<Option<Round>, Failure> {
    world.begin_round();
    let outages = world.outages();
    let watching = Arc::clone(&outages);
    let watch = spawn(async move { watching.watch_the_machine().await });
    let counting = Arc::clone(world);
    let count = async move {
        let mut most = 0;
        let until = Instant::now() + length;
        while Instant::now() < until {
            most = most.max(counting.descriptors()?);
            sleep(LOOK).await;
        }
        Ok::<u64, Failure>(most)
    };
    let count = spawn(count);
    let begun = Instant::now();
    let troubled = Arc::clone(world);
    let trouble = spawn(async move {
        if disturbed {
            plan::run(&troubled, number, begun, length).await?;
        }
        Ok::<(), Failure>(())
    });
    drop(visit(world, browsers, number as u64, length).await?);
    if world.is_over() {
        return Ok(None);
    }
    trouble.await??;
    let descriptors = count.await??;
    let end = world.settle(start).await?;
    watch.abort();
    let mut round = Round {
        run: run.to_owned(),
        length,
        counts: Vec::new(),
        descriptors,
        slowest: world.slowest(),
        outages: outages.all().iter().map(Past::of).collect(),
        start: *start,
        end,
    };
    round.count(&world.tally());
    Ok(Some(round))
}

/// Lets so many browsers live for this time, and answers with them: their connections are still open.
async fn visit(
    world: &Arc<World>,
    count: u64,
    seed: u64,
    time: Duration,
) -> Result<Vec<Browser>, Failure> {
    let until = Instant::now() + time;
    let mut browsers = JoinSet::new();
    for number in 0..count {
        browsers.spawn(Browser::new(world, number, seed)?.live(until));
    }
    let mut all = Vec::new();
    while let Some(ended) = browsers.join_next().await {
        all.push(ended?);
    }
    Ok(all)
}
