//! Damaged files of the provider: none stops a launch, and an invalid file is replaced.

use std::fs;
use std::time::Duration;

use rocket::http::Status;
use serde_json::{Value, json};

use super::{Folder, application, sign_in, stop, token};
use crate::Clock;
use crate::testing::client_auth::Credentials;
use crate::testing::dev_provider::granted::Granted;
use crate::testing::dev_provider::kept::Content;
use crate::testing::dev_provider::{APP, builder};
use crate::testing::keys::Keys;
use crate::testing::params::Params;

/// The undamaged file of a provider at which alice has signed in and exchanged her token.
async fn whole(folder: &Folder, clock: &Clock) -> Value {
    let provider = folder.start_at(clock).await;
    let client = application(&provider, clock).await;
    sign_in(&client, &provider).await;
    let exchange = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token_type", "urn:logto:token-type:personal_access_token"),
        ("subject_token", "pat_alice"),
    ];
    assert!(token(&provider, APP, &exchange).await["access_token"].is_string());
    drop(client);
    stop(provider).await;
    serde_json::from_slice(&fs::read(folder.file()).unwrap()).unwrap()
}

fn changed(whole: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = whole.clone();
    *changed.pointer_mut(pointer).expect(pointer) = value;
    changed
}

/// The JSON pointers of all values in a file, with the first item of each array only.
fn places(value: &Value, at: &str) -> Vec<String> {
    let inner: Vec<_> = match value {
        Value::Object(members) => members.iter().map(|(name, it)| (name.clone(), it)).collect(),
        Value::Array(items) => {
            items.iter().take(1).enumerate().map(|(n, it)| (n.to_string(), it)).collect()
        }
        _ => Vec::new(),
    };
    let inner = inner.into_iter().flat_map(|(name, it)| places(it, &format!("{at}/{name}")));
    std::iter::once(at.to_owned()).chain(inner).collect()
}

/// The JSON pointer of the first entry in a map of `granted`.
fn first(whole: &Value, map: &str) -> String {
    let id = whole["granted"][map].as_object().unwrap().keys().next().expect(map);
    format!("/granted/{map}/{id}")
}

#[rocket::async_test]
async fn a_file_that_makes_no_sense_is_damaged_and_told() {
    let (folder, clock) = (Folder::new("senseless"), Clock::frozen());
    let whole = whole(&folder, &clock).await;
    let [session, grant, access, refresh] =
        ["sessions", "grants", "access_tokens", "refresh_tokens"].map(|map| first(&whole, map));
    let far_ahead = clock.now() + 400 * 86_400;
    let hostile = json!({
        "id": "s", "user": "alice", "authenticated_at": u64::MAX, "apps": [], "grants": {},
    });
    let files = [
        changed(&whole, "/granted/sessions", json!({ "cookie": hostile })).to_string(),
        changed(&whole, &format!("{session}/authenticated_at"), far_ahead.into()).to_string(),
        changed(&whole, &format!("{session}/user"), "nobody".into()).to_string(),
        changed(&whole, &format!("{session}/apps"), json!(["unknown"])).to_string(),
        changed(&whole, &format!("{session}/grants/dev-app"), "unknown".into()).to_string(),
        changed(&whole, &format!("{grant}/expires_at"), far_ahead.into()).to_string(),
        changed(&whole, &format!("{access}/expires_at"), far_ahead.into()).to_string(),
        changed(&whole, &format!("{access}/expires_at"), 1.into()).to_string(),
        changed(&whole, &format!("{access}/authorization/app"), "unknown".into()).to_string(),
        changed(&whole, &format!("{access}/authorization/user"), "nobody".into()).to_string(),
        changed(&whole, &format!("{refresh}/issued_at"), far_ahead.into()).to_string(),
        changed(&whole, &format!("{refresh}/issued_at"), 0.into()).to_string(),
        changed(&whole, &format!("{refresh}/authorization/grant"), "unknown".into()).to_string(),
        changed(&whole, &format!("{refresh}/authorization/auth_time"), far_ahead.into())
            .to_string(),
        changed(&whole, "/port", 65_536.into()).to_string(),
        changed(&whole, "/secret_key", vec![1; 31].into()).to_string(),
        changed(&whole, "/secret_key", vec![0; 32].into()).to_string(),
        "[".repeat(100_000),
        format!("{whole}{}", " ".repeat(1 << 20)),
        "\0".repeat(4_096),
    ];
    for file in files {
        fs::write(folder.file(), &file).unwrap();
        let provider = folder.start_at(&clock).await;
        let shown = &file[..file.len().min(2_000)];
        let [note] = provider.notes() else { panic!("{:?}: {shown}", provider.notes()) };
        assert!(note.contains("was damaged") && !note.contains('\n'), "{note}: {shown}");
        stop(provider).await;
        let provider = folder.start_at(&clock).await;
        // Another program may use its port now, which is another note.
        let is_damaged = provider.notes().iter().any(|note| note.contains("was damaged"));
        assert!(!is_damaged, "the new file is not damaged");
        stop(provider).await;
    }
}

