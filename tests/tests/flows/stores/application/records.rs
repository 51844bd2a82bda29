//! What a store holds of a session.

use logto_rocket::{Record, SessionConfig};
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::fleet::Place;
use logto_rocket_tests::wait::until;

use super::{LIFE, is_signed_out, start};

at_each_place!(shared: Shared, redis: Redis => [
    a_record_under_another_key_is_written_again_with_the_first,
    a_record_that_was_copied_to_another_id_is_no_session,
]);

async fn a_record_under_another_key_is_written_again_with_the_first(place: Place) {
    const OLD: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";
    const NEW: &str = "c3VjaCBhIGtleSBpcyBmb3IgdGVzdHMgb25seSAuLi4=";
    let Some(fleet) = start(place, SessionConfig::new()).await else { return };
    let mut alice = fleet.app.signed_in("alice").await;
    let before = alice.account().await;
    let user = fleet.stored_name(&fleet.app.idp.user_id("alice").unwrap());
    let stored = async || fleet.store().list_by_sub(&user).await.unwrap().remove(0).1;
    let sealed = stored().await.sealed;

    let changing = fleet.another_with(|config| config.secret_keys([NEW, OLD])).await;
    let mut moved = alice.at(&changing);
    assert_eq!(moved.account().await, before);
    until("it is written again", async || stored().await.sealed != sealed).await;
    assert_eq!(moved.cookies, alice.cookies);
    let changed = fleet.another_with(|config| config.secret_keys([NEW])).await;
    let mut moved = alice.at(&changed);
    assert_eq!(moved.account().await, before);
    // A process with the old key alone opens it no more.
    assert_eq!(alice.account().await, None);
}

async fn a_record_that_was_copied_to_another_id_is_no_session(place: Place) {
    let Some(fleet) = start(place, SessionConfig::new()).await else { return };
    let (app, store) = (&fleet.app, fleet.store());
    let mut alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("bob").await;
    let name = |username| fleet.stored_name(&app.idp.user_id(username).unwrap());
    let [of_alice, of_bob] = ["alice", "bob"].map(name);
    let (_, target) = store.list_by_sub(&of_alice).await.unwrap().remove(0);
    let (at, before) = store.list_by_sub(&of_bob).await.unwrap().remove(0);
    let record = Record::new(target.sealed, of_alice, None, 0);
    store.replace(&at, before.version, &record, LIFE).await.unwrap();
    assert_eq!(bob.account().await, None);
    assert!(alice.account().await.is_some());
}

#[rocket::async_test]
async fn a_dump_of_redis_signs_no_request_in_and_shows_nothing_but_ids() {
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
    let (name, secret) = alice.only_cookie();
    let (user, session) = alice.account().await.unwrap();
    let dump = redis.ask_all(DUMP);
    assert!(dump.contains(&user) && dump.len() > 1000, "{dump}");
    let texts = [&*secret, "Alice-in-the-claims", &token, &session, "refresh", "read:orders"];
    for text in texts {
        assert!(!dump.contains(text), "{text} in {dump}");
    }
    for value in dump.split(' ').chain(dump.split([':', ' '])) {
        is_signed_out(app, &name, value).await;
    }
}
