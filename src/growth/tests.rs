//! Goal: amounts and money over a calendar are what they should be. Method: closed forms from
//! textbooks, sums by hand, published calendars, and a slow reference that keeps every day's things
//! in a bucket of its own.

use super::calendar::{Calendar, CalendarError, DAY, Every, MONTH};
use super::law::{Course, Law, Of, Per, Shape};
use super::money::Money;
use super::retention::{Past, Retention, Stock, Way};
use super::storage::{Item, Rules, Source, Storage, Tier};

const MONTHLY: Per = Per::Months(1.0);
const NONE: Past = Past { amount: 0.0, over: 0.0 };

fn even() -> Calendar {
    Calendar::new(None, 40, 60).unwrap()
}

fn real() -> Calendar {
    Calendar::new(Some((2026, 11, 1)), 40, 60).unwrap()
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-9), "{found} {expected}");
}

fn law(of: Of, base: f64, shape: Shape) -> Law {
    Law { of, base, shape, seasons: None }
}

/// Source: the Gregorian calendar. November 2026 has 30 days, 2028 is a leap year; a month that
/// begins on the 31st begins on the last day of shorter ones.
#[test]
fn months_are_those_of_the_calendar() {
    let calendar = real();
    let days = |month| calendar.begin(month) / DAY;
    assert_eq!([days(0), days(1), days(2), days(12)], [0.0, 30.0, 61.0, 365.0]);
    // November 2026 to March 2028: 30 + 31, 2027, and 31 + 29 days.
    assert_eq!(days(16), 61.0 + 365.0 + 60.0);
    assert_eq!([days(-1), days(-12)], [-31.0, -365.0]);
    assert_eq!((calendar.month(30.0 * DAY), calendar.month(30.0 * DAY - 1.0)), (1, 0));
    assert_eq!((calendar.of_year(0), calendar.of_year(2), calendar.of_year(-11)), (10, 0, 11));
    assert_eq!(calendar.date(61.5 * DAY).unwrap().to_string(), "2027-01-01");
    for never in [f64::INFINITY, f64::NAN, -1e300] {
        assert_eq!(calendar.date(never), None);
    }
    let end = Calendar::new(Some((2027, 1, 31)), 0, 3).unwrap();
    let begins = [1, 2, 3].map(|month| end.begin(month) / DAY);
    assert_eq!(begins, [28.0, 59.0, 89.0]);
    near(calendar.months(45.5 * DAY), 1.5);
    near(even().months(2.5 * MONTH), 2.5);
    near(even().begin(12), 365.25 * DAY);
}

/// Beyond its ends a calendar goes on in even months, and the inverse still fits.
#[test]
fn there_is_no_edge_of_the_calendar() {
    for calendar in [even(), real(), Calendar::new(None, 0, 1).unwrap()] {
        for month in -60..80 {
            let middle = f64::midpoint(calendar.begin(month), calendar.begin(month + 1));
            assert_eq!(calendar.month(middle), month);
            assert_eq!(calendar.begin_of(Every::Months(1), middle), calendar.begin(month));
        }
    }
    assert_eq!(Calendar::new(None, 0, 2_000), Err(CalendarError::TooLong));
    let late = Calendar::new(Some((9999, 6, 1)), 0, 12);
    assert_eq!(late, Err(CalendarError::BeyondYears));
}

/// 500 a day: 182,500 in a year of 365 days (live-b/C1.1), 5,000 a day for 730 days 3.65 million
/// (live-a/C1.3).
#[test]
fn constant_growth_is_rate_times_time() {
    let calendar = real();
    let course = Course::new(Law::constant(500.0 / DAY), &calendar);
    near(course.until(&calendar, calendar.begin(12)), 182_500.0);
    let course = Course::new(Law::constant(5_000.0 / DAY), &calendar);
    near(course.until(&calendar, calendar.begin(12) + 365.0 * DAY), 3_650_000.0);
    assert_eq!(course.until(&calendar, -1.0), 0.0);
}

