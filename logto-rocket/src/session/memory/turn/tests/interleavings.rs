//! The queue of token requests under a model checker: callers, requests and cancellations in any order.

use std::sync::atomic::{AtomicUsize, Ordering};

use shuttle::future::{block_on, spawn, yield_now};

use super::*;
use crate::session::memory::{Freshness, Purpose, Settled};
use crate::sync::modelled::{holds, is_breached};

/// The token requests of one session, and their counts.
struct Requests {
    entry: Arc<Entry>,
    now: Instant,
    begun: AtomicUsize,
    under_way: AtomicUsize,
}

impl Requests {
    fn new() -> Arc<Self> {
        let (entry, now) = (entry(), Instant::now());
        Arc::new(Self { entry, now, begun: AtomicUsize::new(0), under_way: AtomicUsize::new(0) })
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    /// The result that a caller of [`renewed`](Self::renewed) finds in its turn.
    fn settled(&self, after: u64) -> Option<Settled> {
        self.entry.settled(&Purpose::Claims(Freshness::After(after)), false, self.now, 1_000)
    }

    /// Gets claims from a request that began after the request with this number.
    async fn renewed(&self, after: u64) {
        let request = self.request();
        let settled = self.entry.in_turn(|| self.settled(after), request).await;
        assert_eq!(settled, Settled::There);
        assert_eq!(self.settled(after), Some(Settled::There));
    }

    /// A request to Logto, and its result.
    async fn request(&self) -> Settled {
        let number = self.entry.begin();
        self.begun.fetch_add(1, Ordering::SeqCst);
        let others = self.under_way.fetch_add(1, Ordering::SeqCst);
        assert_eq!(others, 0, "one at a time");
        yield_now().await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.entry.claims_came(number);
        Settled::There
    }
}

/// Runs this many callers at once, and waits for all of them.
fn callers<F>(count: usize, caller: impl Fn(usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|number| spawn(caller(number))).collect();
    block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn callers_that_fall_due_together_make_one_request() {
    holds(|| {
        let requests = Requests::new();
        callers(3, |_| {
            let requests = Arc::clone(&requests);
            async move { requests.renewed(0).await }
        });
        assert_eq!(requests.begun(), 1);
    });
}

#[test]
fn every_caller_gets_claims_of_a_request_that_began_after_its_call() {
    holds(|| {
        let requests = Requests::new();
        callers(3, |_| {
            let requests = Arc::clone(&requests);
            async move {
                let after = requests.entry.begun();
                requests.renewed(after).await;
            }
        });
        assert!((1..=3).contains(&requests.begun()));
    });
}

#[test]
fn the_turn_is_passed_on_whoever_goes_away_and_whenever() {
    holds(|| {
        let requests = Requests::new();
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let requests = Arc::clone(&requests);
                spawn(async move { requests.entry.turn().await.pause().await })
            })
            .collect();
        tasks[0].abort();
        tasks[2].abort();
        block_on(async {
            for task in tasks {
                let _gone = task.await;
            }
            // The next caller gets the turn.
            drop(requests.entry.turn().await);
        });
    });
}

impl SessionTurn<'_> {
    /// Keeps the turn while other tasks run.
    async fn pause(self) {
        yield_now().await;
    }
}

/// Planted fault: a caller checks before its turn, and does not check again in its turn.
#[test]
fn a_dropped_second_look_is_found() {
    is_breached(|| {
        let requests = Requests::new();
        callers(3, |_| {
            let requests = Arc::clone(&requests);
            async move {
                if requests.settled(0).is_none() {
                    requests.entry.in_turn(|| None, requests.request()).await;
                }
            }
        });
        assert_eq!(requests.begun(), 1);
    });
}

/// Planted fault: a caller checks for its turn and stores its waker in two steps. The turn can come between them.
#[test]
fn a_turn_that_wakes_nobody_is_found() {
    is_breached(|| {
        let requests = Requests::new();
        callers(3, |_| {
            let requests = Arc::clone(&requests);
            async move {
                let entry = &*requests.entry;
                let turn = SessionTurn { entry, ticket: entry.lock().queue.enter() };
                poll_fn(|context| {
                    if entry.lock().queue.has_turn(turn.ticket) {
                        return Poll::Ready(());
                    }
                    entry.lock().wakers.insert(turn.ticket, context.waker().clone());
                    Poll::Pending
                })
                .await;
            }
        });
    });
}
