//! The tables of a summary: what stands in which row and column, for every markup.

use super::phrase::{self, percentile};
use super::summary::{
    Breakdown, Judgment, Number, OutcomeRow, Percentile, PlaceTime, Pool, Regime, Requests,
    Station, Summary, Unit, Value, VariantRow,
};
use super::table::{Cell, Table};
use crate::stats::estimate::Quality;
use crate::stats::quantile::{EXCEEDANCES_PER_GROUP, GROUPS_MIN};
use crate::units::show::{self, Scale};

const FEW: &str = "* Too few samples for an interval of its own.";
/// What a value is that never came.
pub(super) const NONE: &str = "none: more requests than that got no good answer.";
const OPEN: &str =
    "\u{221e}: in some of the runs it never came, which leaves the interval open above.";

/// What is below the clock of the simulation (1 ns), or a share that nobody will ever see, is 0:
/// formulas give 10^-60.
fn seen(number: f64, unit: Unit) -> f64 {
    let tiny = matches!(unit, Unit::Seconds | Unit::Share) && number.abs() < 1e-9;
    if tiny { 0.0 } else { number }
}

/// Variants whose rates are as near as this to each other have the same load: they differ by luck.
const SAME_RATE: f64 = 0.98;

/// Columns of numbers of one kind: they share a unit, or each number has its own.
pub(super) struct Block {
    unit: Unit,
    columns: Vec<(String, Vec<Option<Value>>)>,
    with_intervals: bool,
}

impl Block {
    pub(super) fn new(unit: Unit) -> Self {
        Self { unit, columns: Vec::new(), with_intervals: false }
    }

    pub(super) fn column(mut self, head: impl Into<String>, values: Vec<Option<Value>>) -> Self {
        self.columns.push((head.into(), values));
        self
    }

    pub(super) fn with_intervals(mut self) -> Self {
        self.with_intervals = true;
        self
    }
}

/// A table with a name in each row, then blocks of numbers, with a row of intervals below each.
pub(super) fn assemble(title: &str, head: &str, names: &[String], blocks: Vec<Block>) -> Table {
    let mut table = Table::new(title, &[head]);
    let mut cells: Vec<Vec<Cell>> = names.iter().map(|name| vec![Cell::text(name)]).collect();
    let mut details: Vec<Vec<Cell>> = names.iter().map(|_| vec![Cell::Empty]).collect();
    for block in blocks {
        let unit = add_block(&block, &mut cells, &mut details, &mut table);
        for (head, _) in &block.columns {
            table.heads.push(if unit.is_empty() { head.clone() } else { format!("{head} {unit}") });
        }
    }
    for (row, detail) in cells.into_iter().zip(details) {
        table.row(row);
        table.detail(detail);
    }
    table
}

/// Adds the cells of a block to each row; returns the unit that they share, if they do.
fn add_block(
    block: &Block,
    cells: &mut [Vec<Cell>],
    details: &mut [Vec<Cell>],
    table: &mut Table,
) -> &'static str {
    let all = block.columns.iter().flat_map(|(_, values)| values).flatten();
    let points: Vec<f64> = all.map(|value| seen(value.point.0, block.unit)).collect();
    let shared = block.unit.measure().common(&points);
    let is_zero = points.iter().all(|number| number.is_nan() || *number == 0.0);
    for (_, values) in &block.columns {
        for (row, value) in values.iter().enumerate() {
            let (cell, detail) = match value {
                Some(value) => cell(value, block, shared, table),
                None => (Cell::Empty, Cell::Empty),
            };
            cells[row].push(cell);
            details[row].push(detail);
        }
    }
    match shared {
        Some(_) if is_zero && block.unit == Unit::Seconds => "s",
        Some(scale) => scale.unit(),
        None => "",
    }
}