/// Source: 1.08^24 = 6.341180737 (compound interest tables). The rate is so many times what it was,
/// the table that grows by itself has so many times its rows; of the inflow the integral is the sum
/// over the months of rate × month × (1.08 - 1) / ln 1.08 × 1.08^k.
#[test]
fn compound_growth_of_a_rate_and_of_a_table() {
    for calendar in [even(), real()] {
        let shape = Shape::Compound { growth: 0.08, per: MONTHLY };
        let end = calendar.begin(24);
        let inflow = law(Of::Inflow, 100.0, shape);
        assert!((inflow.value(&calendar, end) / 100.0 - 6.341_181).abs() < 5e-7);
        let months = (0..24).map(|month| {
            let length = calendar.begin(month + 1) - calendar.begin(month);
            100.0 * length * 0.08 / 1.08_f64.ln() * 1.08_f64.powi(month as i32)
        });
        near(Course::new(inflow, &calendar).until(&calendar, end), months.sum());
        let table = Course::new(law(Of::Stock, 1_000.0, shape), &calendar);
        let rows = 1_000.0 + table.until(&calendar, end);
        assert!((rows / 1_000.0 - 6.341_181).abs() < 5e-7, "{rows}");
    }
    // By the year: a year later it is 1.5 times as much.
    let yearly = Shape::Compound { growth: 0.5, per: Per::Months(12.0) };
    let calendar = real();
    near(law(Of::Inflow, 2.0, yearly).value(&calendar, calendar.begin(12)), 3.0);
    // Shrinking by half each week for two weeks; growth of nothing is a constant.
    let weekly = |growth| Shape::Compound { growth, per: Per::Seconds(7.0 * DAY) };
    near(law(Of::Inflow, 8.0, weekly(-0.5)).value(&calendar, 14.0 * DAY), 2.0);
    let flat = Course::new(law(Of::Inflow, 3.0, weekly(0.0)), &calendar);
    near(flat.until(&calendar, 100.0), 300.0);
}

/// A rate that rises by b: rate × t + b × t² / 2; one that falls to nothing stops there.
#[test]
fn a_rising_rate_is_a_parabola() {
    let calendar = real();
    let rise = |base: f64, by: f64| law(Of::Inflow, base, Shape::Rise { by });
    let (base, by) = (500.0 / DAY, 10.0 / DAY / DAY);
    let course = Course::new(rise(base, by), &calendar);
    near(course.until(&calendar, 100.0 * DAY), 500.0 * 100.0 + 10.0 * 100.0 * 100.0 / 2.0);
    let falls = Course::new(rise(base, -by), &calendar);
    // It falls to nothing within 50 days: a triangle.
    for days in [50.0, 70.0, 400.0] {
        near(falls.until(&calendar, days * DAY), 500.0 * 50.0 / 2.0);
    }
}

/// Source: the logistic function. With a growth of g per month it passes half of its limit after
/// ln(L / a - 1) / ln(1 + g) months; its integral is checked against a fine sum.
#[test]
fn saturating_growth_is_logistic() {
    for calendar in [even(), real()] {
        let shape = Shape::Saturating { growth: 0.2, per: MONTHLY, limit: 5_000.0 };
        let curve = law(Of::Inflow, 500.0, shape);
        let half = 9.0_f64.ln() / 1.2_f64.ln();
        let at = |months: f64| {
            let month = months.floor() as i64;
            let length = calendar.begin(month + 1) - calendar.begin(month);
            calendar.begin(month) + months.fract() * length
        };
        near(curve.value(&calendar, at(half)), 2_500.0);
        near(curve.value(&calendar, 0.0), 500.0);
        assert!(curve.value(&calendar, at(59.0)) > 4_990.0);
        let (end, steps) = (calendar.begin(30), 300_000);
        let step = end / f64::from(steps);
        let middle = |i: u32| curve.value(&calendar, (f64::from(i) + 0.5) * step) * step;
        let sum: f64 = (0..steps).map(middle).sum();
        let found = Course::new(curve, &calendar).until(&calendar, end);
        assert!((found / sum - 1.0).abs() < 1e-7, "{found} {sum}");
        let table = Course::new(law(Of::Stock, 500.0, shape), &calendar);
        near(500.0 + table.until(&calendar, at(half)), 2_500.0);
    }
}

/// A season is a factor of the month of the year: only December counts double.
#[test]
fn seasons_are_those_of_the_year() {
    let calendar = real();
    let mut factors = [1.0; 12];
    factors[11] = 2.0;
    let seasonal = Law { seasons: Some(factors), ..Law::constant(10.0 / DAY) };
    let course = Course::new(seasonal, &calendar);
    near(course.until(&calendar, 30.0 * DAY), 300.0);
    near(course.until(&calendar, 40.0 * DAY), 300.0 + 200.0);
    near(course.until(&calendar, 365.0 * DAY), 3_650.0 + 310.0);
    // Without a date month 0 is January.
    let course = Course::new(Law { seasons: Some(factors), ..Law::constant(1.0) }, &even());
    near(course.until(&even(), 12.0 * MONTH), 13.0 * MONTH);
}

