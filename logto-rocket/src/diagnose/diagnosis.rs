//! [`Diagnosis`]: what a look at the set-up has found.

use std::fmt;
use std::sync::Arc;

use super::finding::{DiagnosisOutcome, Finding};

/// The result of a check of the set-up: whether Logto is at the configured address, whether Logto knows the
/// application, its secret and its addresses, and whether `base_url` leads to this site. Get one from
/// [`Logto::diagnose()`](crate::Logto::diagnose) or [`Diagnosis::of()`]. The [manual](crate::guide::diagnosis)
/// has every finding with its cause.
///
/// The `Display` output is a table with a cure below each line that is not good. It contains no secret, but it
/// shows the app id, addresses, scopes and the names of configuration keys. Show it only to the operators of
/// the application.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{DiagnosisOutcome, Logto, authenticated};
///
/// #[authenticated(role = "admin")]
/// #[get("/operations/diagnosis")]
/// async fn diagnosis(logto: &Logto) -> String {
///     let diagnosis = logto.diagnose().await;
///     for finding in diagnosis.findings() {
///         if finding.outcome() == DiagnosisOutcome::Wrong {
///             warn!("{}: {}", finding.check(), finding.found());
///         }
///     }
///     diagnosis.to_string()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis(Arc<[Finding]>);

impl Diagnosis {
    /// These findings, in the order of what depends on what.
    pub(super) fn new(mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(Finding::check);
        Self(findings.into())
    }

    /// All findings. Later checks depend on earlier ones, so correct the first wrong finding first.
    pub fn findings(&self) -> &[Finding] {
        &self.0
    }

    /// Whether every finding is good.
    pub fn is_good(&self) -> bool {
        self.0.iter().all(|finding| finding.outcome() == DiagnosisOutcome::Good)
    }

    /// Whether a finding is wrong. An unknown finding does not count as wrong.
    pub fn is_wrong(&self) -> bool {
        self.0.iter().any(|finding| finding.outcome() == DiagnosisOutcome::Wrong)
    }
}

/// The width of the first column.
const OUTCOMES: usize = 7;

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |outcome| self.0.iter().filter(|it| it.outcome() == outcome).count();
        let [good, wrong, unknown] =
            [DiagnosisOutcome::Good, DiagnosisOutcome::Wrong, DiagnosisOutcome::Unknown].map(count);
        write!(
            f,
            "Diagnosis of the set-up of Logto: {good} good, {wrong} wrong, {unknown} unknown"
        )?;
        let checks = self.0.iter().map(|finding| finding.check().as_str().len());
        let checks = checks.max().unwrap_or_default();
        for finding in &*self.0 {
            let (outcome, check) = (finding.outcome(), finding.check());
            write!(f, "\n  {outcome:OUTCOMES$}  {check:checks$}  ")?;
            if let Some(subject) = finding.subject() {
                write!(f, "{subject}: ")?;
            }
            f.write_str(finding.found())?;
            if let Some(cure) = finding.cure() {
                write!(f, "\n  {:OUTCOMES$}  {:checks$}  -> {cure}", "", "")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::DiagnosisCheck::{AppId, Clock, Endpoint, RedirectUri};
    use super::*;

    #[test]
    fn the_table_has_a_line_for_each_finding_and_a_cure_below_what_is_not_good() {
        let diagnosis = Diagnosis::new(vec![
            Finding::wrong(RedirectUri, "it is not registered", "register it").of("http://a/b"),
            Finding::unknown(Clock, "no answer has a `Date`", "compare them"),
            Finding::good(Endpoint, "it answers"),
            Finding::good(AppId, "`app` is known"),
        ]);
        let expected = "\
Diagnosis of the set-up of Logto: 2 good, 1 wrong, 1 unknown
  good     endpoint      it answers
  unknown  clock         no answer has a `Date`
                         -> compare them
  good     app id        `app` is known
  wrong    redirect URI  http://a/b: it is not registered
                         -> register it";
        assert_eq!(diagnosis.to_string(), expected);
        assert!(diagnosis.is_wrong() && !diagnosis.is_good());
    }

    #[test]
    fn what_is_unknown_is_neither_good_nor_wrong() {
        let diagnosis =
            Diagnosis::new(vec![Finding::unknown(Clock, "no answer has a `Date`", "compare them")]);
        assert!(!diagnosis.is_wrong() && !diagnosis.is_good());
    }
}
