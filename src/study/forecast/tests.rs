//! Goal: amounts over a calendar are those that arithmetic by hand gives, in every world. Method:
//! scenarios whose answers are products, closed forms and known laws of inputs; a known crossing.

use super::judge::{claim as judge, objective};
use super::{Forecast, Spec, Step, forecast};
use crate::diag::Id;
use crate::expr::scope::NoTables;
use crate::expr::tree::Comparator;
use crate::model::{Model, resolve_data};
use crate::scenario::overlay::with_variant;
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;
use crate::stats::worlds::order_statistic;
use crate::study::forecast::crossing::{crossings, first};
use crate::study::runs::Outside;

mod reach;

const PG: &str = "[database.pg]\ncores = 4\n";
const DAY: f64 = 86_400.0;

pub(super) fn models(text: &str) -> Vec<(Option<String>, Model)> {
    let (raw, found) = read("f.toml", &[], &MemoryLoader::new("f.toml", text));
    assert!(!found.has_errors(), "{found:?}");
    let resolved = |raw: &crate::scenario::RawScenario| {
        let (model, found) = resolve_data(raw, &NoTables);
        model.unwrap_or_else(|| panic!("{found:?}\n{text}"))
    };
    let mut models = vec![(None, resolved(&raw))];
    for variant in raw.variants() {
        let (merged, _) = with_variant(&raw, &variant.name);
        models.push((Some(variant.name.to_string()), resolved(&merged)));
    }
    models
}

pub(super) fn worked(
    text: &str,
    months: u32,
    worlds: u32,
) -> (Vec<(Option<String>, Model)>, Forecast) {
    let models = models(text);
    let spec = Spec { months, worlds, seed: 1, step: Step::Months(1) };
    let found = forecast(&models, &spec, Outside::unattended());
    let found = found.unwrap_or_else(|problem| panic!("{problem:?}"));
    (models, found)
}

/// An amount at the beginning of a month, in the first world.
pub(super) fn at(found: &Forecast, path: &str, month: usize) -> f64 {
    let series = found.courses[0].get(path).unwrap_or_else(|| panic!("no {path}"));
    series.values[found.months[month]][0]
}

#[track_caller]
pub(super) fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found} {expected}");
}

/// 1,000 rows of 200 B and 100 a day: the bytes are those of a table stated with so many rows. Of
/// November 2026 to October 2027 there are 365 days.
#[test]
fn rows_and_bytes_by_hand() {
    let table = |rows: &str| {
        format!("{PG}[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = {rows}\n")
    };
    let text = format!("[scenario]\nstart = 2026-11-01\n{}growth = \"100/day\"\n", table("1_000"));
    let (_, found) = worked(&text, 24, 10);
    assert_eq!(found.worlds, 1);
    near(at(&found, "table.t.rows", 1), 1_000.0 + 3_000.0);
    near(at(&found, "table.t.rows", 12), 37_500.0);
    let (_, still) = worked(&table("37_500"), 1, 1);
    for path in ["table.t.bytes", "table.t.index_bytes", "table.t.heap"] {
        near(at(&found, path, 12), at(&still, path, 0));
        assert!(at(&found, path, 12) > 0.0);
    }
    near(at(&found, "database.pg.bytes", 12), at(&found, "table.t.bytes", 12));
    // 125 MiB/s, the default of a disk.
    near(
        at(&found, "database.pg.backup_time", 12),
        at(&found, "table.t.bytes", 12) / 131_072_000.0,
    );
    // A hundred inserts a day, 241 to 280 bytes of the log each with one index (measured: 241).
    let wal = at(&found, "database.pg.wal", 12) * DAY / 100.0;
    assert!((300.0..500.0).contains(&wal), "{wal}");
}

