//! Amounts and dates as people read them.

use super::summary::{Date, Spread, Unit};
use crate::growth::calendar::{Calendar, DAY};
use crate::report::summary::Number;
use crate::units::Dimension;
use crate::units::show;

impl Unit {
    /// Of a dimension.
    pub fn of(dimension: Dimension) -> Self {
        match dimension {
            Dimension::COUNT => Self::Count,
            Dimension::BYTES => Self::Bytes,
            Dimension::BANDWIDTH => Self::BytesPerSecond,
            Dimension::TIME => Self::Seconds,
            Dimension::MONEY => Self::Money,
            _ => Self::Other,
        }
    }
}

/// The last word of a path.
pub fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// Three significant digits, or all of a whole number that has fewer than five.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() || (value.abs() < 1e4 && value.fract() == 0.0) {
        return value;
    }
    let scale = libm::pow(10.0, 2.0 - libm::floor(libm::log10(value.abs())));
    libm::round(value * scale) / scale
}

/// An amount, with its unit.
pub fn amount(value: f64, unit: Unit) -> String {
    if value.is_nan() {
        return "\u{2013}".to_owned();
    }
    if value.is_infinite() {
        return "never".to_owned();
    }
    match unit {
        Unit::Count if value.abs() >= 1e7 => format!("{} M", show::number(rounded(value) / 1e6)),
        Unit::Count => show::count(rounded(value)),
        Unit::Bytes => bytes(value),
        Unit::BytesPerSecond => format!("{}/day", bytes(value * DAY)),
        Unit::Seconds => show::duration(value),
        Unit::Money => money(value),
        Unit::Share => show::percent(value),
        Unit::Other => show::number(value),
    }
}

/// `67.5 TB`: decimal, as disks and storages are sold and prices are stated.
fn bytes(value: f64) -> String {
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    match units.into_iter().find(|unit| value.abs() * (1.0 + 5e-4) >= unit.1) {
        Some((unit, worth)) => format!("{} {unit}", show::number(rounded(value / worth))),
        None => format!("{} B", show::number(libm::round(value))),
    }
}

/// `$1,235`, `$12.34`, `-$3.50`: cents below a thousand; `$0.0043`: three digits below a dollar where
/// cents do not have them, down to a millionth, to which bills are rounded.
pub fn money(value: f64) -> String {
    const LEAST: f64 = 1e-6;
    let sign = if value < 0.0 { "-" } else { "" };
    let size = value.abs();
    if size < 0.5 * LEAST {
        return "$0.00".to_owned();
    }
    if size < 1.0 {
        let decimals = (2.0 - libm::floor(libm::log10(size))).min(6.0) as usize;
        let text = format!("{size:.decimals$}");
        // No fewer than cents.
        let digits = text.trim_end_matches('0').len().max("0.00".len());
        return format!("{sign}${}", &text[..digits]);
    }
    let cents = libm::round(value.abs() * 100.0);
    if cents >= 100_000.0 {
        return format!("{sign}${}", show::count(libm::round(value.abs())));
    }
    let whole = libm::floor(cents / 100.0);
    format!("{sign}${}.{:02}", show::count(whole), (cents - whole * 100.0) as u32)
}

/// `1.2 GB–3.4 GB`: what lies between two ends; nothing where they look alike.
pub fn band((low, high): (Number, Number), unit: Unit) -> Option<String> {
    let (low, high) = (low.0, high.0);
    if low.is_nan() || high.is_nan() {
        return None;
    }
    let (low, high) = (amount(low, unit), amount(high, unit));
    if low == high {
        return None;
    }
    // Of two words, one is enough.
    if let (Unit::BytesPerSecond, Some((first, of)), Some((_, same))) =
        (unit, low.split_once(' '), high.split_once(' '))
        && of == same
    {
        return Some(format!("{first}\u{2013}{high}"));
    }
    Some(format!("{low}\u{2013}{high}"))
}

/// `2.1 GB (1.2 GB–3.4 GB)`: the median, with the central 90 % of the worlds.
pub fn spread(spread: &Spread, unit: Unit) -> String {
    let median = amount(spread.median.0, unit);
    match band((spread.lower90, spread.upper90), unit) {
        Some(band) => format!("{median} ({band})"),
        None => median,
    }
}

/// `2 years`, `18 months`.
pub fn months(count: u32) -> String {
    match (count / 12, count % 12) {
        (1, 0) => "1 year".to_owned(),
        (years, 0) => format!("{years} years"),
        (0, 1) => "1 month".to_owned(),
        _ => format!("{count} months"),
    }
}

/// Whether a month begins there.
pub fn begins(months: f64) -> bool {
    (months - libm::round(months)).abs() < 1e-6
}

/// A date: `2028-04` if a month begins there, else with its day, `2028-04-17`; `month 17.53` without a
/// calendar, of which a hundredth is less than a day; `never`.
pub fn date(months: f64, date: Option<&String>) -> String {
    if months.is_infinite() {
        return "never".to_owned();
    }
    if months.is_nan() {
        return "can't tell".to_owned();
    }
    match date {
        Some(date) if begins(months) => date.get(..7).unwrap_or(date).to_owned(),
        Some(date) => date.clone(),
        None => format!("month {}", libm::round(months * 100.0) / 100.0),
    }
}

/// A date of the calendar, seconds since month 0; `None` if it never comes.
pub fn day(calendar: &Calendar, time: f64) -> Option<Date> {
    let date = || calendar.date(time).map(|date| date.to_string());
    time.is_finite().then(|| Date { month: Number(calendar.months(time)), date: date() })
}

/// The same of a month and a part of it.
pub fn month(calendar: &Calendar, month: f64) -> Option<Date> {
    if !month.is_finite() {
        return None;
    }
    day(calendar, calendar.time(month)).map(|date| Date { month: Number(month), ..date })
}
