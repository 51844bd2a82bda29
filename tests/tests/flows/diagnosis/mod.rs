//! What a diagnosis of the set-up finds.

mod at_logto;
mod cures;
mod other_issuers;
mod resources;
mod runs;
mod sign_ins;
mod signing_keys;
mod site;
mod store;
mod wrong_issuer;

use logto_rocket::{Diagnosis, DiagnosisCheck, DiagnosisOutcome, Finding};

use DiagnosisOutcome::{Good, Unknown, Wrong};

/// The only finding of a check.
fn only(diagnosis: &Diagnosis, check: DiagnosisCheck) -> &Finding {
    let [finding] = of(diagnosis, check)[..] else { panic!("not one of {check}: {diagnosis}") };
    finding
}

/// The findings of a check.
fn of(diagnosis: &Diagnosis, check: DiagnosisCheck) -> Vec<&Finding> {
    diagnosis.findings().iter().filter(|finding| finding.check() == check).collect()
}

/// Asserts that this check alone is wrong, and that what is found and the cure contain these words.
fn assert_only_wrong(diagnosis: &Diagnosis, check: DiagnosisCheck, found: &str, cure: &str) {
    let wrong: Vec<_> = diagnosis.findings().iter().filter(|it| it.outcome() == Wrong).collect();
    let [wrong] = wrong[..] else { panic!("not one is wrong: {diagnosis}") };
    assert_eq!(wrong.check(), check, "{diagnosis}");
    assert!(wrong.found().contains(found), "{found}: {diagnosis}");
    assert!(wrong.cure().is_some_and(|it| it.contains(cure)), "{cure}: {diagnosis}");
    assert!(diagnosis.to_string().contains(wrong.found()), "{diagnosis}");
}
