//! `KEY=a..b:step`: which values of a key are tried.
//!
//! ```text
//! range = value ".." value [":" ("x" factor | step)]
//! list  = value {"," value}
//! ```
//!
//! A value is a number, perhaps with a unit (`200`, `50ms`, `8%`, `100/s`); in a list it may be any
//! text. Without a step a range has [`POINTS`] values, at equal ratios if its ends are a factor of
//! [`WIDE`] apart, else at equal distances. Where both ends (and the step) are whole numbers without
//! a unit, so is every value.

use crate::expr::metric::parse_metric;

/// Values of a range without a step.
pub const POINTS: usize = 8;
/// Months of a calendar to begin with.
const MONTHS: usize = 6;
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
}

impl Scale {
    fn setting(&self, number: f64) -> Setting {
        let number = if self.whole { number.round() } else { digits(number) };
        Setting { text: format!("{number}{}", self.unit), value: Some(number * self.worth) }
    }
}

/// Four significant digits: what a person would try.
fn digits(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
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
        let range = match values.split_once("..") {
            Some((from, rest)) => between(key, from, rest)?,
            None => listed(key, values),
        };
        if range.values.len() > POINTS_MAX {
            let count = range.values.len();
            return Err(format!("`{key}`: {count} values, of which {POINTS_MAX} are allowed"));
        }
        Ok(range)
    }

    /// The months of a calendar from month 0 to `last`: a few to begin with, any between may be tried.
    pub fn months(last: u32) -> Self {
        let scale = Scale { unit: String::new(), worth: 1.0, whole: true };
        let mut values: Vec<Setting> = spread(0.0, f64::from(last), MONTHS)
            .into_iter()
            .map(|month| scale.setting(month))
            .collect();
        values.dedup();
        Self { key: "month".to_owned(), values, open: true, log: false, scale: Some(scale) }
    }

    /// The setting nearest to a value in base units, if there is a way to write it.
    pub fn near(&self, value: f64) -> Option<Setting> {
        let scale = self.scale.as_ref()?;
        Some(scale.setting(value / scale.worth))
    }

    /// Whether only whole numbers are tried.
    pub fn is_whole(&self) -> bool {
        self.scale.as_ref().is_some_and(|scale| scale.whole)
    }
}

fn listed(key: &str, values: &str) -> Range {
    let setting = |text: &str| {
        let value = number(text).map(|(number, unit)| number * unit.1);
        Setting { text: text.trim().to_owned(), value }
    };
    let values: Vec<Setting> = values.split(',').map(setting).collect();
    let (low, high) = ends(&values);
    let log = low > 0.0 && high / low >= WIDE;
    let is_whole = |one: &Setting| one.text.replace('_', "").parse::<u32>().is_ok();
    let whole = Scale { unit: String::new(), worth: 1.0, whole: true };
    let scale = values.iter().all(is_whole).then_some(whole);
    Range { key: key.to_owned(), log, values, open: false, scale }
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
        number(text).ok_or_else(|| format!("`{key}`: `{}` is no number with a unit", text.trim()))
    };
    let ((from, unit), (to, other)) = (read(from)?, read(to)?);
    // The second end may have a unit of its own, or none: that of the first.
    let worth = if other.0.is_empty() && !unit.0.is_empty() { unit.1 } else { other.1 };
    let to = to * worth / unit.1;
    if to <= from {
        return Err(format!("`{key}`: a range goes from the smaller to the larger value"));
    }
    let is_whole = |number: f64| number.fract() == 0.0 && number.abs() < 1e15;
    let mut scale = Scale {
        whole: unit.0.is_empty() && is_whole(from) && is_whole(to),
        unit: unit.0,
        worth: unit.1,
    };
    let (numbers, log) = match step {
        None => (spread(from, to, POINTS), from > 0.0 && to / from >= WIDE),
        Some(step) => stepped(key, from, to, step, &mut scale)?,
    };
    let mut values: Vec<Setting> =
        numbers.into_iter().map(|number| scale.setting(number)).collect();
    values.dedup();
    Ok(Range {
        key: key.to_owned(),
        values,
        open: step.is_none_or(|step| step.starts_with('x')),
        log,
        scale: Some(scale),
    })
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

