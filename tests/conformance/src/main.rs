//! Runs plans of the `OpenID` Foundation's conformance suite for relying parties against `logto-rocket`, each module with a
//! fresh process of the relying party, and prints the table of results. The README says how.

mod browser;
mod course;
mod environment;
mod plan;
mod reason;
mod report;
mod site;
mod suite;

use std::process::ExitCode;

use crate::environment::Environment;
use crate::plan::Plan;
use crate::report::{Report, Row};
use crate::site::Site;
use crate::suite::Suite;

#[rocket::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(report) => {
            print!("{report}");
            if report.is_as_expected() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the plans that the command line names, or all.
async fn run() -> Result<Report, String> {
    let environment = Environment::read()?;
    let suite = Suite::new(&environment)?;
    let mut report = Report::new(suite.version().await?);
    for plan in plans()? {
        let configuration = site::configuration(&environment);
        let (id, modules) = suite.create(plan, &configuration).await?;
        for module in modules {
            let row = run_module(&environment, &suite, plan, &id, &module).await;
            eprintln!("{row}");
            report.add(plan, row);
        }
    }
    Ok(report)
}

fn plans() -> Result<Vec<&'static Plan>, String> {
    let asked: Vec<_> = std::env::args().skip(1).collect();
    let known = |name: &String| {
        let plan = plan::ALL.iter().find(|plan| plan.short == name);
        let all = || plan::ALL.each_ref().map(|plan| plan.short).join(", ");
        plan.ok_or_else(|| format!("there is no plan `{name}`; there are {}", all()))
    };
    if asked.is_empty() {
        Ok(plan::ALL.iter().collect())
    } else {
        asked.iter().map(known).collect()
    }
}

async fn run_module(
    environment: &Environment,
    suite: &Suite,
    plan: &Plan,
    id: &str,
    module: &str,
) -> Row {
    let Some(course) = course::of(module) else {
        return Row::unknown(module);
    };
    let outcome = async {
        let running = suite.start(id, module).await?;
        let party = Site::start(environment, plan, module, &running.issuer).await?;
        let seen = course.run(environment, suite, &running).await;
        let verdict = suite.result(&running).await?;
        let seen = match reason::of(module) {
            Some(reason) => seen.and_then(|seen| party.said(reason).map(|()| seen)),
            None => seen,
        };
        Ok::<_, String>((seen, verdict))
    };
    Row::new(module, course::expected(module), reason::of(module), outcome.await)
}
