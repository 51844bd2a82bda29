//! [`judge`]: what all rounds have shown, each claim with its number.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::time::Duration;

use logto_rocket_tests::tally::Tally;

use crate::levels::Level;
use crate::round::{Past, Round};
use crate::rules::{Rule, UNDISTURBED};

/// By how much memory may be above the level after the warm-up: a quarter of it, and this many kilobytes.
const MEMORY: u64 = 8 * 1024;

/// How much of that level the line through the rounds may rise from its beginning to its end, in hundredths.
const RISE: f64 = 10.0;

/// From how many rounds of the same processes a line is drawn, and after how many they are warm.
const LINE: usize = 4;
const WARM: usize = 2;

/// How much of the time this program may not have been run, in hundredths.
const STALLED: f64 = 20.0;

/// All claims.
pub struct Verdict {
    claims: Vec<Claim>,
    outages: Vec<String>,
}

/// One of them.
struct Claim {
    what: String,
    bound: String,
    number: String,
    is_kept: bool,
}

/// Judges the rounds, and notes what they broke together.
pub fn judge(rounds: &[Round], tally: &mut Tally<Rule>, connections: u64) -> Verdict {
    let mut verdict = Verdict { claims: Vec::new(), outages: outages(rounds) };
    let mut runs: BTreeMap<&str, Vec<&Round>> = BTreeMap::new();
    for round in rounds {
        runs.entry(&round.run).or_default().push(round);
    }
    let several = runs.len() > 1;
    for (number, run) in runs.values().enumerate() {
        for (at, name) in ["cookies", "Redis"].into_iter().enumerate() {
            let of = if several { format!("{name}, part {}", number + 1) } else { name.to_owned() };
            verdict.memory(run, at, &of, tally);
            verdict.left(run, at, &of, tally);
        }
    }
    let more = |round: &Round| {
        let start: u64 = round.start.iter().map(|level| level.descriptors).sum();
        round.descriptors.saturating_sub(start)
    };
    let open = rounds.iter().map(more).max().unwrap_or_default();
    verdict.claim(
        "connections open at once",
        format!("{connections} or more"),
        open,
        open >= connections,
    );
    let stalled: Duration = past(rounds).filter(|it| it.is_the_machine).map(|it| it.lasted).sum();
    let all: Duration = rounds.iter().map(|round| round.length).sum();
    let share = 100.0 * stalled.as_secs_f64() / all.as_secs_f64().max(1.0);
    verdict.claim(
        "time that the machine did not run this program",
        format!("{STALLED} %"),
        format!("{share:.1} %"),
        share <= STALLED,
    );
    let [all, undisturbed] = ["requests", UNDISTURBED].map(|what| tally.counted(what));
    verdict.claim(
        UNDISTURBED,
        "1 or more".into(),
        format!("{undisturbed} of {all}"),
        undisturbed > 0,
    );
    for rule in Rule::OF_REQUESTS.iter().rev() {
        let breaches = tally.breaches(rule);
        let of = if rule.is_excusable() { undisturbed } else { all };
        let number = format!("{breaches} of {of}");
        let claim = Claim {
            what: rule.claim().into(),
            bound: "none".into(),
            number,
            is_kept: breaches == 0,
        };
        verdict.claims.insert(0, claim);
    }
    verdict
}

impl Verdict {
    /// Whether all is as it should be.
    pub fn is_kept(&self) -> bool {
        self.claims.iter().all(|claim| claim.is_kept)
    }

    fn claim(
        &mut self,
        what: impl Into<String>,
        bound: String,
        number: impl Display,
        is_kept: bool,
    ) {
        self.claims.push(Claim { what: what.into(), bound, number: format!("{number}"), is_kept });
    }

