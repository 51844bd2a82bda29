//! Every webhook that was captured from Logto, byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use logto_rocket::WebhookConfig;
use logto_rocket::testing::{SignedWebhook, User};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::webhooks::post;
use rocket::http::Status;
use serde_json::Value;

use super::{MINUTE, builder};

/// The users that they are about.
const USERS: [&str; 6] = [
    "u7z4dbns7b8v",
    "ceuvuuiy1g7d",
    "00a622z23lhb",
    "eho44u0dcefc",
    "44ajy59zsnup",
    "2h388s19fhhl",
];

/// What is to become of the sessions of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Nothing,
    End(&'static str),
    Confirm(&'static str),
    ConfirmAll,
}

use Expected::{Confirm, ConfirmAll, End, Nothing};

/// In the order of the file.
const EXPECTED: [(&str, Expected); 46] = [
    ("User.Created", Nothing),
    ("User.Data.Updated", Confirm("u7z4dbns7b8v")),
    ("User.Data.Updated", Confirm("u7z4dbns7b8v")),
    ("User.Data.Updated", Confirm("u7z4dbns7b8v")),
    // By an administrator: the password.
    ("User.Data.Updated", End("u7z4dbns7b8v")),
    ("User.Data.Updated", Confirm("u7z4dbns7b8v")),
    // Custom data with the id of another user.
    ("User.Data.Updated", Confirm("ceuvuuiy1g7d")),
    ("User.Data.Updated", Confirm("ceuvuuiy1g7d")),
    ("User.SuspensionStatus.Updated", End("u7z4dbns7b8v")),
    ("User.SuspensionStatus.Updated", Confirm("u7z4dbns7b8v")),
    ("User.Deleted", End("u7z4dbns7b8v")),
    ("Role.Scopes.Updated", ConfirmAll),
    ("Role.Created", Nothing),
    ("Role.Data.Updated", ConfirmAll),
    ("Role.Scopes.Updated", ConfirmAll),
    ("Role.Scopes.Updated", ConfirmAll),
    ("Scope.Data.Updated", ConfirmAll),
    ("Scope.Deleted", ConfirmAll),
    ("Role.Deleted", ConfirmAll),
    ("Organization.Data.Updated", ConfirmAll),
    ("Organization.Membership.Updated", Confirm("u7z4dbns7b8v")),
    ("Organization.Membership.Updated", ConfirmAll),
    ("Organization.Membership.Updated", Confirm("u7z4dbns7b8v")),
    ("Organization.Membership.Updated", Confirm("u7z4dbns7b8v")),
    ("Organization.Membership.Updated", Confirm("u7z4dbns7b8v")),
    ("Organization.Membership.Updated", Confirm("00a622z23lhb")),
    ("Organization.Membership.Updated", Confirm("2h388s19fhhl")),
    ("OrganizationRole.Data.Updated", ConfirmAll),
    ("OrganizationRole.Scopes.Updated", ConfirmAll),
    ("OrganizationRole.Scopes.Updated", ConfirmAll),
    ("OrganizationRole.Deleted", ConfirmAll),
    ("OrganizationScope.Deleted", ConfirmAll),
    ("Organization.Deleted", ConfirmAll),
    ("PostSignIn", Nothing),
    ("User.Created", Nothing),
    ("PostRegister", Nothing),
    ("User.Data.Updated", Confirm("00a622z23lhb")),
    ("PostResetPassword", End("00a622z23lhb")),
    ("User.Data.Updated", Confirm("00a622z23lhb")),
    ("User.Data.Updated", Confirm("00a622z23lhb")),
    ("Identifier.Lockout", Nothing),
    ("Message.RateLimited", Nothing),
    ("Grant.LimitExceeded", Confirm("44ajy59zsnup")),
    // The test button.
    ("User.SuspensionStatus.Updated", Nothing),
    ("PostSignIn", Nothing),
    ("User.Created", Nothing),
];

struct Captured {
    what: String,
    key: String,
    webhook: SignedWebhook,
}

fn captured() -> Vec<Captured> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/webhooks/captured.jsonl");
    let text = fs::read_to_string(file).expect("the captures");
    let read = |line: &str| {
        let line: BTreeMap<String, String> = serde_json::from_str(line).expect("JSON");
        let get = |name: &str| line[name].clone();
        let webhook = SignedWebhook { body: get("body"), signature: get("signature") };
        Captured { what: get("what"), key: get("key"), webhook }
    };
    text.split_terminator('\n').map(read).collect()
}

async fn app(keys: Vec<String>) -> App {
    let with_users = |provider: logto_rocket::testing::Builder| {
        let provider = provider.app("d9p9qu3tvzl1yziq3c877", "a_secret");
        USERS.iter().fold(provider, |it, id| it.user(User::new(id).with_id(id)))
    };
    let app = builder().provider(with_users);
    // Without keys, that of the provider.
    match keys.as_slice() {
        [] => app.start().await,
        _ => {
            app.config(|config| config.webhook(WebhookConfig::new().signing_keys(keys)))
                .start()
                .await
        }
    }
}

#[rocket::async_test]
async fn each_is_accepted_as_it_came_and_spares_sessions_that_began_later() {
    let all = captured();
    assert_eq!(all.len(), EXPECTED.len());
    let keys = all.iter().map(|it| it.key.clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(keys.len(), 3);
    let app = app(keys.into_iter().collect()).await;
    let mut browsers = Vec::new();
    for user in USERS {
        browsers.push(app.signed_in(user).await);
    }
    app.idp.forget_requests();
    for Captured { what, webhook, .. } in &all {
        let answer = post(&app.client, webhook).await;
        assert_eq!((answer.status, &*answer.body), (Status::NoContent, ""), "{what}");
    }
    app.clock.advance(2 * MINUTE);
    for browser in &mut browsers {
        assert!(browser.is_signed_in().await);
    }
    assert_eq!(app.refreshes(), 0, "all is long ago");
}

#[rocket::async_test]
async fn each_has_its_effect_and_no_other_if_it_is_new() {
    let app = app(Vec::new()).await;
    let mut browsers: BTreeMap<&str, Browser<'_>> = BTreeMap::new();
    for (Captured { what, webhook, .. }, (event, expected)) in captured().iter().zip(EXPECTED) {
        for user in USERS {
            if let Some(browser) = browsers.get_mut(user)
                && browser.is_signed_in().await
            {
                continue;
            }
            browsers.insert(user, app.signed_in(user).await);
        }
        app.idp.forget_requests();
        let body: Value = serde_json::from_str(&webhook.body).unwrap();
        assert_eq!(body["event"], event, "{what}");
        let new = webhook.body.replacen(
            &format!("\"createdAt\":{}", body["createdAt"]),
            &format!("\"createdAt\":\"{}\"", app.now_as_text(0)),
            1,
        );
        assert_ne!(new, webhook.body);
        let answer = post(&app.client, &app.idp.sign_webhook(&new)).await;
        assert_eq!(answer.status, Status::NoContent, "{what}");
        // All that is spread is due then.
        app.clock.advance(2 * MINUTE);
        for user in USERS {
            let before = app.refreshes();
            let is_signed_in = browsers.get_mut(user).unwrap().is_signed_in().await;
            let found = (is_signed_in, app.refreshes() - before);
            let wanted = match expected {
                End(it) if it == user => (false, 0),
                Confirm(it) if it == user => (true, 1),
                ConfirmAll => (true, 1),
                _ => (true, 0),
            };
            assert_eq!(found, wanted, "{what}: {user}");
        }
    }
}
