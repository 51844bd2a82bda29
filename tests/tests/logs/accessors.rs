//! What the log says of accessors whose answer nobody asked Logto for.

use logto_rocket::{Config, Logto, LogtoUser, SessionConfig};
use logto_rocket_tests::app::{App, config_for, figment};
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::log::Log;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{get, routes};

const ACCESSORS: [(&str, &str, &str); 6] = [
    ("has_role", "roles", "roles"),
    ("roles", "roles", "roles"),
    ("email", "email", "email"),
    ("email_verified", "email", "email_verified"),
    ("organizations", "urn:logto:scope:organizations", "organizations"),
    ("organization_roles", "urn:logto:scope:organization_roles", "organization_roles"),
];

#[get("/ask/<accessor>")]
fn ask(user: &LogtoUser, accessor: &str) -> String {
    match accessor {
        "has_role" => user.has_role("admin").to_string(),
        "roles" => user.roles().join(","),
        "email" => user.email().unwrap_or_default().to_owned(),
        "email_verified" => user.email_verified().to_string(),
        "organizations" => user.organizations().join(","),
        _ => user.organization_roles("org_1").join(","),
    }
}

/// An application that asks for nothing but what `change` says, with alice signed in.
async fn site(app: &App, change: impl FnOnce(Config) -> Config) -> Client {
    let config = change(config_for(&app.idp));
    let fairing = Logto::fairing().config(config).clock(app.clock.clone());
    let rocket = rocket::custom(figment()).attach(fairing).mount("/", routes![ask]);
    Client::untracked(rocket).await.expect("a launch")
}

/// What is logged while alice signs in and each accessor is asked twice.
async fn logged(log: &Log, app: &App, client: &Client) -> Vec<String> {
    let mut alice = Browser::new(client);
    alice.sign_in(&app.idp, "alice", "/").await;
    let before = log.ours().len();
    for _ in 0..2 {
        for (accessor, _, _) in ACCESSORS {
            assert_eq!(alice.open(&format!("/ask/{accessor}")).await.status, Status::Ok);
        }
    }
    let logged = log.ours().split_off(before);
    logged.lines().filter(|line| line.contains("LogtoUser::")).map(ToOwned::to_owned).collect()
}

#[rocket::async_test]
async fn an_accessor_for_a_scope_that_no_sign_in_asks_for_warns_once_with_the_remedy() {
    let log = Log::alone().await;
    let app = App::start().await;
    let client = site(&app, |config| config.scopes(["custom_data"])).await;
    let lines = logged(&log, &app, &client).await;
    assert_eq!(lines.len(), ACCESSORS.len(), "{lines:#?}");
    for (line, (accessor, scope, _)) in lines.iter().zip(ACCESSORS) {
        for part in [
            format!("`LogtoUser::{accessor}()`"),
            format!("the scope `{scope}`"),
            "`logto.scopes` (from Config in code)".into(),
            format!("`scopes = [\"{scope}\"]`"),
        ] {
            assert!(line.contains(&part), "{part} is not in {line}");
        }
    }
    // Another application of the process warns of its own.
    let other = site(&app, |config| config.scopes(["roles", "email"])).await;
    let lines = logged(&log, &app, &other).await;
    assert_eq!(lines.len(), 2, "{lines:#?}");
}

#[rocket::async_test]
async fn an_accessor_for_a_claim_that_no_session_stores_warns_once_with_the_remedy() {
    let log = Log::alone().await;
    let app = App::start().await;
    let client = site(&app, |config| {
        let all = ACCESSORS.iter().map(|(_, scope, _)| *scope);
        config.scopes(all).session(SessionConfig::new().claims(["name"]))
    })
    .await;
    let lines = logged(&log, &app, &client).await;
    assert_eq!(lines.len(), ACCESSORS.len(), "{lines:#?}");
    for (line, (accessor, _, claim)) in lines.iter().zip(ACCESSORS) {
        for part in [
            format!("`LogtoUser::{accessor}()`"),
            format!("the claim `{claim}`"),
            "`logto.session.claims` (from Config in code)".into(),
        ] {
            assert!(line.contains(&part), "{part} is not in {line}");
        }
    }
}

#[rocket::async_test]
async fn a_session_that_is_older_than_the_scope_is_told_apart() {
    let log = Log::alone().await;
    let app = App::start().await;
    let before = site(&app, |config| config.scopes(["email"])).await;
    let mut alice = Browser::new(&before);
    alice.sign_in(&app.idp, "alice", "/").await;
    let now = site(&app, |config| config.scopes(["email", "roles"])).await;
    let mut alice = alice.at(&now);
    assert_eq!(alice.open("/ask/has_role").await.body, "false");
    let logged = log.ours();
    assert!(logged.contains("`LogtoUser::has_role()`"), "{logged}");
    assert!(logged.contains("must sign in again"), "{logged}");
}

#[rocket::async_test]
async fn an_accessor_that_was_asked_for_warns_of_nothing_even_if_the_user_has_none() {
    let log = Log::alone().await;
    let app = App::start().await;
    let client = site(&app, |config| config.scopes(ACCESSORS.map(|(_, scope, _)| scope))).await;
    assert_eq!(logged(&log, &app, &client).await, Vec::<String>::new());
    let mut bob = Browser::new(&client);
    bob.sign_in(&app.idp, "bob", "/").await;
    for (accessor, _, _) in ACCESSORS {
        bob.open(&format!("/ask/{accessor}")).await;
    }
    assert!(!log.ours().contains("LogtoUser::"), "{}", log.ours());
}
