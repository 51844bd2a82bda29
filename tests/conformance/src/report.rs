//! [`Report`]: the table of results.

use std::fmt;

use crate::plan::Plan;
use crate::suite::Verdict;

/// The results of the plans that were run. Shown, it is a page of Markdown.
pub struct Report {
    suite: String,
    plans: Vec<(&'static str, Vec<Row>)>,
}

/// The result of a module.
pub struct Row {
    module: String,
    result: String,
    is_expected: bool,
    seen: String,
    reason: &'static str,
}

impl Report {
    /// An empty one of a version of the suite.
    pub fn new(suite: String) -> Self {
        Self { suite, plans: Vec::new() }
    }

    /// Adds the result of a module.
    pub fn add(&mut self, plan: &Plan, row: Row) {
        match self.plans.last_mut() {
            Some((name, rows)) if *name == plan.name => rows.push(row),
            _ => self.plans.push((plan.name, vec![row])),
        }
    }

    /// Whether all modules ended as they must, by the suite and by the relying party.
    pub fn is_as_expected(&self) -> bool {
        self.plans.iter().flat_map(|(_, rows)| rows).all(|row| row.is_expected)
    }
}

impl Row {
    /// The result of a module that must come to `expected`: what was seen at the relying party, and what the suite says; or
    /// why neither is known. The relying party must have refused something for the reason, if there is one.
    pub fn new(
        module: &str,
        expected: &str,
        reason: Option<&'static str>,
        outcome: Result<(Result<String, String>, Verdict), String>,
    ) -> Self {
        let module = module.to_owned();
        let (seen, Verdict { result, reasons }) = match outcome {
            Ok(outcome) => outcome,
            Err(why) => return Self::without_result(module, why),
        };
        let is_expected = result == expected && seen.is_ok();
        let seen = seen.unwrap_or_else(|why| format!("**not as it must be**: {why}"));
        let shown = if is_expected && result == "PASSED" { &[][..] } else { &reasons };
        let seen = shown.iter().fold(seen, |seen, reason| format!("{seen}; suite: {reason}"));
        Self { module, result, is_expected, seen, reason: reason.unwrap_or_default() }
    }

    /// A module that this runner does not know.
    pub fn unknown(module: &str) -> Self {
        let seen = "**not run**: this runner does not know what a user does in it".into();
        Self::without_result(module.to_owned(), seen)
    }

    fn without_result(module: String, seen: String) -> Self {
        Self { module, result: "–".into(), is_expected: false, seen, reason: "" }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Results\n\nWritten by `conformance`; the suite is {}.", self.suite)?;
        for (plan, rows) in &self.plans {
            let right = rows.iter().filter(|row| row.is_expected).count();
            writeln!(f, "\n## `{plan}`: {right} of {} as they must be\n", rows.len())?;
            writeln!(f, "| module | suite | the relying party afterwards | its log |")?;
            writeln!(f, "| --- | --- | --- | --- |")?;
            rows.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { module, result, seen, reason, .. } = self;
        let seen = seen.replace('|', "\\|").replace('\n', " ");
        write!(f, "| `{module}` | {result} | {seen} | {reason} |")
    }
}
