//! `plimsoll size`: the smallest value that meets what is asked for.

use super::candidates::Candidates;
use super::options::{SizeOptions, file_name};
use super::output::Staging;
use super::report::Report;
use super::worlds::{Worlds, too_few, worlds};
use super::{Failure, bug, exit, interrupt, ui, work};
use crate::expr::metric::{Comparison, Function, MetricKind, Relation, parse_metric};
use crate::expr::tree::Comparator;
use crate::model::Model;
use crate::report::size::{facts::Size, gather, render};
use crate::study::range::{self, Range, Setting};
use crate::study::size::{self, RUNS_MAX, Wanted};

/// Values of several keys at most.
const GRID_MAX: usize = 1_000;

/// What is reported.
const REPORT: Report<Size> = Report {
    stem: "size",
    charts: |_| Vec::new(),
    text: render::text,
    markdown: |size, _| render::markdown(size),
};

/// Sizes.
pub fn size(options: &SizeOptions) -> Result<u8, Failure> {
    let study = &options.study;
    let mut candidates = Candidates::new(study, &[])?.until(options.until.as_deref())?;
    let base = candidates.base()?;
    if base.model.objectives.is_empty() {
        let message = "there is nothing to meet: state an [objective], or --until \"p95(endpoint.x) < \
                       500ms\"";
        return Err(Failure::Usage(message.to_owned()));
    }
    let ranges = ranges(&options.vary, &candidates)?;
    let keys: Vec<String> = ranges.iter().map(|range| range.key.clone()).collect();
    let cost = options.minimize.as_deref();
    if let Some(text) = cost {
        let first: Vec<Setting> = ranges.iter().map(|range| range.values[0].clone()).collect();
        cost_of(text, &keys, &first)
            .map_err(|wrong| Failure::Usage(format!("--minimize {wrong}")))?;
    } else if ranges.len() > 1 {
        let message = "with several keys say what they cost: --minimize \"3 * service.api.instances + \
                       database.pg.cores\"";
        return Err(Failure::Usage(message.to_owned()));
    }
    let run = &base.model.run;
    let made = base.study.plans().len() as u32;
    let stated = if study.insists { run.replications } else { run.replications.max(RUNS_MAX) };
    let costs = |at: &[Setting]| cost_of(cost?, &keys, at).ok();
    let mut wanted = Wanted {
        cost: cost.is_some().then_some(&costs),
        runs_max: if made > 1 { made } else { stated },
        about_requests: about_requests(&base.model),
        ranges,
    };
    let options = &in_enough_worlds(options, &mut candidates, &base.model, &mut wanted, made);
    let (study, worlds) = (&options.study, if made > 1 { wanted.runs_max } else { 1 });
    bug::remember(&options.reproduce(&study.scenario.file, run.seed));
    let staging = Staging::create(&study.out)?;
    interrupt::clean_up(staging.folder());
    interrupt::listen();
    let found = work::threads(study.jobs)?.install(|| {
        work::watched(true, study.quiet, |outside| {
            size::size(wanted, &mut |at| candidates.at(&keys, at), outside)
        })
    })?;
    if found.looked.is_empty() {
        ui::error("interrupted before a value was looked at: there is nothing to report");
        return Ok(exit::INTERRUPTED);
    }
    let command = |file: &str| options.reproduce(file, run.seed);
    let reported = gather::gather(&gather::Found {
        model: &base.model,
        worlds,
        sizing: &found,
        warnings: candidates.warnings(),
        reproduce: command(file_name(&study.scenario.file)),
    });
    REPORT.write(staging, &reported)?;
    if !study.quiet {
        // Warnings stand on standard error, with their places in the file.
        let typed = command(&study.scenario.file);
        let said = candidates.warnings();
        let shown = || {
            let mut shown = Size { reproduce: typed, ..reported.clone() };
            shown.warnings.retain(|warning| !said.contains(warning));
            shown
        };
        REPORT.print(&reported, shown, study.format, &study.out)?;
    }
    Ok(if interrupt::is_set() { exit::INTERRUPTED } else { exit::COMPLETED })
}

/// With uncertain inputs as many worlds as can show that a candidate passes, or a word that those
/// that were asked for cannot.
fn in_enough_worlds(
    options: &SizeOptions,
    candidates: &mut Candidates,
    base: &Model,
    wanted: &mut Wanted,
    made: u32,
) -> SizeOptions {
    let found = worlds(base, made, &|worlds| size::level(wanted, base, worlds));
    match found {
        Worlds::Enough => options.clone(),
        Worlds::More(worlds) => {
            candidates.set_worlds(worlds);
            wanted.runs_max = worlds;
            options.in_worlds(worlds)
        }
        Worlds::TooFew(would_do) => {
            candidates.warn(too_few(base, made, would_do, "so many candidates"));
            options.clone()
        }
    }
}

