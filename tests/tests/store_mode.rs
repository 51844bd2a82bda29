//! A whole application whose sessions are in a store: the browser has a secret and nothing else.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_rocket::testing::{self, User};
use logto_rocket::{
    Error, Logto, LogtoUser, Record, Resource, SessionConfig, SessionInfo, resource,
};
use logto_rocket_tests::app::App;
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::fleet::{Fleet, Place, Plan};
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Route, get, routes};

resource!(Orders = "https://api.example.test/orders");

const MINUTE: Duration = Duration::from_secs(60);

/// As long as Logto's access tokens live, and as claims are believed.
const LIFE: Duration = Duration::from_secs(3600);

at_each_place!(in_memory: Memory, in_a_shared_store: Shared, in_redis: Redis => [
    the_cookie_holds_a_secret_only_and_stays_the_same_over_refreshes,
    who_has_signed_out_is_out_whatever_cookie_is_replayed,
    a_cookie_that_was_planted_never_becomes_a_session,
    signing_in_as_somebody_else_ends_the_session_before,
    a_session_that_is_presented_in_any_other_cookie_is_none,
    absurd_cookies_are_nobody,
    a_session_is_over_when_it_is_too_old_or_unused,
    a_session_in_use_does_not_end_however_short_the_idle_timeout_is,
    access_tokens_that_were_cleared_are_fetched_anew,
    a_test_signs_in_without_a_provider,
    the_hook_of_a_sign_in_gets_access_tokens,
    a_user_sees_their_sessions_and_ends_them,
]);

at_each_place!(shared: Shared, redis: Redis => [
    a_record_is_written_once_a_minute_while_it_is_used,
    a_record_under_another_key_is_written_again_with_the_first,
    a_record_that_was_copied_to_another_id_is_no_session,
]);

fn routes() -> Vec<Route> {
    #[get("/orders")]
    async fn orders(user: LogtoUser) -> Result<String, Error> {
        Ok(user.access_token(Orders).await?.as_str().to_owned())
    }
    #[get("/clear")]
    fn clear(user: &LogtoUser) -> &'static str {
        user.clear_access_tokens();
        "cleared"
    }
    #[get("/sessions")]
    async fn sessions(logto: &Logto, user: &LogtoUser) -> Result<Json<Vec<SessionInfo>>, Error> {
        Ok(Json(logto.sessions().of(user.id()).await?))
    }
    #[get("/end/<id>")]
    async fn end(logto: &Logto, user: &LogtoUser, id: &str) -> Result<(), Error> {
        for session in logto.sessions().of(user.id()).await? {
            if session.id().as_str() == id {
                logto.sessions().end(session.id()).await?;
            }
        }
        Ok(())
    }
    #[get("/end_all")]
    async fn end_all(logto: &Logto, user: &LogtoUser) -> Result<(), Error> {
        logto.sessions().end_all_of(user.id()).await
    }
    routes![orders, clear, sessions, end, end_all]
}

async fn start(place: Place, session: SessionConfig) -> Option<Fleet> {
    Plan::at(place).routes(routes).session(session).idp(idp).start_with(config).await
}

fn idp(idp: testing::Builder) -> testing::Builder {
    idp.rotating(true).resource(Orders::URI, &["read:orders"])
}

fn config(config: logto_rocket::Config) -> logto_rocket::Config {
    config.resources([Orders::URI])
}

/// The one cookie of a browser that is signed in.
fn cookie(browser: &Browser<'_>) -> (String, String) {
    assert_eq!(browser.cookies.len(), 1, "{:?}", browser.cookies);
    browser.cookies.clone().pop_first().expect("a cookie")
}

fn random_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// The user and the session that the browser is in, if it is signed in.
async fn account(browser: &mut Browser<'_>) -> Option<(String, String)> {
    let page = browser.open("/account").await;
    assert!(matches!(page.status.code, 200 | 303), "{page:?}");
    let (user, session) = page.body.split_once(" in ").filter(|_| page.status == Status::Ok)?;
    Some((user.into(), session.into()))
}