    fn memory(&mut self, run: &[&Round], at: usize, of: &str, tally: &mut Tally<Rule>) {
        let all: Vec<_> = run.iter().map(|round| round.end[at].memory).collect();
        let warm = if all.len() >= LINE { WARM } else { 1 };
        let Some(after) = all.get(warm - 1..) else { return };
        let (Some(level), Some(highest)) = (after.first(), after.iter().max()) else { return };
        let most = level + level / 4 + MEMORY;
        let is_kept = *highest <= most;
        self.claim(
            format!("memory, {of}: the most after a round"),
            format!("{} MB", most / 1024),
            format!("{} MB, first {}", highest / 1024, level / 1024),
            is_kept,
        );
        let mut is_broken = !is_kept;
        if let Some(rise) = rise(after) {
            let share = 100.0 * rise / to_f64(*level);
            let is_kept = share <= RISE;
            self.claim(
                format!("memory, {of}: rise of the line through {} rounds", after.len()),
                format!("{RISE} %"),
                format!("{share:.1} %, {:.1} MB", rise / 1024.0),
                is_kept,
            );
            is_broken |= !is_kept;
        }
        if is_broken {
            tally.breach(Rule::Memory, format!("{of}: {all:?} kB after each round"));
        }
    }

    fn left(&mut self, run: &[&Round], at: usize, of: &str, tally: &mut Tally<Rule>) {
        type Count = fn(&Level) -> u64;
        let counts: [(Rule, Count); 3] = [
            (Rule::Tasks, |level| level.tasks),
            (Rule::Descriptors, |level| level.descriptors),
            (Rule::Threads, |level| level.threads),
        ];
        for (rule, count) in counts {
            let start = run.first().map_or(0, |round| count(&round.start[at]));
            let most = run.iter().map(|round| count(&round.end[at])).max().unwrap_or_default();
            self.claim(
                format!("{rule}, {of}: the most after a round"),
                start.to_string(),
                most,
                most <= start,
            );
            if most > start {
                tally.breach(rule, format!("{of}: {most} instead of {start}"));
            }
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| claim | bound | measured | |")?;
        writeln!(f, "| --- | ---: | ---: | --- |")?;
        for Claim { what, bound, number, is_kept } in &self.claims {
            let kept = if *is_kept { "kept" } else { "BROKEN" };
            writeln!(f, "| {what} | {bound} | {number} | {kept} |")?;
        }
        writeln!(f, "\n| outage | times | s each | not served | recovery, s | at most |")?;
        writeln!(f, "| --- | ---: | ---: | ---: | ---: | ---: |")?;
        self.outages.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A line of the table for each kind of outage.
fn outages(rounds: &[Round]) -> Vec<String> {
    let mut kinds: BTreeMap<&str, Vec<&Past>> = BTreeMap::new();
    for outage in past(rounds) {
        kinds.entry(&outage.what).or_default().push(outage);
    }
    let line = |(what, all): (&str, Vec<&Past>)| {
        let longest = |of: fn(&Past) -> Duration| {
            all.iter().map(|it| of(it)).max().unwrap_or_default().as_secs_f64()
        };
        let unserved: u64 = all.iter().map(|it| it.unserved).sum();
        let (lasted, recovery, grace) =
            (longest(|it| it.lasted), longest(|it| it.recovery), longest(|it| it.grace));
        let times = all.len();
        format!("| {what} | {times} | {lasted:.1} | {unserved} | {recovery:.1} | {grace:.0} |")
    };
    kinds.into_iter().map(line).collect()
}

fn past(rounds: &[Round]) -> impl Iterator<Item = &Past> {
    rounds.iter().flat_map(|round| &round.outages)
}

/// By how much the line of least squares through these rises from its beginning to its end, if there are enough.
fn rise(values: &[u64]) -> Option<f64> {
    if values.len() < LINE - 1 {
        return None;
    }
    let count = to_f64(values.len() as u64);
    let middle = (count - 1.0) / 2.0;
    let mean = values.iter().map(|it| to_f64(*it)).sum::<f64>() / count;
    let (mut above, mut below) = (0.0, 0.0);
    for (at, value) in (0_u64..).zip(values) {
        let x = to_f64(at) - middle;
        above += x * (to_f64(*value) - mean);
        below += x * x;
    }
    Some(above / below * (count - 1.0))
}

#[expect(clippy::cast_precision_loss, reason = "kilobytes of a process")]
fn to_f64(value: u64) -> f64 {
    value as f64
}
