//! Numbers and lists in sentences.

use super::summary::{Number, Unit, Value};
use crate::stats::estimate::Quality;
use crate::units::show;

/// `151 ms (150–152)`: estimate and interval in one unit; `none` where the estimate is that
/// nothing ever came.
pub fn value(value: &Value, unit: Unit) -> String {
    let point = value.point.0;
    if point == f64::INFINITY {
        return "none".to_owned();
    }
    let marked = if value.quality == Quality::FewSamples { "*" } else { "" };
    let Some((lower, upper)) = interval(value) else {
        return format!("{}{marked}", unit.measure().show(point));
    };
    let column = unit.measure().column(&[lower, point, upper]);
    let [lower, point, upper] = column.cells.as_slice() else { return String::new() };
    let space = if column.unit.is_empty() || column.unit.starts_with('/') { "" } else { " " };
    format!("{point}{space}{}{marked} ({lower}\u{2013}{upper})", column.unit)
}

/// The interval of a value, if one is to be shown: too few samples give none, and neither does a
/// number that is known exactly.
pub fn interval(value: &Value) -> Option<(f64, f64)> {
    let (lower, upper) = (value.lower?.0, value.upper?.0);
    let worth_showing = value.quality != Quality::FewSamples && lower < upper;
    (worth_showing && value.point.0.is_finite()).then_some((lower, upper))
}

/// `p95`, `p99.9` of a quantile.
pub fn percentile(quantile: Number) -> String {
    // Quantiles come from text with few decimals; the product is off by rounding only.
    let percent = (quantile.0 * 1e8).round() / 1e6;
    format!("p{percent}")
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `1 request`, `3 requests`.
pub fn counted(count: u64, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {word}{plural}", show::count(count as f64))
}

/// `70 % left` of a limit, `12 % over` it, `400 × limit`; empty if there is no margin.
pub fn margin(margin: Option<Number>) -> String {
    match margin {
        Some(Number(margin)) if margin.is_finite() && margin <= -1.0 => {
            format!("{} \u{d7} limit", show::number(1.0 - margin))
        }
        Some(Number(margin)) if margin.is_finite() => {
            let side = if margin < 0.0 { "over" } else { "left" };
            format!("{} {side}", show::percent(margin.abs()))
        }
        Some(Number(margin)) if margin < 0.0 => "beyond any".to_owned(),
        _ => String::new(),
    }
}

/// The path of an entity without the word for its kind where that is plain: `endpoint.browse` is
/// `browse`.
pub fn short(path: &str) -> &str {
    path.strip_prefix("endpoint.").or_else(|| path.strip_prefix("workload.")).unwrap_or(path)
}
