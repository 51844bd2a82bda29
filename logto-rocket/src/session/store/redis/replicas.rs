//! [`Replicas`]: waits until a replica confirms a write.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::redis::{Pipeline, Value};

use super::connection::{Connection, Run};
use crate::clock::Clock;
use crate::session::store::StoreError;

/// How long a replica may take to confirm, in milliseconds.
const REPLICA_TIMEOUT: u64 = 500;

/// How long a confirmation may take in all, because the user's sign-out waits for it.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(1);

/// How long no confirmation is requested after one did not come in time.
const LAG_BACKOFF: Duration = Duration::from_secs(5);

/// Asks for confirmations on a connection of its own, because `WAIT` blocks later commands on the same connection.
pub(super) struct Replicas {
    connection: Connection,
    clock: Clock,
    lag_until: Mutex<Option<Instant>>,
}

impl Replicas {
    pub fn new(connection: Connection) -> Self {
        Self { connection, clock: Clock::system(), lag_until: Mutex::default() }
    }

    /// Waits until a replica has every earlier write to this run of Redis, if there are replicas.
    ///
    /// # Errors
    ///
    /// An [unconfirmed](StoreError::unconfirmed) error if no replica confirms, or if Sentinels are configured and no
    /// replica is connected.
    pub async fn confirm(&self, run: &Run) -> Result<(), StoreError> {
        let now = self.clock.instant();
        if self.lag_until().is_some_and(|until| now < until) {
            return Err(unconfirmed("a replica did not confirm a recent write in time"));
        }
        let confirmed = tokio::time::timeout(CONFIRM_TIMEOUT, self.try_confirm(run)).await;
        let why = match confirmed {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(Unconfirmed::NoReplica)) => {
                return Err(unconfirmed("no replica is connected to the primary"));
            }
            Ok(Err(Unconfirmed::Late(why))) => why,
            Err(_) => format!("no answer within {} ms", CONFIRM_TIMEOUT.as_millis()),
        };
        let until = self.clock.instant() + LAG_BACKOFF;
        *self.lag_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
        Err(unconfirmed(&why))
    }

    async fn try_confirm(&self, run: &Run) -> Result<(), Unconfirmed> {
        let is_expected = self.connection.has_sentinels();
        // The Redis user may not have the right to run `ROLE`.
        let role: Result<Vec<Value>, _> = self.connection.ask(&::redis::cmd("ROLE")).await;
        let is_there = match role.as_deref() {
            Ok([_, _, Value::Array(replicas)]) => Some(!replicas.is_empty()),
            _ => None,
        };
        if !is_there.unwrap_or(is_expected) {
            return if is_expected { Err(Unconfirmed::NoReplica) } else { Ok(()) };
        }
        let mut commands = Pipeline::new();
        // `WAIT` is about the writes before the last command of its connection. `PING` is such a command, after the writes
        // of all other connections.
        commands.cmd("PING").ignore().cmd("WAIT").arg(1).arg(REPLICA_TIMEOUT);
        let late = |why: String| Err(Unconfirmed::Late(why));
        match self.connection.ask_run::<(u64,)>(&commands).await {
            Ok((_, other)) if other != *run => late("another Redis server has taken over".into()),
            Ok(((1..,), _)) => Ok(()),
            Ok(_) => late(format!("no replica confirmed it within {REPLICA_TIMEOUT} ms")),
            Err(error) => late(error.to_string()),
        }
    }

    fn lag_until(&self) -> Option<Instant> {
        *self.lag_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no confirmation.
enum Unconfirmed {
    NoReplica,
    Late(String),
}

fn unconfirmed(why: &str) -> StoreError {
    StoreError::unconfirmed(format!("the record is deleted, but a fail-over may restore it: {why}"))
}
