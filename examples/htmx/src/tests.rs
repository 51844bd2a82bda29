//! The site, as htmx and a browser without it see it.

use std::fs;

use logto_rocket::testing::Idp;
use logto_rocket::{Config, Logto};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::server::{Server, free_port};
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::tokio::task::spawn_blocking;
use rocket::{Build, Rocket};

const ORIGIN: &str = "http://localhost:8000";

/// The site, which signs its users in at this provider.
fn site(idp: &Idp, origin: &str) -> Rocket<Build> {
    let config = Config::new().base_url(origin).scopes(["roles"]);
    crate::site(Logto::fairing().config(config).provider(idp))
}

async fn start(idp: &Idp) -> Client {
    let site = site(idp, ORIGIN);
    let quiet = site.figment().clone().merge(("log_level", "off"));
    Client::untracked(site.configure(quiet)).await.expect("a launch")
}

/// What htmx sends for a link, or for a form with this body, of a page under `hx-boost`.
async fn boosted(browser: &mut Browser<'_>, method: Method, path: &str, body: &str) -> Answer {
    let page = format!("{ORIGIN}/notes");
    let mut headers = vec![
        ("HX-Request", "true"),
        ("HX-Boosted", "true"),
        ("HX-Current-URL", page.as_str()),
        ("Accept", "text/html"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "same-origin"),
        ("Sec-Fetch-Dest", "empty"),
    ];
    if method == Method::Post {
        headers.push(("Origin", ORIGIN));
        headers.push(("Content-Type", "application/x-www-form-urlencoded"));
    }
    browser.request(method, path, &headers, body).await
}

#[rocket::async_test]
async fn a_form_whose_session_has_ended_leads_to_the_sign_in_and_back_to_the_form() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut alice = Browser::new(&client);
    alice.sign_in(&idp, "alice", "/notes").await;
    alice.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    let refused = boosted(&mut alice, Method::Post, "/notes", "text=Tea").await;
    assert_eq!(refused.status, Status::Unauthorized);
    assert_eq!(refused.header("HX-Redirect"), Some("/auth/sign-in?return_to=%2Fnotes"));
    alice.sign_in(&idp, "alice", "/notes").await;
    let notes = alice.open("/notes").await;
    assert!(notes.body.contains("You have written none yet."), "it was not sent: {notes:?}");
    let user = idp.user_id("alice").expect("alice");
    assert!(notes.body.contains(&format!(r#"data-draft-of="{user}""#)), "{notes:?}");
    let saved = boosted(&mut alice, Method::Post, "/notes", "text=Tea").await;
    assert_eq!((saved.status, saved.location()), (Status::SeeOther, "/notes"));
    assert!(alice.open("/notes").await.body.contains(r#"<p class="card">Tea</p>"#));
}

#[rocket::async_test]
async fn a_form_of_a_browser_without_scripts_opens_the_sign_in_in_another_tab() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut headers = navigation(From::OwnPage);
    headers.extend([("Origin", ORIGIN), ("Content-Type", "application/x-www-form-urlencoded")]);
    let mut nobody = Browser::new(&client);
    let refused = nobody.request(Method::Post, "/notes", &headers, "text=Tea").await;
    assert_eq!(refused.status, Status::Unauthorized);
    assert!(refused.body.contains("<small>sign_in_first</small>"), "{refused:?}");
    assert!(refused.body.contains(r#"target="_blank""#), "{refused:?}");
}

#[rocket::async_test]
async fn a_sign_out_of_a_boosted_page_has_htmx_leave_for_logto() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut alice = Browser::new(&client);
    alice.sign_in(&idp, "alice", "/notes").await;
    let out = boosted(&mut alice, Method::Post, "/auth/sign-out", "").await;
    let next = out.header("HX-Redirect").expect("where the browser must go");
    assert!(next.starts_with(idp.endpoint()), "{next}");
    assert_eq!(alice.open("/notes").await.status, Status::SeeOther);
}

#[rocket::async_test]
async fn who_may_not_reads_so_in_the_looks_of_the_site() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut bob = Browser::new(&client);
    bob.sign_in(&idp, "bob", "/notes").await;
    let refused = boosted(&mut bob, Method::Get, "/everybody", "").await;
    assert_eq!(refused.status, Status::Forbidden);
    assert!(refused.body.contains(r#"<link rel="stylesheet" href="/static/style.css">"#));
    assert!(refused.body.contains("You are signed in as bob"), "{refused:?}");
    assert!(refused.body.contains(r#"<p lang="en"><code>"#), "{refused:?}");
    let mut alice = Browser::new(&client);
    alice.sign_in(&idp, "alice", "/notes").await;
    assert_eq!(boosted(&mut alice, Method::Get, "/everybody", "").await.status, Status::Ok);
}

#[rocket::async_test]
async fn the_first_action_is_the_strong_one_also_if_it_is_a_button() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut bob = Browser::new(&client);
    bob.sign_in(&idp, "bob", "/notes").await;
    let question = bob.navigate("/auth/sign-out", From::OtherSite).await;
    let strong = r#"<button class="button strong">Sign out</button>"#;
    assert!(question.body.contains(strong), "{question:?}");
    let refused = bob.open("/everybody").await;
    assert_eq!(refused.body.matches("strong").count(), 1, "{refused:?}");
    assert!(refused.body.contains(r#"<button class="button">Sign out</button>"#), "{refused:?}");
}

#[rocket::async_test]
async fn pages_load_nothing_from_elsewhere_and_no_note_brings_in_markup() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut alice = Browser::new(&client);
    alice.sign_in(&idp, "alice", "/notes").await;
    boosted(&mut alice, Method::Post, "/notes", "text=<script>alert(1)</script>").await;
    let notes = alice.open("/notes").await;
    assert_eq!(notes.all("Content-Security-Policy"), [crate::POLICY]);
    assert!(notes.body.contains("&lt;script&gt;alert(1)"), "{notes:?}");
    let addresses = notes.body.split("src=\"").chain(notes.body.split("href=\"")).skip(1);
    let elsewhere: Vec<_> =
        addresses.filter(|rest| rest.starts_with("http") || rest.starts_with("//")).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn htmx_is_the_one_that_its_authors_publish() {
    let Some(browser) = Chromium::find() else { return };
    let published = browser.packages().join("htmx.org/dist/htmx.min.js");
    let published = fs::read_to_string(published).expect("the package");
    assert!(published == include_str!("../static/htmx.min.js"), "they differ");
}

#[rocket::async_test]
async fn people_lose_nothing_of_what_they_type_when_their_session_ends() {
    let Some(browser) = Chromium::find() else { return };
    let (idp, port) = (Idp::start().await.expect("a provider"), free_port());
    let origin = format!("http://localhost:{port}");
    let server = Server::launch(site(&idp, &origin), port).await;
    let walked = spawn_blocking(move || browser.run("htmx_example.mjs", &[("APP", &origin)]));
    if let Err(report) = walked.await.expect("no panic") {
        panic!("{report}");
    }
    server.stop().await;
}