/// Deleted rows leave their room, dropped partitions do not, and moved rows lie elsewhere.
#[test]
fn what_becomes_of_old_rows() {
    let text = |then: &str| {
        format!(
            "{PG}[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 90_000\n\
             growth = {{ rate = \"1_000/day\", rise = \"-10/day/day\" }}\n\
             retention = {{ after = \"90 days\", then = \"{then}\" }}\n\
             [storage.s]\ntier = {{ cold = {{ price = \"4 $ / (TB*month)\" }} }}\n"
        )
    };
    let results = ["drop", "delete", "storage.s"].map(|then| worked(&text(then), 6, 1).1);
    let [dropped, deleted, moved] = &results;
    // After 180 days nothing has come for 80: 9 days of the fall are left of the last 90.
    let last = 6;
    let rows = at(dropped, "table.t.rows", last);
    assert!(rows < 2_000.0 && rows > 0.0, "{rows}");
    near(at(deleted, "table.t.rows", last), rows);
    assert!(at(dropped, "table.t.bytes", last) < 0.05 * at(dropped, "table.t.bytes", 0));
    near(at(deleted, "table.t.bytes", last), at(deleted, "table.t.bytes", 0));
    let came = 1_000.0 * 100.0 / 2.0;
    let left = 90_000.0 + came - rows;
    // A row of 200 B of data with its header and alignment: 224 B.
    near(at(moved, "storage.s.bytes", last) / left, 224.0);
    assert_eq!(at(dropped, "storage.s.bytes", last), 0.0);
}

/// The bill of a month by hand, 30 days of November: 2 instances at 0.17 $/h, a server at 0.60, a disk
/// of 500 GB at 0.115, calls at the mean rate of a week, a quarter of 10/s.
///
/// 2 × 0.17 × 720 = 244.80; 0.60 × 720 = 432.00; 500 × 0.115 = 57.50;
/// 2.5/s × 2,592,000 s × 0.40 $ / 1,000,000 = 2.592. In all 736.892.
#[test]
fn a_bill_by_hand() {
    let text = format!(
        "[scenario]\nstart = 2026-11-01\n[service.api]\ninstances = 2\nworkers = 9\n{PG}\
         [database.pg.disk]\nsize = \"500 GB\"\n\
         [pool.p]\nservice = \"api\"\ndatabase = \"pg\"\nsize = 5\n\
         [table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 0\ngrowth = \"traffic\"\n\
         [endpoint.e]\nservice = \"api\"\nsteps = [{{ insert = \"t\", rows = 2 }}]\n\
         [workload.w]\nrate = \"10/s\"\nmean_share = \"25%\"\nmix = {{ e = 1 }}\n\
         [price]\ninstance = {{ api = \"0.17 $/h\" }}\ndatabase = {{ pg = \"0.60 $/h\" }}\n\
         disk = {{ pg = \"0.115 $ / (GB*month)\" }}\ncall = {{ e = \"0.40 $ / 1_000_000\" }}\n"
    );
    let (_, found) = worked(&text, 2, 1);
    for (item, amount) in
        [("instances", 244.8), ("databases", 432.0), ("disks", 57.5), ("calls", 2.592)]
    {
        near(at(&found, &format!("cost.{item}"), 1), amount);
    }
    near(at(&found, "cost.month", 1), 736.892);
    assert_eq!(at(&found, "cost.total", 0), 0.0);
    // December has a day more, and a disk is paid by the month.
    let december = (244.8 + 432.0 + 2.592) / 30.0 * 31.0 + 57.5;
    assert!((at(&found, "cost.month", 2) - december).abs() < 1e-5);
    near(at(&found, "cost.total", 2), at(&found, "cost.month", 1) + at(&found, "cost.month", 2));
    // 2.5/s, two rows each.
    near(at(&found, "table.t.rows", 1), 2.5 * 2.0 * 30.0 * DAY);
}

/// Rows that come and go at a constant pace log at a constant pace, however runs fall into the months.
#[test]
fn the_log_of_purges_does_not_hang_on_where_runs_fall() {
    for every in ["week", "month"] {
        let text = format!(
            "[scenario]\nstart = 2026-11-01\n{PG}[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\n\
             rows = 300_000\ngrowth = \"10_000/day\"\n\
             retention = {{ after = \"30 days\", every = \"{every}\" }}\n"
        );
        let (_, found) = worked(&text, 12, 1);
        let log: Vec<f64> = (3..=12).map(|month| at(&found, "database.pg.wal", month)).collect();
        let (low, high) = log
            .iter()
            .fold((f64::INFINITY, 0.0_f64), |(low, high), log| (low.min(*log), high.max(*log)));
        // Months differ by a tenth, and so does what a run finds, but not what it takes a day.
        assert!(high / low < 1.05, "{every}: {log:?}");
    }
}

