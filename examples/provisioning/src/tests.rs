//! The row of a user, from the sign-in on; and the end of an account.

use std::path::Path;
use std::time::Duration;

use logto_rocket::Logto;
use logto_rocket::testing::{self, Idp, IdpError, User};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::postgres::Postgres;
use logto_rocket_tests::server::{Server, free_port};
use rocket::error::ErrorKind;
use rocket::http::{Accept, Method, Status};
use rocket::local::asynchronous::Client;
use rocket::tokio::task::spawn_blocking;
use sqlx::AnyPool;

const ORIGIN: &str = "http://localhost:8000";

/// A new database in a file beside the test program.
fn sqlite(name: &str) -> String {
    let program = std::env::current_exe().expect("the test program");
    let file = program.with_extension(format!("{name}.sqlite")).display().to_string();
    for ending in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{file}{ending}")).ok();
    }
    format!("sqlite:{file}?mode=rwc")
}

async fn start(url: String) -> (Idp, Client) {
    let idp = Idp::start().await.expect("a provider");
    let site = crate::site(Logto::fairing().provider(&idp), url);
    let client = Client::untracked(site).await.expect("a launch");
    (idp, client)
}

async fn sign_in<'c>(client: &'c Client, idp: &Idp, username: &str) -> (Browser<'c>, Answer) {
    let mut browser = Browser::new(client);
    let answer = browser.sign_in(idp, username, "/profile").await;
    (browser, answer)
}

/// Sends a form from a page of this origin.
async fn send(browser: &mut Browser<'_>, path: &str, form: &str, origin: &str) -> Answer {
    let site = if origin == ORIGIN { "same-origin" } else { "cross-site" };
    let headers = [
        ("Accept", "text/html"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", origin),
        ("Sec-Fetch-Site", site),
        ("Sec-Fetch-Mode", "navigate"),
    ];
    browser.request(Method::Post, path, &headers, form).await
}

async fn body(browser: &mut Browser<'_>, path: &str) -> String {
    let page = browser.open(path).await;
    assert_eq!(page.status, Status::Ok, "{path}: {}", page.body);
    page.body
}

/// A user signs in twice, fills in the form, is blocked, and is admitted again.
async fn the_life_of_a_row(url: String) {
    let (idp, client) = start(url).await;
    let (mut bob, _) = sign_in(&client, &idp, "bob").await;
    let profile = body(&mut bob, "/profile").await;
    assert!(profile.contains("<h1>bob</h1>") && profile.contains("<dd>1</dd>"), "{profile}");
    let saved = send(&mut bob, "/profile", "about=Tea+%3C3", ORIGIN).await;
    assert_eq!((saved.status, saved.location()), (Status::SeeOther, "/profile"));
    let profile = body(&mut bob, "/profile").await;
    assert!(profile.contains("Saved.") && profile.contains("Tea &lt;3"), "{profile}");
    assert!(!body(&mut bob, "/profile").await.contains("Saved."), "it is said once");

    idp.set_claim("bob", "name", "Bob Dodgson");
    let (mut again, _) = sign_in(&client, &idp, "bob").await;
    let profile = body(&mut again, "/profile").await;
    for words in ["<h1>Bob Dodgson</h1>", "<dd>2</dd>", "Tea &lt;3"] {
        assert!(profile.contains(words), "{words}: {profile}");
    }

    let (mut alice, _) = sign_in(&client, &idp, "alice").await;
    let block = format!("/accounts/{}/block", idp.user_id("bob").expect("bob"));
    let blocked = send(&mut alice, &block, "why=three+bills+are+open", ORIGIN).await;
    assert_eq!(blocked.location(), "/accounts");
    let accounts = body(&mut alice, "/accounts").await;
    for words in ["Blocked users are signed out everywhere", "Blocked: three bills are open"] {
        assert!(accounts.contains(words), "{words}: {accounts}");
    }
    for browser in [&mut bob, &mut again] {
        let signed_out = browser.open("/profile").await;
        assert_eq!(signed_out.status, Status::SeeOther, "{signed_out:?}");
    }
    let (_, refused) = sign_in(&client, &idp, "bob").await;
    assert_eq!(refused.status, Status::Forbidden);
    for words in [
        "You may not sign in here",
        "You signed in as Bob Dodgson. Your account is blocked. Reason: three bills are open</p>",
        "Use another account",
        "Sign out at Logto",
    ] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }

    // All sessions that began up to the second of the block have ended.
    idp.clock().advance(Duration::from_secs(2));
    send(&mut alice, &block, "why=", ORIGIN).await;
    let (mut bob, admitted) = sign_in(&client, &idp, "bob").await;
    assert_eq!(admitted.location(), "/profile");
    assert!(body(&mut bob, "/profile").await.contains("Tea &lt;3"), "the row is the same");
}

#[rocket::async_test]
async fn a_row_is_made_kept_blocked_and_admitted_again_in_sqlite() {
    the_life_of_a_row(sqlite("life")).await;
}

#[rocket::async_test]
async fn a_row_is_made_kept_blocked_and_admitted_again_in_postgresql() {
    let Some(postgres) = Postgres::start() else { return };
    the_life_of_a_row(postgres.url()).await;
}

