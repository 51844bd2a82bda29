//! Promises of what a record is found by.

use super::support::{HOUR, SIGNED_IN_AT, Subject, create, ids_of, is_there, load, random, record};
use crate::{Record, Replaced};

/// `list_by_sub`.
pub async fn a_users_records_are_listed_with_their_versions(store: Subject) {
    let (one, other) = (record(), record());
    let mut ids = Vec::new();
    for version in 0..3 {
        let id = create(&store, &one).await;
        for version in 0..version {
            let next = Record { sealed: random().into(), ..one.clone() };
            assert_eq!(store.replace(&id, version, &next, HOUR).await, Ok(Replaced::Stored));
        }
        ids.push(id);
    }
    create(&store, &other).await;
    ids.sort();
    assert_eq!(ids_of(&store, &one.sub).await, ids);
    for (id, stored) in store.list_by_sub(&one.sub).await.expect("the store answers") {
        assert_eq!(load(&store, &id).await, Some(stored));
    }
    assert_eq!(store.list_by_sub(&random()).await, Ok(Vec::new()));
}

/// `delete_by_sub`.
pub async fn a_users_records_are_deleted_if_signed_in_by_then(store: Subject) {
    let (one, other) = (record(), record());
    let mut ids = Vec::new();
    for signed_in_at in [SIGNED_IN_AT - 1, SIGNED_IN_AT, SIGNED_IN_AT + 1] {
        ids.push(create(&store, &Record { signed_in_at, ..one.clone() }).await);
    }
    let others = create(&store, &other).await;
    assert_eq!(store.delete_by_sub(&one.sub, SIGNED_IN_AT - 2).await, Ok(()));
    assert_eq!(ids_of(&store, &one.sub).await.len(), 3);
    assert_eq!(store.delete_by_sub(&one.sub, SIGNED_IN_AT).await, Ok(()));
    assert!(!is_there(&store, &ids[0]).await);
    assert!(!is_there(&store, &ids[1]).await);
    assert!(is_there(&store, &ids[2]).await);
    assert_eq!(ids_of(&store, &one.sub).await, [ids[2].clone()]);
    // Beyond any clock, but not beyond the signed numbers of a database.
    assert_eq!(store.delete_by_sub(&one.sub, 9_000_000_000_000_000).await, Ok(()));
    assert!(!is_there(&store, &ids[2]).await);
    assert!(is_there(&store, &others).await);
}

/// `delete_by_sid`.
pub async fn records_are_deleted_by_their_session_at_logto(store: Subject) {
    let (one, other) = (record(), record());
    let another_user = Record { sub: random(), ..one.clone() };
    let elsewhere = Record { sid: other.sid.clone(), ..one.clone() };
    let gone = [create(&store, &one).await, create(&store, &another_user).await];
    let stay = [create(&store, &other).await, create(&store, &elsewhere).await];
    assert_eq!(store.delete_by_sid(one.sid.as_deref().unwrap_or_default()).await, Ok(()));
    for id in &gone {
        assert!(!is_there(&store, id).await);
    }
    for id in &stay {
        assert!(is_there(&store, id).await);
    }
    assert_eq!(ids_of(&store, &one.sub).await, [stay[1].clone()]);
    assert_eq!(store.delete_by_sid(&random()).await, Ok(()));
}

/// `delete_by_sid`.
pub async fn a_record_without_a_sid_is_not_deleted_by_any(store: Subject) {
    let record = Record { sid: None, ..record() };
    let id = create(&store, &record).await;
    assert_eq!(store.replace(&id, 0, &record, HOUR).await, Ok(Replaced::Stored));
    for sid in ["", "null", "None", "*", "%"] {
        assert_eq!(store.delete_by_sid(sid).await, Ok(()));
    }
    assert!(is_there(&store, &id).await);
    assert_eq!(ids_of(&store, &record.sub).await, [id]);
}

/// `list_by_sub`, `delete_by_sid`, `delete_by_sub`.
pub async fn subs_and_sids_are_compared_byte_for_byte(store: Subject) {
    let own = random();
    let odd = ["", "a", "A", "a ", " a", "ä", "a\u{308}", "ß", "ss", "日本", "🦀", "a:b", "*", "%"];
    let odder = ["_", "'", "\"", "\\", "a\n", "{a}", "--", "?", "\u{200b}", "0", "00", "-1", "nil"];
    let names: Vec<_> = odd.iter().chain(&odder).map(|odd| format!("{own}{odd}")).collect();
    let mut ids = Vec::new();
    for name in &names {
        let record = Record::new(random(), name.clone(), Some(name.clone()), SIGNED_IN_AT);
        ids.push(create(&store, &record).await);
    }
    for (name, id) in names.iter().zip(&ids) {
        assert_eq!(ids_of(&store, name).await, vec![id.clone()], "{name:?}");
    }
    let half = names.len() / 2;
    for (number, (name, id)) in names.iter().zip(&ids).enumerate() {
        let deleted = if number < half {
            store.delete_by_sid(name).await
        } else {
            store.delete_by_sub(name, SIGNED_IN_AT).await
        };
        assert_eq!(deleted, Ok(()), "{name:?}");
        assert!(!is_there(&store, id).await, "{name:?}");
        for (name, id) in names.iter().zip(&ids).skip(number + 1) {
            assert!(is_there(&store, id).await, "{name:?}");
        }
    }
}

/// `replace`.
pub async fn a_replacement_changes_what_a_record_is_found_by(store: Subject) {
    let (before, after) = (record(), Record { signed_in_at: SIGNED_IN_AT + 10, ..record() });
    let (before_sid, after_sid) = (before.sid.clone(), after.sid.clone());
    let id = create(&store, &before).await;
    assert_eq!(store.replace(&id, 0, &after, HOUR).await, Ok(Replaced::Stored));
    assert_eq!(ids_of(&store, &before.sub).await, []);
    assert_eq!(ids_of(&store, &after.sub).await, vec![id.clone()]);
    store.delete_by_sub(&before.sub, SIGNED_IN_AT).await.expect("a deletion");
    store.delete_by_sub(&after.sub, SIGNED_IN_AT).await.expect("a deletion");
    store.delete_by_sid(&before_sid.unwrap_or_default()).await.expect("a deletion");
    assert!(is_there(&store, &id).await);
    store.delete_by_sid(&after_sid.unwrap_or_default()).await.expect("a deletion");
    assert!(!is_there(&store, &id).await);
}
