//! [`Log`]: what is logged in this process, and what a subscriber of `tracing` sees of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use log::{LevelFilter, Metadata, Record};
use rocket::tokio::sync::{Mutex as Turn, MutexGuard as Mine};

use crate::spans::{Span, Spans};

static TURN: Turn<()> = Turn::const_new(());
static LINES: Mutex<Vec<Line>> = Mutex::new(Vec::new());

/// The log of this process, from the moment of [`Log::alone`]. It takes the place of Rocket's
/// logger, which Rocket sets only where there is none: tests that read it need a process of their own.
pub struct Log {
    _mine: Mine<'static, ()>,
    spans: Spans,
}

/// One line of it.
#[derive(Clone, Debug)]
pub struct Line {
    /// The module that logged it.
    pub target: String,
    /// How urgent it is.
    pub level: log::Level,
    /// Its text.
    pub text: String,
}

impl Log {
    /// Waits until no other test in this process reads the log, and keeps every line from now on,
    /// however small.
    ///
    /// # Panics
    ///
    /// If another logger is at work: call it before the first Rocket.
    pub async fn alone() -> Self {
        let mine = TURN.lock().await;
        if log::set_logger(&Recorder).is_ok() {
            log::set_max_level(LevelFilter::Trace);
        }
        lines().clear();
        log::trace!("the log is recorded");
        assert!(!lines().is_empty(), "another logger is at work");
        lines().clear();
        Self { _mine: mine, spans: Spans::from_now_on() }
    }

    /// The lines so far.
    pub fn lines(&self) -> Vec<Line> {
        lines().clone()
    }

    /// The spans and events of `tracing` so far, with the fields that they have by now.
    pub fn spans(&self) -> Vec<Span> {
        self.spans.so_far()
    }

    /// What launches have logged so far of Logto, whether they listen or are local clients.
    pub fn launch(&self) -> Vec<String> {
        let launch = self.lines().into_iter().filter(Line::is_of_a_launch);
        launch.map(|line| line.text).skip_while(|line| line != "Logto:").collect()
    }

    /// The lines so far of this library, as one text, without the launch and what tells of each call.
    pub fn ours(&self) -> String {
        let ours = self.lines().into_iter();
        let ours = ours.filter(|line| line.is_ours() && line.level < log::Level::Trace);
        ours.map(|line| line.text).collect::<Vec<_>>().join("\n")
    }
}

impl Line {
    /// Whether this library logged it, other than in the block of a launch.
    pub fn is_ours(&self) -> bool {
        self.target.starts_with("logto_rocket") && !self.is_of_a_launch()
    }

    /// Whether it is Rocket's launch, or what this library says of one.
    pub fn is_of_a_launch(&self) -> bool {
        self.target.starts_with("rocket::launch") || self.target == "logto_rocket::launch"
    }
}

struct Recorder;

impl log::Log for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let (target, level) = (record.target().to_owned(), record.level());
        lines().push(Line { target, level, text: record.args().to_string() });
    }

    fn flush(&self) {}
}

fn lines() -> MutexGuard<'static, Vec<Line>> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner)
}
