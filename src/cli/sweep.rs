//! `plimsoll sweep`: a key or two through their ranges.

use super::candidates::Candidates;
use super::options::{SweepOptions, file_name};
use super::output::Staging;
use super::report::Report;
use super::{Failure, bug, exit, interrupt, ui, work};
use crate::report::sweep::{charts, facts::Sweep, gather, render};
use crate::study::range::{self, Range};
use crate::study::sweep;

/// Points of a grid at most.
const POINTS_MAX: usize = 400;

/// What is reported.
const REPORT: Report<Sweep> = Report {
    stem: "sweep",
    charts: charts::charts,
    text: render::text,
    markdown: render::markdown,
};

/// Sweeps.
pub fn sweep(options: &SweepOptions) -> Result<u8, Failure> {
    let study = &options.study;
    let ranges = ranges(&options.over)?;
    let mut candidates = Candidates::new(study, &options.metrics)?;
    let base = candidates.base()?;
    let run = &base.model.run;
    bug::remember(&options.reproduce(&study.scenario.file, run.seed, run.replications));
    let metrics = candidates.measured(&base);
    let staging = Staging::create(&study.out)?;
    interrupt::clean_up(staging.folder());
    interrupt::listen();
    let keys = keys(&ranges);
    let found = work::threads(study.jobs)?.install(|| {
        work::watched(study.insists, study.quiet, |outside| {
            let mut make = |at: &[crate::study::range::Setting]| candidates.at(&keys, at);
            sweep::sweep(ranges, metrics, &mut make, outside)
        })
    })?;
    if found.points.is_empty() {
        ui::error("interrupted before a point was complete: there is nothing to report");
        return Ok(exit::INTERRUPTED);
    }
    let command = |file: &str| options.reproduce(file, run.seed, found.per_world);
    let reported = gather::gather(&gather::Found {
        model: &base.model,
        sweep: &found,
        warnings: candidates.warnings(),
        reproduce: command(file_name(&study.scenario.file)),
    });
    REPORT.write(staging, &reported)?;
    if !study.quiet {
        // Warnings stand on standard error, with their places in the file.
        let typed = command(&study.scenario.file);
        let said = candidates.warnings();
        let shown = || {
            let mut shown = Sweep { reproduce: typed, ..reported.clone() };
            shown.warnings.retain(|warning| !said.contains(warning));
            shown
        };
        REPORT.print(&reported, shown, study.format, &study.out)?;
    }
    Ok(if interrupt::is_set() { exit::INTERRUPTED } else { exit::COMPLETED })
}

fn keys(ranges: &[Range]) -> Vec<String> {
    ranges.iter().map(|range| range.key.clone()).collect()
}

/// The ranges that were typed: one or two.
fn ranges(typed: &[String]) -> Result<Vec<Range>, Failure> {
    let ranges: Result<Vec<Range>, String> = typed.iter().map(|text| Range::read(text)).collect();
    let ranges = ranges.map_err(|wrong| Failure::Usage(format!("--over {wrong}")))?;
    range::distinct(&ranges).map_err(|wrong| Failure::Usage(format!("--over {wrong}")))?;
    let points: usize = ranges.iter().map(|range| range.values.len()).product();
    if ranges.len() > 2 {
        return Err(Failure::Usage("--over may be given twice at most".to_owned()));
    }
    if points > POINTS_MAX {
        let message = format!("{points} points, of which {POINTS_MAX} are allowed");
        return Err(Failure::Usage(message));
    }
    Ok(ranges)
}