/// Rate × retention: 5,000 a day kept for 90 days are 450,000 (live-a/C1), whatever was there before
/// if it came at the same rate.
#[test]
fn a_plateau_is_rate_times_retention() {
    let calendar = real();
    let kept = |past: Past| {
        let retention = Retention { after: 90.0 * DAY, way: Way::AtOnce };
        let course = Course::new(Law::constant(5_000.0 / DAY), &calendar);
        Stock::new(past, course, Some(retention))
    };
    let full = kept(Past { amount: 450_000.0, over: 90.0 * DAY });
    let empty = kept(NONE);
    for day in [0.0, 17.0, 89.0, 90.0, 400.0] {
        near(full.there(&calendar, day * DAY), 450_000.0);
        near(empty.there(&calendar, day * DAY), 5_000.0 * day.min(90.0));
    }
    // Twice as many rows at first: half of the surplus is left after 45 days.
    let twice = kept(Past { amount: 900_000.0, over: 90.0 * DAY });
    near(twice.there(&calendar, 45.0 * DAY), 675_000.0);
}

/// A piece is dropped when its newest row is old enough, so up to a piece more than the retention is
/// there; a purge takes what is old enough when it runs.
#[test]
fn pieces_and_runs_leave_later() {
    let calendar = even();
    let stock = |way| {
        let course = Course::new(Law::constant(1.0 / DAY), &calendar);
        let past = Past { amount: 90.0, over: 90.0 * DAY };
        Stock::new(past, course, Some(Retention { after: 90.0 * DAY, way }))
    };
    let week = Every::Seconds(7.0 * DAY);
    // On day 375 the cutoff of 285 days lies in the piece that began on day 280.
    near(stock(Way::Pieces(week)).there(&calendar, 375.0 * DAY), 95.0);
    // The last run was on day 371.
    near(stock(Way::Runs(week)).there(&calendar, 375.0 * DAY), 94.0);
    near(stock(Way::Runs(week)).there(&calendar, 378.0 * DAY), 90.0);
    near(stock(Way::AtOnce).there(&calendar, 375.0 * DAY), 90.0);
    // 90 days touch 14 weeks: from day 280 to 375.
    assert_eq!(stock(Way::Pieces(week)).pieces(&calendar, week, 375.0 * DAY), 14.0);
    let calendar = real();
    let course = Course::new(Law::constant(1.0), &calendar);
    let forever = Stock::new(NONE, course, None);
    assert_eq!(forever.pieces(&calendar, Every::Months(1), calendar.begin(24) - 1.0), 24.0);
}

/// What came = what is there + what left, at every time, for every way: conservation. The slow
/// reference keeps each quarter of a day in a bucket.
#[test]
fn nothing_is_lost() {
    let calendar = real();
    let quarter = DAY / 4.0;
    let after = 100.0 * DAY;
    let past = Past { amount: 4_000.0, over: after };
    let shape = Shape::Compound { growth: 0.3, per: MONTHLY };
    let course = Course::new(law(Of::Inflow, 40.0 / DAY, shape), &calendar);
    let ways = [Way::AtOnce, Way::Pieces(Every::Months(1)), Way::Runs(Every::Seconds(7.0 * DAY))];
    for way in ways {
        let retention = Retention { after, way };
        let stock = Stock::new(past, course.clone(), Some(retention));
        let (mut there, mut came) = (Vec::new(), 0.0);
        for bucket in -400..0 {
            there.push((f64::from(bucket) * quarter, 10.0));
        }
        for step in 0..4 * 300 {
            let (begin, end) = (f64::from(step) * quarter, f64::from(step + 1) * quarter);
            let new = course.until(&calendar, end) - course.until(&calendar, begin);
            came += new;
            there.push((begin, new));
            // Each bucket leaves by the words of the rule, not by the formula.
            there.retain(|(begin, _)| {
                let newest = begin + quarter;
                match way {
                    Way::AtOnce => newest > end - after,
                    Way::Pieces(every) => {
                        let piece = calendar.begin_of(every, *begin);
                        let next = calendar.begin(calendar.month(piece) + 1);
                        next + after > end
                    }
                    Way::Runs(_) => {
                        let last = (end / (7.0 * DAY)).floor() * 7.0 * DAY;
                        newest > last - after
                    }
                }
            });
            let reference: f64 = there.iter().map(|bucket| bucket.1).sum();
            let found = stock.there(&calendar, end);
            assert!((found - reference).abs() < 1e-6 * reference, "{way:?} {found} {reference}");
            near(found + stock.gone(&calendar, end), past.amount + came);
        }
    }
}

