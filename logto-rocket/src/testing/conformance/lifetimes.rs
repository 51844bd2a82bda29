//! Promises of how long a record lives.

use super::support::{HOUR, SECOND, Subject, create, is_there, new_id, record, until};
use crate::Replaced;

/// `create`, `load`, `list_by_sub`, `replace`.
pub async fn a_record_is_over_after_its_time(store: Subject) {
    let (id, record) = (new_id(), record());
    let stays = create(&store, &record).await;
    store.create(&id, &record, SECOND).await.expect("a record is created");
    until("the record is over", async || !is_there(&store, &id).await).await;
    let listed = store.list_by_sub(&record.sub).await.expect("the store answers");
    assert_eq!(listed.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [stays]);
    assert_eq!(store.replace(&id, 0, &record, HOUR).await, Ok(Replaced::Gone));
    assert!(!is_there(&store, &id).await);
}

/// `replace`.
pub async fn a_replacement_lives_for_its_own_time(store: Subject) {
    let (longer, shorter) = (new_id(), create(&store, &record()).await);
    store.create(&longer, &record(), 10 * SECOND).await.expect("a record is created");
    assert_eq!(store.replace(&longer, 0, &record(), HOUR).await, Ok(Replaced::Stored));
    assert_eq!(store.replace(&shorter, 0, &record(), SECOND).await, Ok(Replaced::Stored));
    until("the shortened record is over", async || !is_there(&store, &shorter).await).await;

    let (extended, other) = (new_id(), new_id());
    store.create(&extended, &record(), SECOND).await.expect("a record is created");
    let replaced = store.replace(&extended, 0, &record(), HOUR).await;
    store.create(&other, &record(), SECOND).await.expect("a record is created");
    until("a record as old is over", async || !is_there(&store, &other).await).await;
    assert_eq!(replaced, Ok(Replaced::Stored));
    assert!(is_there(&store, &extended).await);
    assert!(is_there(&store, &longer).await);
}
