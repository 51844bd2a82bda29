//! The store gives every promise of a session store, in `SQLite` and in `PostgreSQL`; and it is small.

use logto_rocket::testing::Idp;
use logto_rocket::{Config, Logto};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::postgres::Postgres;
use logto_rocket_tests::server::{Server, free_port};
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::tokio::sync::OnceCell;
use rocket::tokio::task::spawn_blocking;

use crate::database::Database;
use crate::store::SqlStore;

/// A store in a database that the first caller migrates. Each test has a runtime, and so connections, of its
/// own.
async fn store_at(url: &str, migrated: &OnceCell<()>) -> SqlStore {
    let open = async || Database::open(url).await.expect("a database");
    migrated.get_or_init(async || drop(open().await)).await;
    SqlStore::new(open().await.pool())
}

/// Walks through the site at a database, with a restart.
async fn a_restart_signs_nobody_out(url: &str) {
    let idp = Idp::start().await.expect("a provider");
    let start = async || {
        let config = Config::new()
            .base_url("http://localhost:8000")
            .secret_keys(["hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk="]);
        let logto = Logto::fairing().config(config).provider(&idp);
        Client::untracked(crate::site(logto, url.to_owned())).await.expect("a launch")
    };
    let before = start().await;
    let mut laptop = Browser::new(&before);
    assert_eq!(laptop.sign_in(&idp, "alice", "/").await.status, Status::SeeOther);
    let mut phone = Browser::new(&before);
    phone.sign_in(&idp, "alice", "/").await;
    let after = start().await;
    let (mut laptop, mut phone) = (laptop.at(&after), phone.at(&after));
    let home = laptop.open("/").await.body;
    assert!(home.contains("Hello, Alice Liddell"), "{home}");
    assert!(home.contains("has 2 of your sessions"), "{home}");
    laptop.post("/sessions/end", From::OwnPage, "http://localhost:8000").await;
    for browser in [&mut laptop, &mut phone] {
        let home = browser.open("/").await.body;
        assert!(home.contains("Hello, stranger"), "{home}");
    }
}

/// Breaks the database of a site at which somebody is signed in.
async fn nobody_is_called_a_stranger(url: String) {
    let idp = Idp::start().await.expect("a provider");
    let config = Config::new().base_url("http://localhost:8000");
    let site = crate::site(Logto::fairing().config(config).provider(&idp), url);
    let client = Client::untracked(site).await.expect("a launch");
    let mut alice = Browser::new(&client);
    alice.sign_in(&idp, "alice", "/").await;
    client.rocket().state::<Database>().expect("the database").pool().close().await;
    let home = alice.open("/").await;
    assert_eq!(home.status, Status::Ok, "{home:?}");
    assert!(home.body.contains("<p>Hello. We cannot check right now who you are."), "{home:?}");
    assert!(!home.body.contains("stranger"), "{home:?}");
}

/// Looks at the home page in a browser, with this database.
async fn the_home_page_is_accessible(url: String) {
    let Some(browser) = Chromium::find() else { return };
    let (idp, port) = (Idp::start().await.expect("a provider"), free_port());
    let origin = format!("http://localhost:{port}");
    let logto = Logto::fairing().config(Config::new().base_url(&origin)).provider(&idp);
    let server = Server::launch(crate::site(logto, url), port).await;
    let looked = spawn_blocking(move || {
        browser.run("home_page.mjs", &[("APP", &origin), ("NAME", "sql-sessions")])
    });
    if let Err(report) = looked.await.expect("no panic") {
        panic!("{report}");
    }
    server.stop().await;
}

mod sqlite {
    use std::sync::LazyLock;

    use super::{OnceCell, SqlStore, store_at};

    /// A new file beside the test program.
    static FILE: LazyLock<String> = LazyLock::new(|| {
        let program = std::env::current_exe().expect("the test program");
        let file = program.with_extension("sqlite").display().to_string();
        for ending in ["", "-wal", "-shm"] {
            std::fs::remove_file(format!("{file}{ending}")).ok();
        }
        file
    });

    static MIGRATED: OnceCell<()> = OnceCell::const_new();

    async fn store() -> SqlStore {
        store_at(&url(), &MIGRATED).await
    }

    fn url() -> String {
        format!("sqlite:{}?mode=rwc", *FILE)
    }

    #[rocket::async_test]
    async fn a_restart_signs_nobody_out() {
        store().await;
        super::a_restart_signs_nobody_out(&url()).await;
    }

    #[rocket::async_test]
    async fn while_the_database_is_away_nobody_is_called_a_stranger() {
        store().await;
        super::nobody_is_called_a_stranger(url()).await;
    }

    #[rocket::async_test]
    async fn the_home_page_is_accessible_in_both_colour_schemes_and_fits_a_phone() {
        store().await;
        super::the_home_page_is_accessible(url()).await;
    }

    logto_rocket::session_store_conformance!(store());
}

mod postgres {
    use std::sync::LazyLock;

    use super::{OnceCell, Postgres, SqlStore, store_at};

    static POSTGRES: LazyLock<Option<Postgres>> = LazyLock::new(Postgres::start);
    static MIGRATED: OnceCell<()> = OnceCell::const_new();

    async fn store() -> Option<SqlStore> {
        Some(store_at(&POSTGRES.as_ref()?.url(), &MIGRATED).await)
    }

    #[rocket::async_test]
    async fn a_restart_signs_nobody_out() {
        if store().await.is_some()
            && let Some(postgres) = POSTGRES.as_ref()
        {
            super::a_restart_signs_nobody_out(&postgres.url()).await;
        }
    }

    logto_rocket::session_store_conformance!(store());
}

#[test]
fn the_store_has_at_most_200_lines() {
    assert!(include_str!("store.rs").lines().count() <= 200);
}
