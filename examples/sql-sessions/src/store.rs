//! [`SqlStore`]: a session store in an SQL database.

use std::time::Duration;

use logto_rocket::{Record, Replaced, SessionStore, StoreError, StoreId, Stored};
use rocket::async_trait;
use sqlx::AnyPool;
use sqlx::any::AnyRow;
use sqlx::{Error, Row};

/// Sessions in the tables that `migrations` creates. Times come from the database, so that the clocks of
/// the servers do not matter.
#[derive(Clone)]
pub struct SqlStore {
    pool: AnyPool,
    sql: Statements,
}

/// The statements, with what the database calls its time in milliseconds.
#[derive(Clone)]
struct Statements {
    create: String,
    load: String,
    replace: String,
    exists: String,
    list_by_sub: String,
    lease: String,
    purge: [String; 2],
}

impl SqlStore {
    /// A store in a database that is migrated.
    pub fn new(pool: AnyPool) -> Self {
        let is_postgres = pool.connect_options().database_url.scheme().starts_with("postgres");
        let now = if is_postgres {
            "CAST(extract(epoch FROM now()) * 1000 AS BIGINT)"
        } else {
            "CAST(unixepoch('subsec') * 1000 AS BIGINT)"
        };
        Self { pool, sql: Statements::new(now) }
    }

    /// Deletes what is over, and answers how many rows that were. Nothing finds it any more.
    pub async fn purge(&self) -> Result<u64, Error> {
        let mut deleted = 0;
        for purge in &self.sql.purge {
            deleted += sqlx::query(purge).execute(&self.pool).await?.rows_affected();
        }
        Ok(deleted)
    }
}

impl Statements {
    fn new(now: &str) -> Self {
        Self {
            create: format!(
                "INSERT INTO logto_sessions (id, sealed, version, sub, sid, signed_in_at, over_at)
                 VALUES ($1, $2, 0, $3, $4, $5, {now} + $6)"
            ),
            load: format!(
                "SELECT id, sealed, version FROM logto_sessions WHERE id = $1 AND over_at > {now}"
            ),
            replace: format!(
                "UPDATE logto_sessions SET sealed = $2, version = version + 1, sub = $3, sid = $4,
                 signed_in_at = $5, over_at = {now} + $6
                 WHERE id = $1 AND version = $7 AND over_at > {now}"
            ),
            exists: format!("SELECT id FROM logto_sessions WHERE id = $1 AND over_at > {now}"),
            list_by_sub: format!(
                "SELECT id, sealed, version FROM logto_sessions WHERE sub = $1 AND over_at > {now}"
            ),
            lease: format!(
                "INSERT INTO logto_leases AS lease (id, holder, over_at) VALUES ($1, $2, {now} + $3)
                 ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, over_at = excluded.over_at
                 WHERE lease.holder = excluded.holder OR lease.over_at <= {now}"
            ),
            purge: ["logto_sessions", "logto_leases"]
                .map(|table| format!("DELETE FROM {table} WHERE over_at <= {now}")),
        }
    }
}

#[async_trait]
impl SessionStore for SqlStore {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        let create = sqlx::query(&self.sql.create)
            .bind(id.as_str())
            .bind(&*record.sealed)
            .bind(&record.sub)
            .bind(&record.sid)
            .bind(number(record.signed_in_at))
            .bind(millis(ttl));
        create.execute(&self.pool).await.map(drop).map_err(StoreError::new)
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        let load = sqlx::query(&self.sql.load).bind(id.as_str());
        let row = load.fetch_optional(&self.pool).await.map_err(StoreError::new)?;
        row.map(|row| stored(&row).map(|(_, stored)| stored)).transpose()
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        let replace = sqlx::query(&self.sql.replace)
            .bind(id.as_str())
            .bind(&*record.sealed)
            .bind(&record.sub)
            .bind(&record.sid)
            .bind(number(record.signed_in_at))
            .bind(millis(ttl))
            .bind(number(version));
        let replaced = replace.execute(&self.pool).await.map_err(StoreError::new)?;
        if replaced.rows_affected() > 0 {
            return Ok(Replaced::Stored);
        }
        let exists = sqlx::query(&self.sql.exists).bind(id.as_str());
        let there = exists.fetch_optional(&self.pool).await.map_err(StoreError::new)?;
        Ok(if there.is_some() { Replaced::Conflict } else { Replaced::Gone })
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM logto_sessions WHERE id = $1").bind(id.as_str());
        delete.execute(&self.pool).await.map(drop).map_err(StoreError::new)
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM logto_sessions WHERE sid = $1").bind(sid);
        delete.execute(&self.pool).await.map(drop).map_err(StoreError::new)
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        let delete = "DELETE FROM logto_sessions WHERE sub = $1 AND signed_in_at <= $2";
        let delete = sqlx::query(delete).bind(sub).bind(number(not_after));
        delete.execute(&self.pool).await.map(drop).map_err(StoreError::new)
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        let list = sqlx::query(&self.sql.list_by_sub).bind(sub);
        let rows = list.fetch_all(&self.pool).await.map_err(StoreError::new)?;
        rows.iter().map(stored).collect()
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        let lease = sqlx::query(&self.sql.lease).bind(id.as_str()).bind(holder).bind(millis(time));
        let leased = lease.execute(&self.pool).await.map_err(StoreError::new)?;
        Ok(leased.rows_affected() > 0)
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        let release = "DELETE FROM logto_leases WHERE id = $1 AND holder = $2";
        let release = sqlx::query(release).bind(id.as_str()).bind(holder);
        release.execute(&self.pool).await.map(drop).map_err(StoreError::new)
    }
}

fn stored(row: &AnyRow) -> Result<(StoreId, Stored), StoreError> {
    let read = || {
        let (id, sealed): (String, String) = (row.try_get("id")?, row.try_get("sealed")?);
        let version = u64::try_from(row.try_get::<i64, _>("version")?);
        let version = version.map_err(|error| Error::Decode(error.into()))?;
        Ok((StoreId::from(id), Stored { sealed: sealed.into(), version }))
    };
    read().map_err(|error: Error| StoreError::new(error))
}

/// Databases have signed numbers only. No time and no version comes near the limit.
fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
