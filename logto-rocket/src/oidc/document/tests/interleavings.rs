//! A document under a model checker: callers and fetches in any order.

use shuttle::future::{block_on, spawn, yield_now};

use super::*;
use crate::sync::modelled::{holds, is_breached};

/// A document that counts how often it is fetched, and each fetch of which brings this count.
fn counted() -> (Arc<Document<usize>>, Arc<AtomicUsize>) {
    let fetches = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&fetches);
    let document = Document::new(Call::Keys, Clock::frozen(), move || {
        let count = counter.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move {
            yield_now().await;
            Ok(count)
        })
    });
    (document, fetches)
}

/// Runs callers of one document at once, and waits for all.
fn callers<F>(document: &Arc<Document<usize>>, caller: impl Fn(Arc<Document<usize>>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let tasks: Vec<_> = (0..3).map(|_| spawn(caller(Arc::clone(document)))).collect();
    block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn callers_at_once_fetch_once() {
    holds(|| {
        let (document, fetches) = counted();
        callers(&document, |document| async move {
            assert_eq!(*document.get().await.unwrap().value, 1);
        });
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn callers_that_miss_the_same_fetch_once_more() {
    holds(|| {
        let (document, fetches) = counted();
        let seen = block_on(document.get()).unwrap().number;
        callers(&document, move |document| async move {
            let newer = document.newer_than(seen, |_| true).await.unwrap().unwrap();
            assert!(newer.number > seen && *newer.value == 2);
        });
        assert_eq!(fetches.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn no_caller_gets_an_older_document_than_one_before() {
    holds(|| {
        let (document, _) = counted();
        callers(&document, |document| async move {
            let first = document.get().await.unwrap();
            let newer = document.newer_than(first.number, |_| true).await.unwrap().unwrap();
            assert!(newer.number > first.number);
            assert!(document.get().await.unwrap().number >= newer.number);
        });
    });
}

/// Who found no document enters without another look under the lock.
#[test]
fn a_dropped_second_look_is_found() {
    is_breached(|| {
        let (document, fetches) = counted();
        callers(&document, |document| async move {
            if document.known().is_none() {
                let now = document.clock.instant();
                let entry = document.lock().fetches.enter(now, |number| document.start(number));
                match entry {
                    Entry::Started(flight) | Entry::Joined(flight) => {
                        flight.handle.result().await.unwrap().unwrap();
                    }
                    Entry::Paused(_) => panic!("nothing fails"),
                }
            }
        });
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
    });
}
