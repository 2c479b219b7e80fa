//! Goal: a date is the scenario with the data of that date, and nothing else changes.

use super::{Aged, Dated, Design, Moment, age, at_date, can_age, numbers_at};
use crate::experiment::Progress;
use crate::expr::scope::NoTables;
use crate::growth::calendar::{Calendar, DAY};
use crate::model::{Model, resolve};
use crate::scenario::overlay::with_variant;
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;
use crate::study::Alternative;
use crate::study::runs::{Outside, together};
use crate::study::sweep::Point;
use crate::verdict::Verdict;
use std::sync::atomic::AtomicBool;

mod filling;

const ASKED: &str = r#"
[run]
duration = "5s"
replications = 5
[service.s]
[database.d]
cores = 4
costs = { max_parallel_workers_per_gather = 0 }
[pool.p]
service = "s"
database = "d"
size = 5
[table.t]
database = "d"
rows = 2_000
columns = { id = "bigint", who = { type = "bigint", distinct = 1_000 }, note = "text(100)" }
key = "id"
growth = "2_000/month"
[query.q]
table = "t"
equals = "who"
[endpoint.e]
service = "s"
steps = [{ query = "q" }]
[workload.w]
rate = "50/s"
mix = { e = 1 }
[claim.slower]
that = "at(12 months, mean(query.q.elapsed)) > 2 * mean(query.q.elapsed)"
[claim.indexed]
that = "at(12 months, in(indexed, mean(query.q.elapsed))) < at(12 months, mean(query.q.elapsed)) / 2"
[claim.reversed]
variant = "indexed"
that = "in(indexed, at(24 months, p50(endpoint.e))) > 1s"
[claim.soon]
that = "at(2s, count(endpoint.e)) >= 0"
[variant.indexed]
table.t.index = { by_who = ["who"] }
"#;

pub(super) fn models(text: &str) -> Vec<(Option<String>, Model)> {
    let (raw, _) = read("a.toml", &[], &MemoryLoader::new("a.toml", text));
    let resolved = |raw: &_| {
        let (model, found) = resolve(raw, &NoTables);
        model.unwrap_or_else(|| panic!("{found:?}"))
    };
    let mut all = vec![(None, resolved(&raw))];
    for variant in raw.variants() {
        let (merged, _) = with_variant(&raw, &variant.name);
        all.push((Some(variant.name.to_string()), resolved(&merged)));
    }
    all
}

pub(super) fn outside<T>(work: impl FnOnce(Outside) -> T) -> T {
    let begin = |_: &str| -> Box<dyn Fn(Progress) + Sync> { Box::new(|_| ()) };
    work(Outside { stop: &AtomicBool::new(false), begin: &begin, insists: true })
}

pub(super) fn alone(model: &Model) -> Design<'_> {
    Design { model, beside: Vec::new() }
}

pub(super) fn calendar() -> Calendar {
    Calendar::new(None, 0, 48).unwrap()
}

/// Month 0 has the rows that the scenario states, and month 12 those of a scenario that states them:
/// both give the very same runs.
#[test]
fn a_date_is_the_scenario_with_other_rows() {
    let base = &models(ASKED)[0].1;
    let stated = models(&ASKED.replace("rows = 2_000", "rows = 26_000"));
    let calendar = calendar();
    for (month, model) in [(0, base), (12, &stated[0].1)] {
        let over = (&calendar, calendar.begin(month), Moment::Fullest);
        let there = at_date(base, over, "there".to_owned(), &[], None).unwrap();
        let here = Alternative::new(Some("here".to_owned()), model.clone(), &[]).unwrap();
        let ran = outside(|outside| together(vec![there, here], outside));
        let of = |at: usize| ran[at].ensemble.rows.iter().map(|row| (row.events, row.ended_at));
        assert!(of(0).eq(of(1)), "month {month}");
        assert!(of(0).count() >= 5);
    }
}

