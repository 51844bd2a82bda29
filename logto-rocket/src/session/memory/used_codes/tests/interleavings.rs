//! Callbacks of one sign-in under a model checker: its code is exchanged once, in whatever order they come.

use std::sync::atomic::{AtomicUsize, Ordering};

use shuttle::future::{block_on, spawn, yield_now};

use super::super::*;
use crate::sync::modelled::{holds, is_breached};

const KEY: StateHash = [7; 32];
const HOUR: Duration = Duration::from_secs(3600);

/// The callbacks of a sign-in, as a model sees them.
struct Callbacks {
    codes: UsedCodes,
    now: Instant,
    sent: AtomicUsize,
}

impl Callbacks {
    fn new() -> Arc<Self> {
        let (codes, now) = (UsedCodes::new(HOUR), Instant::now());
        Arc::new(Self { codes, now, sent: AtomicUsize::new(0) })
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    /// What the exchange of a callback, in its turn, comes to.
    async fn result(self: &Arc<Self>, exchange: &CodeExchange) -> Result<Exchanged, SignInError> {
        let this = Arc::clone(self);
        let result = exchange.result(|| async move { this.exchange().await }).await;
        result.expect("it does not panic")
    }

    /// Sends the code. The result is `Taken`, because that needs no session.
    async fn exchange(&self) -> Result<Exchanged, SignInError> {
        self.sent.fetch_add(1, Ordering::SeqCst);
        yield_now().await;
        Ok(Exchanged::Taken)
    }

    /// Fails the first exchange before the code is sent, and sends the code in later ones.
    async fn exchange_at_second_try(&self, tries: &AtomicUsize) -> Result<Exchanged, SignInError> {
        yield_now().await;
        if tries.fetch_add(1, Ordering::SeqCst) == 0 {
            self.codes.never_sent(&KEY);
            return Err(SignInError::Unknown);
        }
        self.exchange().await
    }
}

fn callbacks<F>(callback: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let tasks: Vec<_> = (0..3).map(|_| spawn(callback())).collect();
    block_on(async {
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn callbacks_of_one_sign_in_exchange_its_code_once_and_share_the_result() {
    holds(|| {
        let all = Callbacks::new();
        callbacks(|| {
            let all = Arc::clone(&all);
            async move {
                let exchange = all.codes.exchange(KEY, all.now).expect("it is shared");
                assert!(matches!(all.result(&exchange).await, Ok(Exchanged::Taken)));
                assert!(all.codes.knows(&KEY));
            }
        });
        assert_eq!(all.sent(), 1);
    });
}

#[test]
fn a_sign_in_is_completed_by_the_first_callback_that_decides() {
    holds(|| {
        let (all, decided) = (Callbacks::new(), Arc::new(AtomicUsize::new(0)));
        callbacks(|| {
            let (all, decided) = (Arc::clone(&all), Arc::clone(&decided));
            async move {
                let exchange = all.codes.exchange(KEY, all.now).expect("it is shared");
                let outcome = exchange.outcome(|| async {
                    yield_now().await;
                    decided.fetch_add(1, Ordering::SeqCst);
                    Err(SignInError::Cancelled)
                });
                assert!(matches!(outcome.await, Err(SignInError::Cancelled)));
            }
        });
        assert_eq!(decided.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_code_that_was_never_sent_is_sent_by_a_later_callback_and_once() {
    holds(|| {
        let (all, tries) = (Callbacks::new(), Arc::new(AtomicUsize::new(0)));
        callbacks(|| {
            let (all, tries) = (Arc::clone(&all), Arc::clone(&tries));
            async move {
                let exchange = all.codes.exchange(KEY, all.now).expect("it is shared");
                let this = Arc::clone(&all);
                let run = || async move { this.exchange_at_second_try(&tries).await };
                exchange.result(run).await.expect("it does not panic").ok();
            }
        });
        assert!(all.sent() <= 1);
        assert_eq!(all.codes.knows(&KEY), all.sent() == 1);
    });
}

/// A callback that finds the code unused exchanges it, without another look under the lock.
#[test]
fn a_dropped_second_look_is_found() {
    is_breached(|| {
        let all = Callbacks::new();
        callbacks(|| {
            let all = Arc::clone(&all);
            async move {
                if !all.codes.knows(&KEY) {
                    all.codes.exchange(KEY, all.now);
                    all.exchange().await.ok();
                }
            }
        });
        assert_eq!(all.sent(), 1);
    });
}
