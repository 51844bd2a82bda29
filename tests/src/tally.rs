//! [`Tally`]: what has happened, and which rules were broken.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

/// The breaches of one rule that are printed.
const SHOWN: usize = 5;

/// What has happened.
#[derive(Clone)]
pub struct Tally<Rule> {
    counts: BTreeMap<String, u64>,
    breaches: BTreeMap<Rule, Vec<String>>,
}

impl<Rule> Default for Tally<Rule> {
    fn default() -> Self {
        Self { counts: BTreeMap::new(), breaches: BTreeMap::new() }
    }
}

impl<Rule: Ord> Tally<Rule> {
    /// Counts one more of these.
    pub fn count(&mut self, what: &str) {
        self.add(what, 1);
    }

    /// Counts so many more of these.
    pub fn add(&mut self, what: &str, count: u64) {
        *self.counts.entry(what.to_owned()).or_default() += count;
    }

    /// All that was counted.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts.iter().map(|(what, count)| (what.as_str(), *count))
    }

    /// How many of these there were.
    pub fn counted(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or_default()
    }

    /// Notes that a rule was broken.
    pub fn breach(&mut self, rule: Rule, why: String) {
        self.breaches.entry(rule).or_default().push(why);
    }

    /// How often a rule was broken.
    pub fn breaches(&self, rule: &Rule) -> usize {
        self.breaches.get(rule).map_or(0, Vec::len)
    }

    /// Whether no rule was broken.
    pub fn is_kept(&self) -> bool {
        self.breaches.is_empty()
    }

    /// Whether everything was done that a rule is about; else nothing is shown.
    ///
    /// # Errors
    ///
    /// What was not.
    pub fn has_all(&self, needed: &[&str]) -> Result<(), String> {
        let missing = needed.iter().find(|what| self.counted(what) == 0);
        missing.map_or(Ok(()), |what| Err(format!("nothing is shown: there were no {what}")))
    }
}

impl<Rule: Display> Display for Tally<Rule> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.counts {
            writeln!(f, "{count:>8} {what}")?;
        }
        for (rule, breaches) in &self.breaches {
            writeln!(f, "broken: {rule}, {} times", breaches.len())?;
            for why in breaches.iter().take(SHOWN) {
                writeln!(f, "         {why}")?;
            }
        }
        Ok(())
    }
}