/// Load that rises by its double in a year: month 12 gives the runs of a scenario with twice the rate and
/// twice the users.
#[test]
fn load_grows_with_the_date() {
    let text = ASKED.replace("growth = \"2_000/month\"\n", "");
    let load = |rate: &str, users: u32, growth: &str| {
        let text = text.replace("rate = \"50/s\"\n", &format!("rate = \"{rate}\"\n{growth}"));
        let users = format!("[workload.u]\nusers = {users}\nthink = \"1s\"\nmix = {{ e = 1 }}\n");
        models(&(text + &users + growth)).remove(0).1
    };
    let growing = load("50/s", 7, "growth = { rise = \"100%/year\" }\n");
    let doubled = load("100/s", 14, "");
    let calendar = calendar();
    let there = at_date(
        &growing,
        (&calendar, calendar.begin(12), Moment::Exact),
        "there".to_owned(),
        &[],
        None,
    );
    let here = Alternative::new(Some("here".to_owned()), doubled, &[]);
    let ran = outside(|outside| together(vec![there.unwrap(), here.unwrap()], outside));
    let of = |at: usize| ran[at].ensemble.rows.iter().map(|row| (row.events, row.ended_at));
    assert!(of(0).eq(of(1)));
    assert!(can_age(&growing));
}

/// What is said of dates beyond the run is left to the forecast and judged there; what lies within it
/// stays.
#[test]
fn conditions_on_dates_are_judged_there() {
    let models = models(ASKED);
    let main = &models[0].1;
    let ids = |claims: &[crate::model::Claim]| {
        claims.iter().map(|one| one.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&main.claims), ["soon"]);
    assert_eq!(ids(&main.outlook.claims), ["slower", "indexed", "reversed"]);
    let asked: Vec<_> =
        main.outlook.claims.iter().map(|one| (one.variant.clone(), &one.that)).collect();
    let dated = Dated::new(&asked, &models, &calendar()).unwrap();
    (0..3).for_each(|at| dated.check(at).unwrap());
    let found = outside(|outside| dated.judge(outside));
    let verdicts: Vec<Verdict> = found.iter().map(|one| one.as_ref().unwrap().verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Pass, Verdict::Fail]);
}

#[test]
fn a_word_that_is_wrong_is_found_before_the_runs() {
    let text = ASKED.replace("in(indexed, mean(query.q", "in(index, mean(query.q");
    let text = text.replace("p50(endpoint.e)", "p50(endpoint.f)");
    let models = models(&text);
    let asked: Vec<_> =
        models[0].1.outlook.claims.iter().map(|one| (one.variant.clone(), &one.that)).collect();
    let dated = Dated::new(&asked, &models, &calendar()).unwrap();
    let message = |at: usize| dated.check(at).unwrap_err()[0].message.clone();
    assert!(dated.check(0).is_ok());
    assert!(message(1).contains("index"), "{}", message(1));
    assert!(message(2).contains("endpoint.f"), "{}", message(2));
}

/// A variant that there is not takes no place among the designs: those after it are judged as themselves, where
/// the limit is a time and not, as in another variant, a number.
#[test]
fn a_variant_that_is_not_there_shifts_no_other() {
    let text = ASKED.replace("in(indexed, mean(query.q", "in(index, mean(query.q");
    let text = text.replace(
        "in(indexed, at(24 months, p50(endpoint.e))) > 1s",
        "p50(endpoint.e) + at(24 months, in(other, p50(endpoint.e))) > limit",
    );
    let models = models(&(text + "[inputs]\nlimit = \"1s\"\n[variant.other]\ninputs.limit = 5\n"));
    let asked: Vec<_> =
        models[0].1.outlook.claims.iter().map(|one| (one.variant.clone(), &one.that)).collect();
    let dated = Dated::new(&asked, &models, &calendar()).unwrap();
    let checked = |at: usize| {
        let errors = dated.check(at).err();
        errors.map_or(String::new(), |errors| errors[0].message.clone())
    };
    assert!(checked(1).contains("there is no variant"), "{}", checked(1));
    assert_eq!([checked(0), checked(2)], ["", ""]);
}

/// The query reads its whole table until an index pays, and then its entries.
#[test]
fn ways_flip_with_the_rows() {
    let models = models(&ASKED.replace("rows = 2_000", "rows = 0"));
    let name = |_: &Model, _: &_, _: &[_], ways: &crate::access::ways::Ways| {
        if ways.chosen().path.scan == crate::database::path::Scan::Sequential {
            "sequential".to_owned()
        } else {
            "by the index".to_owned()
        }
    };
    assert!(models.iter().all(|(_, model)| can_age(model)));
    let aged = |model| outside(|outside| age(&[alone(model)], (&calendar(), 6), &name, outside));
    let flips = |model| aged(model).unwrap().remove(0).flips;
    assert!(flips(&models[0].1).is_empty());
    let found = flips(&models[1].1);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].to.as_str(), found[0].never()), ("by the index", 0.0));
    assert_eq!(found[0].quantile(0.5), 1.0);
}

