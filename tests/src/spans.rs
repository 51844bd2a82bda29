//! What this process tells a subscriber of `tracing`: each span with its fields.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_global_default;
use tracing::{Event, Level, Metadata, Subscriber};

static SPANS: Mutex<Vec<Span>> = Mutex::new(Vec::new());

/// The spans and events of this process, while a test has the [log](crate::log::Log) to itself.
pub(crate) struct Spans {
    /// How many there were. None is ever removed, because its number is its id.
    before: usize,
}

/// One span, or one event.
#[derive(Clone, Debug)]
pub struct Span {
    /// The module or name that it is filed under.
    pub target: String,
    /// Its name.
    pub name: &'static str,
    /// How urgent it is.
    pub level: Level,
    /// Its fields that have a value.
    pub fields: BTreeMap<&'static str, String>,
    /// The fields that it can have.
    pub known: Vec<&'static str>,
}

impl Span {
    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    /// Whether this library made it.
    pub fn is_ours(&self) -> bool {
        self.target.starts_with("logto_rocket")
    }
}

impl Spans {
    /// From now on. The recorder serves the whole process; once there, it stays.
    pub(crate) fn from_now_on() -> Self {
        let _ = set_global_default(Recorder);
        Self { before: spans().len() }
    }

    /// Those so far.
    pub(crate) fn so_far(&self) -> Vec<Span> {
        spans()[self.before..].to_vec()
    }
}

struct Recorder;

impl Recorder {
    fn add(of: &'static Metadata<'static>, record: impl FnOnce(&mut Span)) -> u64 {
        let mut span = Span {
            target: of.target().to_owned(),
            name: of.name(),
            level: *of.level(),
            fields: BTreeMap::new(),
            known: of.fields().iter().map(|field| field.name()).collect(),
        };
        record(&mut span);
        let mut spans = spans();
        spans.push(span);
        spans.len() as u64
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        Id::from_u64(Self::add(span.metadata(), |new| span.record(new)))
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let at = usize::try_from(span.into_u64() - 1).unwrap_or(usize::MAX);
        if let Some(span) = spans().get_mut(at) {
            values.record(span);
        }
    }

    fn event(&self, event: &Event<'_>) {
        Self::add(event.metadata(), |new| event.record(new));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Span {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }
}

fn spans() -> MutexGuard<'static, Vec<Span>> {
    SPANS.lock().unwrap_or_else(PoisonError::into_inner)
}