fn with<'a>(app: &'a App, name: &str, value: &str) -> Browser<'a> {
    let mut browser = app.browser();
    browser.cookies.insert(name.into(), value.into());
    browser
}

/// Nobody is signed in by this cookie, and no page of everybody's fails.
async fn is_nobody(app: &App, name: &str, value: &str) {
    let mut browser = with(app, name, value);
    assert_eq!(account(&mut browser).await, None, "{name}={value}");
    assert_eq!(browser.open("/").await.body, "Hello, stranger", "{name}={value}");
}

async fn the_cookie_holds_a_secret_only_and_stays_the_same_over_refreshes(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut alice = app.signed_in("alice").await;
    let (name, secret) = cookie(&alice);
    assert_eq!(secret.len(), 43);
    assert_eq!(URL_SAFE_NO_PAD.decode(&secret).map(|bytes| bytes.len()), Ok(32));
    let before = account(&mut alice).await.unwrap();
    app.idp.forget_requests();
    for round in 1..=3 {
        app.clock.advance(LIFE);
        for page in ["/profile", "/orders", "/account"] {
            let answer = alice.open(page).await;
            assert_eq!(answer.status, Status::Ok, "{answer:?}");
            assert!(!answer.sets_cookies(), "{answer:?}");
        }
        assert_eq!(app.idp.requests().token_by_grant("refresh_token"), 2 * round);
    }
    assert_eq!(account(&mut alice).await, Some(before));
    assert_eq!(cookie(&alice), (name, secret));
}

async fn who_has_signed_out_is_out_whatever_cookie_is_replayed(place: Place) {
    let Some(fleet) = start(place, SessionConfig::new()).await else { return };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    let (name, secret) = cookie(&alice);
    app.idp.forget_requests();
    let out = alice.post("/auth/sign-out", From::OwnPage, logto_rocket_tests::app::ORIGIN).await;
    assert_eq!(out.status, Status::SeeOther, "{out:?}");
    assert!(!alice.cookies.contains_key(&name));
    assert_eq!(app.idp.requests().revocation(), 1);
    is_nobody(app, &name, &secret).await;
    if place != Place::Memory {
        let alice = app.idp.user_id("alice").unwrap();
        assert_eq!(fleet.store().list_by_sub(&alice).await, Ok(Vec::new()));
        // Also to a process that knows of no ending.
        let elsewhere = fleet.another().await;
        let mut replayed = Browser::new(&elsewhere);
        replayed.cookies.insert(name, secret);
        assert_eq!(account(&mut replayed).await, None);
    }
}

async fn a_cookie_that_was_planted_never_becomes_a_session(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut attacker = app.signed_in("bob").await;
    let (name, own) = cookie(&attacker);
    for planted in [random_secret(), own.clone()] {
        let mut victim = with(&app, &name, &planted);
        app.sign_in(&mut victim, "alice", "/").await;
        let (user, _) = account(&mut victim).await.unwrap();
        assert_eq!(user, app.idp.user_id("alice").unwrap());
        assert_ne!(cookie(&victim).1, planted);
        is_nobody(&app, &name, &planted).await;
    }
    assert_eq!(account(&mut attacker).await, None, "it ended when somebody signed in over it");
}

async fn signing_in_as_somebody_else_ends_the_session_before(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut browser = app.signed_in("alice").await;
    let (name, before) = cookie(&browser);
    let (_, session) = account(&mut browser).await.unwrap();
    app.sign_in(&mut browser, "bob", "/").await;
    let (user, newer) = account(&mut browser).await.unwrap();
    assert_eq!(user, app.idp.user_id("bob").unwrap());
    assert_ne!(session, newer);
    is_nobody(&app, &name, &before).await;
}

