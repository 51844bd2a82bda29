//! Promises of single records.

use std::sync::Arc;

use super::support::{HOUR, Subject, at_once, create, is_there, load, new_id, random, record};
use crate::{Record, Replaced, Stored};

/// `create`, `load`.
pub async fn a_new_record_is_loaded_as_version_0(store: Subject) {
    let record = record();
    let id = create(&store, &record).await;
    assert_eq!(load(&store, &id).await, Some(Stored { sealed: record.sealed, version: 0 }));
}

/// `load`.
pub async fn an_unknown_id_has_no_record(store: Subject) {
    assert_eq!(load(&store, &new_id()).await, None);
}

/// `replace`.
pub async fn a_replacement_is_loaded_under_the_next_version(store: Subject) {
    let id = create(&store, &record()).await;
    for version in 0..3 {
        let next = record();
        let replaced = store.replace(&id, version, &next, HOUR).await;
        assert_eq!(replaced, Ok(Replaced::Stored));
        let expected = Stored { sealed: next.sealed, version: version + 1 };
        assert_eq!(load(&store, &id).await, Some(expected));
    }
}

/// `replace`.
pub async fn another_version_than_the_present_one_is_a_conflict(store: Subject) {
    let id = create(&store, &record()).await;
    assert_eq!(store.replace(&id, 0, &record(), HOUR).await, Ok(Replaced::Stored));
    let present = load(&store, &id).await;
    for version in [0, 2, 10, 11] {
        let replaced = store.replace(&id, version, &record(), HOUR).await;
        assert_eq!(replaced, Ok(Replaced::Conflict), "version {version}");
    }
    assert_eq!(load(&store, &id).await, present);
}

/// `replace`.
pub async fn of_50_replacements_at_once_exactly_one_is_stored(store: Subject) {
    let id = create(&store, &record()).await;
    for version in 0..5 {
        let replaced = at_once(|_| {
            let (store, id, next) = (Arc::clone(&store), id.clone(), record());
            async move { (store.replace(&id, version, &next, HOUR).await, next) }
        });
        let (stored, others): (Vec<_>, Vec<_>) =
            replaced.await.into_iter().partition(|(replaced, _)| *replaced == Ok(Replaced::Stored));
        assert_eq!(stored.len(), 1, "at version {version}");
        for (other, _) in others {
            assert_eq!(other, Ok(Replaced::Conflict));
        }
        let expected = Stored { sealed: stored[0].1.sealed.clone(), version: version + 1 };
        assert_eq!(load(&store, &id).await, Some(expected));
    }
}

/// `replace`.
pub async fn a_replacement_never_creates_a_record(store: Subject) {
    let (id, record) = (new_id(), record());
    assert_eq!(store.replace(&id, 0, &record, HOUR).await, Ok(Replaced::Gone));
    assert!(!is_there(&store, &id).await);
    assert_eq!(store.list_by_sub(&record.sub).await, Ok(Vec::new()));
}

/// `replace`, `delete`.
pub async fn a_replacement_never_revives_a_deleted_record(store: Subject) {
    let record = record();
    let id = create(&store, &record).await;
    store.delete(&id).await.expect("a deletion");
    assert_eq!(store.replace(&id, 0, &record, HOUR).await, Ok(Replaced::Gone));
    assert!(!is_there(&store, &id).await);

    for _ in 0..5 {
        let id = create(&store, &record).await;
        let replaced = at_once(|number| {
            let (store, id, next) = (Arc::clone(&store), id.clone(), record.clone());
            async move {
                if number == 25 {
                    return store.delete(&id).await;
                }
                store.replace(&id, 0, &next, HOUR).await.map(|_| ())
            }
        });
        assert!(replaced.await.iter().all(Result::is_ok));
        assert!(!is_there(&store, &id).await);
    }
    assert_eq!(store.list_by_sub(&record.sub).await, Ok(Vec::new()));
}

/// `delete`.
pub async fn a_deleted_record_is_gone_and_others_stay(store: Subject) {
    let record = record();
    let (gone, other) = (create(&store, &record).await, create(&store, &record).await);
    for _ in 0..2 {
        assert_eq!(store.delete(&gone).await, Ok(()));
        assert!(!is_there(&store, &gone).await);
    }
    assert!(is_there(&store, &other).await);
}

/// `create`, `replace`.
pub async fn a_record_of_100_kilobytes_is_kept(store: Subject) {
    let large = |text: String| Record { sealed: text.repeat(2400).into(), ..record() };
    let (first, second) = (large(random()), large(random()));
    assert!(first.sealed.len() > 100_000);
    let id = create(&store, &first).await;
    assert_eq!(load(&store, &id).await.map(|it| it.sealed), Some(first.sealed));
    assert_eq!(store.replace(&id, 0, &second, HOUR).await, Ok(Replaced::Stored));
    assert_eq!(load(&store, &id).await.map(|it| it.sealed), Some(second.sealed));
}