/// Traffic that grows by 5 % a month brings the integral of it: rate × month × (1.05ⁿ - 1) / ln 1.05, and
/// calls are billed alike. What does not grow is added as it is.
#[test]
fn traffic_that_grows_brings_its_integral() {
    let text = format!(
        "[service.api]\nworkers = 9\n{PG}\
         [pool.p]\nservice = \"api\"\ndatabase = \"pg\"\nsize = 5\n\
         [table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 0\ngrowth = \"traffic\"\n\
         [endpoint.e]\nservice = \"api\"\nsteps = [{{ insert = \"t\" }}]\n\
         [workload.new]\nrate = \"10/s\"\nmean_share = \"25%\"\nmix = {{ e = 1 }}\n\
         growth = {{ compound = \"5%\" }}\n\
         [workload.old]\nrate = \"4/s\"\nmean_share = \"25%\"\nmix = {{ e = 1 }}\n\
         [price]\ncall = {{ e = \"1 $ / 1_000_000\" }}\n"
    );
    let (_, found) = worked(&text, 24, 1);
    let month = 365.25 / 12.0 * DAY;
    let come = |months: f64| {
        let grown = (1.05_f64.powf(months) - 1.0) / 1.05_f64.ln();
        2.5 * month * grown + 1.0 * month * months
    };
    for months in [1, 12, 24] {
        let found = at(&found, "table.t.rows", months);
        let expected = come(f64::from(u32::try_from(months).unwrap()));
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }
    let paid = at(&found, "cost.calls", 12);
    let expected = (come(12.0) - come(11.0)) * 1e-6;
    assert!((paid - expected).abs() < 2e-6, "{paid} {expected}");
}

/// Seven users who think for 10 s and then insert for some 3 ms (a bound without waiting), two rows each:
/// 1.4 rows a second less 0.03 % to 0.1 %, a quarter of that over a week. Sessions of two such requests
/// bring as much: each request has its own 10 s.
#[test]
fn users_bring_rows_too() {
    let rows = |load: &str| {
        let text = format!(
            "[service.api]\nworkers = 9\n{PG}\
             [pool.p]\nservice = \"api\"\ndatabase = \"pg\"\nsize = 5\n\
             [table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 0\ngrowth = \"traffic\"\n\
             [endpoint.e]\nservice = \"api\"\nsteps = [{{ insert = \"t\", rows = 2 }}]\n\
             [workload.w]\n{load}\n"
        );
        let (models, found) = worked(&text, 1, 1);
        (at(&found, "table.t.rows", 1), models)
    };
    let month = 365.25 / 12.0 * DAY;
    let (all, _) = rows("users = 7\nthink = \"10s\"\nmix = { e = 1 }");
    let part = all / (1.4 * month);
    assert!((0.999..0.999_97).contains(&part), "{part}");
    let (quarter, _) = rows("users = 7\nthink = \"10s\"\nmix = { e = 1 }\nmean_share = \"25%\"");
    near(quarter, all / 4.0);
    let session =
        "session = [{ endpoint = \"e\", think = \"10s\" }, { endpoint = \"e\", think = \"10s\" }]";
    let (sessions, _) = rows(&format!("users = 7\nthink = \"0s\"\n{session}"));
    near(sessions, all);
    // A burst brings nothing over a week.
    assert_eq!(rows("burst = { count = 100, at = \"1s\" }\nmix = { e = 1 }").0, 0.0);
}

