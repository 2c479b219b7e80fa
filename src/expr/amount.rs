//! Amounts over a calendar, such as `table.X.rows`: paths that stand without a function, since at any
//! date there is one of them. What a condition says of them is judged by a forecast, not by a run.

use crate::units::Dimension;
use std::ops::Range;

use super::error::{ExprError, ExprErrorKind};
use super::metric::{Condition, MetricExpr, MetricKind, Path, Relation, Watched};

/// First words of paths, with the last words that make them amounts.
const AMOUNTS: &[(&str, &[&str])] = &[
    ("table", &["rows", "bytes", "index_bytes", "partitions", "heap", "toast"]),
    ("database", &["bytes", "wal", "backup_time", "restore_time", "working_set", "disk_left"]),
    ("storage", &["bytes", "cost"]),
    ("query", &["cpu", "pages"]),
    ("cost", &["month", "total", "instances", "databases", "disks", "backups", "calls"]),
];

/// Last words of `table.X.purge`.
const PURGE: &[&str] = &["rows", "wal", "pages", "time", "share"];

/// Whether a path names an amount.
pub fn is_amount(path: &str) -> bool {
    let Some((first, rest)) = path.split_once('.') else { return false };
    let last = rest.rsplit('.').next().unwrap_or_default();
    // Of entities there is a name between; a cost has none.
    let named = rest.contains('.') != (first == "cost");
    let of_table: Vec<&str> = rest.split('.').collect();
    if let ("table", [_, part, word]) = (first, of_table.as_slice())
        && (*part == "index" || *part == "purge" && PURGE.contains(word))
    {
        return true;
    }
    named && AMOUNTS.iter().any(|(table, words)| *table == first && words.contains(&last))
}

impl MetricExpr {
    /// Whether it speaks of amounts.
    pub fn has_amounts(&self) -> bool {
        match &self.kind {
            MetricKind::Amount(_) => true,
            MetricKind::At(time, inner) => time.has_amounts() || inner.has_amounts(),
            MetricKind::Binary(_, left, right) | MetricKind::Chance(left, _, right) => {
                left.has_amounts() || right.has_amounts()
            }
            MetricKind::Negate(inner)
            | MetricKind::During(_, inner)
            | MetricKind::InVariant(_, inner)
            | MetricKind::WorstInstance(inner)
            | MetricKind::ShareBeyond(_, _, inner) => inner.has_amounts(),
            MetricKind::TimeUntil { what: Watched::Level(path), .. } => is_amount(&path.text),
            MetricKind::TimeUntil { what: Watched::Metric(inner), .. } => inner.has_amounts(),
            MetricKind::Literal(..)
            | MetricKind::Name(_)
            | MetricKind::Of(..)
            | MetricKind::ShareOf(_) => false,
        }
    }

    /// The paths of what it measures, in order.
    pub fn paths(&self) -> Vec<&Path> {
        match &self.kind {
            MetricKind::Amount(path) | MetricKind::Of(_, path) | MetricKind::ShareOf(path) => {
                vec![path]
            }
            MetricKind::ShareBeyond(path, _, value) => {
                std::iter::once(path).chain(value.paths()).collect()
            }
            MetricKind::Binary(_, left, right)
            | MetricKind::Chance(left, _, right)
            | MetricKind::At(left, right) => {
                left.paths().into_iter().chain(right.paths()).collect()
            }
            MetricKind::Negate(inner)
            | MetricKind::During(_, inner)
            | MetricKind::InVariant(_, inner)
            | MetricKind::WorstInstance(inner) => inner.paths(),
            MetricKind::TimeUntil { what, value, .. } => {
                let watched = match what {
                    Watched::Level(path) => vec![path],
                    Watched::Metric(metric) => metric.paths(),
                };
                watched.into_iter().chain(value.paths()).collect()
            }
            MetricKind::Literal(..) | MetricKind::Name(_) => Vec::new(),
        }
    }

    /// The dates of `at(t, ...)` in it, as written.
    pub fn dates(&self) -> Vec<&MetricExpr> {
        match &self.kind {
            MetricKind::At(time, inner) => {
                std::iter::once(time.as_ref()).chain(inner.dates()).collect()
            }
            MetricKind::Binary(_, left, right) => {
                left.dates().into_iter().chain(right.dates()).collect()
            }
            MetricKind::Negate(inner) | MetricKind::InVariant(_, inner) => inner.dates(),
            _ => Vec::new(),
        }
    }
}

