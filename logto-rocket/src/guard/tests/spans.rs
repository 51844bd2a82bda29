//! What a decision records for subscribers of `tracing`.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use rocket::routes;
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
    // The span gets known here, and not while another test finds that nobody is interested in it.
    app.get("/admin", &[]).await;
    let recorded = Recorded::default();
    let _seen = set_default(recorded.clone());
    for cookies in [&alice[..], &bob, &[]] {
        app.get("/admin", cookies).await;
    }
    let recorded = recorded.0.lock().unwrap_or_else(PoisonError::into_inner);
    let outcomes = ["granted", "denied", "not_signed_in"].map(|it| format!("outcome = {it:?}"));
    assert_eq!(*recorded, outcomes);
}