/// Seven users who read each 10 s and have a clock of 20 s that inserts bring 0.35 rows a second, a quarter of
/// that over a week. Two sessions a second of two reads with 10 s between them, live for 10 s and the few
/// milliseconds of the answers, have 20 clocks: a row a second.
#[test]
fn the_background_brings_rows_too() {
    let rows = |load: &str| {
        let text = format!(
            "[service.api]\nworkers = 9\ncores = 1\n{PG}\
             [pool.p]\nservice = \"api\"\ndatabase = \"pg\"\nsize = 5\n\
             [table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 0\ngrowth = \"traffic\"\n\
             [endpoint.read]\nservice = \"api\"\nsteps = [{{ cpu = \"1ms\" }}]\n\
             [endpoint.beat]\nservice = \"api\"\nsteps = [{{ insert = \"t\" }}]\n\
             [workload.w]\nbackground = {{ beat = \"20s\" }}\n{load}\n"
        );
        let (raw, _) = read("f.toml", &[], &MemoryLoader::new("f.toml", text.as_str()));
        let (_, found) = resolve_data(&raw, &NoTables);
        assert!(found.iter().all(|one| one.id != Id::GrowthWithoutTraffic), "{found:?}");
        let is_peak = found.iter().any(|one| one.id == Id::PeakAllDay);
        assert_eq!(is_peak, !load.contains("mean_share"), "{found:?}");
        at(&worked(&text, 1, 1).1, "table.t.rows", 1) / (365.25 / 12.0 * DAY)
    };
    near(rows("users = 7\nthink = \"10s\"\nmix = { read = 1 }"), 0.35);
    near(rows("users = 7\nthink = \"10s\"\nmix = { read = 1 }\nmean_share = \"25%\""), 0.0875);
    let items = "[{ endpoint = \"read\" }, { endpoint = \"read\", think = \"10s\" }]";
    let sessions = rows(&format!("rate = \"2/s\"\nsession = {items}"));
    assert!((1.0..1.002).contains(&sessions), "{sessions}");
}

/// A rate that is uniform over 100 to 300 a day: after 100 days (and 0 rows at first) the rows are
/// uniform over 10,000 to 30,000; a limit of 20,000 rows is passed after 20,000 / rate days, whose
/// median is 100 and whose 5 % and 95 % are 20,000 / 290 and 20,000 / 110; within 100 days half of the
/// worlds pass it.
#[test]
fn a_known_law_and_a_known_crossing() {
    let text = format!(
        "[scenario]\nstart = 2026-11-01\n[inputs]\na_day = \"uniform(100, 300)\"\n{PG}[table.t]\n\
         database = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 0\ngrowth = \"a_day / 1 day\"\n\
         [objective.small]\nthat = \"table.t.rows < 20_000\"\n\
         [claim.half]\nthat = \"at(100 days, table.t.rows) < 20_000\"\n\
         [claim.sure]\nthat = \"at(100 days, table.t.rows) in 10_000..30_000\"\n\
         [claim.no]\nthat = \"at(100 days, table.t.rows) > 30_000 and table.t.rows > 1\"\n\
         [claim.date]\nthat = \"time_until(table.t.rows >= 20_000) within 0.1% of 20_000 / a_day * 1 day\"\n"
    );
    let (models, found) = worked(&text, 12, 2_000);
    let (course, model) = (&found.courses[0], &models[0].1);
    let series = course.get("table.t.rows").unwrap();
    let index = found.index(100.0 * DAY);
    near(found.dates[index], 100.0 * DAY);
    let mut rows = series.values[index].clone();
    rows.sort_by(f64::total_cmp);
    for q in [0.05, 0.5, 0.95] {
        let expected = 10_000.0 + 20_000.0 * q;
        let at = order_statistic(&rows, q);
        assert!((at / expected - 1.0).abs() < 0.002, "{q}: {at} {expected}");
    }
    let passed = crossings(&found, course, model);
    assert_eq!((passed.len(), passed[0].what.as_str()), (1, "small fails"));
    for (q, rate) in [(0.05, 290.0), (0.5, 200.0), (0.95, 110.0)] {
        let days = passed[0].quantile(q) / DAY;
        assert!((days / (20_000.0 / rate) - 1.0).abs() < 0.005, "{q}: {days}");
    }
    assert_eq!(passed[0].never(), 0.0);
    let judged: Vec<f64> = model
        .outlook
        .claims
        .iter()
        .map(|claim| judge(&claim.that, &found, course, model).unwrap().holds)
        .collect();
    assert!((judged[0] - 0.5).abs() < 0.005, "{judged:?}");
    assert_eq!(judged[1..], [1.0, 0.0, 1.0]);
    // The other side of a comparison too, where it is no plain number: the median of 20,000 / rate.
    let of =
        |claim: usize| judge(&model.outlook.claims[claim].that, &found, course, model).unwrap();
    assert!((of(3).parts[0].right[0].median / DAY - 100.0).abs() < 0.5);
    assert!(of(0).parts[0].right.is_empty());
}

