//! [`Database`]: the database of the application, and what keeps it small.

use std::time::Duration;

use rocket::fairing::{AdHoc, Fairing};
use rocket::tokio;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, Executor};

use crate::store::SqlStore;

/// Where the database is if `DATABASE_URL` does not say otherwise.
const SQLITE: &str = "sqlite:sql-sessions.sqlite?mode=rwc";

/// How long a statement waits for a connection. With the time of a statement it is less than the two
/// seconds that a session store promises to keep.
const CONNECTION_TIMEOUT: Duration = Duration::from_millis(900);

/// How often what is over is deleted.
const PURGE_EVERY: Duration = Duration::from_secs(600);

/// The database of the application.
pub struct Database(AnyPool);

impl Database {
    /// Connects to a database and migrates it.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        install_default_drivers();
        let limits = if url.starts_with("postgres") {
            "SET statement_timeout = '1s'; SET lock_timeout = '1s'"
        } else {
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 1000"
        };
        let options = AnyPoolOptions::new().acquire_timeout(CONNECTION_TIMEOUT).after_connect(
            move |connection, _| {
                Box::pin(async move { connection.execute(limits).await.map(drop) })
            },
        );
        let pool = options.connect(url).await?;
        sqlx::migrate!().run(&pool).await?;
        Ok(Self(pool))
    }

    /// Its connections.
    pub fn pool(&self) -> AnyPool {
        self.0.clone()
    }
}

/// Where the database is, with the password of its user.
pub fn url() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| SQLITE.into())
}

/// Opens the database while the application launches, which fails if it cannot be opened.
pub fn fairing(url: String) -> impl Fairing {
    AdHoc::try_on_ignite("Database", |rocket| async move {
        match Database::open(&url).await {
            Ok(database) => Ok(rocket.manage(database).attach(purge())),
            Err(error) => {
                error!("The database cannot be opened: {error}");
                Err(rocket)
            }
        }
    })
}

/// Deletes what is over from time to time. One instance of the application would be enough.
fn purge() -> impl Fairing {
    AdHoc::on_liftoff("Purge of Sessions", |rocket| {
        Box::pin(async move {
            let Some(database) = rocket.state::<Database>() else { return };
            let (store, mut shutdown) = (SqlStore::new(database.pool()), rocket.shutdown());
            let mut ticks = tokio::time::interval(PURGE_EVERY);
            tokio::spawn(async move {
                loop {
                    tokio::select! {
                        () = &mut shutdown => return,
                        _ = ticks.tick() => {}
                    }
                    if let Err(error) = store.purge().await {
                        warn!("Sessions that are over could not be deleted: {error}");
                    }
                }
            });
        })
    })
}