fn tier(after: f64, per_gb_month: f64) -> Tier {
    let price = per_gb_month / 1e9 / MONTH;
    let nothing = (0.0, 0.0, 0.0, 0.0);
    let (minimum, request, retrieval, reads) = nothing;
    Tier { after, price, minimum, request, retrieval, reads }
}

fn rules(tiers: Vec<Tier>) -> Rules {
    Rules { tiers, expire: None, keep: 0.0, object: f64::INFINITY, transfer: 0.0 }
}

/// 67.5 TB in 30 days (live-b/C1.5: 500 streams × 2 h × 5 Mbit/s), 90 days in the first tier and
/// then in the second, deleted after three years but for a tenth.
#[test]
fn bytes_over_tiers_add_up() {
    let calendar = even();
    let per_day = 500.0 * 7_200.0 * 5e6 / 8.0;
    near(30.0 * per_day, 67.5e12);
    let expire = 1_000.0 * DAY;
    let tiers = vec![tier(0.0, 0.03), tier(90.0 * DAY, 0.004)];
    let rules = Rules { expire: Some(expire), keep: 0.1, ..rules(tiers) };
    let own = Source::Own(Course::new(Law::constant(per_day / DAY), &calendar));
    let storage = Storage { past: NONE, sources: vec![own], rules };
    for day in [0.0, 45.0, 90.0, 400.0, 1_000.0, 1_500.0] {
        let tiers = storage.tiers(&calendar, day * DAY);
        near(tiers[0], per_day * day.min(90.0));
        let beyond = (day - 1_000.0).max(0.0);
        near(tiers[1], per_day * ((day - 90.0).max(0.0) - 0.9 * beyond));
        let there: f64 = tiers.iter().sum();
        near(there + storage.expired(&calendar, day * DAY), per_day * day);
    }
    // What was there at first is as old as anything may be.
    let past = Past { amount: 1_000.0, over: expire };
    let old = Storage { past, sources: Vec::new(), ..storage };
    let tiers = old.tiers(&calendar, 0.0);
    near(tiers[0], 90.0);
    near(tiers[1], 910.0);
    near(old.bytes(&calendar, 500.0 * DAY), 500.0 + 0.1 * 500.0);
}

/// What leaves a table arrives in a storage, to the byte.
#[test]
fn what_leaves_a_table_arrives() {
    let calendar = real();
    let retention = Retention { after: 90.0 * DAY, way: Way::Runs(Every::Months(1)) };
    let past = Past { amount: 9_000.0, over: 90.0 * DAY };
    let table =
        Stock::new(past, Course::new(Law::constant(100.0 / DAY), &calendar), Some(retention));
    let sources = vec![Source::Leaving(&table, 200.0)];
    let archive = Storage { past: NONE, sources, rules: rules(vec![tier(0.0, 1.0)]) };
    for day in [0.0, 10.0, 30.0, 31.0, 200.0, 399.5] {
        let time = day * DAY;
        let rows = table.there(&calendar, time) + archive.bytes(&calendar, time) / 200.0;
        near(rows, 9_000.0 + 100.0 * day);
    }
}

