//! `plimsoll compare`: designs side by side on the same draws.

use std::path::Path;

use super::baseline::Baseline;
use super::candidates::{asked, known};
use super::load::Loaded;
use super::options::{CompareOptions, ScenarioOptions, file_name, quoted};
use super::output::Staging;
use super::report::Report;
use super::worlds::{Worlds, too_few, worlds};
use super::{Failure, bug, cases, exit, interrupt, ui, work};
use crate::expr::metric::MetricExpr;
use crate::report::compare::{charts, facts::Comparison, gather, luck, render};
use crate::report::summary::Saved;
use crate::scenario::overlay::is_base;
use crate::study::measured::{Measured, measured};
use crate::study::partial::{self, Left};
use crate::study::{Alternative, compare, runs};
use crate::verdict;

/// What is reported.
const REPORT: Report<Comparison> = Report {
    stem: "comparison",
    charts: charts::charts,
    text: render::text,
    markdown: render::markdown,
};

/// Compares designs.
pub fn compare(options: &CompareOptions) -> Result<u8, Failure> {
    let asked = asked(&options.metrics)?;
    unless_summary_first(options)?;
    let saved = saved(options)?;
    let (options, designs, warnings) = prepared(options, &asked, saved.len())?;
    let (options, shared) = (&options, &options.study);
    if let Some(first) = designs.first() {
        let run = &first.model.run;
        bug::remember(&options.reproduce(&shared.scenario.file, run.seed, run.replications, &[]));
    }
    let staging = Staging::create(&shared.out)?;
    interrupt::clean_up(staging.folder());
    interrupt::listen();
    let metrics = match designs.first() {
        Some(first) => measured(&first.model, first.study.catalog(), &asked),
        None => Vec::new(),
    };
    let names: Vec<String> =
        designs.iter().map(|one| gather::called(one.name.as_deref())).collect();
    let mut ran = work::threads(shared.jobs)?.install(|| {
        work::watched(shared.insists, shared.quiet, |outside| runs::together(designs, outside))
    });
    let left = partial::settle(&mut ran);
    if left == Left::Nothing {
        ui::error("interrupted before two designs had complete runs: there is nothing to compare");
        return Ok(exit::INTERRUPTED);
    }
    let missing = match &left {
        Left::Without(gone) => gone.iter().map(|&at| names[at].clone()).collect(),
        _ => Vec::new(),
    };
    let (seed, per_world) =
        ran.first().map_or((1, 1), |one| (one.model.run.seed, one.ensemble.per_world));
    let uncertain = ran.iter().any(|one| one.model.is_uncertain());
    let worlds: Vec<String> = match left {
        Left::Prefix(part) if uncertain => vec![format!("run.worlds={}", part.worlds)],
        _ => Vec::new(),
    };
    let command = |file: &str| options.reproduce(file, seed, per_world, &worlds);
    let known: Vec<_> = saved.iter().map(|(name, saved)| luck::known(name, saved, &ran)).collect();
    let saved: Vec<_> = saved.into_iter().map(|one| one.1).zip(known.clone()).collect();
    let found = gather::Found {
        ran: &ran,
        is_partial: left != Left::Whole,
        missing,
        saved: &saved,
        comparison: &compare::compare(&ran, &known, &metrics),
        warnings,
        reproduce: command(file_name(&shared.scenario.file)),
    };
    let Some(comparison) = gather::gather(&found) else { return Ok(exit::COMPLETED) };
    REPORT.write(staging, &comparison)?;
    if !shared.quiet {
        let typed = command(&shared.scenario.file);
        let shown = || {
            let mut shown = comparison.clone();
            shown.reproduce = typed;
            // They stand on standard error, with their places in the file.
            shown.warnings.retain(|warning| !found.warnings.contains(warning));
            shown
        };
        REPORT.print(&comparison, shown, shared.format, &shared.out)?;
    }
    Ok(if interrupt::is_set() { exit::INTERRUPTED } else { exit::COMPLETED })
}

/// The designs in as many worlds as can tell them apart, the options that say so, and the warnings.
fn prepared(
    options: &CompareOptions,
    asked: &[Measured],
    saved: usize,
) -> Result<(CompareOptions, Vec<Alternative>, Vec<String>), Failure> {
    let (mut designs, mut warnings) = designs(options, asked, saved, true)?;
    let mut options = options.clone();
    match in_enough_worlds(&designs, saved) {
        Worlds::Enough => {}
        Worlds::More(worlds) => {
            options.study = options.study.in_worlds(worlds);
            designs = self::designs(&options, asked, saved, false)?.0;
        }
        Worlds::TooFew(would_do) => {
            let (model, made) = (&designs[0].model, most_worlds(&designs));
            let warning = too_few(model, made, would_do, "all pairs of so many designs");
            ui::aside(&format!("warning: {warning}\n"));
            warnings.push(warning);
        }
    }
    Ok((options, designs, warnings))
}

