//! Goal: a forecast reaches as far as it is said to, and keeps what is worked out when it is stopped.

use super::super::{Problem, Spec, Step, forecast};
use super::{PG, at, models, near, worked};
use crate::experiment::Progress;
use crate::study::runs::Outside;
use std::sync::atomic::{AtomicBool, Ordering};

/// A table at a hundred years: 100 rows a day from November 2026 to November 2126 are 36,524 days, of which 24 are those
/// of leap years, 2100 being none.
#[test]
fn a_forecast_reaches_a_hundred_years() {
    let text = format!(
        "[scenario]\nstart = 2026-11-01\n{PG}[table.t]\ndatabase = \"pg\"\nrows = 1_000\nrow = \"200 B\"\n\
         key = \"id\"\ngrowth = \"100/day\"\n[claim.c]\nthat = \"at(100 years, table.t.rows) > 0\"\n"
    );
    let (_, found) = worked(&text, 1_200, 1);
    near(at(&found, "table.t.rows", 1_200), 1_000.0 + 100.0 * 36_524.0);
    assert_eq!(found.calendar.date(found.dates[found.end()]).unwrap().to_string(), "2126-11-01");
    let spec = Spec { months: 1_201, worlds: 1, seed: 1, step: Step::Months(1) };
    let beyond = forecast(&models(&text), &spec, Outside::unattended());
    assert!(matches!(beyond, Err(Problem::Calendar(_))), "{beyond:?}");
}

/// What an interruption leaves is what a forecast of so many worlds gives; before the first one it leaves nothing.
#[test]
fn an_interruption_leaves_the_first_worlds() {
    static STOP: AtomicBool = AtomicBool::new(false);
    let text = format!(
        "{PG}[inputs]\na_day = \"between(500/day, 5_000/day)\"\n[table.t]\ndatabase = \"pg\"\nrows = 0\n\
         row = \"200 B\"\nkey = \"id\"\ngrowth = \"a_day\"\n[variant.v]\ntable.t.rows = 7\n"
    );
    let models = models(&text);
    let of = |worlds: u32, outside: Outside| {
        let spec = Spec { months: 12, worlds, seed: 1, step: Step::Months(1) };
        forecast(&models, &spec, outside)
    };
    let begin = |_: &str| -> Box<dyn Fn(Progress) + Sync> {
        Box::new(|progress| {
            if progress.done >= 40 {
                STOP.store(true, Ordering::Relaxed);
            }
        })
    };
    let outside = Outside { stop: &STOP, begin: &begin, insists: false };
    let part = of(20_000, outside).unwrap();
    assert!((40..20_000).contains(&part.worlds), "{}", part.worlds);
    let alone = of(part.worlds, Outside::unattended()).unwrap();
    for (part, alone) in part.courses.iter().zip(&alone.courses) {
        assert_eq!((&part.series, &part.inputs), (&alone.series, &alone.inputs));
    }
    assert!(matches!(of(20_000, outside), Err(Problem::Stopped)));
}
