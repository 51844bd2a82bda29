//! What a decision records for subscribers of `tracing`.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::routes;
use tracing::callsite::rebuild_interest_cache;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_default;
use tracing::{Event, Metadata, Subscriber};

use super::App;
use super::requirements::admin;
use crate::testing::User;

/// Collects the values that are recorded in spans after their start.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<String>>>);

impl Recorded {
    /// What was recorded since the last call.
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let recorded = format!("{field} = {value:?}");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(recorded);
    }
}

impl Subscriber for Recorded {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.name() == "logto.decision"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[rocket::async_test]
async fn a_decision_tells_its_outcome() {
    let app = App::start(routes![admin]).await;
    let (alice, bob) = (User::new("alice").role("admin"), User::new("bob"));
    let (alice, bob) = (app.session(alice).await, app.session(bob).await);
    let recorded = Recorded::default();
    let _seen = set_default(recorded.clone());
    // The thread of another test may be the first to reach the span. It has no subscriber, and `tracing` then
    // remembers for all threads that nobody is interested.
    for _ in 0..10 {
        rebuild_interest_cache();
        app.get("/admin", &[]).await;
        if !recorded.taken().is_empty() {
            break;
        }
    }
    for cookies in [&alice[..], &bob, &[]] {
        app.get("/admin", cookies).await;
    }
    let outcomes = ["granted", "denied", "not_signed_in"].map(|it| format!("outcome = {it:?}"));
    assert_eq!(recorded.taken(), outcomes);
}
