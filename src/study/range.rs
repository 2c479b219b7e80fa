//! `KEY=a..b:step`: which values of a key are tried.
//!
//! ```text
//! range = value ".." value [":" ("x" factor | step)]
//! list  = value {"," value}
//! ```
//!
//! A value is a number, perhaps with a unit (`200`, `50ms`, `8%`, `100/s`); in a list it may be any
//! text. An end without a unit has that of the other (`10..50ms`), a step without one that of the
//! range. Without a step a range has [`POINTS`] values, at equal ratios if its ends are a factor of
//! [`WIDE`] apart, else at equal distances. Where both ends (and the step) are whole numbers without
//! a unit, so is every value.
//!
//! What is typed is tried as it is typed, to the last digit: ends, values of a list, and multiples of a
//! step, which are added up in decimals. Only values in between that are chosen here are rounded, to
//! four digits and never beyond the ends. A value that is there twice is tried once.

mod decimal;

use crate::expr::metric::{MetricExpr, MetricKind, parse_metric};
use crate::expr::tree::Operator;
use crate::units::Dimension;
use decimal::Decimal;

/// Values of a range without a step.
pub const POINTS: usize = 8;
/// Values of one key at most.
pub const POINTS_MAX: usize = 100;
/// From this ratio of the ends on, values have equal ratios.
pub const WIDE: f64 = 16.0;

/// One value of a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// As `--set` takes it.
    pub text: String,
    /// In base units; `None` of a text.
    pub value: Option<f64>,
}

/// A key and the values that are tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The path, as `--set` takes it.
    pub key: String,
    /// In the order of the range or list; at least one.
    pub values: Vec<Setting>,
    /// Whether values between these may be tried too: of a range without a step of its own.
    pub open: bool,
    /// Whether values are at equal ratios.
    pub log: bool,
    /// How values between are written; `None` of a list of other things than whole numbers.
    scale: Option<Scale>,
}

/// How a number of a range is written.
#[derive(Debug, Clone, PartialEq)]
struct Scale {
    /// What stands behind the number.
    unit: String,
    /// What 1 of it is in base units.
    worth: f64,
    /// Whether only whole numbers make sense.
    whole: bool,
    /// The least and the largest value.
    ends: Option<(Setting, Setting)>,
}

impl Scale {
    fn typed(&self, number: Decimal) -> Setting {
        let text = number.to_string();
        // What a person would get who types it.
        let amount: f64 = text.parse().unwrap_or_else(|_| number.value());
        Setting { text: text + &self.unit, value: Some(amount * self.worth) }
    }

    /// The value next to this one that a person would try, between the ends.
    fn chosen(&self, value: f64) -> Setting {
        let ends = self.ends.as_ref();
        let is_at = |end: &Setting, order: fn(&f64, &f64) -> bool| {
            end.value.is_some_and(|end| order(&value, &end))
        };
        let made = |number: f64| Decimal::near(number).map(|number| self.typed(number));
        let span = ends.and_then(|(from, to)| Some((to.value? - from.value?) / self.worth));
        let amount = value / self.worth;
        let rounded = if self.whole { amount.round() } else { digits(amount, span) };
        let setting = made(rounded).unwrap_or_else(|| Setting {
            text: format!("{rounded}{}", self.unit),
            value: Some(rounded * self.worth),
        });
        match ends {
            Some((from, _)) if is_at(from, f64::le) || setting.value <= from.value => from.clone(),
            Some((_, to)) if is_at(to, f64::ge) || setting.value >= to.value => to.clone(),
            _ => setting,
        }
    }
}

/// Four significant digits, what a person would try; or more where the range is so narrow that a
/// hundredth of it would be lost.
fn digits(number: f64, span: Option<f64>) -> f64 {
    let size = |number: f64| libm::floor(libm::log10(number.abs())) as i32;
    let narrow = span.filter(|span| *span > 0.0).map_or(i32::MAX, |span| size(span / 100.0));
    let last = (size(number) - 3).min(narrow);
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    if last >= 0 {
        let unit = libm::pow(10.0, f64::from(last));
        return libm::round(number / unit) * unit;
    }
    format!("{number:.*}", last.unsigned_abs() as usize).parse().unwrap_or(number)
}

/// Checks that the keys of several ranges differ, and that none is about how runs are made, which must
/// be the same at every point.
pub fn distinct(ranges: &[Range]) -> Result<(), Wrong> {
    for (at, range) in ranges.iter().enumerate() {
        if ranges[..at].iter().any(|other| other.key == range.key) {
            return Err(format!("`{}` is there twice", range.key));
        }
        if range.key == "run" || range.key.starts_with("run.") {
            return Err(format!("`{}` is about the runs, not about the design", range.key));
        }
    }
    Ok(())
}

/// What is wrong with a range, in words.
pub type Wrong = String;