#[rocket::async_test]
async fn the_form_is_not_for_other_sites_strangers_or_whole_books() {
    let (idp, client) = start(sqlite("form")).await;
    let (mut bob, _) = sign_in(&client, &idp, "bob").await;
    let foreign = send(&mut bob, "/profile", "about=x", "https://evil.example").await;
    assert_eq!(foreign.status, Status::Forbidden);
    let stranger = send(&mut Browser::new(&client), "/profile", "about=x", ORIGIN).await;
    assert_eq!(stranger.status, Status::Unauthorized);
    let long = format!("about={}", "x".repeat(501));
    let long = send(&mut bob, "/profile", &long, ORIGIN).await;
    assert_eq!(long.status, Status::PayloadTooLarge);
    assert!(body(&mut bob, "/profile").await.contains("maxlength=\"500\"></textarea>"));
}

#[rocket::async_test]
async fn accounts_are_for_admins() {
    let (idp, client) = start(sqlite("admins")).await;
    let (mut bob, _) = sign_in(&client, &idp, "bob").await;
    let refused = bob.open("/accounts").await;
    assert_eq!(refused.status, Status::Forbidden);
    let block = format!("/accounts/{}/block", idp.user_id("alice").expect("alice"));
    assert_eq!(send(&mut bob, &block, "why=x", ORIGIN).await.status, Status::Forbidden);
    let foreign = bob.navigate("/accounts", From::OtherSite).await;
    assert_eq!(foreign.status, Status::Forbidden);
}

/// The session goes on, while somebody changes the rows by hand.
#[rocket::async_test]
async fn whose_row_is_blocked_or_gone_is_refused_and_the_page_says_who_that_is() {
    let (_idp, client) = start(sqlite("by-hand")).await;
    let dave = User::new("dave").name("Dave");
    let dave = testing::sign_in(&client, dave).await.expect("a session");
    let profile = async || {
        let request = client.get("/profile").cookies(dave.clone()).header(Accept::HTML);
        let page = request.dispatch().await;
        (page.status(), page.into_string().await.expect("a page"))
    };
    assert_eq!(profile().await.0, Status::Ok);
    let database = client.rocket().state::<AnyPool>().expect("the database");
    for by_hand in ["UPDATE accounts SET blocked = 'by hand'", "DELETE FROM accounts"] {
        sqlx::query(by_hand).execute(database).await.expect("a change");
        let (status, page) = profile().await;
        assert_eq!(status, Status::Forbidden, "{by_hand}");
        assert!(page.contains("You are signed in as Dave."), "{by_hand}: {page}");
        assert!(page.contains("Use another account"), "{by_hand}: {page}");
    }
    sqlx::query("DROP TABLE accounts").execute(database).await.expect("a change");
    assert_eq!(profile().await.0, Status::ServiceUnavailable);
}

#[rocket::async_test]
async fn the_hook_runs_in_the_sessions_of_tests_too() {
    let (idp, client) = start(sqlite("hooks")).await;
    let (mut alice, _) = sign_in(&client, &idp, "alice").await;
    let dave = User::new("dave").name("Dave");
    assert!(testing::sign_in(&client, &dave).await.is_ok());
    let block = format!("/accounts/{}/block", dave.id());
    for why in ["testing", "This is a test."] {
        send(&mut alice, &block, &format!("why={}", why.replace(' ', "+")), ORIGIN).await;
        let refused = testing::sign_in(&client, &dave).await.err();
        let told = format!("Your account is blocked. Reason: {why}");
        assert_eq!(refused, Some(IdpError::Refused(told)));
    }
}

#[rocket::async_test]
async fn a_database_that_cannot_be_opened_fails_the_launch() {
    let idp = Idp::start().await.expect("a provider");
    let site = crate::site(Logto::fairing().provider(&idp), "sqlite:/nowhere/at/all".into());
    let Err(error) = Client::untracked(site).await else { panic!("it launched") };
    assert!(matches!(error.kind(), ErrorKind::FailedFairings(_)), "{error}");
}

#[rocket::async_test]
async fn the_pages_are_accessible_and_fit_a_phone() {
    let Some(browser) = Chromium::find() else { return };
    let (idp, port) = (Idp::start().await.expect("a provider"), free_port());
    let origin = format!("http://localhost:{port}");
    let logto = Logto::fairing().provider(&idp);
    let server = Server::launch(crate::site(logto, sqlite("browser")), port).await;
    let looked = spawn_blocking(move || browser.run("provisioning.mjs", &[("APP", &origin)]));
    if let Err(report) = looked.await.expect("no panic") {
        panic!("{report}");
    }
    server.stop().await;
}

/// The guard in `account.rs`.
fn guard() -> &'static str {
    let source = include_str!("account.rs");
    let begin = source.find("#[rocket::async_trait]").expect("the guard");
    let end = source[begin..].find("\n}\n").expect("its end");
    &source[begin..begin + end + 3]
}

#[test]
fn the_guard_has_ten_lines_which_the_readme_and_the_manual_show() {
    assert_eq!(guard().lines().count(), 10);
    let documents = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["README.md", "../../logto-rocket/docs/sessions.md"] {
        let text = std::fs::read_to_string(documents.join(document)).expect("a document");
        assert!(text.contains(guard()), "{document} shows another guard");
    }
}

#[test]
fn the_example_has_at_most_150_lines_of_code() {
    let sources = [include_str!("main.rs"), include_str!("pages.rs"), include_str!("account.rs")];
    let lines = sources.iter().flat_map(|source| source.lines()).map(str::trim_start);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    assert!(code.count() <= 150);
}