/// A number and its interval, in the unit of the block or, where it has none, in its own.
fn cell(value: &Value, block: &Block, shared: Option<Scale>, table: &mut Table) -> (Cell, Cell) {
    if value.point.0 == f64::INFINITY {
        table.note(NONE);
        return (Cell::Text("none".to_owned()), Cell::Empty);
    }
    let point = seen(value.point.0, block.unit);
    let ends = phrase::interval(value).filter(|_| block.with_intervals);
    if ends.is_some_and(|(_, upper)| upper == f64::INFINITY) {
        table.note(OPEN);
    }
    let ends = ends.map(|(lower, upper)| [lower, upper].map(|end| seen(end, block.unit)));
    // A 0 has no unit of its own, but its interval has one.
    let sized = if point == 0.0 { ends.map_or(0.0, |ends| ends[1]) } else { point };
    let scale = shared.unwrap_or_else(|| block.unit.measure().scale(sized));
    let is_bare = shared.is_none() && point == 0.0;
    let few = value.quality == Quality::FewSamples;
    let mark = if few { "*" } else { "" };
    let number = match shared {
        Some(_) => Cell::Number(scale.cell(point) + mark),
        None => Cell::Measure(scale.whole(point) + mark),
    };
    if few {
        table.note(FEW);
    }
    let detail = ends.map(|[lower, upper]| {
        let upper = if is_bare { scale.whole(upper) } else { scale.cell(upper) };
        [scale.cell(lower), upper]
    });
    let detail = match detail {
        // Below what is shown there is no interval to show either.
        Some([lower, upper]) if !upper.starts_with('<') => {
            Cell::Detail(format!("{lower}\u{2013}{upper}"))
        }
        _ => Cell::Empty,
    };
    (number, detail)
}

/// Objectives, or claims, with their verdicts: one row per comparison.
pub fn verdicts(title: &str, judgments: &[Judgment]) -> Table {
    let mut table = Table::new(title, &["verdict", "name", "asked for", "found", "margin"]);
    for judgment in judgments {
        let on = judgment.variant.as_ref().map_or(String::new(), |on| format!(" on {on}"));
        let name = format!("{}{on}", judgment.name);
        for (index, part) in judgment.parts.iter().enumerate() {
            let first = |text: &str| if index == 0 { Cell::prose(text) } else { Cell::Empty };
            if part.estimate.is_some_and(|value| value.quality == Quality::FewSamples) {
                table.note(FEW);
            }
            let margin = phrase::margin(part);
            let margin = if margin.is_empty() { Cell::Empty } else { Cell::prose(margin) };
            table.row(vec![
                first(judgment.verdict.word()),
                first(&name),
                Cell::prose(format!("{} {}", part.metric, part.target)),
                Cell::prose(phrase::found(part)),
                margin,
            ]);
        }
        if judgment.parts.is_empty() {
            table.row(vec![
                Cell::prose(judgment.verdict.word()),
                Cell::prose(&name),
                Cell::prose(&judgment.that),
            ]);
        }
    }
    table.drop_empty_columns();
    table
}

/// What was said and what it should have said; a sentence per claim that does not hold, or that
/// has a reason to be told.
pub fn remarks(judgments: &[Judgment]) -> Vec<String> {
    let remark = |judgment: &Judgment| match (&judgment.says, &judgment.because) {
        (Some(says), Some(because)) => {
            Some(format!("{}: \u{201c}{says}\u{201d}. {because}", judgment.name))
        }
        (None, Some(because)) => Some(format!("{}: {because}", judgment.name)),
        (Some(says), None) if !judgment.verdict.is_good() => {
            Some(format!("{}: \u{201c}{says}\u{201d}.", judgment.name))
        }
        _ => None,
    };
    judgments.iter().filter_map(remark).collect()
}

