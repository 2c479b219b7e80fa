//! What requests wait for: workers, cores, locks, pools; and its course over time.

use super::backlog;
use super::courses;
use super::measure::Measure;
use crate::plan::{Entry, Source};
use crate::report::summary::{Number, Point, Pool, Series, Station, StationSeries};
use crate::stats::histogram::Sparse;
use crate::stats::worlds::order_statistic;
use crate::units::time::ns_to_seconds;

/// Most points of a course: what a chart of this width can show twice over.
pub const POINTS_MAX: usize = 480;

/// Where the metrics of a station are kept.
struct Paths {
    /// As it is reported.
    station: String,
    /// Level of busy servers.
    busy: String,
    /// Tally of waits.
    wait: String,
    /// Level of those who wait.
    waiting: String,
}

impl Paths {
    fn new(station: &str, busy: &str) -> Self {
        let (wait, waiting) = if let Some(service) = station.strip_suffix(".workers") {
            (format!("{service}.line.wait"), format!("{service}.line"))
        } else {
            (format!("{station}.wait"), format!("{station}.waiting"))
        };
        Self { station: station.to_owned(), busy: busy.to_owned(), wait, waiting }
    }
}

/// All servers of the plan.
fn all(measure: &Measure) -> Vec<Paths> {
    let catalog = &measure.plan().catalog;
    catalog
        .capacities()
        .filter_map(|path| Some(Paths::new(path, &catalog.capacity(path)?.busy)))
        .collect()
}

fn station(measure: &Measure, paths: &Paths) -> Station {
    let name = &paths.station;
    Station {
        path: name.clone(),
        capacity: capacity(measure, &paths.busy).map(Number),
        utilization: measure.value(&format!("utilization({name})")),
        offered_load: measure.value(&format!("offered_load({name})")),
        at_capacity: at_capacity(measure, &paths.busy),
        ..waits(measure, name, &paths.wait, &paths.waiting)
    }
}

fn waits(measure: &Measure, name: &str, wait: &str, waiting: &str) -> Station {
    Station {
        path: name.to_owned(),
        wait_mean_s: measure.value(&format!("mean({wait})")),
        wait_p95_s: measure.value(&format!("p95({wait})")),
        waited: measure.value(&format!("share({wait} > 0s)")),
        waiting: measure.value(&format!("mean({waiting})")),
        waiting_at_end: backlog::at_end(measure, waiting),
        ..Station::default()
    }
}

fn capacity(measure: &Measure, busy: &str) -> Option<f64> {
    match measure.plan().catalog.get(busy)?.source {
        Source::Level { capacity, .. } => capacity,
        _ => None,
    }
}

/// Share of time with every server of every instance busy.
fn at_capacity(measure: &Measure, busy: &str) -> Option<crate::report::summary::Value> {
    let Source::Level { sum, capacity: Some(_), .. } = measure.plan().catalog.get(busy)?.source
    else {
        return None;
    };
    let levels = measure.rows().iter().filter_map(|row| row.level(0, sum));
    let (full, span): (Vec<f64>, Vec<f64>) =
        levels.map(|level| (level.full as f64, level.span as f64)).unzip();
    measure.ratio(&full, &span)
}

/// Stations and pools, each busiest first.
pub fn stations(measure: &Measure) -> (Vec<Station>, Vec<Pool>) {
    let (mut stations, mut pools) = (Vec::new(), Vec::new());
    for paths in all(measure) {
        let found = station(measure, &paths);
        match paths.station.strip_prefix("pool.") {
            Some(_) => pools.push(pool(measure, found)),
            None => stations.push(found),
        }
    }
    let catalog = &measure.plan().catalog;
    for entry in catalog.entries() {
        // What has no servers to be busy.
        let no_servers = |path: &&str| path.starts_with("lock.") || is_log(path);
        let found = entry.path.strip_suffix(".wait").filter(no_servers);
        let waiting = |path| if is_log(path) { format!("{path}.waiting") } else { String::new() };
        stations.extend(found.map(|path| waits(measure, path, &entry.path, &waiting(path))));
    }
    let busy = |station: &Station| station.utilization.map_or(-1.0, |value| value.point.0);
    stations.sort_by(|a, b| busy(b).total_cmp(&busy(a)));
    pools.sort_by(|a, b| busy(&b.station).total_cmp(&busy(&a.station)));
    (stations, pools)
}

/// Whether a path is that of a database's log.
fn is_log(path: &str) -> bool {
    path.starts_with("database.") && path.rsplit('.').next() == Some("wal")
}