/// The ranges that were typed; of a key alone from an eighth of what it is to eight times as much.
fn ranges(typed: &[String], candidates: &Candidates) -> Result<Vec<Range>, Failure> {
    let mut ranges = Vec::new();
    for text in typed {
        let text = if text.contains('=') { text.clone() } else { around(text, candidates)? };
        let range =
            Range::read(&text).map_err(|wrong| Failure::Usage(format!("--vary {wrong}")))?;
        ranges.push(range);
    }
    range::distinct(&ranges).map_err(|wrong| Failure::Usage(format!("--vary {wrong}")))?;
    let all: usize = ranges.iter().map(|range| range.values.len()).product();
    if ranges.len() > 3 || (ranges.len() > 1 && all > GRID_MAX) {
        let message = format!("at most 3 keys with {GRID_MAX} combinations; these have {all}");
        return Err(Failure::Usage(message));
    }
    Ok(ranges)
}

fn around(key: &str, candidates: &Candidates) -> Result<String, Failure> {
    let wrong = || {
        let message = format!("--vary `{key}`: say its range: --vary {key}=10..200");
        Failure::Usage(message)
    };
    let now = candidates.value(key)?.ok_or_else(wrong)?;
    let one = Range::read(&format!("{key}={now}")).map_err(|_| wrong())?;
    let number: f64 = now
        .trim_end_matches(|c: char| !c.is_ascii_digit())
        .replace('_', "")
        .parse()
        .map_err(|_| wrong())?;
    let unit: String =
        now.chars().skip_while(|c| c.is_ascii_digit() || "._".contains(*c)).collect();
    if one.values.len() != 1 || one.values[0].value.is_none_or(|value| value <= 0.0) {
        return Err(wrong());
    }
    let is_whole = unit.is_empty() && number.fract() == 0.0;
    let (from, to) = (number / 8.0, number * 8.0);
    let from = if is_whole { from.ceil().max(1.0) } else { from };
    Ok(format!("{key}={from}{unit}..{to}{unit}"))
}

/// What a candidate costs: arithmetic of the keys, each standing for its value in base units.
fn cost_of(text: &str, keys: &[String], at: &[Setting]) -> Result<f64, String> {
    let mut pairs: Vec<(&String, &Setting)> = keys.iter().zip(at).collect();
    // Longer names first: `pool.p.size` may begin another.
    pairs.sort_by_key(|(key, _)| std::cmp::Reverse(key.len()));
    let mut formula = text.to_owned();
    for (key, setting) in pairs {
        let value =
            setting.value.ok_or_else(|| format!("`{key}` has a value that is no number"))?;
        formula = formula.replace(key.as_str(), &format!("({value})"));
    }
    let metric = parse_metric(&formula).map_err(|error| format!("`{text}`: {}", error.message))?;
    metric.number().filter(|cost| cost.is_finite()).ok_or_else(|| {
        format!("`{text}`: it is arithmetic of the keys that vary: {}", keys.join(", "))
    })
}

/// Whether every objective limits the latency or the failures of requests from above, or their good
/// answers from below, by a number: then what is known of a key holds for it.
fn about_requests(model: &Model) -> bool {
    let requests = |path: &str| path.starts_with("endpoint.") || path.starts_with("workload.");
    let good = |path: &str| ["ok", "good"].contains(&path.rsplit('.').next().unwrap_or_default());
    let about = |one: &Comparison| {
        let Relation::Compare(comparator, right) = &one.relation else { return false };
        let below = matches!(comparator, Comparator::Less | Comparator::AtMost);
        let fits = match &one.left.kind {
            MetricKind::Of(Function::Mean | Function::Quantile(_) | Function::Max, path) => {
                requests(&path.text) && below
            }
            MetricKind::ShareOf(path) => requests(&path.text) && below != good(&path.text),
            MetricKind::ShareBeyond(path, beyond, _) => {
                let above = matches!(beyond, Comparator::Greater | Comparator::AtLeast);
                requests(&path.text) && below == above
            }
            _ => false,
        };
        fits && right.number().is_some() && one.lasting.is_none()
    };
    model.objectives.iter().flat_map(|one| &one.that.comparisons).all(about)
}
