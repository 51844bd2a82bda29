mod interleavings;

use std::sync::Arc;

use tokio::task::{JoinHandle, yield_now};

use super::*;

fn waiting(circuit: &Arc<Circuit>, count: usize) -> Vec<JoinHandle<bool>> {
    let tasks = (0..count).map(|_| {
        let circuit = Arc::clone(circuit);
        tokio::spawn(async move { circuit.begin(&Clock::system(), true).await.is_ok() })
    });
    tasks.collect()
}

#[tokio::test]
async fn who_waits_goes_on_as_soon_as_an_answer_came_or_is_held_back_by_a_refusal() {
    for is_refused in [false, true] {
        let (circuit, clock) = (Arc::new(Circuit::default()), Clock::system());
        let now = clock.instant();
        let begin = || circuit.begin(&clock, true);
        let (first, second) = (begin().await, begin().await);
        assert!(first.is_ok() && second.is_ok());
        let others = waiting(&circuit, 20);
        yield_now().await;
        assert!(others.iter().all(|task| !task.is_finished()));
        if is_refused {
            let _ = circuit.refuse(now, "invalid_client");
            circuit.wake();
        } else {
            circuit.close(now);
        }
        for task in others {
            assert_eq!(task.await.unwrap(), !is_refused);
        }
    }
}

#[tokio::test]
async fn who_goes_away_gives_back_the_place_and_who_waits_for_long_asks_anyway() {
    let (circuit, clock) = (Arc::new(Circuit::default()), Clock::system());
    let begin = || circuit.begin(&clock, true);
    let (first, second) = (begin().await, begin().await);
    let [gone, third]: [_; 2] = waiting(&circuit, 2).try_into().unwrap();
    yield_now().await;
    gone.abort();
    assert!(gone.await.is_err());
    drop(first);
    assert!(third.await.unwrap(), "the place of the first is free, and of no one else");
    assert!(begin().await.is_ok(), "as is that of the third");
    let first = begin().await;
    assert!(begin().await.is_ok(), "though there are two");
    drop((first, second));
}
