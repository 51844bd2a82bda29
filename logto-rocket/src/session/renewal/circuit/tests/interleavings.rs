//! The circuit under a model checker: who asks, who waits and who is held back, in any order.

use std::sync::atomic::{AtomicUsize, Ordering};

use shuttle::future::{block_on, spawn, yield_now};

use super::*;
use crate::sync::modelled::{holds, is_breached};

/// Requests that ask Logto through one circuit, as a model sees them.
struct Requests {
    circuit: Circuit,
    clock: Clock,
    asking: AtomicUsize,
    most: AtomicUsize,
    asked: AtomicUsize,
}

/// What becomes of a request that asks.
#[derive(Clone, Copy)]
enum Outcome {
    Answer,
    Silence,
    Refusal,
    /// It is dropped, or its answer says nothing of others.
    Nothing,
}

impl Requests {
    fn new() -> Arc<Self> {
        let [asking, most, asked] = [(); 3].map(|()| AtomicUsize::new(0));
        let (circuit, clock) = (Circuit::default(), Clock::system());
        Arc::new(Self { circuit, clock, asking, most, asked })
    }

    /// Those of a Logto that did not answer so long ago that one may try.
    fn long_after_a_silence() -> Arc<Self> {
        let requests = Self::new();
        let then = requests.clock.instant().checked_sub(2 * BACKOFF);
        requests.circuit.open(then.expect("a time"), None);
        requests
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// How many have asked at once, at most.
    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// Asks when it may. Whether it was held back.
    async fn ask(&self, outcome: Outcome) -> bool {
        let Ok(asking) = self.circuit.begin_in_turn(&self.clock, true).await else { return true };
        self.exchange(outcome).await;
        drop(asking);
        false
    }

    async fn exchange(&self, outcome: Outcome) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let asking = self.asking.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(asking, Ordering::SeqCst);
        yield_now().await;
        self.asking.fetch_sub(1, Ordering::SeqCst);
        let now = self.clock.instant();
        match outcome {
            Outcome::Answer => drop(self.circuit.close(now)),
            Outcome::Silence => drop(self.circuit.open(now, None)),
            Outcome::Refusal => {
                let _ = self.circuit.refuse(now, "invalid_client");
                self.circuit.wake();
            }
            Outcome::Nothing => {}
        }
    }
}

/// Runs one request for each outcome, and waits for all: how many were held back.
fn ask(requests: &Arc<Requests>, outcomes: &[Outcome]) -> usize {
    let tasks = outcomes.iter().map(|outcome| {
        let (requests, outcome) = (Arc::clone(requests), *outcome);
        spawn(async move { requests.ask(outcome).await })
    });
    let tasks: Vec<_> = tasks.collect();
    block_on(async {
        let mut held = 0;
        for task in tasks {
            held += usize::from(task.await.unwrap());
        }
        held
    })
}

#[test]
fn two_ask_at_once_while_nothing_is_known_and_all_have_their_turn() {
    holds(|| {
        let requests = Requests::new();
        assert_eq!(ask(&requests, &[Outcome::Nothing; 5]), 0);
        assert_eq!(requests.asked(), 5);
        assert!(requests.most() <= 2);
    });
}

#[test]
fn who_waits_goes_on_after_an_answer() {
    holds(|| {
        let requests = Requests::new();
        assert_eq!(ask(&requests, &[Outcome::Answer; 5]), 0);
        assert_eq!(requests.asked(), 5);
    });
}

#[test]
fn who_waits_is_held_back_by_a_silence_or_a_refusal() {
    for outcome in [Outcome::Silence, Outcome::Refusal] {
        holds(move || {
            let requests = Requests::new();
            let held = ask(&requests, &[outcome; 5]);
            assert!((1..=2).contains(&requests.asked()), "{}", requests.asked());
            assert_eq!(held + requests.asked(), 5);
        });
    }
}

#[test]
fn one_tries_when_the_time_of_a_silence_is_over() {
    holds(|| {
        let requests = Requests::long_after_a_silence();
        assert_eq!(ask(&requests, &[Outcome::Silence; 4]), 3);
        assert_eq!(requests.asked(), 1);
    });
}

#[test]
fn who_is_dropped_gives_back_the_place() {
    holds(|| {
        let requests = Requests::new();
        let tasks: Vec<_> = (0..5)
            .map(|_| {
                let requests = Arc::clone(&requests);
                spawn(async move { requests.ask(Outcome::Nothing).await })
            })
            .collect();
        tasks[0].abort();
        tasks[3].abort();
        block_on(async {
            for task in tasks {
                let _gone = task.await;
            }
        });
        assert_eq!(requests.circuit.state().begin(requests.clock.instant(), true), Begin::Now);
        assert_eq!(requests.circuit.state().begin(requests.clock.instant(), true), Begin::Now);
    });
}

#[test]
fn whoever_waits_for_the_circuit_to_open_learns_of_it() {
    holds(|| {
        let requests = Requests::new();
        let opens = requests.circuit.opens();
        let mut opens = Box::pin(opens);
        // It waits from its first look on.
        let mut nobody = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(opens.as_mut().poll(&mut nobody).is_pending());
        ask(&requests, &[Outcome::Silence, Outcome::Nothing]);
        block_on(opens);
    });
}

/// Only [`Circuit::may_ask`] is asked, and the second look of [`Circuit::begin`] is dropped.
#[test]
fn a_dropped_second_look_is_found() {
    is_breached(|| {
        let requests = Requests::long_after_a_silence();
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let requests = Arc::clone(&requests);
                spawn(async move {
                    if requests.circuit.may_ask(requests.clock.instant()) {
                        requests.exchange(Outcome::Silence).await;
                    }
                })
            })
            .collect();
        block_on(async {
            for task in tasks {
                task.await.unwrap();
            }
        });
        assert_eq!(requests.asked(), 1);
    });
}

/// A request that waits subscribes to changes after it has asked for the state.
#[test]
fn a_change_that_is_missed_is_found() {
    is_breached(|| {
        let requests = Requests::new();
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let requests = Arc::clone(&requests);
                spawn(async move {
                    let circuit = &requests.circuit;
                    while circuit.state().begin(requests.clock.instant(), true) != Begin::Now {
                        yield_now().await;
                        circuit.changed.subscribe().changed().await.unwrap();
                    }
                    requests.exchange(Outcome::Nothing).await;
                    drop(Asking(circuit));
                })
            })
            .collect();
        block_on(async {
            for task in tasks {
                task.await.unwrap();
            }
        });
    });
}