/// Kept for 30 days and deleted by months: a month begins just after a run, and requests meet the table as
/// it was just before, with what came in 30 days and a month of 30.4375.
#[test]
fn a_table_that_loses_rows_in_runs_is_met_at_its_fullest() {
    let kept = "growth = \"1_000/day\"\nretention = { after = \"30 days\", every = \"month\" }\n";
    let text = |rows: &str, kept: &str| {
        ASKED.replace("rows = 2_000\n", rows).replace("growth = \"2_000/month\"\n", kept)
    };
    let aged = models(&text("rows = 30_000\n", kept)).remove(0).1;
    let full = models(&text("rows = 60_437\n", "")).remove(0).1;
    let calendar = calendar();
    let over = (&calendar, calendar.begin(6), Moment::Fullest);
    let there = at_date(&aged, over, "there".to_owned(), &[], None).unwrap();
    let here = Alternative::new(Some("here".to_owned()), full, &[]).unwrap();
    let ran = outside(|outside| together(vec![there, here], outside));
    let of = |at: usize| ran[at].ensemble.rows.iter().map(|row| (row.events, row.ended_at));
    assert!(of(0).eq(of(1)));
}

/// The month of the high season is looked at in each year, and a load that nobody could simulate is
/// refused with its month.
#[test]
fn high_seasons_are_looked_at_and_loads_have_a_bound() {
    let growing = |growth: &str| {
        models(&ASKED.replace("rate = \"50/s\"\n", &format!("rate = \"50/s\"\n{growth}\n")))
            .remove(0)
            .1
    };
    let seasons = growing("growth = { seasonal = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5] }");
    let months = super::high_seasons(&seasons, &calendar(), 24);
    assert!(months.contains(&11) && months.contains(&23), "{months:?}");
    let doubling = growing("growth = { compound = \"100%\" }");
    let calendar = calendar();
    let at = |month: i64| {
        let over = (&calendar, calendar.begin(month), Moment::Exact);
        at_date(&doubling, over, "there".to_owned(), &[], None)
    };
    assert!(at(12).is_ok());
    let problems = at(24).err().unwrap();
    assert!(problems[0].message.contains("after 24 months"), "{problems:?}");
    assert!(problems[0].origin.span.is_some());
}

/// One core with work of 10 ms for 2 requests a second at first, which is 4 a second more each day: an M/M/1 queue
/// whose mean time, 10 ms / (1 - rate / (100/s)), passes 20 ms at 50 a second, on day 12. At the end of the month
/// it is 124 a second, and nothing keeps up.
const FILLING: &str = r#"
[inputs]
more = "200%/day"
[run]
kind = "steady"
duration = "60s"
warm_up = "5s"
replications = 8
[service.s]
workers = 10_000
[database.d]
cores = 1
max_connections = 11_000
[pool.p]
service = "s"
database = "d"
size = 10_000
round_trip = "0s"
[query.q]
database = "d"
cpu = "exp(10ms)"
[endpoint.e]
service = "s"
steps = [{ query = "q" }]
[workload.w]
rate = "2/s"
mix = { e = 1 }
growth = { rise = "more" }
[objective.quick]
that = "mean(query.q.elapsed) < 20ms"
"#;

/// A model over two months from the first of February, of 28 and 31 days.
fn aged_over_two_months(text: &str) -> (Aged, Calendar) {
    let model = models(text).remove(0).1;
    let calendar = Calendar::new(Some((2026, 2, 1)), 0, 14).unwrap();
    let name = |_: &Model, _: &_, _: &[_], _: &crate::access::ways::Ways| String::new();
    let found = outside(|outside| age(&[alone(&model)], (&calendar, 2), &name, outside));
    (found.unwrap().remove(0), calendar)
}

fn days(aged: &Aged, calendar: &Calendar) -> Vec<f64> {
    let month = |point: &Point| point.settings[0].value.unwrap();
    aged.sweep.points.iter().map(|point| calendar.time(month(point)) / DAY).collect()
}

