//! [`SessionStore`] for [`RedisStore`].

use std::time::Duration;

use ::redis::{Cmd, Pipeline, Value};
use rocket::futures::future::join;

use super::RedisStore;
use super::keys::{milliseconds, script, session_key};
use super::lists::Found;
use crate::session::store::{Record, Replaced, SessionStore, StoreError, StoreId, Stored};

const CREATE: &str = concat!(include_str!("put.lua"), include_str!("create.lua"));
const REPLACE: &str = concat!(include_str!("put.lua"), include_str!("replace.lua"));
const END: &str = include_str!("end.lua");
const LEASE: &str = include_str!("lease.lua");
const RELEASE: &str = include_str!("release.lua");

/// Which sessions of a list are meant.
#[derive(Clone, Copy)]
enum Which<'w> {
    Any,
    Sid(&'w str),
    /// Those of a user that were signed in by then.
    Sub(&'w str, u64),
}

#[rocket::async_trait]
impl SessionStore for RedisStore {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        self.write(script(CREATE, &self.session(id)), id, record, ttl).await.map(drop)
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        let mut command = ::redis::cmd("HMGET");
        command.arg(self.session(id)).arg(&["r", "v", "h"]);
        let (found, run) = self.connection.ask_run(&command).await?;
        let (sealed, version, noted_in): (Option<String>, Option<u64>, Option<String>) = found;
        let Some((sealed, version)) = sealed.zip(version) else { return Ok(None) };
        self.lists.note_again_behind(id, noted_in.as_deref(), run);
        Ok(Some(Stored { sealed: sealed.into(), version }))
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        let mut replace = script(REPLACE, &self.session(id));
        replace.arg(version).arg(version + 1);
        let replaced = self.write(replace, id, record, ttl).await?;
        match String::from_utf8_lossy(&replaced).as_ref() {
            "stored" => Ok(Replaced::Stored),
            "conflict" => Ok(Replaced::Conflict),
            "gone" => {
                self.lists.forget(&[Found::of(id, record)]).await;
                Ok(Replaced::Gone)
            }
            _ => Err(StoreError::new("Redis returned an unexpected result for a script")),
        }
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        self.end(vec![id.as_str().to_owned()], Which::Any).await
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        self.end(self.lists.by_sid(sid).await?, Which::Sid(sid)).await
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        self.end(self.lists.by_sub(sub).await?, Which::Sub(sub, not_after)).await
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        let ids = self.lists.by_sub(sub).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut commands = Pipeline::new();
        for id in &ids {
            commands.cmd("HMGET").arg(session_key(&self.prefix, id)).arg(&["r", "v", "u"]);
        }
        let found: Vec<(Option<String>, Option<u64>, Option<String>)> =
            self.connection.ask(&commands).await?;
        let sessions = ids.into_iter().zip(found).filter_map(|(id, (sealed, version, owner))| {
            let stored = Stored { sealed: sealed?.into(), version: version? };
            (owner? == sub).then(|| (StoreId::from(id), stored))
        });
        Ok(sessions.collect())
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        let mut lease = script(LEASE, &self.lease_of(id));
        self.connection.ask(lease.arg(holder).arg(milliseconds(time))).await
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        let mut release = script(RELEASE, &self.lease_of(id));
        self.connection.ask(release.arg(holder)).await
    }
}

impl RedisStore {
    /// Deletes sessions, and waits until a replica knows.
    async fn end(&self, ids: Vec<String>, which: Which<'_>) -> Result<(), StoreError> {
        let mut commands = Pipeline::new();
        // There is one in any case: what was deleted before may not be confirmed yet.
        commands.cmd("PING").ignore();
        for id in &ids {
            let mut end = script(END, &session_key(&self.prefix, id));
            match which {
                Which::Any => &mut end,
                Which::Sid(sid) => end.arg("d").arg(sid),
                Which::Sub(sub, not_after) => end.arg("u").arg(sub).arg(not_after),
            };
            commands.add_command(end);
        }
        let (ended, run) = self.connection.ask_run::<Vec<Vec<Option<String>>>>(&commands).await?;
        let ended = ids.into_iter().zip(ended).filter_map(|(id, columns)| {
            let mut columns = columns.into_iter();
            let sub = columns.next()??;
            Some(Found { id, sub, sid: columns.next().flatten() })
        });
        let ended: Vec<_> = ended.collect();
        let ((), confirmed) = join(self.lists.forget(&ended), self.replicas.confirm(&run)).await;
        confirmed
    }

    /// Notes a session in its lists, then writes it, in one round trip; answers with what the script says.
    async fn write(
        &self,
        mut write: Cmd,
        id: &StoreId,
        record: &Record,
        ttl: Duration,
    ) -> Result<Vec<u8>, StoreError> {
        let run = self.connection.run().await?;
        write.arg(milliseconds(ttl)).arg(run.as_deref().unwrap_or_default());
        write.arg(&*record.sealed).arg(record.signed_in_at);
        // The last is left off where there is none.
        write.arg(&record.sub).arg(record.sid.as_deref());
        let mut commands = Pipeline::new();
        self.lists.note(&mut commands, &Found::of(id, record), milliseconds(ttl));
        commands.add_command(write);
        let mut answers: Vec<Value> = self.connection.ask(&commands).await?;
        let said = answers.pop().and_then(|said| match said {
            Value::BulkString(said) => Some(said),
            _ => None,
        });
        Ok(said.unwrap_or_default())
    }
}