/// A bill by hand. November 2026, 30 days; 10 GB come each day in objects of 1 GB, 600 GB (60 days
/// of it) are there. Tier "new": 0.10 $/GB-month and 0.005 $ an object; tier "old" from 30 days on:
/// 0.02 $/GB-month, 0.05 $ an object that moves, paid for at least 90 days; 1 % a day of it is read at
/// 0.01 $/GB, and 0.09 $/GB to send it. Everything is deleted at an age of 60 days.
///
/// - new: stock 300 GB throughout: 300 × 0.10 = 30.00; 300 objects × 0.005 = 1.50
/// - old: stock 300 GB: 300 × 0.02 = 6.00; 300 objects × 0.05 = 15.00
/// - of the old 300 GB are deleted after 30 days there, 60 short of 90: 300 × 0.02 × 60 / 30.4375
///   (days of an even month) = 11.827515 …
/// - reads: 300 GB × 1 % × 30 days = 90 GB: × 0.01 = 0.90, × 0.09 = 8.10
#[test]
fn a_bill_by_hand_to_the_cent() {
    let calendar = real();
    let new = Tier { request: 0.005, ..tier(0.0, 0.10) };
    let old = Tier {
        minimum: 90.0 * DAY,
        request: 0.05,
        retrieval: 0.01e-9,
        reads: 0.01 / DAY,
        ..tier(30.0 * DAY, 0.02)
    };
    let storage = Storage {
        past: Past { amount: 600e9, over: 60.0 * DAY },
        sources: vec![Source::Own(Course::new(Law::constant(10e9 / DAY), &calendar))],
        rules: Rules {
            expire: Some(60.0 * DAY),
            object: 1e9,
            transfer: 0.09e-9,
            ..rules(vec![new, old])
        },
    };
    let bill = storage.bill(&calendar, 0);
    let cents: Vec<(usize, Item, i128)> =
        bill.iter().map(|(tier, item, money)| (*tier, *item, money.cents())).collect();
    let by_hand = [
        (0, Item::Stored, 3_000),
        (0, Item::Requests, 150),
        (1, Item::Stored, 600),
        (1, Item::Minimum, 1_183),
        (1, Item::Requests, 1_500),
        (1, Item::Retrieval, 90),
        (1, Item::Transfer, 810),
    ];
    assert_eq!(cents, by_hand);
    let total: Money = bill.iter().map(|line| line.2).sum();
    assert_eq!(total.cents(), 7_333);
    // The price is per month of the calendar: December, a day longer, stores for the same.
    let december = storage.bill(&calendar, 1);
    assert_eq!(december[0].2, bill[0].2);
    // 310 objects come in its 31 days.
    assert_eq!(december[1].2.cents(), 155);
}

/// 10 GB a day into nothing: after 30 days 300 GB, and the month is paid for half of it.
#[test]
fn a_month_of_filling_costs_half() {
    let calendar = real();
    let own = Source::Own(Course::new(Law::constant(10e9 / DAY), &calendar));
    let storage = Storage { past: NONE, sources: vec![own], rules: rules(vec![tier(0.0, 0.10)]) };
    let bill = storage.bill(&calendar, 0);
    assert_eq!(bill, [(0, Item::Stored, Money::of(15.0))]);
}

/// live-b/C1.8 with 67.5 TB a month of 30 days, $30 and $4 a TB: $6,075 in month 3, $8,505 in month
/// 12, $14,985 in month 36 are stocks at the end of the month: 202.5 TB × 30, and what is older × 4.
#[test]
fn the_price_of_video_by_hand() {
    let calendar = Calendar::new(None, 40, 48).unwrap();
    let per_day = 67.5e12 / 30.0;
    let own = Source::Own(Course::new(Law::constant(per_day / DAY), &calendar));
    let tiers = vec![tier(0.0, 0.03), tier(90.0 * DAY, 0.004)];
    let storage = Storage { past: NONE, sources: vec![own], rules: rules(tiers) };
    for (months, dollars) in [(3.0, 6_075.0), (12.0, 8_505.0), (36.0, 14_985.0)] {
        let there = storage.tiers(&calendar, months * 30.0 * DAY);
        near(there[0] / 1e12 * 30.0 + there[1] / 1e12 * 4.0, dollars);
    }
}

/// Lines add up exactly where sums of fractions of a cent would not.
#[test]
fn money_adds_up() {
    let thirds: Money = std::iter::repeat_n(Money::of(1.0 / 3.0), 3).sum();
    assert_eq!(thirds, Money::of(0.999_999));
    assert_eq!(
        (thirds.cents(), Money::of(-0.005).cents(), Money::of(0.004_9).cents()),
        (100, -1, 0)
    );
    let dimes: Money = (0..1_000_000).map(|_| Money::of(0.1)).sum();
    assert_eq!(dimes, Money::of(100_000.0));
    assert_eq!(Money::of(f64::NAN), Money::ZERO);
    assert_eq!(Money::of(12.345_678_4).units(), 12.345_678);
}
