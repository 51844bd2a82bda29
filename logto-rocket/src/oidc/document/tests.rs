//! Which callers fetch, which wait, and what each of them gets.

mod interleavings;

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::task::{JoinHandle, yield_now};

use super::*;

/// What one fetch does.
enum Step {
    Answer(u32),
    Fail(&'static str),
    Panic,
}

/// A document, each fetch of which waits for a step.
struct Rig {
    document: Arc<Document<u32>>,
    clock: Clock,
    fetches: Arc<AtomicUsize>,
    steps: mpsc::UnboundedSender<Step>,
}

impl Rig {
    fn new() -> Self {
        let (steps, receiver) = mpsc::unbounded_channel();
        let receiver = Arc::new(AsyncMutex::new(receiver));
        let fetches = Arc::new(AtomicUsize::new(0));
        let clock = Clock::frozen();
        let counter = Arc::clone(&fetches);
        let document = Document::new(Call::Keys, clock.clone(), move || {
            counter.fetch_add(1, Ordering::SeqCst);
            let receiver = Arc::clone(&receiver);
            Box::pin(async move {
                let step = receiver.lock().await.recv().await.unwrap();
                match step {
                    Step::Answer(value) => Ok(value),
                    Step::Fail(why) => Err(unavailable(why)),
                    Step::Panic => panic!("a fetch that panics"),
                }
            })
        });
        Self { document, clock, fetches, steps }
    }

    /// A document that has been fetched, with its number.
    async fn fetched() -> (Self, u64) {
        let rig = Self::new();
        rig.will(Step::Answer(1));
        let number = rig.document.get().await.unwrap().number;
        (rig, number)
    }

    fn will(&self, step: Step) {
        self.steps.send(step).unwrap();
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    /// Starts a caller and lets it run until it waits.
    async fn get(&self) -> JoinHandle<Result<u32, Error>> {
        let document = Arc::clone(&self.document);
        let caller = tokio::spawn(async move { Ok(*document.get().await?.value) });
        settled().await;
        caller
    }

    async fn newer_than(&self, seen: u64) -> JoinHandle<Result<Option<u32>, Error>> {
        self.newer_if(seen, true).await
    }

    async fn newer_if(&self, seen: u64, may_fetch: bool) -> JoinHandle<Result<Option<u32>, Error>> {
        let document = Arc::clone(&self.document);
        let caller = tokio::spawn(async move {
            Ok(document.newer_than(seen, |_| may_fetch).await?.map(|version| *version.value))
        });
        settled().await;
        caller
    }

    /// Starts the refreshment of an old document.
    async fn refresh(&self) {
        self.clock.advance(Duration::from_secs(3600));
        assert_eq!(self.get().await.await.unwrap(), Ok(1), "the old one serves");
        settled().await;
    }
}

/// Lets every task of this thread run until it waits.
async fn settled() {
    for _ in 0..20 {
        yield_now().await;
    }
}

fn unavailable(why: &str) -> Error {
    Error::Unavailable { call: Call::Keys, why: why.into(), status: None, retry_after: None }
}

#[tokio::test]
async fn the_first_callers_share_a_fetch_and_its_failure() {
    let rig = Rig::new();
    let callers = [rig.get().await, rig.get().await, rig.get().await];
    rig.will(Step::Fail("away"));
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Err(unavailable("away")));
    }
    assert_eq!(rig.get().await.await.unwrap(), Err(unavailable("away")), "within the backoff");
    assert_eq!(rig.fetches(), 1);
    rig.clock.advance(Duration::from_secs(1));
    rig.will(Step::Answer(7));
    assert_eq!(rig.get().await.await.unwrap(), Ok(7));
    assert_eq!(rig.fetches(), 2);
}

#[tokio::test]
async fn a_caller_that_is_cancelled_leaves_its_fetch_to_the_others() {
    let rig = Rig::new();
    rig.get().await.abort();
    settled().await;
    let next = rig.get().await;
    rig.will(Step::Answer(7));
    assert_eq!(next.await.unwrap(), Ok(7));
    assert_eq!(rig.fetches(), 1);
}

#[tokio::test]
async fn a_fetch_that_panics_fails_its_caller_and_the_next_in_line_fetches() {
    let rig = Rig::new();
    let [first, second, third] = [rig.get().await, rig.get().await, rig.get().await];
    rig.will(Step::Panic);
    assert_eq!(first.await.unwrap(), Err(unavailable("the request was aborted")));
    rig.will(Step::Answer(7));
    assert_eq!(second.await.unwrap(), Ok(7));
    assert_eq!(third.await.unwrap(), Ok(7));
    assert_eq!(rig.fetches(), 2);
}

