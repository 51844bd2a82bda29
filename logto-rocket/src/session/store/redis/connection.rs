//! [`Connection`]: one connection to Redis that all requests share, and that is re-established when
//! it breaks.
//!
//! Any number of requests may call [`ask`](Connection::ask) at once. The first that needs a connection starts
//! a task that makes it, and all wait for that task. Its result is the connection in use. If a request finds
//! the connection broken, or gets no answer in time, it discards the connection by its number, so that it
//! never discards a newer one. The next request then starts another task. If connecting fails, the first
//! request that learns of it starts the backoff, and requests get the failure until the backoff is over.

mod connect;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue, Pipeline, RedisResult};

use self::connect::{Connected, connect, is_broken};
use super::url::{RedisUrl, Target};
use crate::clock::Clock;
use crate::session::store::StoreError;
use crate::task::{Backoff, Entry, SharedTask, SingleFlight};

/// The timeout of a call, including connecting and the retry.
const CALL_TIMEOUT: Duration = Duration::from_millis(1500);

/// How long no connection is made after a failure to connect.
const CONNECT_BACKOFF: Backoff = Backoff::constant(Duration::from_millis(100));

/// One connection to Redis that all requests share.
pub(super) struct Connection {
    target: Target,
    place: String,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// A flight is under way from the start of connecting until the connection is given up.
    connections: SingleFlight<Connecting, String>,
    /// Whether the last line of the log was that Redis is out of reach.
    is_away: bool,
}

/// The `run_id` of a Redis process, if Redis reports it.
pub(super) type Run = Option<Arc<str>>;

type Connecting = SharedTask<Result<Connected, String>>;

/// What is asked in one round trip.
pub(super) enum Question<'q> {
    /// One command.
    One(&'q Cmd),
    /// Several, which are answered in order. If one fails, the later ones still run.
    All(&'q Pipeline),
}

impl Question<'_> {
    async fn ask<T: FromRedisValue>(
        &self,
        connection: &mut MultiplexedConnection,
    ) -> RedisResult<T> {
        match self {
            Self::One(command) => command.query_async(connection).await,
            Self::All(commands) => commands.query_async(connection).await,
        }
    }
}

impl<'q> From<&'q Cmd> for Question<'q> {
    fn from(command: &'q Cmd) -> Self {
        Self::One(command)
    }
}

impl<'q> From<&'q mut Cmd> for Question<'q> {
    fn from(command: &'q mut Cmd) -> Self {
        Self::One(command)
    }
}

impl<'q> From<&'q Pipeline> for Question<'q> {
    fn from(commands: &'q Pipeline) -> Self {
        Self::All(commands)
    }
}

impl Connection {
    /// A connection that is made when it is needed.
    pub fn new(url: RedisUrl) -> Self {
        if url.is_tls() {
            choose_cryptography();
        }
        let place = url.place().to_owned();
        let (clock, state) = (Clock::system(), Mutex::default());
        Self { target: url.into_target(), place, clock, state }
    }

    /// Host and port, or the Sentinels.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether Sentinels say where Redis is, so that there are replicas.
    pub fn has_sentinels(&self) -> bool {
        matches!(self.target, Target::Sentinel { .. })
    }

    /// The [run](Run) at the other end, which is connected to if need be.
    pub async fn run(&self) -> Result<Run, StoreError> {
        let connected = tokio::time::timeout(CALL_TIMEOUT, self.connected(&mut 0)).await;
        let late = || self.error(format!("no answer within {} ms", CALL_TIMEOUT.as_millis()));
        Ok(connected.map_err(|_| late())??.run)
    }