async fn a_session_that_is_presented_in_any_other_cookie_is_none(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut alice = app.signed_in("alice").await;
    let (name, secret) = cookie(&alice);
    let mut starting = app.browser();
    let callback = app.callback(&mut starting, "bob", "/").await;
    let (flow, sealed) = cookie(&starting);
    for other in
        [format!("{name}-1"), format!("{name}-2"), format!("{name}-farewell"), flow.clone()]
    {
        is_nobody(&app, &other, &secret).await;
        let answer = with(&app, &other, &secret).navigate(&callback, From::OtherSite).await;
        assert_eq!(answer.status, Status::BadRequest, "{other}: {answer:?}");
    }
    is_nobody(&app, &name, &sealed).await;
    let away =
        with(&app, &format!("{name}-farewell"), &secret).open("/auth/sign-out-callback").await;
    assert_eq!(away.location(), "/");
    assert!(account(&mut alice).await.is_some());
}

async fn absurd_cookies_are_nobody(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut alice = app.signed_in("alice").await;
    let (name, secret) = cookie(&alice);
    let longer = format!("{secret}A");
    let lower = secret.to_lowercase();
    let long = "A".repeat(3000);
    let padded = format!("{secret}=");
    for value in [
        "",
        ".",
        "1.",
        "2.",
        "3.A",
        "0",
        "null",
        "%00",
        "%",
        "../../etc",
        "*",
        "{}",
        "'\"",
        "ÄÖÜ",
        "A",
        &secret[1..],
        &longer,
        &padded,
        &long,
        &lower,
        &random_secret(),
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
    ] {
        is_nobody(&app, &name, value).await;
    }
    assert!(account(&mut alice).await.is_some());
}

async fn a_session_is_over_when_it_is_too_old_or_unused(place: Place) {
    let session = SessionConfig::new()
        .max_lifetime(60 * MINUTE)
        .idle_timeout(10 * MINUTE)
        .revalidate_after(None);
    let Some(Fleet { app, redis: _redis, .. }) = start(place, session).await else { return };
    let mut unused = app.signed_in("bob").await;
    let mut alice = app.signed_in("alice").await;
    for minute in 1..=6 {
        app.clock.advance(9 * MINUTE);
        assert!(account(&mut alice).await.is_some(), "after {} minutes", 9 * minute);
        until_seen(&app, &mut alice).await;
    }
    assert_eq!(account(&mut unused).await, None);
    app.clock.advance(6 * MINUTE);
    assert_eq!(account(&mut alice).await, None, "after an hour");
    app.clock.set_back(10 * MINUTE);
    assert_eq!(account(&mut unused).await, None);
}

async fn a_session_in_use_does_not_end_however_short_the_idle_timeout_is(place: Place) {
    let session = SessionConfig::new().idle_timeout(MINUTE / 3);
    let Some(Fleet { app, redis: _redis, .. }) = start(place, session).await else { return };
    let mut alice = app.signed_in("alice").await;
    for _ in 0..10 {
        app.clock.advance(MINUTE / 4);
        assert!(account(&mut alice).await.is_some());
        until_seen(&app, &mut alice).await;
    }
    app.clock.advance(MINUTE / 3);
    assert_eq!(account(&mut alice).await, None);
}

/// Waits until it is written that the session was seen now, which happens behind the request.
async fn until_seen(app: &App, browser: &mut Browser<'_>) {
    let is_written = async || {
        let sessions = browser.open("/sessions").await.body;
        let sessions: Vec<serde_json::Value> = serde_json::from_str(&sessions).expect("a list");
        sessions.iter().any(|session| session["last_seen"] == app.clock.now())
    };
    until("it is written that the session was seen", is_written).await;
}

async fn access_tokens_that_were_cleared_are_fetched_anew(place: Place) {
    let Some(fleet) = start(place, SessionConfig::new()).await else { return };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    let first = alice.open("/orders").await.body;
    assert_eq!(alice.open("/orders").await.body, first);
    assert_eq!(alice.open("/clear").await.body, "cleared");
    let second = alice.open("/orders").await;
    assert_eq!(second.status, Status::Ok, "{second:?}");
    assert_ne!(second.body, first);
    if place != Place::Memory {
        let elsewhere = fleet.another_with(config).await;
        let mut moved = Browser::new(&elsewhere);
        moved.cookies.clone_from(&alice.cookies);
        assert_eq!(moved.open("/orders").await.body, second.body, "one token for all processes");
        assert_eq!(moved.open("/clear").await.body, "cleared");
        let is_another = async || alice.open("/orders").await.body != second.body;
        until("it is another token", is_another).await;
    }
}