/// Fails if a summary stands where the scenario belongs, with the command in the order that works.
fn unless_summary_first(options: &CompareOptions) -> Result<(), Failure> {
    let file = &options.study.scenario.file;
    if !is_saved(file) {
        return Ok(());
    }
    let (scenarios, mut summaries): (Vec<&String>, Vec<&String>) =
        options.others.iter().partition(|other| !is_saved(other));
    summaries.insert(0, file);
    let scenarios = if scenarios.is_empty() {
        vec!["FILE".to_owned()]
    } else {
        scenarios.into_iter().map(|one| quoted(one)).collect()
    };
    let order: Vec<String> =
        scenarios.into_iter().chain(summaries.into_iter().map(|one| quoted(one))).collect();
    Err(Failure::Usage(format!(
        "a summary goes after the scenario: `plimsoll compare {}`",
        order.join(" ")
    )))
}

/// Whether a file is a saved summary, by its name.
fn is_saved(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|end| end.eq_ignore_ascii_case("json"))
}

/// The saved summaries, each by the name of its file, or of its folder if all of them are called
/// `summary.json`.
fn saved(options: &CompareOptions) -> Result<Vec<(String, Saved)>, Failure> {
    let read = |file: &String| {
        let path = Path::new(file);
        let folder = path.parent().and_then(Path::file_name);
        let stem = path.file_stem().filter(|stem| *stem != "summary");
        let name = stem.or(folder).map_or("saved".into(), |name| name.to_string_lossy());
        let saved = Baseline::read(path, "OTHER")?.saved;
        Ok((format!("{name} (saved)"), saved))
    };
    options.others.iter().filter(|file| is_saved(file)).map(read).collect()
}

