//! How many things come over time.
//!
//! A law says what comes per second, or how a stock grows by itself. Compound growth is by months of
//! the calendar or by a fixed time; between two of them it goes on at the same exponential rate, so
//! that after n of them the factor is (1 + g)ⁿ exactly. Saturating growth is the logistic curve of
//! Verhulst (1838): it begins like compound growth and bends towards a limit.

use super::calendar::Calendar;

/// What compound growth counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Per {
    /// A fixed number of seconds.
    Seconds(f64),
    /// Months of the calendar.
    Months(f64),
}

/// How a rate, or a stock, changes over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Not at all.
    Constant,
    /// By a share in each period.
    Compound {
        /// The share: 0.08 is 8 %; more than -1.
        growth: f64,
        /// The period.
        per: Per,
    },
    /// In a straight line, never below 0.
    Rise {
        /// By so much a second.
        by: f64,
    },
    /// Along a logistic curve: at first like compound growth by `growth`, later towards `limit`.
    Saturating {
        /// The share while far from the limit, more than 0.
        growth: f64,
        /// The period.
        per: Per,
        /// What is never reached from below; more than 0.
        limit: f64,
    },
}

/// What a law is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The rate at which things come: `base` is things per second.
    Inflow,
    /// The stock: `base` is how many there are at month 0, and what comes is its increase.
    Stock,
}

/// A law of growth.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    /// Whether the rate or the stock follows the shape.
    pub of: Of,
    /// Its value at month 0.
    pub base: f64,
    /// How it changes.
    pub shape: Shape,
    /// Factors of the rate by month of the year, January first; none: 1 each. Of an inflow only.
    pub seasons: Option<[f64; 12]>,
}

impl Law {
    /// Things per second, always.
    pub fn constant(rate: f64) -> Self {
        Self { of: Of::Inflow, base: rate, shape: Shape::Constant, seasons: None }
    }

    /// Nothing comes.
    pub fn nothing() -> Self {
        Self::constant(0.0)
    }

    /// The value of what follows the shape, seasons not counted.
    pub fn value(&self, calendar: &Calendar, time: f64) -> f64 {
        let ln = |growth: f64| libm::log1p(growth);
        match self.shape {
            Shape::Constant => self.base,
            Shape::Rise { by } => (self.base + by * time).max(0.0),
            Shape::Compound { growth, per } => {
                self.base * libm::exp(ln(growth) * periods(calendar, per, time))
            }
            Shape::Saturating { growth, per, limit } => {
                let gone = libm::exp(-ln(growth) * periods(calendar, per, time));
                if self.base <= 0.0 {
                    0.0
                } else {
                    limit / (1.0 + (limit / self.base - 1.0) * gone)
                }
            }
        }
    }

    /// What follows the shape, with the factor of its month.
    pub fn at(&self, calendar: &Calendar, time: f64) -> f64 {
        self.season(calendar, calendar.month(time)) * self.value(calendar, time)
    }

    /// What comes between two times of one month, seasons not counted.
    fn within(&self, calendar: &Calendar, from: f64, to: f64) -> f64 {
        if to <= from {
            return 0.0;
        }
        if self.of == Of::Stock {
            return self.value(calendar, to) - self.value(calendar, from);
        }
        let length = to - from;
        match self.shape {
            Shape::Constant => self.base * length,
            Shape::Rise { by } => {
                let (first, last) = (self.base + by * from, self.base + by * to);
                let area = |value: f64| value.max(0.0) * value.max(0.0) / (2.0 * by);
                if first >= 0.0 && last >= 0.0 {
                    f64::midpoint(first, last) * length
                } else {
                    area(last) - area(first)
                }
            }
            Shape::Compound { growth, per } => {
                // ∫ base·(1+g)^x dt with x straight in t: the mean of an exponential piece.
                let spans = periods(calendar, per, to) - periods(calendar, per, from);
                self.value(calendar, from) * length * mean_of_exp(libm::log1p(growth) * spans)
            }
            Shape::Saturating { growth, per, limit } => {
                if self.base <= 0.0 {
                    return 0.0;
                }
                let rate = libm::log1p(growth);
                let (first, last) = (periods(calendar, per, from), periods(calendar, per, to));
                // ∫ L/(1 + B·e^(-kx)) dx = L/k·ln(e^(kx) + B), from first to last.
                let ratio = limit / self.base - 1.0;
                let low = 1.0 + ratio * libm::exp(-rate * first);
                let high = 1.0 + ratio * libm::exp(-rate * last);
                let spans = last - first;
                length * limit * (1.0 + libm::log(high / low) / (rate * spans))
            }
        }
    }
}

/// (eˣ - 1) / x, and 1 at 0: the mean of e over a stretch of length x.
fn mean_of_exp(x: f64) -> f64 {
    if x.abs() < 1e-12 { 1.0 } else { libm::expm1(x) / x }
}

/// How many periods have passed.
fn periods(calendar: &Calendar, per: Per, time: f64) -> f64 {
    match per {
        Per::Seconds(length) => time / length,
        Per::Months(count) => calendar.months(time) / count,
    }
}

/// Laws over the months of a calendar: how much has come by any time.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// With what each counts.
    laws: Vec<(f64, Law)>,
    /// What has come by the beginning of each month, from month 0 on.
    before: Vec<f64>,
}

impl Course {
    /// From month 0 to the end of the calendar.
    pub fn new(law: Law, calendar: &Calendar) -> Self {
        Self::sum(vec![(1.0, law)], calendar)
    }

    /// What comes by several laws, so many times each.
    pub fn sum(laws: Vec<(f64, Law)>, calendar: &Calendar) -> Self {
        let mut course = Self { laws, before: vec![0.0] };
        let mut sum = 0.0;
        for month in 0..calendar.ahead() as i64 {
            let (begin, end) = (calendar.begin(month), calendar.begin(month + 1));
            sum += course.within(calendar, month, (begin, end));
            course.before.push(sum);
        }
        course
    }

    /// What comes between two times of a month.
    fn within(&self, calendar: &Calendar, month: i64, (from, to): (f64, f64)) -> f64 {
        let one = |(weight, law): &(f64, Law)| {
            weight * (law.season(calendar, month) * law.within(calendar, from, to))
        };
        self.laws.iter().map(one).sum()
    }

    /// What has come from month 0 until `time`: 0 before it; after the end of the calendar what had
    /// come by then.
    pub fn until(&self, calendar: &Calendar, time: f64) -> f64 {
        if time <= 0.0 {
            return 0.0;
        }
        let month = calendar.month(time);
        let last = self.before.len() - 1;
        if month as usize >= last {
            return self.before[last];
        }
        let begun = (calendar.begin(month), time);
        self.before[month as usize] + self.within(calendar, month, begun)
    }
}

impl Law {
    /// The factor of a month of the calendar.
    pub fn season(&self, calendar: &Calendar, month: i64) -> f64 {
        match (&self.seasons, self.of) {
            (Some(factors), Of::Inflow) => factors[calendar.of_year(month)],
            _ => 1.0,
        }
    }
}