    /// Redis's answer to one or several commands. Redis may get them twice, because if a connection breaks
    /// before the answer, it is unknown whether the command has arrived.
    pub async fn ask<'q, T: FromRedisValue>(
        &self,
        question: impl Into<Question<'q>>,
    ) -> Result<T, StoreError> {
        Ok(self.ask_run(question).await?.0)
    }

    /// The same, and which [run](Run) has answered.
    pub async fn ask_run<'q, T: FromRedisValue>(
        &self,
        question: impl Into<Question<'q>>,
    ) -> Result<(T, Run), StoreError> {
        let (mut number, question) = (0, question.into());
        let answer = self.ask_again(&question, &mut number);
        let answer = tokio::time::timeout(CALL_TIMEOUT, answer).await;
        answer.unwrap_or_else(|_| {
            let why = format!("no answer within {} ms", CALL_TIMEOUT.as_millis());
            self.give_up(number);
            self.note_away(&why);
            Err(self.error(why))
        })
    }

    async fn ask_again<T: FromRedisValue>(
        &self,
        question: &Question<'_>,
        number: &mut u64,
    ) -> Result<(T, Run), StoreError> {
        match self.ask_once(question, number).await? {
            // Redis closes connections when it stops, and some networks close idle connections.
            Err(error) if error.is_connection_dropped() => {
                let answer = self.ask_once(question, number).await?;
                answer.map_err(|error| self.error(error))
            }
            answer => answer.map_err(|error| self.error(error)),
        }
    }

    /// The answer on the current connection.
    async fn ask_once<T: FromRedisValue>(
        &self,
        question: &Question<'_>,
        number: &mut u64,
    ) -> Result<RedisResult<(T, Run)>, StoreError> {
        let mut connected = self.connected(number).await?;
        let answer = question.ask(&mut connected.connection).await;
        if answer.as_ref().is_err_and(is_broken) {
            self.give_up(*number);
        }
        Ok(answer.map(|answer| (answer, connected.run)))
    }

    /// The current connection, whose number is set before it is waited for.
    async fn connected(&self, number: &mut u64) -> Result<Connected, StoreError> {
        let (entry, is_away) = self.enter();
        let flight = match entry {
            Entry::Started(flight) | Entry::Joined(flight) => flight,
            Entry::Paused(failure) => return Err(self.no_connection(failure.error)),
        };
        *number = flight.number;
        let connected = flight.handle.result().await;
        let connected = connected.unwrap_or_else(|| Err("connecting failed".into()));
        let connected = connected.map_err(|why| {
            self.note_failure(*number, why.clone());
            self.no_connection(why)
        })?;
        if is_away {
            self.note_back();
        }
        Ok(connected)
    }

    /// The current connection, which is made if there is none, and whether Redis was out of reach.
    fn enter(&self) -> (Entry<Connecting, String>, bool) {
        let now = self.clock.instant();
        let mut state = self.state();
        let start = |_| SharedTask::spawn(connect(self.target.clone()));
        (state.connections.enter(now, start), state.is_away)
    }

    fn note_failure(&self, number: u64, why: String) {
        let now = self.clock.instant();
        self.state().connections.fail(number, why, CONNECT_BACKOFF, now);
    }

    fn give_up(&self, number: u64) {
        self.state().connections.release(number);
    }

    fn no_connection(&self, why: String) -> StoreError {
        self.note_away(&why);
        self.error(why)
    }

    fn note_away(&self, why: &str) {
        if !std::mem::replace(&mut self.state().is_away, true) {
            log::warn!(
                "Redis at {} is unreachable: {why}. Requests that need a session get 503 until it \
                 is reachable again.",
                self.place
            );
        }
    }

    fn note_back(&self) {
        if std::mem::take(&mut self.state().is_away) {
            log::warn!("Redis at {} is reachable again.", self.place);
        }
    }

    fn error(&self, why: impl std::fmt::Display) -> StoreError {
        StoreError::new(format!("Redis at {}: {why}", self.place))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Chooses a cryptography provider for the TLS library, unless the application has chosen one. Without a
/// choice, the library panics if other crates turn on the features of two providers.
fn choose_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread was quicker.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