/// What fails within the first month is dated by simulating its days, and not by the curve from its beginning to
/// its end.
#[test]
fn what_fails_within_a_month_is_found_on_its_day() {
    let (aged, calendar) = aged_over_two_months(FILLING);
    let days = days(&aged, &calendar);
    let is_whole = |day: &f64| (day - day.round()).abs() < 1e-6;
    assert!(days.iter().all(is_whole) && [0.0, 28.0, 59.0].iter().all(|day| days.contains(day)));
    let month = aged.crossings[0].quantile(0.5);
    let day = calendar.time(month) / DAY;
    assert!((day - 12.0).abs() < 1.0, "{day} {days:?}");
    let (from, to) = aged.crossings[0].around(0.5).unwrap();
    let apart = (calendar.time(to) - calendar.time(from)) / DAY;
    assert!(apart < 2.5 && from < month && month <= to, "{apart} {days:?}");
}

/// With 100 to 300 % a day, evenly, a tenth of the worlds have 280 % and more, and fail before day 8.57; half
/// before day 12.
#[test]
fn worlds_fail_on_their_days() {
    let text = FILLING.replace("\"200%/day\"", "\"uniform(100%/day, 300%/day)\"");
    let text = text.replace("replications = 8", "replications = 4\nworlds = 16");
    let (aged, calendar) = aged_over_two_months(&text);
    for (share, expected) in [(0.1, 24.0 / 2.8), (0.5, 12.0)] {
        let month = aged.crossings[0].quantile(share);
        let day = calendar.time(month) / DAY;
        assert!((day - expected).abs() < 1.0, "{share}: {day} {:?}", days(&aged, &calendar));
    }
}

/// An M/M/1 queue of 10 ms with 30 requests a second, give or take, of which there are twice as many in December:
/// until the eve it is busy for 44 % of the time at most, and its mean time is 18 ms, well below 30 ms, which it
/// passes at two thirds. So where it fails it does from the first of December on.
#[test]
fn what_a_season_brings_is_dated_to_its_first_day() {
    let text = |more: &str, worlds: u32| {
        format!(
            "[inputs]\nf = \"{more}\"\n[run]\nduration = \"100s\"\nworlds = {worlds}\nreplications = 4\n\
             [service.s]\ncores = 1\n[endpoint.e]\nservice = \"s\"\nsteps = [{{ cpu = \"exp(10ms)\" }}]\n\
             [workload.w]\nrate = \"30/s*f\"\nmix = {{ e = 1 }}\ngrowth = {{ compound = \"1%\", \
             per = \"month\", seasonal = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2] }}\n\
             [objective.o]\nthat = \"mean(endpoint.e.ok) < 30ms\"\n"
        )
    };
    let calendar = Calendar::new(Some((2026, 1, 1)), 0, 26).unwrap();
    let name = |_: &Model, _: &_, _: &[_], _: &crate::access::ways::Ways| String::new();
    let aged = |text: &str| {
        let model = models(text).remove(0).1;
        let found = outside(|outside| age(&[alone(&model)], (&calendar, 14), &name, outside));
        found.unwrap().remove(0)
    };
    let many = aged(&text("uniform(0.7, 1.3)", 8));
    let found = &many.crossings[0];
    let failing: Vec<f64> =
        found.months.iter().copied().filter(|month| month.is_finite()).collect();
    assert!(failing.len() >= 2 && failing.iter().all(|month| *month == 11.0), "{:?}", found.months);
    assert!(days(&many, &calendar).contains(&333.0));
    let only = aged(&text("1.25", 1)).crossings.remove(0);
    assert_eq!(only.months, [11.0]);
    assert!(only.luck.is_some_and(|(_, upper)| upper >= 11.0), "{:?}", only.luck);
}