/// Latency by endpoint and workload.
pub fn latency(summary: &Summary) -> Table {
    let mut names = Vec::new();
    let mut rates = Vec::new();
    let mut good = Vec::new();
    let mut rows: Vec<(&Requests, &[Percentile])> = Vec::new();
    let distinct = distinct(summary);
    for requests in &distinct {
        names.push(requests.path.clone());
        rates.push(requests.per_second.filter(|_| summary.run.regime != Regime::Terminating));
        good.push(requests.good);
        rows.push((requests, &requests.percentiles));
        let failed = requests.good.is_some_and(|share| share.point.0 < 1.0);
        let some = requests.answered.iter().any(|p| p.seconds.point.0.is_finite());
        if failed && some {
            names.push("  good answers only".to_owned());
            rates.push(None);
            good.push(None);
            rows.push((requests, &requests.answered));
        }
    }
    let mut quantiles: Vec<Number> =
        rows.iter().flat_map(|(_, list)| list.iter().map(|p| p.quantile)).collect();
    quantiles.sort_by(|a, b| a.0.total_cmp(&b.0));
    quantiles.dedup();
    let mut times = Block::new(Unit::Seconds).with_intervals();
    for quantile in quantiles {
        let values = rows
            .iter()
            .map(|(_, list)| list.iter().find(|p| p.quantile == quantile).map(|p| p.seconds));
        times = times.column(percentile(quantile), values.collect());
    }
    let longest = |requests: &Requests| requests.max_s.map(|max| Value::plain(max.0));
    times = times.column("max", rows.iter().map(|row| longest(row.0)).collect());
    let mut table = assemble(
        "Latency",
        "requests",
        &names,
        vec![
            Block::new(Unit::PerSecond).column("arrive", rates),
            Block::new(Unit::Share).column("good", good),
            times,
        ],
    );
    if let Some(note) = more_runs(summary, &distinct) {
        table.note(note);
    }
    for requests in &summary.requests {
        if !distinct.iter().any(|shown| shown.path == requests.path) {
            table.note(format!("{} is the same, as its clients see it.", requests.path));
        }
    }
    table.drop_empty_columns();
    table
}

/// How many replications would give the percentiles that are marked an interval: of each kind of
/// requests the lowest of them.
fn more_runs(summary: &Summary, all: &[&Requests]) -> Option<String> {
    let run = &summary.run;
    let one = |requests: &&Requests| {
        let is_marked = |p: &&Percentile| p.seconds.quality == Quality::FewSamples;
        let quantile = requests.percentiles.iter().find(is_marked)?.quantile;
        let beyond = requests.count as f64 * quantile.0.min(1.0 - quantile.0);
        let of_group = EXCEEDANCES_PER_GROUP * f64::from(run.replications) / beyond;
        let needed = (GROUPS_MIN as f64 * of_group.ceil()).max(2.0);
        let path = &requests.path;
        needed.is_finite().then(|| {
            let needed = phrase::rounded_up(needed as u64);
            format!("{needed} for {} of {path}", percentile(quantile))
        })
    };
    if run.worlds > 1 {
        return None;
    }
    let needed: Vec<String> = all.iter().filter_map(one).collect();
    let longer =
        if run.regime == Regime::Terminating { "" } else { ", or runs that are so much longer" };
    (!needed.is_empty()).then(|| {
        format!("Intervals would take about --replications {}{longer}.", needed.join(", "))
    })
}

/// Requests without those workloads of which every request is one of the endpoint before.
fn distinct(summary: &Summary) -> Vec<&Requests> {
    let mut distinct: Vec<&Requests> = Vec::new();
    for requests in &summary.requests {
        let is_same = |other: &&Requests| {
            other.count == requests.count
                && other.percentiles == requests.percentiles
                && other.outcomes == requests.outcomes
        };
        if !distinct.iter().any(is_same) {
            distinct.push(requests);
        }
    }
    distinct
}