/// Between two months the line is straight; what is so at once is so at once, what never is, never.
#[test]
fn first_dates_by_hand() {
    let dates = [0.0, 10.0, 20.0];
    let above = |limit: f64| first(&dates, &[5.0, 10.0, 40.0], (Comparator::AtLeast, limit));
    assert_eq!([above(1.0), above(7.5), above(10.0), above(25.0)], [0.0, 5.0, 10.0, 15.0]);
    assert_eq!(above(41.0), f64::INFINITY);
    assert_eq!(first(&dates, &[5.0, 3.0, 1.0], (Comparator::Less, 2.0)), 15.0);
}

/// Variants stand in the same worlds: what only one of them changes differs by that alone.
#[test]
fn variants_share_their_worlds() {
    let text = format!(
        "[inputs]\nfirst = \"uniform(1, 2)\"\na_day = \"between(100/day, 300/day)\"\n{PG}[table.t]\ndatabase = \"pg\"\n\
         row = \"200 B\"\nkey = \"id\"\nrows = 0\ngrowth = \"a_day\"\n\
         [claim.double]\nthat = \"in(twice, table.t.rows) within 0.001% of 2 * table.t.rows\"\n\
         [variant.twice]\ninputs.first = 1\ntable.t.growth = \"2 * a_day * first / first\"\n"
    );
    let (models, found) = worked(&text, 12, 64);
    let claim = &models[0].1.outlook.claims[0];
    let judged = judge(&claim.that, &found, &found.courses[0], &models[0].1).unwrap();
    assert_eq!(judged.holds, 1.0);
    // Also where the variant knows an input that the scenario does not.
    let of = |course: usize, input: usize| -> Vec<f64> {
        found.courses[course].inputs.iter().map(|world| world[input]).collect()
    };
    assert!(of(0, 1) == of(1, 1) && of(0, 0) != of(1, 0));
}

/// A thousand rows a day, kept for 30 days. A run each week takes those that are old enough: it leaves
/// 30,000, and just before it there are 37,000, for the first time on day 42; a piece of a week goes
/// when its newest row is 30 days old, for the first time on day 37. Months never begin on such a day:
/// the largest of their beginnings is 5.8125 days after a run (month 11), 35,812.5.
#[test]
fn a_peak_between_two_months_is_seen() {
    let text = |then: &str| {
        format!(
            "{PG}[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 0\n\
             growth = \"1_000/day\"\n\
             retention = {{ after = \"30 days\", then = \"{then}\", every = \"7 days\" }}\n\
             [objective.small]\nthat = \"table.t.rows < 36_900\"\n\
             [claim.when]\nthat = \"time_until(table.t.rows >= 36_900) > 1 day\"\n"
        )
    };
    for (then, day) in [("delete", 41.9), ("drop", 36.9)] {
        let (models, found) = worked(&text(then), 12, 1);
        let (course, model) = (&found.courses[0], &models[0].1);
        let begins: Vec<f64> = (0..=12).map(|month| at(&found, "table.t.rows", month)).collect();
        let most = begins.iter().copied().fold(0.0, f64::max);
        assert!(most < 36_900.0, "{begins:?}");
        if then == "delete" {
            near(begins[11], 35_812.5);
        }
        let passed = &crossings(&found, course, model)[0];
        assert!((passed.dates[0] / DAY - day).abs() < 1e-3, "{then}: {}", passed.dates[0] / DAY);
        let judged = judge(&model.outlook.claims[0].that, &found, course, model).unwrap();
        assert!((judged.parts[0].left.unwrap().median / DAY - day).abs() < 1e-3);
    }
    // The room of deleted rows is that of 37,000, less those of the last second.
    let (_, found) = worked(&text("delete"), 12, 1);
    let still = "[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 36_999.98\n";
    let (_, still) = worked(&format!("{PG}{still}"), 1, 1);
    near(at(&found, "table.t.bytes", 12), at(&still, "table.t.bytes", 0));
}