/// Tables that are alike until rows are 90 days old have the same requests at all dates until then, whichever of
/// them a date was added for: the one that grows on fails later, the other one never and has its knee there.
#[test]
fn designs_that_are_alike_until_a_day_behave_alike_until_then() {
    let text = ASKED.replace("rows = 2_000", "rows = 0");
    let kept = "[variant.kept]\ntable.t.retention = { after = \"90 days\", every = \"day\" }\n";
    let objective = "[objective.short]\nthat = \"mean(query.q.elapsed) < 0.9ms\"\n";
    let models = models(&(text + kept + objective));
    let kept = models.iter().find(|one| one.0.as_deref() == Some("kept")).unwrap();
    let designs = [alone(&models[0].1), alone(&kept.1)];
    let name = |_: &Model, _: &_, _: &[_], _: &crate::access::ways::Ways| String::new();
    let calendar = calendar();
    let found = outside(|outside| age(&designs, (&calendar, 24), &name, outside)).unwrap();
    let at = [&found[0], &found[1]].map(|aged| days(aged, &calendar));
    assert_eq!(at[0], at[1]);
    let value = |aged: &Aged, at: usize| {
        let estimate = aged.sweep.points[at].estimates[0].as_ref().unwrap();
        estimate.number(0.95).unwrap().point
    };
    let (mut before, mut after) = (0, 0);
    for (at, day) in at[0].iter().enumerate() {
        let [plain, kept] = [&found[0], &found[1]].map(|aged| value(aged, at));
        // A purge just before day 90 has nothing to take yet.
        if *day <= 90.0 {
            assert_eq!(plain, kept, "day {day}");
            before += usize::from(found[0].sweep.points[at].added.is_some());
        } else {
            assert!(plain > kept, "day {day}: {plain} {kept}");
            after += 1;
        }
    }
    assert!(before >= 1 && after >= 4, "{:?}", at[0]);
}

/// A month that ends with a purge has been as full as just before it until the next one is fuller: on day 10 after
/// a purge there are fewer rows than before it, and requests have met those.
#[test]
fn days_after_a_purge_stand_for_what_was_met_since_just_before_it() {
    let kept = "growth = \"1_000/day\"\nretention = { after = \"30 days\", every = \"month\" }\n";
    let text =
        ASKED.replace("rows = 2_000\n", "rows = 0\n").replace("growth = \"2_000/month\"\n", kept);
    let model = models(&text).remove(0).1;
    let calendar = Calendar::new(Some((2026, 2, 1)), 0, 14).unwrap();
    let world = model.nominal_world().unwrap();
    let rows = |day: f64, moment: Moment| {
        let binding = numbers_at(&model, &world, (&calendar, day * DAY), moment).unwrap();
        binding.get(model.tables[0].rows)
    };
    // No purge yet, and one on day 28 that finds nothing that is old enough.
    for day in [0.0, 10.0, 28.0] {
        assert_eq!([rows(day, Moment::Exact), rows(day, Moment::Fullest)], [day * 1_000.0; 2]);
    }
    // The purge of day 59, the first of April, takes those of 29 days.
    assert_eq!([rows(69.0, Moment::Exact), rows(69.0, Moment::Fullest)], [40_000.0, 59_000.0]);
    assert_eq!([rows(89.0, Moment::Exact), rows(89.0, Moment::Fullest)], [30_000.0, 60_000.0]);
}

/// An objective that speaks of a variant is judged with that variant at the same date.
#[test]
fn objectives_may_speak_of_variants() {
    let objective = "[objective.near]\nthat = \"mean(query.q.elapsed) < 2 * in(indexed, mean(query.q.elapsed))\"\n";
    let models = models(&(ASKED.to_owned() + objective));
    let name = |_: &Model, _: &_, _: &[_], _: &crate::access::ways::Ways| String::new();
    let design = Design { model: &models[0].1, beside: vec![&models[1].1] };
    let aged = outside(|outside| age(&[design], (&calendar(), 12), &name, outside));
    let points = aged.unwrap().remove(0).sweep.points;
    let verdict = |at: usize| points[at].objectives[0].as_ref().unwrap().verdict;
    assert_eq!((verdict(0), verdict(points.len() - 1)), (Verdict::Pass, Verdict::Fail));
}