/// How requests ended, where not all ended well: what failed comes first, the most frequent of it
/// before the rest.
pub fn outcomes(summary: &Summary) -> Table {
    let unwell = |requests: &&Requests| {
        requests.unanswered > 0 || requests.outcomes.iter().any(|row| row.outcome != "ok")
    };
    let (mut names, mut rows): (Vec<String>, Vec<OutcomeRow>) = (Vec::new(), Vec::new());
    for requests in distinct(summary).into_iter().filter(unwell) {
        let mut outcomes: Vec<&OutcomeRow> = requests.outcomes.iter().collect();
        let is_good = |row: &OutcomeRow| matches!(row.outcome.as_str(), "ok" | "degraded");
        outcomes.sort_by_key(|row| (is_good(row), std::cmp::Reverse(row.count)));
        for row in outcomes {
            names.push(format!("{} {}", requests.path, row.outcome));
            rows.push(row.clone());
        }
        if requests.unanswered > 0 {
            names.push(format!("{} still open", requests.path));
            rows.push(OutcomeRow {
                outcome: String::new(),
                count: requests.unanswered,
                share: None,
                mean_s: None,
                p50_s: None,
                p99_s: None,
            });
        }
    }
    let plain = |number: Option<Number>| number.map(|number| Value::plain(number.0));
    assemble(
        "How requests ended",
        "outcome",
        &names,
        vec![
            Block::new(Unit::Count).column(
                "requests",
                rows.iter().map(|row| Some(Value::plain(row.count as f64))).collect(),
            ),
            Block::new(Unit::Share).column("share", rows.iter().map(|row| row.share).collect()),
            Block::new(Unit::Seconds)
                .column("mean", rows.iter().map(|row| row.mean_s).collect())
                .column("p50", rows.iter().map(|row| plain(row.p50_s)).collect())
                .column("p99", rows.iter().map(|row| plain(row.p99_s)).collect()),
        ],
    )
}

fn capacity(stations: &[&Station]) -> Vec<Option<Value>> {
    let value = |station: &&Station| station.capacity.map(|capacity| Value::plain(capacity.0));
    stations.iter().map(value).collect()
}

/// The columns that stations and pools have in common, from the wait on.
fn waits(stations: &[&Station]) -> [Block; 2] {
    let of = |get: fn(&Station) -> Option<Value>| stations.iter().map(|s| get(s)).collect();
    [
        Block::new(Unit::Seconds)
            .column("wait mean", of(|s| s.wait_mean_s))
            .column("p95", of(|s| s.wait_p95_s)),
        Block::new(Unit::Share)
            .column("waited", of(|s| s.waited))
            .column("all busy", of(|s| s.at_capacity)),
    ]
}

/// Cores, workers and locks.
pub fn stations(summary: &Summary) -> Table {
    let idle = |station: &&Station| {
        let is_unused = station.utilization.is_none_or(|used| used.point.0 == 0.0);
        is_unused && station.wait_mean_s.is_none()
    };
    let rows: Vec<&Station> = summary.stations.iter().filter(|station| !idle(station)).collect();
    let names: Vec<String> = rows.iter().map(|station| station.path.clone()).collect();
    let of = |get: fn(&Station) -> Option<Value>| rows.iter().map(|s| get(s)).collect();
    let [times, shares] = waits(&rows);
    let mut table = assemble(
        "Stations",
        "station",
        &names,
        vec![
            Block::new(Unit::Count)
                .column("servers", capacity(&rows))
                .column("offered", of(|s| s.offered_load)),
            Block::new(Unit::Share).column("in use", of(|s| s.utilization)).with_intervals(),
            times.with_intervals(),
            shares,
        ],
    );
    table.drop_empty_columns();
    table
}