/// Rows that come ever faster, 5 d² + 1,000 d in d days, and a purge as each year begins that leaves those of
/// 30 days: most are there on the eve of the one at the end, and no beginning of a month has so many.
#[test]
fn the_eve_of_a_purge_at_the_end_is_looked_at() {
    let text = format!(
        "[scenario]\nstart = 2026-01-01\n{PG}[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\n\
         rows = 0\ngrowth = {{ rate = \"1_000/day\", rise = \"10/day/day\" }}\n\
         retention = {{ after = \"30 days\", every = \"year\" }}\n\
         [objective.small]\nthat = \"table.t.rows < 1_025_000\"\n"
    );
    let (models, found) = worked(&text, 12, 1);
    let (course, model) = (&found.courses[0], &models[0].1);
    let came = |days: f64| 1_000.0 * days + 5.0 * days * days;
    near(at(&found, "table.t.rows", 11), came(334.0));
    near(at(&found, "table.t.rows", 12), came(365.0) - came(335.0));
    assert!(came(334.0) < 1_025_000.0 && came(365.0) > 1_025_000.0);
    let eve = course.peaks.iter().position(|date| *date == 365.0 * DAY - 1.0).unwrap();
    near(course.get("table.t.rows").unwrap().peaks[eve][0], came(365.0 - 1.0 / DAY));
    // On the straight line from the beginning of December to the eve of the purge.
    let day = crossings(&found, course, model)[0].dates[0] / DAY;
    let part = (1_025_000.0 - came(334.0)) / (came(365.0 - 1.0 / DAY) - came(334.0));
    assert!((day - (334.0 + part * (31.0 - 1.0 / DAY))).abs() < 1e-6, "{day}");
    let judged = objective(&model.outlook.objectives[0].that, &found, course, model).unwrap();
    assert_eq!(judged.holds, 0.0);
    assert!(course.peaks.iter().all(|date| *date <= 365.0 * DAY));
}

/// From 1 row to 110 in a month: a ceiling of 100 is passed after 99/109 of it, however it is written, though
/// the distance to the nearer end of 0..100 first grows.
#[test]
fn the_limit_that_fails_says_when() {
    for that in [
        "table.t.rows < 100",
        "table.t.rows in 0..100",
        "table.t.rows within 100% of 50",
        "table.t.rows > 0 and table.t.rows in 1..100",
    ] {
        let text = format!(
            "{PG}[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 1\n\
             growth = \"109 / (30.4375 * 1 day)\"\n[objective.o]\nthat = \"{that}\"\n"
        );
        let (models, found) = worked(&text, 1, 1);
        let model = &models[0].1;
        let that = &model.outlook.objectives[0].that;
        let judged = objective(that, &found, &found.courses[0], model).unwrap();
        near(judged.fails_at(0.5).unwrap() / DAY, 99.0 / 109.0 * 30.4375);
    }
}

/// An objective holds in the worlds in which it is never passed: that at the end is not enough. Of what
/// is passed between two months and at no beginning of one, a claim knows nothing.
#[test]
fn objectives_hold_at_all_dates() {
    let text = format!(
        "{PG}[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 0\n\
         growth = \"1_000/day\"\nretention = {{ after = \"30 days\", every = \"7 days\" }}\n\
         [objective.small]\nthat = \"table.t.rows < 36_900\"\n\
         [objective.twice]\nthat = \"table.t.rows < 1_000_000 and 2 * table.t.rows < 73_800\"\n\
         [objective.then]\nthat = \"at(6 months, table.t.rows) < 36_900\"\n\
         [objective.paid]\nthat = \"cost.month > 1 $\"\n\
         [objective.still]\nthat = \"table.t.rows < 2 * at(2 months, table.t.rows)\"\n\
         [price]\ndatabase = {{ pg = \"1 $/h\" }}\n"
    );
    let (models, found) = worked(&text, 12, 1);
    let (course, model) = (&found.courses[0], &models[0].1);
    let judged = |at: usize| {
        let that = &model.outlook.objectives[at].that;
        (
            objective(that, &found, course, model).unwrap(),
            judge(that, &found, course, model).unwrap(),
        )
    };
    for (at, part) in [(0, 0), (1, 1)] {
        let (over_time, at_the_end) = judged(at);
        assert_eq!((over_time.holds, at_the_end.holds), (0.0, 1.0));
        let day = over_time.fails_at(0.1).unwrap() / DAY;
        assert!((day - 41.9).abs() < 1e-3, "{day}");
        // It looks worst just before a run.
        let worst = over_time.parts[part].date.unwrap();
        assert!((worst + 1.0) % (7.0 * DAY) < 1e-3, "{}", worst / DAY);
    }
    let (dated, _) = judged(2);
    assert_eq!((dated.holds, dated.fails_at(0.1), dated.parts[0].date), (1.0, None, None));
    // At month 0 nothing has been paid for.
    let (paid, _) = judged(3);
    assert_eq!((paid.holds, paid.fails_at(0.1)), (1.0, Some(f64::INFINITY)));
    assert_eq!(judged(4).0.holds, 1.0);
}

