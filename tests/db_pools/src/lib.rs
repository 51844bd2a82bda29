//! Compiles if a session store can be built of a pool that `rocket_db_pools` manages.

use logto_rocket::{Logto, LogtoFairing, MemoryStore};
use rocket_db_pools::{Database, sqlx};

/// The pool of an application.
#[derive(Database)]
#[database("sites")]
pub struct Sites(sqlx::SqlitePool);

/// The fairing of an application whose sessions are in that pool's database.
pub fn logto() -> LogtoFairing {
    Logto::fairing().store_with(|rocket| {
        Box::pin(async move {
            let sites = Sites::fetch(rocket).ok_or("the pool is not attached")?;
            Ok(store(sites.0.clone()))
        })
    })
}

/// Stands for a store on this pool, such as that of the example `sql-sessions`.
fn store(_: sqlx::SqlitePool) -> MemoryStore {
    MemoryStore::new(1000)
}
