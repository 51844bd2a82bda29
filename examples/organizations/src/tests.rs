//! Who may see and do what in which organization; and an invitation from its form to the membership.

use logto_rocket::Logto;
use logto_rocket::testing::Idp;
use logto_rocket_tests::browser::{Answer, Browser};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::server::{Server, free_port};
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::tokio::task::spawn_blocking;

const ORIGIN: &str = "http://localhost:8000";

async fn start() -> (Idp, Client) {
    let idp = crate::dev::start().await.expect("a provider");
    let site = crate::site(Logto::fairing().provider(&idp), crate::dev::machine(&idp));
    let client = Client::untracked(site).await.expect("a launch");
    (idp, client)
}

async fn sign_in<'c>(client: &'c Client, idp: &Idp, username: &str) -> Browser<'c> {
    let mut browser = Browser::new(client);
    assert_eq!(browser.sign_in(idp, username, "/").await.location(), "/");
    browser
}

/// Sends a form of the site's own.
async fn send(browser: &mut Browser<'_>, path: &str, form: &str) -> Answer {
    let headers = [
        ("Accept", "text/html"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", ORIGIN),
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "navigate"),
    ];
    browser.request(Method::Post, path, &headers, form).await
}

/// The page at a path, with what is in `expected`.
async fn sees(browser: &mut Browser<'_>, path: &str, expected: &[&str]) {
    let page = browser.open(path).await;
    assert_eq!(page.status, Status::Ok, "{path}: {}", page.body);
    for words in expected {
        assert!(page.body.contains(words), "{path}: {words}: {}", page.body);
    }
}

#[rocket::async_test]
async fn the_home_page_has_the_organizations_with_the_roles_of_the_user() {
    let (idp, client) = start().await;
    sees(&mut Browser::new(&client), "/", &["Hello, stranger"]).await;
    let expected = ["Hello, Alice Liddell", "Acme Tea", "Your roles: admin", "Globex"];
    sees(&mut sign_in(&client, &idp, "alice").await, "/", &expected).await;
    let expected = ["You belong to no organization yet", "carol@example.test"];
    sees(&mut sign_in(&client, &idp, "carol").await, "/", &expected).await;
}

#[rocket::async_test]
async fn members_see_their_organization_and_others_read_who_they_are_and_what_they_lack() {
    let (idp, client) = start().await;
    let mut bob = sign_in(&client, &idp, "bob").await;
    sees(&mut bob, "/orgs/acme", &["<h1>Acme Tea</h1>", "Bob Dodgson", "<dd>member</dd>"]).await;
    let refused = bob.open("/orgs/globex").await;
    assert_eq!(refused.status, Status::Forbidden);
    for words in [
        "You are signed in as Bob Dodgson.",
        "membership in this organization",
        "Use another account",
        "Sign out",
        "<p lang=\"en\"><code>",
    ] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    assert!(!refused.body.contains("Globex"), "{}", refused.body);
    assert_eq!(Browser::new(&client).open("/orgs/acme").await.status, Status::SeeOther);
}

#[rocket::async_test]
async fn the_settings_are_for_the_role_admin_in_the_same_organization() {
    let (idp, client) = start().await;
    let mut alice = sign_in(&client, &idp, "alice").await;
    sees(&mut alice, "/orgs/acme/settings", &["Settings of Acme Tea", "None."]).await;
    for (username, path) in [("alice", "/orgs/globex/settings"), ("bob", "/orgs/acme/settings")] {
        let refused = sign_in(&client, &idp, username).await.open(path).await;
        assert_eq!(refused.status, Status::Forbidden, "{username}: {path}");
        assert!(refused.body.contains("a certain role in this organization"), "{}", refused.body);
    }
}

