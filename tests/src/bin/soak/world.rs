//! [`World`]: the applications, the provider and Redis, and what has happened.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use logto_rocket::testing::{self, Idp};
use logto_rocket::{Clock, Resource};
use logto_rocket_tests::http;
use logto_rocket_tests::instance::Instance;
use logto_rocket_tests::redis::Redis;
use logto_rocket_tests::server::free_port;
use logto_rocket_tests::tally::Tally;
use rocket::tokio::time::{Instant, sleep};

use crate::Failure;
use crate::application::{Orders, Settings};
use crate::breach::Breach;
use crate::levels::{self, Level};
use crate::machines::{Machines, SCOPE};
use crate::outages::Outages;
use crate::rules::Rule;

/// Redis writes each change to a file before it answers, and never empties it: what it has answered is there
/// when it is killed and started. Whether the file is on the disk does not matter, because the machine lives on.
const KEPT: [&str; 6] =
    ["--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0"];

/// How far the clocks are moved after a round: further than anything of it is remembered.
const NEXT_ROUND: Duration = Duration::from_secs(4 * 3600);

/// How long it may take until nothing is left of a round, and how often that is looked at.
const SETTLE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(500);

/// How long nothing is done before the level at the start is taken: connections to Logto are closed after
/// four idle seconds, threads that wait for work after ten.
const IDLE: Duration = Duration::from_secs(12);

/// All that there is.
pub struct World {
    pub idp: Idp,
    pub machines: Machines,
    /// How long browsers wait between two actions, on the average.
    pub pause: Duration,
    pub applications: [Application; 2],
    redis: Mutex<Redis>,
    clock: Clock,
    outages: Mutex<std::sync::Arc<Outages>>,
    tally: Mutex<Tally<Rule>>,
    slowest: Mutex<Duration>,
    is_over: AtomicBool,
}

/// An application under test.
pub struct Application {
    /// Where its sessions are.
    pub name: &'static str,
    pub port: u16,
    pub in_redis: bool,
    process: Instance,
}

impl World {
    /// Starts all, for so many users.
    ///
    /// # Errors
    ///
    /// If something does not start.
    pub async fn start(
        users: u64,
        pause: Duration,
        claims_live: Duration,
        breach: Option<Breach>,
    ) -> Result<Option<Self>, Failure> {
        let Some(redis) = Redis::start(&KEPT) else { return Ok(None) };
        let clock = Clock::movable();
        let provider = Idp::builder().clock(clock.clone()).resource(Orders::URI, &[SCOPE]);
        let users = (0..users).map(|number| testing::User::new(&user(number)));
        let provider = users.fold(Machines::describe(provider), testing::Builder::user);
        let idp = provider.start().await?;
        let application = |name, url: String| -> Result<_, Failure> {
            let key = idp.webhook_signing_key();
            let claims = claims_live.as_secs().to_string();
            let values = [idp.endpoint(), idp.app_id(), idp.app_secret(), &key, &claims, &url];
            let settings = Settings { values: values.map(ToOwned::to_owned), breach };
            let (port, in_redis) = (free_port(), !url.is_empty());
            Ok(Application { name, port, in_redis, process: settings.start(port)? })
        };
        let applications =
            [application("cookies", String::new())?, application("Redis", redis.url())?];
        Ok(Some(Self {
            machines: Machines::default(),
            idp,
            pause,
            applications,
            redis: Mutex::new(redis),
            clock,
            outages: Mutex::default(),
            tally: Mutex::default(),
            slowest: Mutex::default(),
            is_over: AtomicBool::new(false),
        }))
    }

    /// The time of the provider, in seconds.
    pub fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Moves all clocks on, and answers with the level of each application when nothing has been done for a
    /// while.
    ///
    /// # Errors
    ///
    /// If one does not answer.
    pub async fn at_rest(&self) -> Result<[Level; 2], Failure> {
        self.move_on().await?;
        sleep(IDLE).await;
        self.levels().await
    }

    /// Moves all clocks on, waits until each application is back at its level at the start, and answers with the
    /// levels then.
    ///
    /// # Errors
    ///
    /// If one does not answer.
    pub async fn settle(&self, start: &[Level; 2]) -> Result<[Level; 2], Failure> {
        self.move_on().await?;
        let until = Instant::now() + SETTLE;
        loop {
            let levels = self.levels().await?;
            let is_back = levels.iter().zip(start).all(|(level, start)| level.is_back_at(start));
            if is_back || Instant::now() > until {
                return Ok(levels);
            }
            sleep(LOOK).await;
        }
    }

    /// How many files and connections the applications have open.
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn descriptors(&self) -> Result<u64, Failure> {
        let each = self.applications.iter().map(|it| levels::descriptors(it.process.id()));
        Ok(each.sum::<std::io::Result<u64>>()?)
    }

    async fn move_on(&self) -> Result<(), Failure> {
        let seconds = NEXT_ROUND.as_secs();
        self.clock.advance(NEXT_ROUND);
        self.machines.forget();
        self.idp.forget_requests();
        for Application { port, .. } in &self.applications {
            let url = format!("http://127.0.0.1:{port}/test/advance/{seconds}");
            http::client().post(url).send().await?.error_for_status()?;
        }
        Ok(())
    }

    async fn levels(&self) -> Result<[Level; 2], Failure> {
        let mut levels = [Level::default(); 2];
        for (level, application) in levels.iter_mut().zip(&self.applications) {
            *level = Level::of(application.process.id(), application.port).await?;
        }
        Ok(levels)
    }

    /// The Redis. It is worked on by the plan alone.
    pub fn redis(&self) -> MutexGuard<'_, Redis> {
        self.redis.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outages of this round.
    pub fn outages(&self) -> std::sync::Arc<Outages> {
        self.outages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins a round, with no outages and nothing counted.
    pub fn begin_round(&self) {
        *self.outages.lock().unwrap_or_else(PoisonError::into_inner) = std::sync::Arc::default();
        *self.tally() = Tally::default();
    }

    pub fn count(&self, what: &str) {
        self.tally().count(what);
    }

    /// Notes a breach. One of them ends the test at once.
    pub fn breach(&self, rule: Rule, why: String) {
        if rule == Rule::WrongUser {
            self.is_over.store(true, Ordering::Relaxed);
        }
        self.tally().breach(rule, why);
    }

    /// Whether the test has ended before its time.
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Notes how long an answer took while nothing was away.
    pub fn note_time(&self, took: Duration) {
        let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        *slowest = (*slowest).max(took);
    }

    /// The longest time that an answer took while nothing was away.
    pub fn slowest(&self) -> Duration {
        *self.slowest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn tally(&self) -> MutexGuard<'_, Tally<Rule>> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a user.
pub fn user(number: u64) -> String {
    format!("user-{number}")
}