impl Range {
    /// Reads `KEY=RANGE`.
    pub fn read(text: &str) -> Result<Self, Wrong> {
        let form = "it is KEY=FROM..TO, KEY=FROM..TO:STEP, KEY=FROM..TO:xFACTOR or KEY=A,B,C";
        let (key, values) = text.split_once('=').ok_or_else(|| format!("`{text}`: {form}"))?;
        let (key, values) = (key.trim(), values.trim());
        if key.is_empty() || values.is_empty() {
            return Err(format!("`{text}`: {form}"));
        }
        let mut range = match values.split_once("..") {
            Some((from, rest)) => between(key, from, rest)?,
            None => listed(key, values)?,
        };
        range.values = once(range.values);
        if range.values.len() > POINTS_MAX {
            let count = range.values.len();
            return Err(format!("`{key}`: {count} values, of which {POINTS_MAX} are allowed"));
        }
        Ok(range)
    }

    /// Values that somebody else chose, who also knows what could be tried between them.
    pub fn fixed(key: &str, values: Vec<Setting>) -> Self {
        Self { key: key.to_owned(), values, open: false, log: false, scale: None }
    }

    /// The setting nearest to a value in base units, if there is a way to write it.
    pub fn near(&self, value: f64) -> Option<Setting> {
        Some(self.scale.as_ref()?.chosen(value))
    }

    /// Whether only whole numbers are tried.
    pub fn is_whole(&self) -> bool {
        self.scale.as_ref().is_some_and(|scale| scale.whole)
    }
}

/// Each value once, where it comes first.
fn once(values: Vec<Setting>) -> Vec<Setting> {
    let mut all: Vec<Setting> = Vec::new();
    for one in values {
        let same = |known: &Setting| match (known.value, one.value) {
            (Some(known), Some(one)) => known == one,
            _ => known.text == one.text,
        };
        if !all.iter().any(same) {
            all.push(one);
        }
    }
    all
}

fn listed(key: &str, values: &str) -> Result<Range, Wrong> {
    let texts = || values.split(',').map(str::trim);
    if texts().any(str::is_empty) {
        return Err(format!("`{key}`: a value of the list `{values}` is missing"));
    }
    let numbers: Vec<Typed> = texts().filter_map(Typed::read).collect();
    for pair in numbers.windows(2) {
        agree(key, &pair[0], &pair[1])?;
    }
    let setting = |text: &str| {
        let value = Typed::read(text).map(|typed| typed.value());
        Setting { text: text.to_owned(), value }
    };
    let values: Vec<Setting> = texts().map(setting).collect();
    let (low, high) = ends(&values);
    let log = low > 0.0 && high / low >= WIDE;
    let is_whole = |one: &Setting| one.text.replace('_', "").parse::<u32>().is_ok();
    let whole = Scale { unit: String::new(), worth: 1.0, whole: true, ends: None };
    let scale = values.iter().all(is_whole).then_some(whole);
    Ok(Range { key: key.to_owned(), log, values, open: false, scale })
}

/// The least and the largest value.
fn ends(values: &[Setting]) -> (f64, f64) {
    values
        .iter()
        .filter_map(|one| one.value)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
}

fn between(key: &str, from: &str, rest: &str) -> Result<Range, Wrong> {
    let (to, step) = match rest.split_once(':') {
        Some((to, step)) => (to, Some(step.trim())),
        None => (rest, None),
    };
    let read = |text: &str| {
        let wrong = || format!("`{key}`: `{}` is no number with a unit", text.trim());
        Typed::read(text).ok_or_else(wrong)
    };
    let (mut from, mut to) = (read(from)?, read(to)?);
    // One unit is for both.
    from.take_unit_of(&to);
    to.take_unit_of(&from);
    agree(key, &from, &to)?;
    if to.value() <= from.value() {
        return Err(format!("`{key}`: a range goes from the smaller to the larger value"));
    }
    let ends = (from.setting(), to.setting());
    let mut scale = Scale {
        whole: from.is_whole() && to.is_whole(),
        unit: from.unit.clone(),
        worth: from.worth,
        ends: Some(ends.clone()),
    };
    let wide = from.value() > 0.0 && to.value() / from.value() >= WIDE;
    let (values, log) = match step {
        None => {
            let between = spread(from.value(), to.value(), POINTS);
            (between.into_iter().map(|value| scale.chosen(value)).collect(), wide)
        }
        Some(step) => match step.strip_prefix('x') {
            Some(factor) => (multiplied(key, (&from, &to), factor, &scale)?, true),
            None => (stepped(key, (&from, &to), step, &mut scale)?, false),
        },
    };
    let open = step.is_none_or(|step| step.starts_with('x'));
    Ok(Range { key: key.to_owned(), values, open, log, scale: Some(scale) })
}

/// Both must measure the same; what has no unit is a number like any other.
fn agree(key: &str, one: &Typed, other: &Typed) -> Result<(), Wrong> {
    if one.dimension == other.dimension {
        return Ok(());
    }
    Err(format!(
        "`{key}`: `{}` is {} and `{}` is {}",
        one.text,
        one.dimension.name(),
        other.text,
        other.dimension.name()
    ))
}

