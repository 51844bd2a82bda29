//! Metrics, made of the events of the library.
//!
//! No label names a user or a session: each would be a series of its own.

use logto_rocket::Event;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// From a store next door to a Logto that is given up.
const SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Records all metrics of this process from now on.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?;
    let recorded = builder.install_recorder()?;
    // They are there before anything happens, so that an alert can tell 0 from nothing.
    gauge!("logto_circuit_open").set(0.0);
    gauge!("logto_store_away").set(0.0);
    Ok(recorded)
}

/// Records an event.
pub fn record(event: &Event) {
    match event {
        Event::SignedIn { .. } => sign_in("signed_in"),
        Event::SignInFailed { .. } | Event::SignInNotStarted { .. } => sign_in(event.code()),
        Event::Denied { .. } | Event::Undecided { .. } => {
            counter!("logto_refusals_total", "reason" => event.code()).increment(1);
        }
        Event::Renewed { purpose, .. } => renewal(purpose.as_str(), "renewed"),
        Event::RenewalFailed { purpose, error, .. } => renewal(purpose.as_str(), error.code()),
        Event::SessionEnded { cause, .. } => {
            counter!("logto_sessions_ended_total", "cause" => cause.as_str()).increment(1);
        }
        Event::LogtoCalled { call, took, error, .. } => {
            let outcome = error.as_ref().map_or("answered", |error| error.code());
            histogram!("logto_call_seconds", "call" => call.as_str(), "outcome" => outcome)
                .record(*took);
        }
        Event::StoreCalled { call, took, error } => {
            let outcome = if error.is_some() { "failed" } else { "answered" };
            histogram!("logto_store_call_seconds", "call" => call.as_str(), "outcome" => outcome)
                .record(*took);
        }
        Event::CircuitOpened => gauge!("logto_circuit_open").set(1.0),
        Event::CircuitClosed => gauge!("logto_circuit_open").set(0.0),
        Event::StoreAway { .. } => gauge!("logto_store_away").set(1.0),
        Event::StoreBack => gauge!("logto_store_away").set(0.0),
        Event::BackchannelLogout { .. }
        | Event::BackchannelLogoutRefused { .. }
        | Event::WebhookReceived { .. }
        | Event::WebhookRefused { .. } => {
            counter!("logto_reports_total", "report" => event.code()).increment(1);
        }
        _ => {}
    }
}

fn sign_in(outcome: &'static str) {
    counter!("logto_sign_ins_total", "outcome" => outcome).increment(1);
}

fn renewal(purpose: &'static str, outcome: &'static str) {
    counter!("logto_renewals_total", "purpose" => purpose, "outcome" => outcome).increment(1);
}