#[rocket::async_test]
async fn an_invitation_is_sent_with_the_permission_and_accepted_by_its_address_alone() {
    let (idp, client) = start().await;
    let [mut alice, mut bob, mut carol] = [
        sign_in(&client, &idp, "alice").await,
        sign_in(&client, &idp, "bob").await,
        sign_in(&client, &idp, "carol").await,
    ];
    let (path, form) = ("/orgs/acme/invitations", "address=Carol%40example.test");
    let refused = send(&mut bob, path, form).await;
    assert_eq!(refused.status, Status::Forbidden);
    assert!(refused.body.contains("a certain permission"), "{}", refused.body);
    let elsewhere = send(&mut alice, "/orgs/globex/invitations", form).await;
    assert_eq!(elsewhere.status, Status::Forbidden, "the permission is one in Acme");

    assert_eq!(send(&mut alice, path, form).await.location(), "/orgs/acme/settings");
    let expected = ["carol@example.test is invited.", "<li>carol@example.test</li>"];
    sees(&mut alice, "/orgs/acme/settings", &expected).await;
    send(&mut alice, path, form).await;
    let expected = ["There is an open invitation for this address already."];
    sees(&mut alice, "/orgs/acme/settings", &expected).await;

    let home = carol.open("/").await.body;
    let (_, rest) = home.split_once("action=\"/invitations/").expect("an invitation");
    let (id, _) = rest.split_once('"').expect("the end of the attribute");
    let accept = format!("/invitations/{id}");
    assert_eq!(send(&mut bob, &accept, "").await.location(), "/");
    sees(&mut bob, "/", &["You have no such invitation."]).await;
    // An account with this address does not see the invitation if Logto has not verified the address.
    idp.set_claim("bob", "email", "carol@example.test");
    idp.set_claim("bob", "email_verified", false);
    let mut bob = sign_in(&client, &idp, "bob").await;
    assert!(!bob.open("/").await.body.contains("action=\"/invitations/"));
    assert_eq!(send(&mut bob, &accept, "").await.location(), "/");
    sees(&mut bob, "/", &["You have no such invitation."]).await;
    assert_eq!(send(&mut carol, &accept, "").await.location(), "/orgs/acme");
    sees(&mut carol, "/orgs/acme", &["Welcome!", "<h1>Acme Tea</h1>", "<dd>none</dd>"]).await;
    assert_eq!(send(&mut carol, &accept, "").await.location(), "/");
    sees(&mut alice, "/orgs/acme/settings", &["None."]).await;
}

#[rocket::async_test]
async fn without_the_management_api_the_other_pages_work_and_these_say_so() {
    let (idp, _) = start().await;
    let [endpoint, id, _] = crate::dev::machine(&idp);
    let wrong = [endpoint, id, "a-wrong-secret".into()];
    let site = crate::site(Logto::fairing().provider(&idp), wrong);
    let client = Client::untracked(site).await.expect("a launch");
    let mut alice = sign_in(&client, &idp, "alice").await;
    let sorry = "Invitations do not work right now";
    sees(&mut alice, "/", &["Acme Tea", sorry]).await;
    sees(&mut alice, "/orgs/acme/settings", &[sorry]).await;
    assert!(!alice.open("/").await.body.contains("secret"));
}

#[rocket::async_test]
async fn the_pages_are_accessible_and_fit_a_phone() {
    let Some(browser) = Chromium::find() else { return };
    let (idp, port) = (crate::dev::start().await.expect("a provider"), free_port());
    let origin = format!("http://localhost:{port}");
    let logto = Logto::fairing().provider(&idp);
    let site = crate::site(logto, crate::dev::machine(&idp));
    let server = Server::launch(site, port).await;
    let looked = spawn_blocking(move || browser.run("organizations.mjs", &[("APP", &origin)]));
    if let Err(report) = looked.await.expect("no panic") {
        panic!("{report}");
    }
    server.stop().await;
}

#[test]
fn the_example_has_at_most_150_lines_of_code_besides_its_provider_for_development() {
    let sources =
        [include_str!("main.rs"), include_str!("pages.rs"), include_str!("invitations.rs")];
    let lines = sources.iter().flat_map(|source| source.lines()).map(str::trim_start);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    assert!(code.count() <= 150);
}