async fn a_test_signs_in_without_a_provider(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let user = User::new("carol").with_id("carol").role("admin");
    let cookies = testing::sign_in(&app.client, &user).unwrap();
    assert_eq!(cookies.len(), 1);
    assert_eq!(cookies[0].value().len(), 43);
    let mut carol = with(&app, cookies[0].name(), cookies[0].value());
    assert_eq!(account(&mut carol).await.unwrap().0, "carol");
    assert_eq!(carol.open("/admin").await.status, Status::Ok);
}

async fn a_record_is_written_once_a_minute_while_it_is_used(place: Place) {
    let Some(fleet) = start(place, SessionConfig::new().revalidate_after(None)).await else {
        return;
    };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    let user = app.idp.user_id("alice").unwrap();
    let version = async || fleet.store().list_by_sub(&user).await.unwrap()[0].1.version;
    assert_eq!(version().await, 0);
    for minute in 1..=3 {
        app.clock.advance(MINUTE);
        for _ in 0..10 {
            assert!(account(&mut alice).await.is_some());
        }
        until_seen(app, &mut alice).await;
        for _ in 0..10 {
            assert!(account(&mut alice).await.is_some());
        }
        assert_eq!(version().await, minute);
    }
}

async fn a_record_under_another_key_is_written_again_with_the_first(place: Place) {
    const OLD: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";
    const NEW: &str = "c3VjaCBhIGtleSBpcyBmb3IgdGVzdHMgb25seSAuLi4=";
    let Some(fleet) = start(place, SessionConfig::new()).await else { return };
    let mut alice = fleet.app.signed_in("alice").await;
    let before = account(&mut alice).await;
    let user = fleet.app.idp.user_id("alice").unwrap();
    let stored = async || fleet.store().list_by_sub(&user).await.unwrap().remove(0).1;
    let sealed = stored().await.sealed;

    let changing = fleet.another_with(|config| config.secret_keys([NEW, OLD])).await;
    let mut moved = Browser::new(&changing);
    moved.cookies.clone_from(&alice.cookies);
    assert_eq!(account(&mut moved).await, before);
    until("it is written again", async || stored().await.sealed != sealed).await;
    assert_eq!(moved.cookies, alice.cookies);
    let changed = fleet.another_with(|config| config.secret_keys([NEW])).await;
    let mut moved = Browser::new(&changed);
    moved.cookies.clone_from(&alice.cookies);
    assert_eq!(account(&mut moved).await, before);
    // Whoever has the old key alone opens it no more.
    assert_eq!(account(&mut alice).await, None);
}

async fn a_record_that_was_copied_to_another_id_is_no_session(place: Place) {
    let Some(fleet) = start(place, SessionConfig::new()).await else { return };
    let (app, store) = (&fleet.app, fleet.store());
    let mut alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("bob").await;
    let [of_alice, of_bob] = ["alice", "bob"].map(|name| app.idp.user_id(name).unwrap());
    let (_, target) = store.list_by_sub(&of_alice).await.unwrap().remove(0);
    let (at, before) = store.list_by_sub(&of_bob).await.unwrap().remove(0);
    let record = Record::new(target.sealed, of_alice, None, 0);
    store.replace(&at, before.version, &record, LIFE).await.unwrap();
    assert_eq!(account(&mut bob).await, None);
    assert!(account(&mut alice).await.is_some());
}

