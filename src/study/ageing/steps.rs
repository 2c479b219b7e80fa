//! Months at whose beginning the load jumps: by seasons, since all other growth is even within a month.
//!
//! Across such a jump there is no curve to read a date off: what is not passed on the eve and is on the first day of
//! the month is passed on that day.

use crate::growth::calendar::{Calendar, DAY};
use crate::model::Model;
use crate::study::forecast::moment::season_steps;

/// Months that are the same but for rounding.
const HAIR: f64 = 1e-6;
/// Where a ratio to month 0 begins: after a day.
const FIRST: f64 = 1.0 / 30.0;

/// A jump of the load, in months.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// The day before it.
    pub eve: f64,
    /// The month that begins with it.
    pub month: f64,
    /// Whether there is more load from then on, of some workload.
    pub rises: bool,
}

/// Those of designs until the last month, in order.
pub(super) fn steps<'a>(
    models: impl IntoIterator<Item = &'a Model>,
    (calendar, last): (&Calendar, u32),
) -> Vec<Step> {
    let all = models.into_iter().flat_map(|model| season_steps(model, calendar, last));
    let mut all: Vec<(u32, bool)> = all.collect();
    // Where one load rises and another falls it counts as a rise.
    all.sort_by_key(|&(month, rises)| (month, !rises));
    all.dedup_by_key(|one| one.0);
    let step = |(month, rises)| Step {
        eve: calendar.months(calendar.begin(i64::from(month)) - DAY),
        month: f64::from(month),
        rises,
    };
    all.into_iter().map(step).collect()
}

/// Whether two dates lie a day apart or less, with a jump between them.
pub(super) fn is_jump(steps: &[Step], (from, to): (f64, f64)) -> bool {
    steps.iter().any(|step| from >= step.eve - HAIR && (to - step.month).abs() < HAIR)
}

/// The date that tells between two others whether what happens there happens at a jump: an eve, or the first day of
/// its month if the eve is known. Jumps upwards come first, then the one that is nearest to the middle by ratio.
pub(super) fn between(steps: &[Step], (from, to): (f64, f64)) -> Option<f64> {
    let inside = steps.iter().filter(|step| from + HAIR < step.month && step.month < to + HAIR);
    let open = inside.filter_map(|step| {
        let at = if from + HAIR < step.eve { step.eve } else { step.month };
        (at + HAIR < to).then_some((!step.rises, at))
    });
    let middle = libm::log(from.max(FIRST) * to) / 2.0;
    let off = |at: f64| (libm::log(at) - middle).abs();
    open.min_by(|a, b| a.0.cmp(&b.0).then(off(a.1).total_cmp(&off(b.1)))).map(|one| one.1)
}

#[cfg(test)]
mod tests {
    use super::{Step, between, is_jump, steps};
    use crate::growth::calendar::Calendar;
    use crate::study::ageing::tests::models;

    fn of(seasonal: &str, last: u32) -> (Vec<Step>, Calendar) {
        let text = format!(
            "[scenario]\nstart = 2026-01-01\n[service.s]\ncores = 1\n[endpoint.e]\nservice = \"s\"\n\
             steps = [{{ cpu = \"1ms\" }}]\n[workload.w]\nrate = \"1/s\"\nmix = {{ e = 1 }}\n\
             growth = {{ compound = \"1%\", per = \"month\", seasonal = {seasonal} }}\n"
        );
        let calendar = Calendar::new(Some((2026, 1, 1)), 0, last).unwrap();
        (steps([&models(&text)[0].1], (&calendar, last)), calendar)
    }

    /// December is the only other month: its load comes on the first of it, and goes on the first of January.
    #[test]
    fn the_load_jumps_where_factors_differ_and_nowhere_else() {
        let (all, calendar) = of("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]", 24);
        let days = |step: &Step| {
            let day = |month: f64| calendar.date(calendar.time(month)).unwrap().to_string();
            (day(step.eve), day(step.month), step.rises)
        };
        let shown: Vec<(String, String, bool)> = all.iter().map(days).collect();
        let expected = [
            ("2026-11-30", "2026-12-01", true),
            ("2026-12-31", "2027-01-01", false),
            ("2027-11-30", "2027-12-01", true),
            ("2027-12-31", "2028-01-01", false),
        ];
        let expected = expected.map(|(eve, day, rises)| (eve.to_owned(), day.to_owned(), rises));
        assert_eq!(shown, expected);
        assert_eq!(of("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", 24).0, []);
    }

    /// Eves first, then first days; of many the jump near the middle, and those upwards before others.
    #[test]
    fn dates_beside_jumps_are_looked_at_once() {
        let (all, _) = of("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]", 24);
        let (november, january) = (all[0].eve, all[1].eve);
        assert_eq!(between(&all, (7.0, 11.0)), Some(november));
        assert_eq!(between(&all, (november, 11.0)), None);
        assert_eq!(between(&all, (november, 14.0)), Some(11.0));
        assert_eq!(between(&all, (11.0, 23.0)), Some(all[2].eve));
        assert_eq!(between(&all, (11.0, all[2].eve)), Some(january));
        assert_eq!(between(&all, (0.0, november)), None);
        assert!(is_jump(&all, (november, 11.0)));
        assert!(!is_jump(&all, (10.0, 11.0)) && !is_jump(&all, (november, 12.0)));
        // Each month has its own load: the search ends, at the jump or between two of them.
        let (all, _) = of("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", 24);
        for passed in [3.0, 3.4] {
            let (mut gap, mut looks) = ((0.0, 7.0), 0);
            while let Some(at) = between(&all, gap) {
                gap = if at < passed { (at, gap.1) } else { (gap.0, at) };
                looks += 1;
            }
            assert_eq!(is_jump(&all, gap), passed == 3.0, "{gap:?}");
            assert!(gap.1 - gap.0 < 1.0 && looks <= 6, "{gap:?} {looks}");
        }
    }
}