#[rocket::async_test]
async fn no_value_in_the_file_is_too_much_for_the_provider() {
    let (folder, clock) = (Folder::new("values"), Clock::frozen());
    let whole = whole(&folder, &clock).await;
    let mut deep = json!([]);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    let values = [
        json!(0),
        json!(-1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e300),
        json!(null),
        json!(true),
        json!(""),
        json!({}),
        deep,
    ];
    for place in places(&whole, "") {
        for value in &values {
            use_file(&changed(&whole, &place, value.clone()), &clock);
        }
    }
}

/// Uses a file as a provider does, if the file is valid.
fn use_file(file: &Value, clock: &Clock) {
    let Some(content) = Content::parse(file.to_string().as_bytes(), clock.now()) else { return };
    let mut state =
        builder(clock.clone()).state(Keys::restore(&content.signing_key).unwrap()).unwrap();
    content.granted.restore(&mut state);
    for cookie in state.sessions.keys() {
        state.session(Some(cookie));
    }
    let (app, secret) = APP;
    let credentials = Credentials::Basic(app.into(), secret.into());
    for token in state.access_tokens.keys().chain(state.refresh_tokens.keys()) {
        let params = Params::urlencoded(&format!("token={token}"));
        state.introspection(&params, &credentials).ok();
    }
    let refresh_tokens: Vec<_> = state.refresh_tokens.keys().cloned().collect();
    for token in refresh_tokens {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        state.token(&Params::urlencoded(&form), &credentials).ok();
    }
    let granted = Granted::of(&state);
    assert!(granted.makes_sense(clock.now()), "a file that it writes is valid");
    granted.newer_half();
}

#[rocket::async_test]
async fn of_more_than_a_file_may_hold_the_newest_is_kept() {
    let (folder, clock) = (Folder::new("much"), Clock::frozen());
    let provider = folder.start_at(&clock).await;
    let client = application(&provider, &clock).await;
    for _ in 0..100 {
        clock.advance(Duration::from_secs(1));
        sign_in(&client, &provider).await;
        // Several sign-ins without a visit to a page between them count as a loop.
        assert_eq!(client.get("/account").dispatch().await.status(), Status::Ok);
    }
    let latest = clock.now();
    {
        let mut state = provider.idp.state();
        for session in state.sessions.values_mut() {
            session.apps.insert("x".repeat(15_000));
        }
        state.keep();
    }
    let kept = fs::read(folder.file()).unwrap();
    assert!(kept.len() <= 1 << 20, "{}", kept.len());
    let kept: Content = serde_json::from_slice(&kept).unwrap();
    let mut state = builder(clock).state(Keys::restore(&kept.signing_key).unwrap()).unwrap();
    kept.granted.restore(&mut state);
    assert_eq!((state.sessions.len(), state.grants.len()), (50, 50));
    assert!(state.sessions.values().all(|it| it.authenticated_at > latest - 50));
}