#[rocket::async_test]
async fn a_dump_of_redis_signs_nobody_in_and_tells_nothing_but_ids() {
    const DUMP: &str = "EVAL \"local all = {} for _, key in ipairs(redis.call('KEYS', '*')) do \
        all[#all + 1] = key local type = redis.call('TYPE', key).ok \
        local values = type == 'hash' and redis.call('HGETALL', key) \
        or type == 'zset' and redis.call('ZRANGE', key, 0, -1) or { redis.call('GET', key) } \
        for _, value in ipairs(values) do all[#all + 1] = value end end \
        return table.concat(all, ' ')\" 0";
    let Some(fleet) = start(Place::Redis, SessionConfig::new()).await else { return };
    let (app, Some(redis)) = (&fleet.app, &fleet.redis) else { return };
    app.idp.set_claim("alice", "name", "Alice-in-the-claims");
    let mut alice = app.signed_in("alice").await;
    let token = alice.open("/orders").await.body;
    assert_eq!(alice.open("/").await.body, "Hello, Alice-in-the-claims");
    let (name, secret) = cookie(&alice);
    let (user, session) = account(&mut alice).await.unwrap();
    let dump = redis.ask_all(DUMP);
    assert!(dump.contains(&user) && dump.len() > 1000, "{dump}");
    let texts = [&*secret, "Alice-in-the-claims", &token, &session, "refresh", "read:orders"];
    for text in texts {
        assert!(!dump.contains(text), "{text} in {dump}");
    }
    for value in dump.split(' ').chain(dump.split([':', ' '])) {
        is_nobody(app, &name, value).await;
    }
}

async fn the_hook_of_a_sign_in_gets_access_tokens(place: Place) {
    let plan = Plan::at(place).routes(routes).idp(idp).fairing(|fairing| {
        fairing.on_sign_in(|_, user| {
            Box::pin(async move {
                let allowed = user.access_token(Orders).await.is_ok() && !user.has_role("admin");
                if allowed { Ok(()) } else { Err("no".into()) }
            })
        })
    });
    let Some(Fleet { app, redis: _redis, .. }) = plan.start_with(config).await else { return };
    let mut bob = app.signed_in("bob").await;
    assert_eq!(app.idp.requests().token_by_grant("refresh_token"), 1);
    assert_eq!(bob.open("/orders").await.status, Status::Ok);
    assert_eq!(app.idp.requests().token_by_grant("refresh_token"), 1, "it was kept");
    let refused = app.sign_in(&mut app.browser(), "alice", "/").await;
    assert_eq!(refused.status, Status::Forbidden);
}

async fn a_user_sees_their_sessions_and_ends_them(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut laptop = app.browser();
    laptop.headers.push(("User-Agent".into(), "A Laptop/1.0".into()));
    app.sign_in(&mut laptop, "alice", "/").await;
    app.clock.advance(10 * MINUTE);
    let mut phone = app.signed_in("alice").await;
    app.signed_in("bob").await;
    let (_, on_phone) = account(&mut phone).await.unwrap();
    let listed = |body: String| -> Vec<serde_json::Value> { serde_json::from_str(&body).unwrap() };
    let sessions = listed(phone.open("/sessions").await.body);
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let now = app.clock.now();
    assert_eq!((&sessions[0]["id"], &sessions[0]["last_seen"]), (&on_phone.into(), &now.into()));
    assert_eq!(sessions[1]["signed_in_at"], now - 600);
    assert_eq!(sessions[1]["user_agent"], "A Laptop/1.0");
    let on_laptop = sessions[1]["id"].as_str().unwrap();

    app.idp.forget_requests();
    assert_eq!(phone.open(&format!("/end/{on_laptop}")).await.status, Status::Ok);
    assert_eq!(account(&mut laptop).await, None);
    assert_eq!(listed(phone.open("/sessions").await.body).len(), 1);
    assert_eq!(phone.open("/end_all").await.status, Status::Ok);
    assert_eq!(account(&mut phone).await, None);
    assert_eq!(app.idp.requests().revocation(), 2);
}

#[rocket::async_test]
async fn sessions_in_cookies_cannot_be_listed_and_the_error_says_so() {
    let app = App::serving(routes()).await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/sessions").await.status, Status::InternalServerError);
    let told = Error::NoSessionStore.to_string();
    assert!(told.contains("logto.session.store = \"memory\""), "{told}");
}