#[tokio::test]
async fn an_old_document_is_refreshed_by_one_fetch_and_serves_meanwhile() {
    let (rig, _) = Rig::fetched().await;
    rig.refresh().await;
    assert_eq!(rig.get().await.await.unwrap(), Ok(1));
    assert_eq!(rig.fetches(), 2);
    rig.will(Step::Answer(2));
    settled().await;
    assert_eq!(rig.get().await.await.unwrap(), Ok(2));
    assert_eq!(rig.fetches(), 2);
}

#[tokio::test]
async fn a_refreshment_that_fails_is_tried_again_after_the_backoff() {
    let (rig, _) = Rig::fetched().await;
    rig.refresh().await;
    for (number, pause) in [(2, 1), (3, 2), (4, 4)] {
        rig.will(Step::Fail("away"));
        settled().await;
        rig.clock.advance(Duration::from_secs(pause - 1));
        assert_eq!(rig.get().await.await.unwrap(), Ok(1));
        assert_eq!(rig.fetches(), number, "within the backoff");
        rig.clock.advance(Duration::from_secs(1));
        assert_eq!(rig.get().await.await.unwrap(), Ok(1));
        settled().await;
        assert_eq!(rig.fetches(), number + 1);
    }
}

#[tokio::test]
async fn a_refreshment_that_panics_is_tried_again_at_once() {
    let (rig, _) = Rig::fetched().await;
    rig.refresh().await;
    rig.will(Step::Panic);
    settled().await;
    assert_eq!(rig.get().await.await.unwrap(), Ok(1));
    rig.will(Step::Answer(2));
    settled().await;
    assert_eq!(rig.get().await.await.unwrap(), Ok(2));
    assert_eq!(rig.fetches(), 3);
}

#[tokio::test]
async fn a_newer_document_is_fetched_once_for_all_who_have_seen_the_same() {
    let (rig, seen) = Rig::fetched().await;
    let callers = [rig.newer_than(seen).await, rig.newer_than(seen).await];
    rig.will(Step::Answer(2));
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Ok(Some(2)));
    }
    assert_eq!(rig.newer_than(seen).await.await.unwrap(), Ok(Some(2)), "it has been there");
    let newest = rig.document.get().await.unwrap().number;
    assert_eq!(rig.newer_if(newest, false).await.await.unwrap(), Ok(None), "not allowed");
    assert_eq!(rig.fetches(), 2);
    rig.will(Step::Answer(3));
    assert_eq!(rig.newer_than(newest).await.await.unwrap(), Ok(Some(3)));
}

#[tokio::test]
async fn the_failure_of_a_forced_fetch_is_the_answer_until_the_next_is_allowed() {
    let (rig, seen) = Rig::fetched().await;
    let callers = [rig.newer_than(seen).await, rig.newer_if(seen, false).await];
    rig.will(Step::Fail("away"));
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Err(unavailable("away")));
    }
    assert_eq!(rig.newer_if(seen, false).await.await.unwrap(), Err(unavailable("away")));
    assert_eq!(rig.fetches(), 2);
    rig.will(Step::Answer(2));
    assert_eq!(rig.newer_than(seen).await.await.unwrap(), Ok(Some(2)));
}

#[tokio::test]
async fn a_forced_fetch_waits_for_the_refreshment_and_takes_what_it_brings() {
    let (rig, seen) = Rig::fetched().await;
    rig.refresh().await;
    let caller = rig.newer_than(seen).await;
    assert_eq!(rig.fetches(), 2);
    rig.will(Step::Answer(2));
    assert_eq!(caller.await.unwrap(), Ok(Some(2)));
    assert_eq!(rig.fetches(), 2);
}

#[tokio::test]
async fn after_a_refreshment_that_failed_a_forced_fetch_does_not_heed_the_backoff() {
    let (rig, seen) = Rig::fetched().await;
    rig.refresh().await;
    let waiting = rig.newer_than(seen).await;
    rig.will(Step::Fail("away"));
    settled().await;
    assert_eq!(rig.fetches(), 3, "the one that waited fetches");
    rig.will(Step::Answer(2));
    assert_eq!(waiting.await.unwrap(), Ok(Some(2)));
}

#[tokio::test]
async fn a_forced_fetch_that_panics_leaves_nothing_to_wait_for() {
    let (rig, seen) = Rig::fetched().await;
    let [first, second] = [rig.newer_than(seen).await, rig.newer_if(seen, false).await];
    rig.will(Step::Panic);
    assert_eq!(first.await.unwrap(), Err(unavailable("the request was aborted")));
    assert_eq!(second.await.unwrap(), Ok(None));
    assert_eq!(rig.newer_if(seen, false).await.await.unwrap(), Ok(None));
    assert_eq!(rig.fetches(), 2);
}
