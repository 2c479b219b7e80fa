//! Months: real ones from a date on, or even ones where no date is known.

use jiff::ToSpan;
use jiff::civil::Date;

/// Seconds of a day.
pub const DAY: f64 = 86_400.0;
/// Seconds of an even month: a twelfth of 365.25 days, as in expressions.
pub const MONTH: f64 = 365.25 / 12.0 * DAY;
/// Months that a forecast reaches at most: a hundred years.
pub const MONTHS_MAX: u32 = 1_200;
/// Months of a calendar on either side of month 0 at most: that of a forecast has a year more than it.
const SIDE_MAX: u32 = MONTHS_MAX + 12;

/// The months around a date. Times are seconds since the beginning of month 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    start: Option<Date>,
    /// Beginnings of months, from month `-back` on.
    begins: Vec<f64>,
    back: usize,
}

/// Why there is no such calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// More than a hundred years.
    #[error("it goes beyond {MONTHS_MAX} months")]
    TooLong,
    /// Not within the years 1 to 9999.
    #[error("the calendar ends with the year 9999")]
    BeyondYears,
}

/// A stretch of a calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Every {
    /// So many seconds, counted from month 0.
    Seconds(f64),
    /// So many months of the calendar, counted from month 0.
    Months(u32),
}

impl Calendar {
    /// Months from `start` (year, month, day), or even ones: `back` before it, `ahead` from it on.
    ///
    /// A month begins on the same day as the start, or on its last where it has no such day.
    pub fn new(start: Option<(i16, i8, i8)>, back: u32, ahead: u32) -> Result<Self, CalendarError> {
        if back > SIDE_MAX || ahead > SIDE_MAX {
            return Err(CalendarError::TooLong);
        }
        let start = match start {
            None => None,
            Some((year, month, day)) => {
                let date = Date::new(year, month, day);
                Some(date.map_err(|_| CalendarError::BeyondYears)?)
            }
        };
        let begin = |month: i64| -> Result<f64, CalendarError> {
            let Some(start) = start else { return Ok(month as f64 * MONTH) };
            let date = start.checked_add(month.months());
            let date = date.map_err(|_| CalendarError::BeyondYears)?;
            let days = start.until(date).map_err(|_| CalendarError::BeyondYears)?;
            Ok(f64::from(days.get_days()) * DAY)
        };
        let months = -i64::from(back)..=i64::from(ahead);
        let begins = months.map(begin).collect::<Result<Vec<f64>, CalendarError>>()?;
        Ok(Self { start, begins, back: back as usize })
    }

    /// Months from month 0 on.
    pub fn ahead(&self) -> usize {
        self.begins.len() - 1 - self.back
    }

    /// The beginning of a month; of one that is beyond, as if even months followed.
    pub fn begin(&self, month: i64) -> f64 {
        let index = month + self.back as i64;
        let last = self.begins.len() as i64 - 1;
        let near = index.clamp(0, last);
        self.begins[near as usize] + (index - near) as f64 * MONTH
    }

    /// The month that a time lies in.
    pub fn month(&self, time: f64) -> i64 {
        let last = self.begins.len() - 1;
        if time < self.begins[0] || time >= self.begins[last] {
            let (edge, month) = if time < self.begins[0] {
                (self.begins[0], -(self.back as i64))
            } else {
                (self.begins[last], self.ahead() as i64)
            };
            return month + libm::floor((time - edge) / MONTH) as i64;
        }
        let begun = self.begins.partition_point(|begin| *begin <= time);
        begun as i64 - 1 - self.back as i64
    }

    /// Months since month 0, with the part of the month that has passed.
    pub fn months(&self, time: f64) -> f64 {
        let month = self.month(time);
        let (begin, end) = (self.begin(month), self.begin(month + 1));
        month as f64 + (time - begin) / (end - begin)
    }

    /// The time of a month and a part of it, which [`Calendar::months`] takes back.
    pub fn time(&self, months: f64) -> f64 {
        let month = libm::floor(months);
        let (begin, end) = (self.begin(month as i64), self.begin(month as i64 + 1));
        begin + (months - month) * (end - begin)
    }

    /// The month of the year in which a month of the calendar begins, 0 for January. Without a date
    /// month 0 is January.
    pub fn of_year(&self, month: i64) -> usize {
        let first = self.start.map_or(0, |start| i64::from(start.month()) - 1);
        (first + month).rem_euclid(12) as usize
    }

    /// The last time at or before `time` at which a stretch of `every` begins.
    pub fn begin_of(&self, every: Every, time: f64) -> f64 {
        match every {
            // A hair of the length is rounding of the division, not time.
            Every::Seconds(length) => libm::floor(time / length + 1e-9) * length,
            Every::Months(count) => {
                let count = i64::from(count.max(1));
                self.begin(self.month(time).div_euclid(count) * count)
            }
        }
    }

    /// The date of a time; none where no start is known.
    pub fn date(&self, time: f64) -> Option<Date> {
        let days = libm::floor(time / DAY + 1e-9);
        // Of a span of days the calendar takes some twenty thousand years.
        if days.is_nan() || days.abs() > 4e6 {
            return None;
        }
        self.start?.checked_add((days as i64).days()).ok()
    }

    /// Whether it counts real months.
    pub fn is_real(&self) -> bool {
        self.start.is_some()
    }
}