/// 100 to 300 rows a day, of which 73,050 are there after a year in the median world: the limit is kept
/// in half of the worlds, and passed in a tenth of them after 73,050 / 280 days.
#[test]
fn an_objective_fails_in_a_share_of_the_worlds_from_a_date_on() {
    let text = format!(
        "[inputs]\na_day = \"uniform(100, 300)\"\n{PG}[table.t]\ndatabase = \"pg\"\n\
         row = \"200 B\"\nkey = \"id\"\nrows = 0\ngrowth = \"a_day / 1 day\"\n\
         [objective.small]\nthat = \"table.t.rows < 73_050\"\n"
    );
    let (models, found) = worked(&text, 12, 2_000);
    let (course, model) = (&found.courses[0], &models[0].1);
    let judged = objective(&model.outlook.objectives[0].that, &found, course, model).unwrap();
    assert!((judged.holds - 0.5).abs() < 0.005, "{}", judged.holds);
    let days = judged.fails_at(0.1).unwrap() / DAY;
    assert!((days / (73_050.0 / 280.0) - 1.0).abs() < 0.005, "{days}");
    // It looks worst at the end, and fails where the list of limits says that it does.
    near(judged.parts[0].date.unwrap(), found.dates[found.end()]);
    assert_eq!(judged.fails, crossings(&found, course, model)[0].dates);
}

/// A thousand rows a day of which each run of a week deletes 7,000 takes the log of 7,000 rows and of
/// whole pages, and a share of its week; dropped partitions take nothing of this. Over time the log has
/// the runs beside the inserts.
#[test]
fn purges_have_a_load_and_drops_have_none() {
    let text = |then: &str| {
        format!(
            "{PG}[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 90_000\n\
             growth = \"1_000/day\"\n\
             retention = {{ after = \"90 days\", then = \"{then}\", every = \"week\" }}\n\
             [storage.s]\ntier = {{ cold = {{ price = \"4 $ / (TB*month)\" }} }}\n\
             [claim.c]\nthat = \"at(1 year, table.t.purge.share) < 1%\"\n"
        )
    };
    let results = ["drop", "delete", "storage.s"].map(|then| worked(&text(then), 12, 1));
    let [(_, dropped), (models, deleted), (_, moved)] = &results;
    let of = |found: &Forecast, word: &str| at(found, &format!("table.t.purge.{word}"), 12);
    for word in ["rows", "wal", "pages", "time", "share"] {
        assert_eq!(of(dropped, word), 0.0);
        assert_eq!(of(moved, word), of(deleted, word));
    }
    near(of(deleted, "rows"), 7_000.0);
    let (wal, pages) = (of(deleted, "wal"), of(deleted, "pages"));
    // 62 bytes a row with its places, 180 more a page of the table, 60 a leaf; leaves are 90 % full.
    let log = |table: f64| {
        let leaves = pages - table;
        7_000.0 * 62.0 + 34.0 + table * (8_192.0 + 180.0) + leaves * (0.9 * 8_192.0 + 60.0)
    };
    assert!((log(200.0) / wal - 1.0).abs() < 0.03, "{wal} {}", log(200.0));
    // 224 B and a line pointer: 35 rows on a page, 200 pages; more in the index.
    assert!(pages > 200.0, "{pages}");
    near(of(deleted, "share"), of(deleted, "time") / (7.0 * DAY));
    let log = |found: &Forecast| at(found, "database.pg.wal", 12);
    let runs = (log(deleted) - log(dropped)) * 7.0 * DAY;
    assert!((runs / wal - 1.0).abs() < 0.15, "{runs} {wal}");
    // Before the first run there is none.
    assert_eq!(at(deleted, "table.t.purge.rows", 0), 0.0);
    let claim = &models[0].1.outlook.claims[0];
    assert_eq!(judge(&claim.that, deleted, &deleted.courses[0], &models[0].1).unwrap().holds, 1.0);
}