fn stepped(
    key: &str,
    from: f64,
    to: f64,
    step: &str,
    scale: &mut Scale,
) -> Result<(Vec<f64>, bool), Wrong> {
    let wrong = |what: &str| format!("`{key}`: {what}");
    if let Some(factor) = step.strip_prefix('x') {
        let factor = number(factor).filter(|(factor, unit)| unit.0.is_empty() && *factor > 1.0);
        let (factor, _) =
            factor.ok_or_else(|| wrong("a factor is a number above 1, such as x2"))?;
        if from <= 0.0 {
            return Err(wrong("a range with a factor starts above 0"));
        }
        let count = (libm::log(to / from) / libm::log(factor) * (1.0 + 1e-9)) as usize;
        let mut values: Vec<f64> =
            (0..=count.min(POINTS_MAX)).map(|i| from * libm::pow(factor, i as f64)).collect();
        if values.last().is_some_and(|last| *last < to * (1.0 - 1e-9)) {
            values.push(to);
        }
        return Ok((values, true));
    }
    let step = number(step)
        .map(|(step, unit)| if unit.0.is_empty() { step } else { step * unit.1 / scale.worth });
    let step = step.filter(|step| *step > 0.0);
    let step = step.ok_or_else(|| {
        wrong("a step is a number above 0 with the unit of the range, or xFACTOR")
    })?;
    scale.whole &= step.fract() == 0.0;
    let count = ((to - from) / step * (1.0 + 1e-9)) as usize;
    Ok(((0..=count.min(POINTS_MAX)).map(|i| from + i as f64 * step).collect(), false))
}

/// A number, what stands behind it, and what 1 of that is in base units.
fn number(text: &str) -> Option<(f64, (String, f64))> {
    let text = text.trim();
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || "._-+eE".contains(c))).unwrap_or(text.len());
    // `5e3` is a number; the e of a unit is not one of it.
    let (amount, unit) = (1..=end)
        .rev()
        .filter(|&at| text.is_char_boundary(at))
        .find_map(|at| Some((text[..at].replace('_', "").parse::<f64>().ok()?, &text[at..])))?;
    if !amount.is_finite() {
        return None;
    }
    if unit.trim().is_empty() {
        return Some((amount, (String::new(), 1.0)));
    }
    let worth = parse_metric(&format!("1{unit}")).ok()?.number()?;
    Some((amount, (unit.to_owned(), worth)))
}

#[cfg(test)]
mod tests {
    use super::Range;

    fn texts(range: &str) -> Vec<String> {
        Range::read(range).unwrap().values.into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn whole_numbers_stay_whole() {
        assert_eq!(texts("a=10..20:5"), ["10", "15", "20"]);
        assert_eq!(texts("a=10..1000:x10"), ["10", "100", "1000"]);
        assert_eq!(texts("a=10..50:x2"), ["10", "20", "40", "50"]);
        assert_eq!(texts("a=1..3"), ["1", "2", "3"]);
        assert_eq!(texts("a=10_000..20_000:5_000"), ["10000", "15000", "20000"]);
        assert_eq!(texts("pool.p.size=20..80"), ["20", "29", "37", "46", "54", "63", "71", "80"]);
    }

    #[test]
    fn units_are_kept_and_carried_over() {
        assert_eq!(texts("a=10ms..40ms:10ms"), ["10ms", "20ms", "30ms", "40ms"]);
        assert_eq!(texts("a=500ms..2s:500ms"), ["500ms", "1000ms", "1500ms", "2000ms"]);
        assert_eq!(texts("a=1%..2:0.5"), ["1%", "1.5%", "2%"]);
        assert_eq!(texts("a=100/s..400/s:x2"), ["100/s", "200/s", "400/s"]);
        let range = Range::read("a=10ms..40ms").unwrap();
        assert_eq!(range.near(0.012_345_6).unwrap().text, "12.35ms");
        assert_eq!(range.values[7].value, Some(0.04));
    }

    #[test]
    fn wide_ranges_have_equal_ratios_and_lists_stand_as_they_are() {
        let range = Range::read("inputs.followers=10..1_000_000:x10").unwrap();
        assert!(range.log && range.open && range.is_whole());
        assert_eq!(range.values.len(), 6);
        assert_eq!(texts("a=1..128")[..3], ["1", "2", "4"]);
        let list = Range::read("a=fifo, lifo").unwrap();
        assert_eq!(list.values[1].text, "lifo");
        assert!(!list.open && list.values[1].value.is_none() && list.near(1.0).is_none());
    }

    #[test]
    fn what_is_no_range_says_so() {
        let wrong = |text: &str| Range::read(text).unwrap_err();
        assert!(wrong("a").contains("KEY=FROM..TO"));
        assert!(wrong("a=5..1").contains("from the smaller"));
        assert!(wrong("a=1..x").contains("no number"));
        assert!(wrong("a=1..9:x1").contains("above 1"));
        assert!(wrong("a=0..9:x2").contains("above 0"));
        assert!(wrong("a=1..9:0").contains("above 0"));
        assert!(wrong("a=1..1000000:1").contains("allowed"));
        assert!(wrong("a=1..1e400").contains("no number"));
    }
}