/// Ten users who always ask, and two more of them each month: each has a connection that is open while it asks,
/// so that 50 are from 49.5 on, in month 19.75; the curve is drawn between simulated dates that are a sixteenth of
/// that apart at most, 1.2 months. Pools that keep all of theirs open have 60 from the beginning.
#[test]
fn connections_reach_what_the_server_accepts() {
    let text = |idle: &str, accepted: u32| {
        format!(
            "[run]\nkind = \"steady\"\nduration = \"5s\"\nwarm_up = \"1s\"\nreplications = 2\n[service.s]\n[database.d]\n\
             max_connections = {accepted}\nreserved = 3\nconnect_time = \"1ms\"\n\
             [pool.p]\nservice = \"s\"\ndatabase = \"d\"\nsize = 60\non_refused = \"wait\"\n{idle}\
             [query.q]\ndatabase = \"d\"\ntime = \"500ms\"\n\
             [endpoint.e]\nservice = \"s\"\nsteps = [{{ query = \"q\" }}]\n\
             [workload.w]\nusers = 10\nthink = \"0s\"\nmix = {{ e = 1 }}\ngrowth = {{ rise = \"20%/month\" }}\n"
        )
    };
    let name = |_: &Model, _: &_, _: &[_], _: &crate::access::ways::Ways| String::new();
    let found = |idle: &str, accepted: u32| {
        let model = models(&text(idle, accepted)).remove(0).1;
        let aged = outside(|outside| age(&[alone(&model)], (&calendar(), 24), &name, outside));
        let aged = aged.unwrap().remove(0);
        let is_it = |one: &&super::Crossing| one.what == "connections of d reach max_connections";
        let found = aged.crossings.iter().find(is_it).unwrap().clone();
        assert_eq!(found.limit, f64::from(accepted - 3));
        found
    };
    let few = "min_idle = 0\nidle_timeout = \"1s\"\n";
    let reached = found(few, 53);
    let (month, (from, to)) = (reached.quantile(0.5), reached.around(0.5).unwrap());
    assert!((month - 19.75).abs() < 0.5, "{month}");
    assert!(from <= month && month <= to && to - from <= to / 16.0, "{from} {to}");
    assert_eq!(found(few, 103).quantile(0.5), f64::INFINITY);
    assert_eq!(found("", 53).quantile(0.5), 0.0);
}

/// The same in the only world: with 60 ms of work a core is full from 16.7/s on, so that at 20/s the backlog grows
/// and nothing is known of a limit that it would reach later; with 20 ms it never does.
#[test]
fn a_longer_run_of_the_only_world_is_thought_of() {
    let month = |work: &str| {
        let text = format!(
            "[run]\nkind = \"steady\"\nduration = \"100s\"\nwarm_up = \"1s\"\nreplications = 2\n\
             [service.s]\ncores = 1\n[endpoint.e]\nservice = \"s\"\nsteps = [{{ cpu = \"exp({work})\" }}]\n\
             [workload.w]\nrate = \"10/s\"\nmix = {{ e = 1 }}\ngrowth = {{ rise = \"100%/year\" }}\n\
             [objective.o]\nthat = \"p95(endpoint.e) < 100s\"\n"
        );
        let model = models(&text).remove(0).1;
        let name = |_: &Model, _: &_, _: &[_], _: &crate::access::ways::Ways| String::new();
        let aged = outside(|outside| age(&[alone(&model)], (&calendar(), 12), &name, outside));
        aged.unwrap().remove(0).crossings[0].months[0]
    };
    assert!(month("60ms").is_nan());
    assert_eq!(month("20ms"), f64::INFINITY);
}

/// An objective holds in as many worlds at the date at which it looks worst as it is never passed in, where
/// the load only grows: a world whose backlog grows, so that its limit would be passed in a longer run, is one
/// of neither.
#[test]
fn what_a_longer_run_would_pass_is_not_never_passed() {
    let text = "[inputs]\nwork = \"uniform(15ms, 75ms)\"\n[run]\nkind = \"steady\"\nduration = \"100s\"\nwarm_up = \"1s\"\nworlds = 16\n\
                replications = 2\n[service.s]\ncores = 1\n[endpoint.e]\nservice = \"s\"\n\
                steps = [{ cpu = \"exp(work)\" }]\n[workload.w]\nrate = \"10/s\"\nmix = { e = 1 }\n\
                growth = { rise = \"100%/year\" }\n[objective.o]\nthat = \"p95(endpoint.e) < 100s\"\n";
    let model = models(text).remove(0).1;
    let name = |_: &Model, _: &_, _: &[_], _: &crate::access::ways::Ways| String::new();
    let aged = outside(|outside| age(&[alone(&model)], (&calendar(), 12), &name, outside));
    let aged = aged.unwrap().remove(0);
    let crossing = &aged.crossings[0];
    assert_eq!((crossing.what.as_str(), crossing.months.len()), ("o fails", 16));
    // From 50 ms on a core at 20/s is full: four worlds in ten.
    assert!((4..=10).contains(&crossing.untold()), "{:?}", crossing.months);
    let last = aged.sweep.points.last().unwrap().objectives[0].as_ref().unwrap();
    let assurance = last.parts[0].assurance.unwrap();
    assert_eq!(assurance.holds as f64 / 16.0, crossing.never());
    assert_eq!(assurance.unknown as usize, crossing.untold());
}
