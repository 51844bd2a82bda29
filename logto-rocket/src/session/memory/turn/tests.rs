mod interleavings;

use std::time::Instant;

use tokio::task::yield_now;

use super::*;
use crate::claims::Claims;
use crate::session::memory::{HOUR, Marks, Memory};
use crate::session::session::{Asked, Session};
use crate::sync::{Arc, Mutex};

fn entry() -> Arc<Entry> {
    let claims = Claims::from_json(r#"{"sub":"k3d9"}"#).unwrap();
    let session = Arc::new(Session::new(claims, Asked::default(), 1_000));
    Memory::new(false, HOUR, None, HOUR, Marks::new(HOUR, HOUR))
        .registry
        .entry(&session, Instant::now())
}

#[tokio::test]
async fn each_waiting_task_is_woken_in_its_turn() {
    let (entry, order) = (entry(), Arc::new(Mutex::new(Vec::new())));
    let first = entry.turn().await;
    let mut tasks = Vec::new();
    for number in 0..10 {
        let (entry, order) = (Arc::clone(&entry), Arc::clone(&order));
        tasks.push(tokio::spawn(async move {
            let _turn = entry.turn().await;
            yield_now().await;
            order.lock().unwrap().push(number);
        }));
        yield_now().await;
    }
    assert!(order.lock().unwrap().is_empty());
    drop(first);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_task_that_is_aborted_passes_the_turn_on() {
    let entry = entry();
    let first = entry.turn().await;
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let entry = Arc::clone(&entry);
            tokio::spawn(async move { drop(entry.turn().await) })
        })
        .collect();
    yield_now().await;
    waiting[0].abort();
    drop(first);
    let [aborted, second]: [_; 2] = waiting.try_into().unwrap();
    assert!(aborted.await.is_err());
    second.await.unwrap();
}
