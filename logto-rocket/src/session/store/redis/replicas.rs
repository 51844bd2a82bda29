//! [`Replicas`]: what confirms that something is written.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::redis::{Pipeline, Value};

use super::connection::Connection;
use crate::clock::Clock;
use crate::session::store::StoreError;

/// How long a replica may take to confirm, in milliseconds.
const CONFIRMATION_TIMEOUT: u64 = 500;

/// How long no replica is waited for after one has not confirmed in time.
const LAG_BACKOFF: Duration = Duration::from_secs(5);

/// The replicas, on a connection of their own: who waits for them holds up who asks behind.
pub(super) struct Replicas {
    connection: Connection,
    clock: Clock,
    lag_until: Mutex<Option<Instant>>,
}

impl Replicas {
    pub fn new(connection: Connection) -> Self {
        Self { connection, clock: Clock::system(), lag_until: Mutex::default() }
    }

    /// Waits until a replica has all that was written before, if there are replicas.
    ///
    /// # Errors
    ///
    /// An [unconfirmed](StoreError::unconfirmed) one, if none has, or there is none where there should be.
    pub async fn confirm(&self) -> Result<(), StoreError> {
        let now = self.clock.instant();
        if self.lag_until().is_some_and(|until| now < until) {
            return Err(unconfirmed("a replica was late a moment ago"));
        }
        let is_expected = self.connection.has_sentinels();
        // A Redis user may have no right to ask.
        let role: Result<Vec<Value>, _> = self.connection.ask(&::redis::cmd("ROLE")).await;
        let is_there = match role.as_deref() {
            Ok([_, _, Value::Array(replicas)]) => Some(!replicas.is_empty()),
            _ => None,
        };
        if !is_there.unwrap_or(is_expected) {
            let error = || Err(unconfirmed("no replica is connected to the primary"));
            return if is_expected { error() } else { Ok(()) };
        }
        let mut commands = Pipeline::new();
        // The first says up to where: `WAIT` is about what the connection has seen.
        commands.cmd("PING").ignore().cmd("WAIT").arg(1).arg(CONFIRMATION_TIMEOUT);
        let confirmed: Result<(u64,), _> = self.connection.ask(&commands).await;
        let why = match confirmed {
            Ok((1..,)) => return Ok(()),
            Ok(_) => format!("no replica has confirmed it within {CONFIRMATION_TIMEOUT} ms"),
            Err(error) => error.to_string(),
        };
        let until = self.clock.instant() + LAG_BACKOFF;
        *self.lag_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
        Err(unconfirmed(&why))
    }

    fn lag_until(&self) -> Option<Instant> {
        *self.lag_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unconfirmed(why: &str) -> StoreError {
    StoreError::unconfirmed(format!("it is deleted, but a fail-over may bring it back: {why}"))
}