/// Checks `at(time, inner)` that stands at `span`: its date is not before the start, and what stands at it
/// has none of its own.
pub(super) fn one_date(
    text: &str,
    span: Range<usize>,
    time: &MetricExpr,
    inner: &MetricExpr,
) -> Result<(), ExprError> {
    let kind = ExprErrorKind::WrongArguments;
    if time.number().is_some_and(|time| time < 0.0) {
        let found = ExprError::new(kind, time.span.clone(), "a date before the start");
        return Err(found.label("not before 0").help(
            "times count from the start of the run, in a forecast from month 0: `at(0s, ...)` is the \
             first",
        ));
    }
    if inner.dates().is_empty() {
        return Ok(());
    }
    let kept = &text[inner.span.clone()];
    let found = ExprError::new(kind, span, "`at` inside `at`: two dates for one metric");
    let found = found.label("one date is needed");
    Err(found.help(format!("if the inner one is meant: `{kept}`")).replacement(kept))
}

impl Condition {
    /// The metrics on both sides of its comparisons.
    pub fn sides(&self) -> impl Iterator<Item = &MetricExpr> {
        self.comparisons.iter().flat_map(|comparison| {
            let right: Vec<&MetricExpr> = match &comparison.relation {
                Relation::Compare(_, right) | Relation::Within(_, right) => vec![right],
                Relation::Between(low, high) => vec![low, high],
            };
            std::iter::once(&comparison.left).chain(right)
        })
    }

    /// Whether a date of `at(t, ...)` in it lies beyond this time \[s\].
    pub fn has_dates_beyond(&self, end: f64) -> bool {
        let is_late = |date: &MetricExpr| match &date.kind {
            MetricKind::Literal(time, _) => time.dimension == Dimension::TIME && time.value > end,
            _ => false,
        };
        self.sides().flat_map(MetricExpr::dates).any(is_late)
    }

    /// Whether some part of it speaks of amounts, so that a forecast judges it.
    pub fn is_about_amounts(&self) -> bool {
        self.sides().any(MetricExpr::has_amounts)
    }
}

#[cfg(test)]
mod tests {
    use super::is_amount;
    use crate::expr::metric::parse_condition;

    /// One date for each metric, and none before the start.
    #[test]
    fn dates_are_plain() {
        let said = |text: &str| parse_condition(text).unwrap_err().message;
        assert!(said("at(-1 month, mean(pool.p.in_use)) < 1").contains("before the start"));
        assert!(said("at(2s - 3s, table.t.rows) < 1").contains("before the start"));
        let twice = "at(1 month, 2 * in(v, at(2 months, table.t.rows))) < 1";
        assert!(said(twice).contains("two dates"));
        let error = parse_condition(twice).unwrap_err();
        assert_eq!(error.replacement.as_deref(), Some("2 * in(v, at(2 months, table.t.rows))"));
        for text in
            ["at(0s, mean(pool.p.in_use)) < 1", "at(1s, table.t.rows) < at(2s, table.t.rows)"]
        {
            assert!(parse_condition(text).is_ok(), "{text}");
        }
    }

    /// Source: the words of the language by hand; an input is no path, nor is a name of a variant or window.
    #[test]
    fn paths_are_what_is_measured() {
        let text = "at(1s, in(v, p95(endpoint.a.latency))) + x < 2 * share(step.b.c.elapsed > 1s) and \
                    during(w, chance(mean(pool.p.in_use) < 3)) > share(endpoint.d.failed)";
        let condition = parse_condition(text).unwrap();
        let paths = condition.sides().flat_map(|side| side.paths());
        assert_eq!(
            paths.map(|path| path.text.as_str()).collect::<Vec<_>>(),
            ["endpoint.a.latency", "step.b.c.elapsed", "pool.p.in_use", "endpoint.d.failed"]
        );
    }

    #[test]
    fn amounts_are_told_from_metrics() {
        for path in
            ["table.t.rows", "storage.video.cold.bytes", "cost.total", "database.pg.restore_time"]
        {
            assert!(is_amount(path), "{path}");
        }
        for path in ["table.t.index.by_user", "table.t.purge.time", "table.t.purge.rows"] {
            assert!(is_amount(path), "{path}");
        }
        for path in [
            "table.rows",
            "cost.x.month",
            "database.pg.cpu",
            "rows",
            "endpoint.e.rows",
            "table.t.purge.cpu",
        ] {
            assert!(!is_amount(path), "{path}");
        }
        let about = |text: &str| parse_condition(text).unwrap().is_about_amounts();
        assert!(about("at(12 months, table.t.rows) < 1_000"));
        assert!(about("p95(endpoint.e) < 1s and cost.month < 200 $"));
        assert!(about("time_until(table.t.bytes > 1 GB) > 1 year"));
        assert!(!about("mean(database.pg.wal) < 1"));
        assert!(!about("at(5s, mean(pool.p.in_use)) < 1"));
        assert!(parse_condition("pool.p.in_use < 1").is_err());
        let condition = parse_condition("in(v, at(2 years, cost.month)) < at(1 year, cost.month)");
        let condition = condition.unwrap();
        assert_eq!(condition.sides().map(|side| side.dates().len()).sum::<usize>(), 2);
    }
}
