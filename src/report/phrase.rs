//! Numbers and lists in sentences.

use super::summary::{Number, Part, Unit, Value};
use crate::model::Model;
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
    let column = unit.measure().together(&[lower, point, upper]);
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

/// A scenario or one of its variants: `Shop`, `Shop (batched)`.
pub fn named(name: &str, variant: Option<&str>) -> String {
    variant.map_or_else(|| name.to_owned(), |variant| format!("{name} ({variant})"))
}

/// What is to be said of a variant that nobody can choose.
pub fn counterfactual(model: &Model) -> Option<String> {
    let said = "nobody can choose this variant, which is counterfactual: it tells what something \
                does, not what to build";
    model.is_counterfactual().then(|| said.to_owned())
}

/// A whole number, rounded up to two digits.
pub fn rounded_up(number: u64) -> u64 {
    let digit = 10_u64.pow(number.checked_ilog10().unwrap_or(0).saturating_sub(1));
    number.div_ceil(digit) * digit
}

/// What was found of a comparison: `3.06 min (3.05–3.07)`, and ` against 2.75 min` where the other
/// side was found too; of what must last how long it does, `for 4.5 min`.
pub fn found(part: &Part) -> String {
    match part.lasted_s {
        Some(Number(lasted)) if lasted > 0.0 => return format!("for {}", show::duration(lasted)),
        Some(_) => return "at no time".to_owned(),
        None => {}
    }
    let Some(estimate) = part.estimate else { return "no data".to_owned() };
    let found = value(&estimate, part.unit);
    match part.against {
        Some(against) => format!("{found} against {}", value(&against, part.unit)),
        None => found,
    }
}

/// Where what was found lies from its limit: `70 % below`, `5.1 % above`, `400 × limit`; of shares
/// in percentage points, `4.2 points above`; of a negative limit the difference, `3 ms above`; of `within P of Q` where it lies from
/// Q, `0.9 % more`. Empty if there is no margin.
pub fn margin(part: &Part) -> String {
    if part.center.is_some() {
        return off_center(part).map_or(String::new(), |(share, side)| {
            if share == 0.0 { "exact".to_owned() } else { format!("{} {side}", rough(share)) }
        });
    }
    let Some(Number(margin)) = part.margin else { return String::new() };
    if !margin.is_finite() {
        return if margin < 0.0 { "beyond any".to_owned() } else { String::new() };
    }
    let (Some(estimate), Some(Number(limit))) = (part.estimate, part.limit) else {
        return String::new();
    };
    let is_above = estimate.point.0 > limit;
    let side = if is_above { "above" } else { "below" };
    match margin.abs() {
        0.0 => "at the limit".to_owned(),
        off if part.unit == Unit::Share => {
            format!("{} {side}", points(off * limit.abs()))
        }
        // A share or a multiple of what is negative says nothing.
        off if limit < 0.0 => {
            format!("{} {side}", part.unit.measure().show(off * limit.abs()))
        }
        off if off >= 1.0 && is_above => format!("{} \u{d7} limit", show::number(1.0 + off)),
        off => format!("{} {side}", rough(off)),
    }
}

/// A difference of shares: `4.2 points`.
fn points(difference: f64) -> String {
    let points = difference * 100.0;
    if points < 0.05 {
        return "<0.1 points".to_owned();
    }
    let digit = if points >= 10.0 { 1.0 } else { 0.1 };
    let points = show::number((points / digit).round() * digit);
    let plural = if points == "1" { "" } else { "s" };
    format!("{points} point{plural}")
}

/// `19.9 % more than 417`, for what should have been within some of it.
pub fn beside(part: &Part) -> Option<String> {
    let (share, side) = off_center(part).filter(|(share, _)| *share > 0.0)?;
    let center = part.unit.measure().show(part.center?.0);
    Some(format!("{} {side} than {center}", rough(share)))
}

/// Distance from the center over it, and on which side.
fn off_center(part: &Part) -> Option<(f64, &'static str)> {
    let (found, center) = (part.estimate?.point.0, part.center?.0);
    let off = (found - center) / center.abs();
    let side = if off < 0.0 { "less" } else { "more" };
    off.is_finite().then_some((off.abs(), side))
}

/// A share for which two digits are enough.
fn rough(share: f64) -> String {
    let percent = share * 100.0;
    let digit = if percent >= 10.0 { 1.0 } else { 0.1 };
    if percent < 0.05 {
        return "<0.1 %".to_owned();
    }
    format!("{} %", show::number((percent / digit).round() * digit))
}

/// The path of an entity without the word for its kind where that is plain: `endpoint.browse` is
/// `browse`.
pub fn short(path: &str) -> &str {
    path.strip_prefix("endpoint.").or_else(|| path.strip_prefix("workload.")).unwrap_or(path)
}