fn pool(measure: &Measure, station: Station) -> Pool {
    let path = station.path.clone();
    let catalog = &measure.plan().catalog;
    let tallies = |end: &str| match catalog.get(&format!("{path}.wait.{end}")) {
        Some(Entry { source: Source::Tally { tallies }, .. }) => tallies.clone(),
        _ => Vec::new(),
    };
    let (granted, lost) = (tallies("granted"), tallies("timed_out"));
    let asked = catalog.capacity(&path).map_or(Vec::new(), |capacity| capacity.asked.clone());
    let refused = match catalog.get(&format!("{path}.refused")).map(|entry| &entry.source) {
        Some(&Source::Count { count }) => {
            measure.rows().iter().map(|row| row.count(0, count)).sum()
        }
        _ => 0,
    };
    let counts = |tallies: &[u32]| -> Vec<u64> {
        let of = |row: &crate::experiment::Row| {
            tallies.iter().filter_map(|&tally| row.tally(0, tally)).map(Sparse::total).sum()
        };
        measure.rows().iter().map(of).collect()
    };
    let (served, trials) = (counts(&granted), counts(&asked));
    let unserved: Vec<u64> =
        trials.iter().zip(served).map(|(&all, served)| all.saturating_sub(served)).collect();
    Pool {
        in_use: measure.value(&format!("mean({path}.in_use)")),
        open: measure.value(&format!("mean({path}.open)")),
        open_max: largest(measure, &format!("{path}.open")),
        timed_out: counts(&lost).iter().sum(),
        lost_share: measure.probability(&unserved, &trials),
        refused,
        station,
    }
}

/// Largest value of a level in any run.
fn largest(measure: &Measure, path: &str) -> Option<Number> {
    let Source::Level { sum, unit, .. } = measure.plan().catalog.get(path)?.source else {
        return None;
    };
    let levels = measure.rows().iter().filter_map(|row| row.level(0, sum));
    levels.map(|level| level.max).max().map(|max| Number(max as f64 * unit))
}

/// Utilization and waiting over time, busiest first.
pub fn series(measure: &Measure, windows: &[(String, Number, Number)], order: &[&str]) -> Series {
    let schedule = &measure.plan().schedule;
    let known = all(measure);
    let in_order = order.iter().filter_map(|name| known.iter().find(|p| p.station == **name));
    let stride = stride(measure);
    let stations: Vec<StationSeries> = in_order
        .map(|paths| StationSeries {
            path: paths.station.clone(),
            utilization: capacity(measure, &paths.busy)
                .map_or(Vec::new(), |capacity| course(measure, &paths.busy, capacity, stride)),
            waiting: course(measure, &paths.waiting, 1.0, stride),
        })
        .collect();
    let workloads = courses::workloads(measure, stride);
    let longest = stations.iter().map(|s| s.utilization.len().max(s.waiting.len()));
    let longest = longest.chain(workloads.iter().map(|w| w.in_system.len())).max();
    let step = ns_to_seconds(schedule.interval) * stride as f64;
    Series {
        interval_s: Number(step),
        until_s: Number(step * longest.unwrap_or(0) as f64),
        windows: windows.to_vec(),
        dates: courses::dates(measure),
        stations,
        workloads,
    }
}

/// Intervals that one point of a course stands for, so that the longest run has no more points
/// than can be shown.
fn stride(measure: &Measure) -> usize {
    let schedule = &measure.plan().schedule;
    let longest = |row: &crate::experiment::Row| row.series.levels.iter().map(Vec::len).max();
    let made = measure.rows().iter().filter_map(longest).max().unwrap_or(0);
    let end = (measure.plan().window_end() / schedule.interval) as usize;
    let shown = if schedule.drained { made } else { made.min(end) };
    shown.div_ceil(POINTS_MAX).max(1)
}

/// Median and band over runs of a level, over `worth`, by `stride` intervals: as far as half
/// of the runs go, and to the end of the window unless everything is to drain.
pub fn course(measure: &Measure, path: &str, worth: f64, stride: usize) -> Vec<Point> {
    let Some(entry) = measure.plan().catalog.get(path) else { return Vec::new() };
    let Source::Level { sum, unit, .. } = entry.source else { return Vec::new() };
    let schedule = &measure.plan().schedule;
    let end = (measure.plan().window_end() / schedule.interval) as usize;
    let end = if schedule.drained { usize::MAX } else { end };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let runs: Vec<Vec<f64>> = measure
        .rows()
        .iter()
        .filter_map(|row| row.series.levels.get(sum as usize))
        .map(|run| run[..run.len().min(end)].chunks(stride).map(mean).collect())
        .collect();
    (0..POINTS_MAX)
        .map_while(|index| {
            let values = runs.iter().filter_map(|run| run.get(index)).map(|v| v * unit / worth);
            across(values.collect(), runs.len())
        })
        .collect()
}

/// Median and the ends of the middle 90 % of the values that some of the runs have at one time; `None` if less than half of
/// them have one.
pub fn across(mut values: Vec<f64>, runs: usize) -> Option<Point> {
    values.retain(|value| !value.is_nan());
    values.sort_by(f64::total_cmp);
    let at = |q: f64| Number(order_statistic(&values, q));
    (2 * values.len() >= runs && !values.is_empty()).then(|| Point(at(0.5), at(0.05), at(0.95)))
}