/// Connection pools.
pub fn pools(summary: &Summary) -> Table {
    let pools = &summary.pools;
    let rows: Vec<&Station> = pools.iter().map(|pool| &pool.station).collect();
    let names: Vec<String> = rows.iter().map(|station| station.path.clone()).collect();
    let of = |get: fn(&Station) -> Option<Value>| rows.iter().map(|s| get(s)).collect();
    let counts = |get: fn(&Pool) -> u64| -> Vec<Option<Value>> {
        let some = pools.iter().any(|pool| get(pool) > 0);
        pools.iter().map(|pool| some.then(|| Value::plain(get(pool) as f64))).collect()
    };
    let [times, shares] = waits(&rows);
    let mut table = assemble(
        "Connection pools",
        "pool",
        &names,
        vec![
            Block::new(Unit::Count)
                .column("size", capacity(&rows))
                .column("open", pools.iter().map(|pool| pool.open).collect())
                .column("offered", of(|s| s.offered_load)),
            Block::new(Unit::Share).column("in use", of(|s| s.utilization)).with_intervals(),
            Block::new(Unit::Share)
                .column("of open", pools.iter().map(Pool::in_use_of_open).collect()),
            times.with_intervals(),
            shares,
            Block::new(Unit::Count)
                .column("timed out", counts(|pool| pool.timed_out))
                .column("refused", counts(|pool| pool.refused)),
        ],
    );
    for pool in pools.iter().filter(|pool| pool.in_use_of_open().is_some()) {
        let count = |value: Option<f64>| value.map_or_else(String::new, show::count);
        table.note(format!(
            "{}: the server accepts {} of the {} connections that it asks for.",
            pool.station.path,
            count(pool.open_max.or(pool.open.map(|open| open.point)).map(|open| open.0.round())),
            count(pool.station.capacity.map(|size| size.0)),
        ));
    }
    table.drop_empty_columns();
    table.spare = vec!["all busy", "waited", "offered"];
    table
}

/// Where the time of one endpoint's requests goes.
pub fn breakdown(one: &Breakdown) -> Table {
    let spent = |place: &PlaceTime| place.waiting_s.0 + place.service_s.0 > 0.0;
    let mut places: Vec<&str> = Vec::new();
    for place in one.mean.iter().chain(&one.slowest).filter(|place| spent(place)) {
        if !places.contains(&place.place.as_str()) {
            places.push(&place.place);
        }
    }
    let names: Vec<String> = places.iter().map(|place| (*place).to_owned()).collect();
    let of = |list: &[PlaceTime], get: fn(&PlaceTime) -> f64| -> Vec<Option<Value>> {
        let found = |name: &&str| list.iter().find(|place| place.place == *name);
        places.iter().map(|name| found(name).map(|place| Value::plain(get(place)))).collect()
    };
    let waiting = |place: &PlaceTime| place.waiting_s.0;
    let service = |place: &PlaceTime| place.service_s.0;
    let title = format!("Where the time goes: {}", one.endpoint);
    let mut table = assemble(
        &title,
        "place",
        &names,
        vec![
            Block::new(Unit::Seconds)
                .column("mean wait", of(&one.mean, waiting))
                .column("mean service", of(&one.mean, service)),
            Block::new(Unit::Seconds)
                .column("slowest 1 %: wait", of(&one.slowest, waiting))
                .column("service", of(&one.slowest, service)),
        ],
    );
    if one.slowest_count > 0 {
        table.note(format!(
            "Slowest {}: {} from {} on.",
            show::percent(one.slowest_share.0),
            phrase::counted(one.slowest_count, "request"),
            show::duration(one.slowest_from_s.0)
        ));
    }
    table
}

/// Variants side by side.
pub fn variants(summary: &Summary) -> Table {
    let rows = &summary.variants;
    let names: Vec<String> = rows
        .iter()
        .map(|row| row.name.clone().unwrap_or_else(|| "as it stands".to_owned()))
        .collect();
    let of = |get: fn(&VariantRow) -> Option<Value>| rows.iter().map(get).collect::<Vec<_>>();
    let mut blocks = Vec::new();
    let rates = of(|row| row.per_second);
    let (low, high) = rates.iter().flatten().fold((f64::INFINITY, 0.0_f64), |(low, high), rate| {
        (low.min(rate.point.0), high.max(rate.point.0))
    });
    if low < SAME_RATE * high {
        blocks.push(Block::new(Unit::PerSecond).column("arrive", rates));
    }
    blocks.extend([
        Block::new(Unit::Share).column("failed", of(|row| row.failed)),
        Block::new(Unit::Seconds)
            .column("p50", of(|row| row.p50_s))
            .column("p95", of(|row| row.p95_s))
            .column("p99", of(|row| row.p99_s)),
        Block::new(Unit::Share).column("in use", of(|row| row.utilization)),
    ]);
    let mut table = assemble("Variants, on the same draws", "variant", &names, blocks);
    table.heads.extend(["busiest", "met", "state"].map(str::to_owned));
    for (line, row) in table.rows.iter_mut().filter(|line| !line.is_detail).zip(rows) {
        let (met, all) = row.objectives;
        line.cells.push(row.busiest.as_deref().map_or(Cell::Empty, Cell::text));
        line.cells.push(if all == 0 { Cell::Empty } else { Cell::text(format!("{met} of {all}")) });
        let plain = matches!(row.regime, Regime::Stable | Regime::Terminating);
        line.cells.push(if plain { Cell::Empty } else { Cell::text(row.regime.word()) });
    }
    table.drop_empty_columns();
    table.spare = vec!["arrive", "p50", "in use"];
    table
}