/// 100 MB at 2 MB/s are a copy of 50 s, though no query asks the table.
#[test]
fn a_copy_takes_the_stated_bandwidth() {
    let text = "[database.pg]\ndisk = { bandwidth = \"2 MB/s\" }\n[table.t]\ndatabase = \"pg\"\n\
                row = \"200 B\"\nkey = \"id\"\nrows = 400_000\n";
    let (_, found) = worked(text, 1, 1);
    let bytes = at(&found, "database.pg.bytes", 0);
    assert!((5e7..2e8).contains(&bytes));
    near(at(&found, "database.pg.backup_time", 0), bytes / 2e6);
}

/// Steps of months are those of the calendar, others are counted from month 0; the end is always there.
#[test]
fn listed_dates_by_hand() {
    let calendar = crate::growth::calendar::Calendar::new(Some((2026, 11, 1)), 0, 12).unwrap();
    let days = |step: Step, months: u32| -> Vec<f64> {
        step.dates(&calendar, months).iter().map(|date| date / DAY).collect()
    };
    assert_eq!(days(Step::Months(1), 3), [0.0, 30.0, 61.0, 92.0]);
    assert_eq!(days(Step::Months(2), 3), [0.0, 61.0, 92.0]);
    assert_eq!(days(Step::Seconds(14.0 * DAY), 2), [0.0, 14.0, 28.0, 42.0, 56.0, 61.0]);
    assert_eq!(days(Step::Seconds(30.5 * DAY), 2), [0.0, 30.5, 61.0]);
}

/// Words of amounts that are wrong say so.
#[test]
fn mistakes_about_amounts() {
    let base = format!("{PG}[table.t]\ndatabase = \"pg\"\nrow = \"9 B\"\nkey = \"id\"\nrows = 5\n");
    for (that, said) in [
        ("table.u.rows < 5", "no amount `table.u.rows`"),
        ("table.t.bytes < 5", "a count beside bytes"),
        ("at(5, table.t.rows) < 5", "a count beside a time"),
        ("in(v, table.t.rows) < 5", "no variant `v`"),
        ("table.t.rows < mean(pool.p.in_use)", "a metric of runs"),
        ("table.t.rows < 5 for 3s", "intervals of a run"),
        ("cost.month < 5", "a count beside money"),
    ] {
        let (models, found) = worked(&format!("{base}[claim.c]\nthat = \"{that}\"\n"), 1, 1);
        let model = &models[0].1;
        let errors = judge(&model.outlook.claims[0].that, &found, &found.courses[0], model);
        let message = errors.unwrap_err()[0].message.clone();
        assert!(message.contains(said), "{that}: {message}");
    }
}

/// What is left is the stated size less what is held, and nothing once that is more; without a size nothing is said.
#[test]
fn a_disk_has_left_what_is_not_held() {
    let text = |disk: &str| {
        format!(
            "[database.pg]\ncores = 4\n{disk}[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\n\
             rows = 0\ngrowth = \"10_000/day\"\n"
        )
    };
    let (_, found) = worked(&text("disk = { size = \"100 MB\" }\n"), 3, 1);
    let of = |word: &str, month: usize| at(&found, &format!("database.pg.{word}"), month);
    near(of("disk_left", 1), 1e8 - of("bytes", 1));
    assert!(of("bytes", 3) > 1e8 && of("disk_left", 3) == 0.0);
    let (_, found) = worked(&text(""), 3, 1);
    assert!(found.courses[0].get("database.pg.disk_left").is_none());
}
