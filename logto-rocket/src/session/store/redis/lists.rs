//! [`Lists`]: which sessions a user has, and which belong to a session at Logto.

use std::sync::Arc;
use std::time::Duration;

use ::redis::Pipeline;

use super::connection::{Connection, Run};
use super::keys::{script, session_key};
use crate::session::store::{Record, StoreError, StoreId};

const LIST: &str = include_str!("list.lua");
const LISTED: &str = include_str!("listed.lua");

/// How long it may take to take sessions out of lists, which is not necessary.
const FORGET_TIMEOUT: Duration = Duration::from_millis(500);

/// The lists of users, and of sessions at Logto.
///
/// If a list and its sessions are in different places, a fail-over may lose the list and keep the sessions,
/// and a Redis that evicts keys may lose a list at any time. A session therefore contains the `run_id` of the
/// Redis in which it was last added to its lists. If Redis has another `run_id` when the session is loaded,
/// the session is added again.
#[derive(Clone)]
pub(super) struct Lists {
    connection: Arc<Connection>,
    prefix: Arc<str>,
}

/// What a session is found by.
pub(super) struct Found {
    pub id: String,
    pub sub: String,
    pub sid: Option<String>,
}

impl Found {
    pub fn of(id: &StoreId, record: &Record) -> Self {
        let Record { sub, sid, .. } = record;
        Self { id: id.as_str().to_owned(), sub: sub.clone(), sid: sid.clone() }
    }
}

impl Lists {
    pub fn new(connection: Arc<Connection>, prefix: &str) -> Self {
        Self { connection, prefix: prefix.into() }
    }

    /// The ids of sessions that a user may have.
    pub async fn by_sub(&self, sub: &str) -> Result<Vec<String>, StoreError> {
        self.read(self.of_sub(sub)).await
    }

    /// The ids of sessions that may belong to a session at Logto.
    pub async fn by_sid(&self, sid: &str) -> Result<Vec<String>, StoreError> {
        self.read(self.of_sid(sid)).await
    }

    /// Adds what notes a session in its lists.
    pub fn note(&self, commands: &mut Pipeline, found: &Found, ttl: u64) {
        for list in self.of(found) {
            let mut note = script(LIST, &list);
            note.arg(&found.id).arg(ttl);
            commands.add_command(note);
        }
    }

    /// Takes sessions that are gone out of their lists. What fails goes by itself, when they would have
    /// been over.
    pub async fn forget(&self, gone: &[Found]) {
        let mut commands = Pipeline::new();
        for found in gone {
            for list in self.of(found) {
                commands.cmd("ZREM").arg(list).arg(&found.id);
            }
        }
        if !commands.is_empty() {
            let forgotten = self.connection.ask::<()>(&commands);
            let _ = tokio::time::timeout(FORGET_TIMEOUT, forgotten).await;
        }
    }

    /// Adds a session to its lists again, in the background, if it was last added in another run of Redis
    /// than the one from which it was loaded. If this fails, the next request tries again.
    pub fn note_again_behind(&self, id: &StoreId, noted_in: Option<&str>, run: Run) {
        if let Some(run) = run.filter(|run| noted_in != Some(run)) {
            let (lists, id) = (self.clone(), id.as_str().to_owned());
            tokio::spawn(async move { lists.note_again(id, &run).await });
        }
    }

    async fn note_again(&self, id: String, run: &str) -> Result<(), StoreError> {
        let key = session_key(&self.prefix, &id);
        let mut read = Pipeline::new();
        read.cmd("HMGET").arg(&key).arg(&["u", "d"]).cmd("PTTL").arg(&key);
        let ((sub, sid), ttl): ((Option<String>, Option<String>), i64) =
            self.connection.ask(&read).await?;
        let Some((sub, ttl)) = sub.zip(u64::try_from(ttl).ok()) else { return Ok(()) };
        let mut commands = Pipeline::new();
        self.note(&mut commands, &Found { id, sub, sid }, ttl);
        self.connection.ask::<()>(&commands).await?;
        // Only now: it is noted for certain.
        self.connection.ask::<()>(script(LISTED, &key).arg(run)).await
    }

    async fn read(&self, list: String) -> Result<Vec<String>, StoreError> {
        self.connection.ask(::redis::cmd("ZRANGE").arg(list).arg(0).arg(-1)).await
    }

    fn of(&self, found: &Found) -> impl Iterator<Item = String> {
        let of_sid = found.sid.as_deref().map(|sid| self.of_sid(sid));
        std::iter::once(self.of_sub(&found.sub)).chain(of_sid)
    }

    fn of_sub(&self, sub: &str) -> String {
        format!("{}:u:{{{sub}}}", self.prefix)
    }

    fn of_sid(&self, sid: &str) -> String {
        format!("{}:d:{{{sid}}}", self.prefix)
    }
}