/// Which variants were not run, and how they would be; empty if there are none.
pub fn not_run(names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "Not run, because no claim and no objective speaks of {}: {}. `--variant NAME` runs one \
         alone; a claim with `variant = \"NAME\"` or `in(NAME, ...)` runs it beside the others.",
        if names.len() == 1 { "it" } else { "them" },
        phrase::list(&quoted)
    )
}

/// Theory beside simulation.
pub fn theory(summary: &Summary) -> Table {
    let heads = ["what", "by formula", "simulated", "assumes"];
    let mut table = Table::new("Theory beside simulation", &heads);
    for row in &summary.theory {
        let simulated = row.simulated.map_or_else(String::new, |v| phrase::value(&v, row.unit));
        table.row(vec![
            Cell::prose(&row.what),
            Cell::prose(row.unit.measure().show(row.theory.0)),
            Cell::prose(simulated),
            Cell::prose(&row.assumes),
        ]);
    }
    table
}

/// Named numbers of the scenario.
pub fn inputs(summary: &Summary) -> Table {
    let mut table = Table::new("Inputs", &["input", "value"]);
    for input in &summary.inputs {
        let kind = if input.uncertain { " (uncertain; the median)" } else { "" };
        table.row(vec![Cell::text(&input.name), Cell::prose(format!("{}{kind}", input.shown))]);
    }
    table
}

/// Defaults that were used; the first `most` of them.
pub fn assumptions(summary: &Summary, most: usize) -> Table {
    let mut table = Table::new("Assumed, because the scenario does not say", &["key", "value"]);
    for assumption in summary.assumptions.iter().take(most) {
        table.row(vec![Cell::text(&assumption.path), Cell::prose(&assumption.value)]);
    }
    let hidden = summary.assumptions.len().saturating_sub(most);
    if hidden > 0 {
        table.note(format!("And {hidden} more: see summary.md."));
    }
    table
}

/// How it was done.
pub fn method(summary: &Summary) -> Table {
    let mut table = Table::new("Method", &["", ""]);
    for fact in &summary.method {
        table.row(vec![Cell::text(&fact.topic), Cell::text(&fact.text)]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: &[Value]) -> (Vec<Vec<Cell>>, Vec<Vec<Cell>>) {
        let column = values.iter().map(|value| Some(*value)).collect();
        let block = Block::new(Unit::Seconds).column("p50", column).with_intervals();
        let mut cells = vec![Vec::new(); values.len()];
        let mut details = cells.clone();
        add_block(&block, &mut cells, &mut details, &mut Table::new("", &[]));
        (cells, details)
    }

    /// Goal: below a 0 in a column without a common unit stands an interval in a unit that suits
    /// it, with it: nothing else would say what it is.
    #[test]
    fn the_interval_of_a_zero_has_a_unit() {
        let far = [Value::plain(2e-6), Value::plain(4_000.0)];
        let zero = Value::with_interval(0.0, 0.0, 0.003);
        let (cells, details) = cells(&[far[0], far[1], zero]);
        assert!(matches!(&cells[0][0], Cell::Measure(_)), "{:?}", cells[0]);
        assert_eq!(cells[2], [Cell::Measure("0".to_owned())]);
        assert_eq!(details[2], [Cell::Detail("0–3 ms".to_owned())]);
    }
}
