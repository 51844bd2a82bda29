//! [`Round`]: what one round has shown, as it is told and kept.

use std::time::Duration;

use logto_rocket_tests::tally::Tally;
use serde_json::{Map, Value, json};

use crate::levels::Level;
use crate::outages::{Outage, Part};
use crate::rules::Rule;

/// What one round has shown.
pub struct Round {
    /// The name of this run of the processes. Another one has other processes.
    pub run: String,
    pub length: Duration,
    pub counts: Vec<(String, u64)>,
    /// How many files and connections the applications had open at most.
    pub descriptors: u64,
    /// The longest time that an answer took while nothing was away.
    pub slowest: Duration,
    pub outages: Vec<Past>,
    /// The levels before the first round, and after this one.
    pub start: [Level; 2],
    pub end: [Level; 2],
}

/// An outage that is over.
pub struct Past {
    pub what: String,
    pub is_the_machine: bool,
    pub lasted: Duration,
    pub unserved: u64,
    pub recovery: Duration,
    /// The longest time that the recovery may take.
    pub grace: Duration,
}

impl Round {
    /// Takes over what was counted.
    pub fn count(&mut self, tally: &Tally<Rule>) {
        self.counts = tally.counts().map(|(what, count)| (what.to_owned(), count)).collect();
    }

    pub fn to_json(&self) -> Value {
        let levels = |levels: &[Level; 2]| json!(levels.map(Level::to_json));
        json!({
            "run": self.run,
            "length": millis(self.length),
            "counts": self.counts.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "descriptors": self.descriptors,
            "slowest": millis(self.slowest),
            "outages": self.outages.iter().map(Past::to_json).collect::<Vec<_>>(),
            "start": levels(&self.start),
            "end": levels(&self.end),
        })
    }

    /// What [`to_json`](Self::to_json) has made.
    pub fn from_json(value: &Value) -> Option<Self> {
        let counts = value["counts"].as_object().map(Map::iter)?;
        let levels = |name: &str| -> Option<[Level; 2]> {
            Some([Level::from_json(&value[name][0])?, Level::from_json(&value[name][1])?])
        };
        Some(Self {
            run: value["run"].as_str()?.to_owned(),
            length: duration(&value["length"])?,
            counts: counts
                .map(|(what, count)| Some((what.clone(), count.as_u64()?)))
                .collect::<Option<_>>()?,
            descriptors: value["descriptors"].as_u64()?,
            slowest: duration(&value["slowest"])?,
            outages: value["outages"]
                .as_array()?
                .iter()
                .map(Past::from_json)
                .collect::<Option<_>>()?,
            start: levels("start")?,
            end: levels("end")?,
        })
    }
}

impl Past {
    pub fn of(outage: &Outage) -> Self {
        let ended = outage.ended.unwrap_or_else(rocket::tokio::time::Instant::now);
        Self {
            what: outage.what.to_owned(),
            is_the_machine: outage.part == Part::Machine,
            lasted: ended - outage.begun,
            unserved: outage.unserved,
            recovery: outage.recovery,
            grace: outage.part.grace(),
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "what": self.what,
            "machine": self.is_the_machine,
            "lasted": millis(self.lasted),
            "unserved": self.unserved,
            "recovery": millis(self.recovery),
            "grace": millis(self.grace),
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            what: value["what"].as_str()?.to_owned(),
            is_the_machine: value["machine"].as_bool()?,
            lasted: duration(&value["lasted"])?,
            unserved: value["unserved"].as_u64()?,
            recovery: duration(&value["recovery"])?,
            grace: duration(&value["grace"])?,
        })
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn duration(value: &Value) -> Option<Duration> {
    value.as_u64().map(Duration::from_millis)
}
