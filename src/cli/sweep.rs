//! `plimsoll sweep`: a key or two through their ranges.

use super::candidates::Candidates;
use super::load::Loaded;
use super::options::{ScenarioOptions, SweepOptions, file_name};
use super::output::Staging;
use super::report::Report;
use super::{Failure, bug, exit, interrupt, ui, work};
use crate::report::compare::gather::called;
use crate::report::sweep::beside::{self as reports, Beside};
use crate::report::sweep::{charts, facts::Sweep, gather, render};
use crate::scenario::overlay::is_base;
use crate::study::Alternative;
use crate::study::range::{self, Range, Setting};
use crate::study::sweep::{self, beside};

/// Points of a grid at most.
const POINTS_MAX: usize = 400;

/// What is reported.
const REPORT: Report<Sweep> = Report {
    stem: "sweep",
    charts: charts::charts,
    text: render::text,
    markdown: render::markdown,
};

/// What is reported of several variants.
const SEVERAL: Report<Beside> = Report {
    stem: "sweep",
    charts: reports::charts,
    text: reports::text,
    markdown: reports::markdown,
};

/// Sweeps.
pub fn sweep(options: &SweepOptions) -> Result<u8, Failure> {
    let ranges = ranges(&options.over)?;
    match (designs(options)?.as_slice(), ranges.as_slice()) {
        ([one], _) => {
            let mut options = options.clone();
            options.study.scenario.variant.clone_from(one);
            alone(&options, ranges)
        }
        (several, [only]) => beside(options, only, several),
        _ => {
            let message = "several variants are swept over one key, so --over may be given once";
            Err(Failure::Usage(message.to_owned()))
        }
    }
}