/// So many values from end to end.
fn spread(from: f64, to: f64, count: usize) -> Vec<f64> {
    let log = from > 0.0 && to / from >= WIDE;
    let at = |i: usize| {
        let part = i as f64 / (count - 1) as f64;
        match i {
            0 => from,
            _ if i == count - 1 => to,
            _ if log => from * libm::pow(to / from, part),
            _ => from + part * (to - from),
        }
    };
    (0..count).map(at).collect()
}

/// Each value a factor times the one before, and the end.
fn multiplied(
    key: &str,
    (from, to): (&Typed, &Typed),
    factor: &str,
    scale: &Scale,
) -> Result<Vec<Setting>, Wrong> {
    let wrong = |what: &str| format!("`{key}`: {what}");
    let factor = Typed::read(factor).filter(|one| one.unit.is_empty() && one.amount.value() > 1.0);
    let factor = factor.ok_or_else(|| wrong("a factor is a number above 1, such as x2"))?.amount;
    if from.value() <= 0.0 {
        return Err(wrong("a range with a factor starts above 0"));
    }
    let mut values = vec![from.setting()];
    let mut number = Some(from.amount);
    let mut about = from.amount.value();
    while values.len() <= POINTS_MAX {
        // Exact as long as a person could write it.
        number = number.and_then(|number| number.times(factor));
        about = number.map_or(about * factor.value(), Decimal::value);
        if about * scale.worth >= to.value() * (1.0 - 1e-12) {
            break;
        }
        let exact = number.filter(|_| !scale.whole || about.fract() == 0.0);
        values.push(
            exact.map_or_else(|| scale.chosen(about * scale.worth), |number| scale.typed(number)),
        );
    }
    values.push(to.setting());
    Ok(values)
}

/// Multiples of a step from the start on, up to the end.
fn stepped(
    key: &str,
    (from, to): (&Typed, &Typed),
    step: &str,
    scale: &mut Scale,
) -> Result<Vec<Setting>, Wrong> {
    let form =
        || format!("`{key}`: a step is a number above 0 with the unit of the range, or xFACTOR");
    let mut step = Typed::read(step).ok_or_else(form)?;
    step.take_unit_of(from);
    agree(key, from, &step)?;
    if step.amount.value() <= 0.0 {
        return Err(form());
    }
    scale.whole &= step.is_whole();
    let step = if step.unit == from.unit {
        step.amount
    } else {
        Decimal::near(step.value() / from.worth).ok_or_else(form)?
    };
    let end = to.value() * (1.0 + 1e-12 * to.value().signum());
    let mut values = Vec::new();
    let mut number = Some(from.amount);
    while let Some(at) = number.filter(|at| at.value() * from.worth <= end) {
        values.push(scale.typed(at));
        if values.len() > POINTS_MAX {
            break;
        }
        number = at.plus(step);
    }
    Ok(values)
}

/// A number as it was typed.
#[derive(Debug, Clone)]
struct Typed {
    text: String,
    amount: Decimal,
    unit: String,
    /// What 1 of the unit is in base units.
    worth: f64,
    dimension: Dimension,
}

impl Typed {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || "._-+eE".contains(c)))
            .unwrap_or(text.len());
        // `5e3` is a number; the e of a unit is not one of it.
        let (amount, unit) = (1..=end)
            .rev()
            .filter(|&at| text.is_char_boundary(at))
            .find_map(|at| Some((Decimal::read(&text[..at].replace('_', ""))?, &text[at..])))?;
        let (worth, dimension) = match unit.trim() {
            "" => (1.0, Dimension::COUNT),
            unit if unit.starts_with(|c: char| c.is_ascii_digit() || ".+-".contains(c)) => {
                return None;
            }
            _ => worth(&parse_metric(&format!("1{unit}")).ok()?)?,
        };
        let (text, unit) = (text.to_owned(), unit.trim_end().to_owned());
        Some(Self { text, amount, unit, worth, dimension })
    }

    /// In base units.
    fn value(&self) -> f64 {
        self.amount.value() * self.worth
    }

    fn is_whole(&self) -> bool {
        self.unit.is_empty() && self.amount.is_whole()
    }

    fn setting(&self) -> Setting {
        Setting { text: format!("{}{}", self.amount, self.unit), value: Some(self.value()) }
    }

    fn take_unit_of(&mut self, other: &Self) {
        if self.unit.is_empty() && !other.unit.is_empty() {
            (self.unit, self.worth) = (other.unit.clone(), other.worth);
            self.dimension = other.dimension;
        }
    }
}

/// What a unit is worth in base units, and what it measures: `1/s` is a quotient of two.
fn worth(unit: &MetricExpr) -> Option<(f64, Dimension)> {
    match &unit.kind {
        MetricKind::Literal(quantity, _) => Some((quantity.value, quantity.dimension)),
        MetricKind::Binary(operator, left, right) => {
            let ((left, of), (right, other)) = (worth(left)?, worth(right)?);
            let dimension = match operator {
                Operator::Multiply => of.times(other)?,
                Operator::Divide => of.per(other)?,
                _ => return None,
            };
            Some((operator.apply(left, right), dimension))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