/// What is compared, and what there is to say about it.
fn designs(
    options: &CompareOptions,
    asked: &[Measured],
    saved: usize,
    shows: bool,
) -> Result<(Vec<Alternative>, Vec<String>), Failure> {
    let metrics: Vec<MetricExpr> = asked.iter().map(|one| one.metric.clone()).collect();
    let typed = &options.study.scenario;
    let first = chosen(options, &mut Loaded::new(typed)?)?.into_iter().next().flatten();
    let seed = Loaded::new(typed)?.model(first.as_deref())?.run.seed;
    let scenario = typed.on_luck(seed);
    let mut loaded = Loaded::new(&scenario)?;
    let mut designs: Vec<Alternative> = Vec::new();
    let chosen = chosen(options, &mut loaded)?;
    // A variant that several objectives speak of is run once.
    let mut known: Vec<String> = chosen.iter().flatten().cloned().collect();
    for name in &chosen {
        let made = alternative(&mut loaded, name.as_deref(), name.clone(), &metrics, &known)?;
        known.extend(made.beside.iter().filter_map(|one| one.name.clone()));
        designs.push(made);
    }
    let all: Vec<&Alternative> = designs.iter().collect();
    conditions(&mut loaded, &all);
    let mut warnings = finished(&loaded, &designs, asked, options, shows)?;
    for file in options.others.iter().filter(|file| !is_saved(file)) {
        let scenario = ScenarioOptions { file: file.clone(), ..scenario.clone() };
        let mut loaded = Loaded::new(&scenario)?;
        let stem = file_name(file).trim_end_matches(".toml").to_owned();
        let design = alternative(&mut loaded, None, Some(stem), &metrics, &[])?;
        conditions(&mut loaded, &[&design]);
        warnings.extend(finished(&loaded, std::slice::from_ref(&design), asked, options, shows)?);
        designs.push(design);
    }
    if designs.len() + saved < 2 {
        let message = "there is one design only: a scenario is compared with its variants, or with \
                       other files";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok((designs, warnings))
}

fn alternative(
    loaded: &mut Loaded,
    variant: Option<&str>,
    name: Option<String>,
    metrics: &[MetricExpr],
    known: &[String],
) -> Result<Alternative, Failure> {
    let model = loaded.model(variant)?;
    let mut made = loaded.bound(|| Alternative::new(name, model, metrics))?;
    made.beside = cases::beside(loaded, &made, &|name| known.iter().any(|one| one == name))?;
    Ok(made)
}

/// Checks what the objectives of designs of one file say, `in(variant, …)` against that variant.
fn conditions(loaded: &mut Loaded, designs: &[&Alternative]) {
    let of = |name: &str| {
        let mut all = designs.iter().flat_map(|one| std::iter::once(*one).chain(one.beside.iter()));
        let found = all.find(|one| one.model.variant.as_deref() == Some(name));
        found.map(|one| &one.study)
    };
    for made in designs {
        for objective in &made.model.objectives {
            let found = verdict::resolve(&made.model, &made.study, &objective.that, &of);
            loaded.misjudged(&["objective", objective.name.as_str(), "that"], found);
        }
    }
}

fn most_worlds(designs: &[Alternative]) -> u32 {
    designs.iter().map(|one| one.study.plans().len() as u32).max().unwrap_or(1)
}

/// Whether all pairs of designs can be told apart in so many worlds.
fn in_enough_worlds(designs: &[Alternative], saved: usize) -> Worlds {
    let Some(first) = designs.first() else { return Worlds::Enough };
    let made = most_worlds(designs);
    let all = designs.len() + saved;
    let pairs = (all * all.saturating_sub(1) / 2).max(1) as f64;
    let level = 1.0 - (1.0 - first.model.run.confidence) / pairs;
    worlds(&first.model, made, &|_| level)
}

/// Says what is wrong before anything is run; gives the warnings.
fn finished(
    loaded: &Loaded,
    designs: &[Alternative],
    asked: &[Measured],
    options: &CompareOptions,
    shows: bool,
) -> Result<Vec<String>, Failure> {
    loaded.unless_errors()?;
    for one in asked {
        for design in designs {
            known(one, design)?;
        }
    }
    if shows {
        loaded.show_warnings(&options.study.check());
    }
    Ok(loaded.warnings())
}

/// Names of the designs of the first file; `None`: as it stands.
fn chosen(options: &CompareOptions, loaded: &mut Loaded) -> Result<Vec<Option<String>>, Failure> {
    let base = loaded.model(None)?;
    let known = || base.variants.iter().map(|variant| variant.name.clone());
    let listed: Vec<String> = match options.study.scenario.variant.as_deref() {
        None if options.others.is_empty() => known().collect(),
        None => Vec::new(),
        Some(list) => list.split(',').map(|name| name.trim().to_owned()).collect(),
    };
    for name in &listed {
        if !is_base(name) && !known().any(|one| one == *name) {
            let names: Vec<String> = known().collect();
            let message = format!("there is no variant `{name}`; known: {}", names.join(", "));
            return Err(Failure::Usage(message));
        }
    }
    let name = |name: String| (!is_base(&name) || known().any(|one| one == name)).then_some(name);
    let mut chosen: Vec<Option<String>> = Vec::new();
    for name in listed.into_iter().map(name) {
        if !chosen.contains(&name) {
            chosen.push(name);
        }
    }
    // Two or more that were listed are compared with each other; else the scenario as it stands is
    // what the others are compared with.
    let among_themselves = options.study.scenario.variant.is_some() && chosen.len() > 1;
    if !among_themselves && !chosen.contains(&None) {
        chosen.insert(0, None);
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Args, Command};
    use clap::Parser;

    /// Goal: designs of one file meet the luck of the first, also where a variant states another.
    #[test]
    fn variants_meet_the_luck_of_the_first() {
        let text = include_str!("../../tests/it/cli/shop.toml").to_owned();
        let file =
            std::env::temp_dir().join(format!("plimsoll-compare-{}.toml", std::process::id()));
        std::fs::write(&file, text + "\n[variant.luck]\nrun.seed = 5\n").unwrap();
        let seeds = |variants: &str| -> Vec<u64> {
            let words = ["plimsoll", "compare", file.to_str().unwrap(), "--variant", variants];
            let Command::Compare(args) = Args::parse_from(words).command else {
                panic!("not a comparison")
            };
            let options = CompareOptions::new(args).unwrap();
            let Ok((made, _)) = designs(&options, &[], 0, false) else { panic!("wrong") };
            made.iter().map(|one| one.model.run.seed).collect()
        };
        assert_eq!(seeds("base,luck"), [1, 1]);
        assert_eq!(seeds("luck,base"), [5, 5]);
        std::fs::remove_file(&file).unwrap();
    }
}