/// Sweeps one design.
fn alone(options: &SweepOptions, ranges: Vec<Range>) -> Result<u8, Failure> {
    let study = &options.study;
    let mut candidates = Candidates::new(study, &options.metrics)?;
    let base = candidates.base()?;
    let run = &base.model.run;
    bug::remember(&options.reproduce(&study.scenario.file, run.seed, Some(run.replications)));
    let metrics = candidates.measured(&base);
    let staging = Staging::create(&study.out)?;
    interrupt::clean_up(staging.folder());
    interrupt::listen();
    let keys = keys(&ranges);
    let found = work::threads(study.jobs)?.install(|| {
        work::watched(study.insists, study.quiet, |outside| {
            let mut make = |at: &[Setting]| candidates.at(&keys, at);
            sweep::sweep(ranges, metrics, &mut make, outside)
        })
    })?;
    if found.points.is_empty() {
        ui::error("interrupted before a point was complete: there is nothing to report");
        return Ok(exit::INTERRUPTED);
    }
    let command = |file: &str| options.reproduce(file, run.seed, Some(found.per_world));
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

/// The designs that were typed, each once: `--variant base,batched`.
fn designs(options: &SweepOptions) -> Result<Vec<Option<String>>, Failure> {
    let typed = options.study.scenario.variant.as_deref();
    let Some(listed) = typed.filter(|one| one.contains(',') || is_base(one)) else {
        return Ok(vec![typed.map(str::to_owned)]);
    };
    let as_it_stands = ScenarioOptions { variant: None, ..options.study.scenario.clone() };
    let base = Loaded::new(&as_it_stands)?.model(None)?;
    let known = |name: &str| base.variants.iter().any(|one| one.name == name);
    let mut chosen: Vec<Option<String>> = Vec::new();
    for name in listed.split(',').map(str::trim) {
        if !is_base(name) && !known(name) {
            let names: Vec<&str> = base.variants.iter().map(|one| one.name.as_str()).collect();
            let message = format!("there is no variant `{name}`; known: {}", names.join(", "));
            return Err(Failure::Usage(message));
        }
        let name = known(name).then(|| name.to_owned());
        if !chosen.contains(&name) {
            chosen.push(name);
        }
    }
    Ok(chosen)
}

/// Sweeps several variants over one key.
fn beside(
    options: &SweepOptions,
    range: &Range,
    variants: &[Option<String>],
) -> Result<u8, Failure> {
    let study = &options.study;
    let keys = keys(std::slice::from_ref(range));
    let bases = bases(options, variants)?;
    let Some((_, first)) = bases.first() else { return Ok(exit::COMPLETED) };
    let seed = first.model.run.seed;
    // Each has the replications that it takes alone: those that were typed say it for all.
    let typed = study.insists.then_some(first.model.run.replications);
    let command = |file: &str| options.reproduce(file, seed, typed);
    bug::remember(&command(&study.scenario.file));
    let staging = Staging::create(&study.out)?;
    interrupt::clean_up(staging.folder());
    interrupt::listen();
    let keys = &keys;
    let mut designs = Vec::new();
    for (candidates, base) in &bases {
        let make = Box::new(move |at: &[Setting]| candidates.at(keys, at));
        designs.push(beside::Design { metrics: candidates.measured(base), make });
    }
    let found = work::threads(study.jobs)?.install(|| {
        work::watched(study.insists, study.quiet, |outside| beside::beside(range, designs, outside))
    })?;
    if found.iter().any(|one| one.points.is_empty()) {
        ui::error("interrupted before each design had a point: there is nothing to report");
        return Ok(exit::INTERRUPTED);
    }
    let reported = |file: &str, with_warnings: bool| {
        let mut designs = Vec::new();
        for (sweep, (candidates, Alternative { model, .. })) in found.iter().zip(&bases) {
            let warnings = if with_warnings { candidates.warnings() } else { Vec::new() };
            let found = gather::Found { model, sweep, warnings, reproduce: command(file) };
            designs.push((called(model.variant.as_deref()), found));
        }
        reports::gather(&designs, &command(file))
    };
    let whole = reported(file_name(&study.scenario.file), true);
    SEVERAL.write(staging, &whole)?;
    if !study.quiet {
        // Warnings stand on standard error, with their places in the file.
        let shown = || reported(&study.scenario.file, false);
        SEVERAL.print(&whole, shown, study.format, &study.out)?;
    }
    Ok(if interrupt::is_set() { exit::INTERRUPTED } else { exit::COMPLETED })
}

/// The designs that are swept beside each other, all on the luck of the first.
fn bases(
    options: &SweepOptions,
    variants: &[Option<String>],
) -> Result<Vec<(Candidates, Alternative)>, Failure> {
    let mut bases: Vec<(Candidates, Alternative)> = Vec::new();
    for variant in variants {
        let mut study = options.study.clone();
        if let Some((_, first)) = bases.first() {
            study.scenario = study.scenario.on_luck(first.model.run.seed);
        }
        study.scenario.variant.clone_from(variant);
        let mut candidates = Candidates::new(&study, &options.metrics)?;
        let base = candidates.base()?;
        bases.push((candidates, base));
    }
    Ok(bases)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Args, Command};
    use clap::Parser;

    fn options(
        name: &str,
        more: &str,
        variant: Option<&str>,
    ) -> (SweepOptions, std::path::PathBuf) {
        let text = include_str!("../../tests/it/cli/shop.toml").to_owned() + more;
        let file = format!("plimsoll-sweep-{name}-{}.toml", std::process::id());
        let file = std::env::temp_dir().join(file);
        std::fs::write(&file, text).unwrap();
        let mut words =
            vec!["plimsoll", "sweep", file.to_str().unwrap(), "--over", "pool.api_pg.size=1"];
        words.extend(variant.iter().flat_map(|name| ["--variant", *name]));
        let Command::Sweep(args) = Args::parse_from(words).command else { panic!("not a sweep") };
        (SweepOptions::new(args).unwrap(), file)
    }

    /// The scenario as it stands has names that people give it, unless a variant has that name.
    #[test]
    fn the_scenario_as_it_stands_is_a_design_like_others() {
        let of = |more: &str, typed: &str| {
            let (options, file) = options("base", more, Some(typed));
            let Ok(found) = designs(&options) else { panic!("{typed} is not taken") };
            std::fs::remove_file(&file).unwrap();
            found
        };
        let luck = "\n[variant.luck]\nrun.seed = 5\n";
        assert_eq!(of(luck, "base"), [None]);
        assert_eq!(of(luck, "base,base"), [None]);
        assert_eq!(of(luck, "luck,base"), [Some("luck".to_owned()), None]);
        assert_eq!(of("\n[variant.base]\nrun.seed = 5\n", "base"), [Some("base".to_owned())]);
    }

    /// Goal: designs beside each other meet the luck of the first, also where a variant states another.
    #[test]
    fn designs_beside_each_other_meet_the_same_luck() {
        let (options, file) = options("luck", "\n[variant.luck]\nrun.seed = 5\n", None);
        let seeds = |variants: &[Option<String>]| -> Vec<u64> {
            let Ok(bases) = bases(&options, variants) else { panic!("a wrong scenario") };
            bases.iter().map(|(_, base)| base.model.run.seed).collect()
        };
        let luck = Some("luck".to_owned());
        assert_eq!(seeds(&[None, luck.clone()]), [1, 1]);
        assert_eq!(seeds(&[luck, None]), [5, 5]);
        std::fs::remove_file(&file).unwrap();
    }
}
