//! [`Report`]: what has happened, and which rules were broken.

use std::collections::BTreeMap;
use std::fmt;

use crate::rules::Rule;

/// The breaches of one rule that are printed.
const SHOWN: usize = 5;

/// What the test must have done, or it has shown nothing.
const NEEDED: [&str; 8] = [
    "sign-ins",
    "sign-ins called back twice",
    "reads",
    "refreshes",
    "sign-outs",
    "sign-outs everywhere",
    "copies of ended sessions tried",
    "not served",
];

/// What has happened.
#[derive(Clone, Default)]
pub struct Report {
    counts: BTreeMap<&'static str, u64>,
    breaches: BTreeMap<Rule, Vec<String>>,
}

impl Report {
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub fn set(&mut self, what: &'static str, count: usize) {
        self.counts.insert(what, count as u64);
    }

    pub fn breach(&mut self, rule: Rule, why: String) {
        self.breaches.entry(rule).or_default().push(why);
    }

    /// Whether no rule was broken.
    pub fn is_kept(&self) -> bool {
        self.breaches.is_empty()
    }

    /// Whether everything was done that a rule is about.
    ///
    /// # Errors
    ///
    /// What was not.
    pub fn is_complete(&self) -> Result<(), String> {
        let missing = NEEDED.into_iter().find(|what| !self.counts.contains_key(what));
        missing.map_or(Ok(()), |what| Err(format!("nothing is shown: there were no {what}")))
    }
}

impl fmt::Display for Report {
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
