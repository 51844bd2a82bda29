//! [`Connection`]: one connection to Redis that all requests share, made again when it breaks.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError};

use super::url::RedisUrl;
use crate::clock::Clock;
use crate::session::store::StoreError;
use crate::task::SharedTask;

/// How long connecting may take, with all that is said before the first command.
const CONNECT: Duration = Duration::from_secs(1);

/// How long a call may take in all, connecting and trying again included.
const CALL: Duration = Duration::from_millis(1500);

/// How long after a failure to connect nobody tries again.
const COOL_DOWN: Duration = Duration::from_millis(100);

/// One connection to Redis that all requests share.
///
/// It is made when it is first needed, by a task of its own for which all who need it wait. It is
/// given up when it breaks or does not answer, and the next call makes another.
pub(super) struct Connection {
    client: Client,
    place: String,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Which connection it is, counted from the first.
    number: u64,
    attempt: Option<Attempt>,
    /// Whether the log's last word was that Redis is out of reach.
    is_away: bool,
}

type Connecting = SharedTask<Result<MultiplexedConnection, String>>;

struct Attempt {
    connecting: Connecting,
    failed_at: Option<Instant>,
}

impl Connection {
    /// A connection that is made when it is needed.
    pub fn new(url: RedisUrl) -> Result<Self, StoreError> {
        if url.is_tls() {
            choose_cryptography();
        }
        let place = url.place().to_owned();
        let client = Client::open(url.into_info());
        let client = client.map_err(|why| StoreError::new(format!("Redis at {place}: {why}")))?;
        Ok(Self { client, place, clock: Clock::system(), state: Mutex::default() })
    }

    /// Host and port.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What Redis answers to a command. It may get the command twice: where a connection breaks
    /// before the answer, nobody knows whether it has been heard.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        let mut number = 0;
        let answer = tokio::time::timeout(CALL, self.ask_again(command, &mut number)).await;
        answer.unwrap_or_else(|_| {
            let why = format!("no answer within {} ms", CALL.as_millis());
            self.give_up(number);
            self.note_away(&why);
            Err(self.error(why))
        })
    }

    async fn ask_again<T: FromRedisValue>(
        &self,
        command: &Cmd,
        number: &mut u64,
    ) -> Result<T, StoreError> {
        match self.ask_once(command, number).await? {
            // Redis closes connections when it stops, and some networks those that are idle.
            Err(error) if error.is_connection_dropped() => {
                let answer = self.ask_once(command, number).await?;
                answer.map_err(|error| self.error(error))
            }
            answer => answer.map_err(|error| self.error(error)),
        }
    }

    /// The answer on the present connection, whose number is told before it is waited for.
    async fn ask_once<T: FromRedisValue>(
        &self,
        command: &Cmd,
        number: &mut u64,
    ) -> Result<Result<T, RedisError>, StoreError> {
        let (connecting, is_away);
        (*number, connecting, is_away) = self.current();
        let connected = connecting.result().await;
        let connected = connected.unwrap_or_else(|| Err("connecting failed".into()));
        let mut connection = connected.map_err(|why| {
            self.note_failure(*number);
            self.note_away(&why);
            self.error(why)
        })?;
        if is_away {
            self.note_back();
        }
        let answer = command.query_async(&mut connection).await;
        if answer.as_ref().is_err_and(is_broken) {
            self.give_up(*number);
        }
        Ok(answer)
    }

    /// The present connection or the attempt to make one, begun now if it must be.
    fn current(&self) -> (u64, Connecting, bool) {
        let now = self.clock.instant();
        let mut state = self.state();
        let cooled = |at: Instant| now.saturating_duration_since(at) >= COOL_DOWN;
        let attempt = state.attempt.take().filter(|it| !it.failed_at.is_some_and(cooled));
        let attempt = attempt.unwrap_or_else(|| {
            state.number += 1;
            Attempt { connecting: SharedTask::spawn(connect(self.client.clone())), failed_at: None }
        });
        let connecting = attempt.connecting.clone();
        state.attempt = Some(attempt);
        (state.number, connecting, state.is_away)
    }

    fn note_failure(&self, number: u64) {
        let now = self.clock.instant();
        let mut state = self.state();
        if state.number == number
            && let Some(attempt) = &mut state.attempt
        {
            attempt.failed_at.get_or_insert(now);
        }
    }

    fn give_up(&self, number: u64) {
        let mut state = self.state();
        if state.number == number {
            state.attempt = None;
        }
    }

    fn note_away(&self, why: &str) {
        if !std::mem::replace(&mut self.state().is_away, true) {
            log::warn!(
                "Redis at {} is out of reach: {why}. Requests that need a session are answered by \
                 503 until it is back.",
                self.place
            );
        }
    }

    fn note_back(&self) {
        if std::mem::take(&mut self.state().is_away) {
            log::warn!("Redis at {} is back.", self.place);
        }
    }

    fn error(&self, why: impl std::fmt::Display) -> StoreError {
        StoreError::new(format!("Redis at {}: {why}", self.place))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn connect(client: Client) -> Result<MultiplexedConnection, String> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT))
        .set_response_timeout(None);
    let connection = client.get_multiplexed_async_connection_with_config(&config).await;
    connection.map_err(|error| {
        if error.is_timeout() {
            return format!("no connection within {} ms", CONNECT.as_millis());
        }
        error.to_string()
    })
}

/// Whether nothing more is to be hoped for from the connection: it is closed, or leads to a Redis
/// that no longer takes writes because another has taken its place.
fn is_broken(error: &RedisError) -> bool {
    error.is_connection_dropped()
        || error.is_unrecoverable_error()
        || error.code() == Some("READONLY")
}

/// The TLS library panics where the features of other crates leave it the choice between two
/// implementations and nobody has chosen. What the application has chosen stands.
fn choose_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error says that somebody else was quicker.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
