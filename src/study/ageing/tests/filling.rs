//! Goal: servers that fill up and connections that run out are dated as finely as objectives. Method: loads that
//! grow by a law whose inverse is known.

use super::{FILLING, aged_over_two_months, alone, calendar, days, models, outside};
use crate::access::ways::Ways;
use crate::growth::calendar::DAY;
use crate::model::Model;
use crate::stats::knee::Why;
use crate::study::ageing::{Aged, Crossing, age};
use crate::study::sweep::Point;

fn of<'a>(aged: &'a Aged, what: &str) -> &'a Crossing {
    aged.crossings.iter().find(|one| one.what == what).unwrap()
}

/// Two cores with 20 ms of work for 36 requests a second, twice as many after each year: by the utilization law they
/// are busy for 36 % of the time at first, and for 90 % when the load is 2.5 times as much, after 12 · log2(2.5)
/// = 15.86 months. `more` comes after that.
fn doubling(more: &str) -> Aged {
    let text = format!(
        "[run]\nkind = \"steady\"\nduration = \"60s\"\nwarm_up = \"5s\"\nreplications = 6\n\
         [service.s]\ncores = 2\n[endpoint.e]\nservice = \"s\"\nsteps = [{{ cpu = \"20ms\" }}]\n\
         [workload.w]\nrate = \"36/s\"\nmix = {{ e = 1 }}\n\
         growth = {{ compound = \"100%\", per = \"year\" }}\n{more}"
    );
    let model = models(&text).remove(0).1;
    let name = |_: &Model, _: &_, _: &[_], _: &Ways| String::new();
    let found = outside(|outside| age(&[alone(&model)], (&calendar(), 24), &name, outside));
    found.unwrap().remove(0)
}

/// The months that were added near a crossing.
fn crossed(aged: &Aged) -> Vec<f64> {
    let is_near = |point: &&Point| matches!(point.added, Some(Why::Crossing(_)));
    let near = aged.sweep.points.iter().filter(is_near);
    near.map(|point| point.settings[0].value.unwrap()).collect()
}

/// The dates between which a crossing is read off are a sixteenth of the time until then apart, or a day.
fn is_fine(crossing: &Crossing) -> bool {
    let calendar = calendar();
    let (from, to) = crossing.around(0.5).unwrap();
    let (from, to) = (calendar.time(from) / DAY, calendar.time(to) / DAY);
    to - from < 2.0 || (to - from) / to <= 1.0 / 16.0
}

#[test]
fn a_server_that_fills_up_is_dated_as_finely_as_an_objective() {
    let expected = 12.0 * libm::log2(2.5);
    let plain = doubling("");
    // One that never fails leaves its dates to what does happen.
    let met = doubling("[objective.o]\nthat = \"share(workload.w.refused) < 50%\"\n");
    for aged in [&plain, &met] {
        let found = of(aged, "service.s.cpu is 90 % busy");
        let (month, (from, to)) = (found.quantile(0.5), found.around(0.5).unwrap());
        assert!(is_fine(found), "{from} {to}");
        assert!((month - expected).abs() < 0.5, "{month} {expected}");
        assert!(from <= month && month <= to, "{from} {month} {to}");
    }
    assert!(crossed(&plain).len() >= 2);
    assert_eq!(crossed(&plain), crossed(&met));
}

/// One core of 10 ms at 2 requests a second and 4 more each day: 90 % are 90 a second, on day 22 of the first month.
#[test]
fn a_server_that_is_full_within_a_month_is_found_on_its_day() {
    let (text, _) = FILLING.split_once("[objective.quick]").unwrap();
    let (aged, calendar) = aged_over_two_months(text);
    let found = of(&aged, "database.d.cpu is 90 % busy");
    let day = calendar.time(found.quantile(0.5)) / DAY;
    assert!((day - 22.0).abs() < 1.0, "{day} {:?}", days(&aged, &calendar));
    let (from, to) = found.around(0.5).unwrap();
    let apart = (calendar.time(to) - calendar.time(from)) / DAY;
    assert!(apart < 2.5, "{apart} {:?}", days(&aged, &calendar));
}

/// What an objective is about comes first: where dates are few those of a server are left as they are.
#[test]
fn objectives_are_dated_before_servers() {
    let failing = doubling("[objective.o]\nthat = \"mean(endpoint.e.ok) < 30ms\"\n");
    // Two cores that are shared: 20 ms / (1 - ρ²) are 30 ms at 58 %, after 8 months.
    let first = |aged: &Aged| crossed(aged).into_iter().fold(f64::INFINITY, f64::min);
    assert!(first(&failing) < first(&doubling("")));
}
