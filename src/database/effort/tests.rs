//! Times against those of a real server: PostgreSQL 15.18, 2 virtual cores (AMD EPYC, Zen 5 class),
//! 2 GB shared buffers, one client, everything in memory; CPU of the server per query.

use super::*;
use crate::database::ask::{Aggregate, Column, Index, Join, Key, Partial};
use crate::database::path::{Cost, IndexUse, JoinBy, Scan, Sort};
use crate::database::toast::Toast;

const ID: usize = 0;
const UID: usize = 1;
const RND: usize = 2;
const USER: usize = 3;
const TITLE: usize = 4;
const STATUS: usize = 5;
const VIEWERS: usize = 6;
const CREATED: usize = 7;
const UPDATED: usize = 8;
const ALL: [usize; 9] = [ID, UID, RND, USER, TITLE, STATUS, VIEWERS, CREATED, UPDATED];

/// The measured table: 61 rows a page, created in the order of its number.
fn table(rows: f64) -> Relation {
    let column = |width: f64, sent: f64, correlation: f64| Column {
        width,
        sent,
        distinct: rows,
        nulls: 0.0,
        correlation,
    };
    let bigger = if rows > 2e4 { 3 } else { 2 };
    let index = |keys: &[usize], bytes: f64| Index {
        entries: rows,
        pages: rows * bytes / PAGE + 2.0,
        leaf_pages: rows * bytes / PAGE,
        levels: bigger,
        keys: keys.iter().map(|key| Key { column: *key, descending: false }).collect(),
        include: Vec::new(),
        unique: false,
        partial: None,
    };
    Relation {
        rows,
        pages: (rows / 61.0).ceil(),
        visible: 1.0,
        toast: Toast::default(),
        columns: vec![
            column(8.0, 6.0, 1.0),
            column(16.0, 36.0, 0.0),
            column(4.0, 6.0, 0.0),
            column(4.0, 5.0, 0.0),
            column(34.0, 33.0, 0.0),
            column(6.0, 5.0, 0.0),
            column(4.0, 4.0, 0.0),
            column(8.0, 29.0, 1.0),
            column(8.0, 29.0, 0.0),
        ],
        indexes: vec![
            index(&[ID], 22.5),
            index(&[UID], 31.6),
            index(&[RND], 22.5),
            index(&[USER, CREATED], 31.6),
            index(&[CREATED], 22.5),
        ],
    }
}

fn by(index: usize, bounds: &[usize]) -> IndexUse {
    IndexUse { index, bounds: bounds.to_vec(), tested: Vec::new(), backward: false }
}

fn ask(conditions: Vec<Condition>, matches: f64, needed: &[usize]) -> Ask {
    Ask { conditions, matches, needed: needed.to_vec(), partitions: 1.0, ..Ask::default() }
}

fn sum(ask: Ask, columns: &[usize]) -> Ask {
    let columns = columns.to_vec();
    Ask { aggregate: Some(Aggregate { columns, by: Vec::new(), groups: 1.0 }), ..ask }
}

fn equals(column: usize, rows: f64, matches: f64) -> Condition {
    Condition::equals(column, matches / rows)
}

fn constant(column: usize, rows: f64, matches: f64) -> Condition {
    Condition { constant: true, ..equals(column, rows, matches) }
}

fn between(column: usize, rows: f64, matches: f64) -> Condition {
    Condition::range(column, matches / rows)
}

fn way(scan: Scan, sort: Option<Sort>) -> Path {
    Path { scan, workers: 0, join: None, sort, cost: Cost::default(), scanned: 0.0, rows: 0.0 }
}

/// Our CPU time in microseconds.
fn micros(relation: &Relation, ask: &Ask, path: &Path) -> f64 {
    let settings = Settings { work_mem: 16.0 * 1_048_576.0, ..Settings::default() };
    1e6 * effort(relation, ask, path, &settings, &Constants::default()).cpu
}

struct Compared(Vec<(String, f64, f64)>);

impl Compared {
    fn add(&mut self, name: &str, rows: f64, ask: &Ask, path: &Path, measured: f64) {
        let ours = micros(&table(rows), ask, path);
        self.0.push((format!("{name} of {rows}"), ours, measured));
    }

    /// All within a share of the measured time.
    fn within(&self, share: f64) {
        let mut worst = Vec::new();
        for (name, ours, measured) in &self.0 {
            let off = ours / measured - 1.0;
            let line = format!(
                "{name}: ours {ours:.1} us, measured {measured:.1} us, {:+.0} %",
                off * 100.0
            );
            if off.abs() > share {
                worst.push(line);
            }
        }
        assert!(worst.is_empty(), "{worst:#?}");
    }
}

fn sequential() -> Path {
    way(Scan::Sequential, None)
}

/// Sequential scans at 10⁴ to 5·10⁶ rows.
#[test]
fn measured_sequential_scans() {
    let mut all = Compared(Vec::new());
    let none = |rows: f64| ask(vec![constant(VIEWERS, rows, 0.0)], 0.0, &ALL);
    let count = |rows: f64| sum(ask(Vec::new(), rows, &[]), &[]);
    for (rows, measured) in [(1e4, 343.4), (1e4, 331.5), (1e6, 56_411.2), (1e6, 47_563.7)] {
        all.add("seqscan_eq_nomatch", rows, &none(rows), &sequential(), measured);
    }
    // 20,000 rows counted with a condition, one client: 717 µs, eight clients: 701.
    let counted = sum(none(2e4), &[]);
    all.add("count_eq_nomatch", 2e4, &counted, &sequential(), 717.2);
    for (rows, measured) in [(1e4, 259.0), (1e6, 27_844.0)] {
        all.add("count_star_seqscan", rows, &count(rows), &sequential(), measured);
    }
    let total = sum(ask(Vec::new(), 1e6, &[]), &[VIEWERS]);
    all.add("seqscan_sum_int", 1e6, &total, &sequential(), 60_445.3);
    let like = ask(vec![Condition::opaque(TITLE, 1e-6)], 0.0, &ALL);
    all.add("seqscan_like_nomatch", 1e5, &like, &sequential(), 5_803.9);
    for (rows, measured) in [(1e5, 4_573.6), (5e6, 323_835.0)] {
        let order_by = vec![Key { column: UPDATED, descending: true }];
        let first = Ask { order_by, limit: Some(10.0), ..ask(Vec::new(), rows, &ALL) };
        let path = way(Scan::Sequential, Some(Sort::Top));
        all.add("seqscan_topn10_no_index", rows, &first, &path, measured);
    }
    let groups = Aggregate { columns: Vec::new(), by: vec![USER], groups: 101.0 };
    let grouped = Ask { aggregate: Some(groups), ..ask(Vec::new(), 1e6, &[]) };
    all.add("group_by_hash", 1e6, &grouped, &sequential(), 98_480.1);
    all.within(0.3);
}

/// Look-ups of one row, of rows side by side and of rows anywhere, by one index.
#[test]
fn measured_index_scans() {
    let mut all = Compared(Vec::new());
    let index = |id: usize| way(Scan::Index(by(id, &[0])), None);
    let only = |id: usize| way(Scan::IndexOnly(by(id, &[0])), None);
    for (rows, column, measured) in
        [(1e4, ID, 24.8), (1e5, UID, 25.8), (1e6, ID, 32.8), (5e6, UID, 34.3)]
    {
        let one = ask(vec![equals(column, rows, 1.0)], 1.0, &ALL);
        all.add("lookup", rows, &one, &index(column), measured);
    }
    for (rows, k, measured) in [
        (1e5, 10.0, 41.6),
        (1e5, 1e3, 97.6),
        (1e6, 100.0, 54.0),
        (1e6, 1e4, 948.2),
        (5e6, 100.0, 54.1),
        (5e6, 1e4, 900.4),
    ] {
        let ask = sum(ask(vec![between(ID, rows, k)], k, &[]), &[VIEWERS]);
        all.add(&format!("index_range_correlated_agg {k}"), rows, &ask, &index(0), measured);
    }
    for (rows, k, measured) in [
        (1e5, 100.0, 66.1),
        (1e6, 10.0, 55.5),
        (1e6, 1e3, 638.3),
        (5e6, 10.0, 57.2),
        (5e6, 1e3, 681.3),
    ] {
        let ask = sum(ask(vec![between(RND, rows, k)], k, &[]), &[VIEWERS]);
        all.add(&format!("index_range_random_agg {k}"), rows, &ask, &index(2), measured);
    }
    for (k, measured) in [(100.0, 91.5), (1e4, 9_992.8)] {
        let ask = ask(vec![between(ID, 1e6, k)], k, &ALL);
        all.add(&format!("index_range_correlated_returned {k}"), 1e6, &ask, &index(0), measured);
    }
    for (rows, k, measured) in
        [(1e5, 1e3, 215.2), (1e6, 1e3, 242.6), (5e6, 10.0, 28.3), (5e6, 1e4, 2_242.8)]
    {
        let ask = sum(ask(vec![constant(USER, rows, k)], k, &[]), &[VIEWERS]);
        all.add(&format!("count_by_key_heap_fetch {k}"), rows, &ask, &index(3), measured);
    }
    for (rows, k, measured) in
        [(1e5, 10.0, 27.7), (1e6, 10.0, 26.6), (1e6, 1e4, 429.1), (5e6, 1e3, 65.5)]
    {
        let ask = sum(ask(vec![constant(USER, rows, k)], k, &[]), &[]);
        all.add(&format!("count_by_key_index_only {k}"), rows, &ask, &only(3), measured);
    }
    all.within(0.3);
}

/// Orders with a limit, bitmaps, lists, partial indexes, partitions, a nested loop.
#[test]
fn measured_other_ways() {
    let mut all = Compared(Vec::new());
    let index = |id: usize, bounds: &[usize]| way(Scan::Index(by(id, bounds)), None);
    let newest = vec![Key { column: CREATED, descending: true }];
    for (rows, measured) in [(1e6, 30.3), (5e6, 31.8)] {
        let ask =
            Ask { order_by: newest.clone(), limit: Some(10.0), ..ask(Vec::new(), rows, &ALL) };
        all.add("order_by_index_limit", rows, &ask, &index(4, &[]), measured);
    }
    for (rows, measured) in [(1e6, 36.4), (5e6, 44.7)] {
        let one = ask(vec![equals(USER, rows, 50.0)], 50.0, &ALL);
        let ask = Ask { order_by: newest.clone(), limit: Some(10.0), ..one };
        all.add("order_by_composite_limit", rows, &ask, &index(3, &[0]), measured);
    }
    for (rows, measured) in [(1e6, 2_876.5), (5e6, 2_307.3)] {
        let order_by = vec![Key { column: UPDATED, descending: true }];
        let one = ask(vec![constant(USER, rows, 1e4)], 1e4, &ALL);
        let ask = Ask { order_by, limit: Some(10.0), ..one };
        let path = way(Scan::Index(by(3, &[0])), Some(Sort::Top));
        all.add("order_by_filter_then_sort_limit", rows, &ask, &path, measured);
    }
    for (k, measured) in [(90.0, 120.7), (10_100.0, 6_695.1)] {
        let ask = sum(ask(vec![between(RND, 1e6, k)], k, &[]), &[VIEWERS]);
        let path = way(Scan::Bitmap(vec![by(2, &[0])]), None);
        all.add(&format!("bitmap_range_random_agg {k}"), 1e6, &ask, &path, measured);
    }
    for (k, measured) in [(10.0, 57.1), (200.0, 715.2)] {
        let list = Condition { values: k, ..equals(ID, 5e6, k) };
        let ask = ask(vec![list], k, &[TITLE]);
        all.add(&format!("in_list {k}"), 5e6, &ask, &index(0, &[0]), measured);
    }
    for (k, column, measured) in [(1e3, TITLE, 208.4), (1e4, RND, 1_379.2), (1e5, TITLE, 32_586.2)]
    {
        let range = Condition { constant: true, operators: 1.0, ..between(ID, 1e6, k) };
        let order_by = vec![Key { column, descending: false }];
        let one = Ask { order_by, ..ask(vec![range], k, &[column]) };
        // Counted, not returned: the result is one row.
        let none = Ask { needed: Vec::new(), ..one };
        let path = way(Scan::Index(by(0, &[0])), Some(Sort::Quick));
        let ours = effort(&table(1e6), &none, &path, &sorting(), &Constants::default());
        let counted = ours.cpu - sent(&ours) + k * Constants::default().count;
        all.0.push((format!("sort {k}"), 1e6 * counted, measured));
    }
    for (k, measured) in [(1e3, 68.6), (1e5, 4_594.1)] {
        let range = Condition { constant: true, operators: 1.0, ..between(ID, 1e6, k) };
        let ask = sum(ask(vec![range], k, &[]), &[]);
        let path = way(Scan::IndexOnly(by(0, &[0])), None);
        all.add(&format!("sort_none_baseline {k}"), 1e6, &ask, &path, measured);
    }
    all.within(0.3);
}

fn sorting() -> Settings {
    Settings { work_mem: 16.0 * 1_048_576.0, ..Settings::default() }
}

/// CPU of sending, seconds.
fn sent(effort: &Effort) -> f64 {
    let costs = Constants::default();
    effort.bytes * costs.sent_byte + (effort.bytes / PAGE - 2.0).max(0.0) * costs.flush
}

/// 1,800,000 rows of which 500 are live, with a partial index of them by viewers; 24 partitions of
/// 100,000 rows; a nested loop from 50 rows.
#[test]
fn measured_partial_indexes_partitions_joins() {
    let mut all = Compared(Vec::new());
    let mut streams = table(1.8e6);
    let partial = Some(Partial { implied: true, answers: vec![0] });
    let key = vec![Key { column: VIEWERS, descending: false }];
    let live = Index {
        entries: 500.0,
        pages: 4.0,
        leaf_pages: 3.0,
        levels: 2,
        keys: key.clone(),
        partial,
        ..streams.indexes[0].clone()
    };
    streams.indexes = vec![live];
    let one = ask(vec![constant(STATUS, 1.8e6, 500.0)], 500.0, &ALL);
    let top = Ask { order_by: key, limit: Some(20.0), ..one.clone() };
    let index = way(Scan::Index(by(0, &[])), None);
    all.0.push(("partial_index_live_top20".into(), micros(&streams, &top, &index), 38.8));
    let bitmap = way(Scan::Bitmap(vec![by(0, &[])]), None);
    all.0.push(("partial_index_live_all".into(), micros(&streams, &one, &bitmap), 517.3));

    let month = Relation { pages: 1_121.0, ..table(98_630.0) };
    let user = sum(ask(vec![equals(USER, 98_630.0, 2.1)], 52.0, &[]), &[VIEWERS]);
    let each = Ask { partitions: 24.0, ..user.clone() };
    let lookup = way(Scan::Index(by(3, &[0])), None);
    all.0.push(("partitioned24_by_key".into(), micros(&month, &each, &lookup), 229.5));
    let pruned = Ask { matches: 2.1, ..user };
    all.0.push(("partitioned24_one_month".into(), micros(&month, &pruned, &lookup), 26.4));
    let range = Condition { selectivity: 1.0, constant: true, ..between(CREATED, 1.0, 1.0) };
    let whole = sum(ask(vec![range], 98_630.0, &[]), &[VIEWERS]);
    all.0.push(("partitioned24_seqscan".into(), micros(&month, &whole, &sequential()), 6_941.0));

    let join =
        Join { inner: table(5e6), column: ID, outer: RND, per_row: 1.0, needed: vec![TITLE] };
    let joined = Ask { join: Some(join), ..ask(vec![between(ID, 1e6, 50.0)], 50.0, &[ID]) };
    let path =
        Path { join: Some(JoinBy::NestedLoop { index: 0 }), ..way(Scan::Index(by(0, &[0])), None) };
    all.0.push(("join_nested_loop".into(), micros(&table(1e6), &joined, &path), 205.4));
    all.within(0.3);
}

/// Two workers on two cores: elapsed times of scans of 1,000,000 rows, and of 5,000,000 that lay in
/// the page cache.
#[test]
fn measured_parallel_scans() {
    let mut all = Compared(Vec::new());
    let elapsed = |rows: f64, ask: &Ask, path: &Path| {
        let path = Path { workers: 2, ..path.clone() };
        let ours = effort(&table(rows), ask, &path, &sorting(), &Constants::default());
        1e6 * (ours.cpu - ours.shared / 2.0)
    };
    let none = ask(vec![constant(VIEWERS, 1e6, 0.0)], 0.0, &ALL);
    for measured in [39_884.3, 32_376.2] {
        all.0.push(("parallel eq".into(), elapsed(1e6, &none, &sequential()), measured));
    }
    let count = sum(ask(Vec::new(), 1e6, &[]), &[]);
    all.0.push(("parallel count".into(), elapsed(1e6, &count, &sequential()), 23_227.8));
    let order_by = vec![Key { column: UPDATED, descending: true }];
    let first = Ask { order_by, limit: Some(10.0), ..ask(Vec::new(), 5e6, &ALL) };
    let path = way(Scan::Sequential, Some(Sort::Top));
    all.0.push(("parallel topn10".into(), elapsed(5e6, &first, &path), 188_137.8));
    let groups = Aggregate { columns: Vec::new(), by: vec![USER], groups: 101.0 };
    let grouped = Ask { aggregate: Some(groups), ..ask(Vec::new(), 1e6, &[]) };
    all.0.push(("parallel group".into(), elapsed(1e6, &grouped, &sequential()), 65_730.3));
    all.within(0.3);
}

/// A hash join reads the second table whole, whatever the first gives; its table spills beyond the
/// memory of a hash; which side is hashed decides what that is.
#[test]
fn hash_joins_read_the_second_table() {
    let inner = table(1e6);
    let pages = inner.pages;
    let join = Join { inner, column: ID, outer: RND, per_row: 1.0, needed: vec![TITLE] };
    let joined = Ask { join: Some(join), ..ask(vec![between(ID, 1e6, 50.0)], 50.0, &[ID]) };
    let by_hash = |join: JoinBy| {
        let path = Path { join: Some(join), ..way(Scan::Index(by(0, &[0])), None) };
        effort(&table(1e6), &joined, &path, &Settings::default(), &Constants::default())
    };
    let (inner, outer) = (by_hash(JoinBy::HashInner), by_hash(JoinBy::HashOuter));
    assert_eq!(inner.scanned, vec![(Place::InnerHeap, pages * PAGE)]);
    // 1,000,000 rows of 64 bytes and more exceed 8 MB; 50 rows do not.
    assert!(inner.spilled >= 64e6 && outer.spilled == 0.0, "{} {}", inner.spilled, outer.spilled);
    assert!(outer.cpu < inner.cpu && outer.rows == 50.0);
}

/// Pages of cold scans: 1,640 of a table of 100,000 rows; 6 of 9 pages read for 100 rows side by
/// side; 921 reads and 25 hits for 1,000 rows anywhere.
#[test]
fn measured_cold_pages() {
    let cost = |ask: &Ask, rows: f64, path: &Path| {
        effort(&table(rows), ask, path, &sorting(), &Constants::default())
    };
    let none = ask(vec![equals(VIEWERS, 1e5, 0.0)], 0.0, &ALL);
    let bytes = cost(&none, 1e5, &sequential()).scanned[0].1;
    assert!((bytes / PAGE - 1640.0).abs() < 1.0, "{bytes}");
    let path = |id: usize| way(Scan::Index(by(id, &[0])), None);
    let touched = |effort: &Effort| effort.touched.iter().map(|t| t.pages).sum::<f64>();
    let side = ask(vec![between(ID, 1e6, 100.0)], 100.0, &ALL);
    let side = touched(&cost(&side, 1e6, &path(0)));
    assert!((3.0..7.0).contains(&side), "{side}");
    let random = ask(vec![between(RND, 1e6, 945.0)], 945.0, &ALL);
    let random = touched(&cost(&random, 1e6, &path(2)));
    assert!((random / 946.0 - 1.0).abs() < 0.05, "{random}");
}

/// A limit stops a way early: with matches spread evenly at their share; with matches in one stretch
/// after half of the rest, which no planner foresees.
#[test]
fn limits_stop_early_where_matches_lie() {
    let rows = 1e6;
    let way_gone = |column: usize| {
        let order_by = vec![Key { column: CREATED, descending: true }];
        let one = ask(vec![equals(column, rows, 1e4)], 1e4, &ALL);
        let ask = Ask { order_by, limit: Some(20.0), ..one };
        let path = way(Scan::Index(by(4, &[])), None);
        effort(&table(rows), &ask, &path, &sorting(), &Constants::default()).examined / rows
    };
    let even = way_gone(STATUS);
    assert!((even - 20.0 / 10_001.0).abs() < 1e-9, "{even}");
    let stretch = way_gone(ID);
    assert!((stretch - (0.99 / 2.0 + 0.01 * 20.0 / 10_001.0)).abs() < 1e-9, "{stretch}");
}

/// Cardenas' formula against the sum of its definition.
#[test]
fn distinct_pages() {
    let slow = |pages: f64, rows: i32| pages * (1.0 - (1.0 - 1.0 / pages).powi(rows));
    for (pages, rows) in [(2.0, 1), (10.0, 10), (1e4, 300), (5.0, 1000)] {
        let (fast, slow) = (distinct(pages, f64::from(rows)), slow(pages, rows));
        assert!((fast / slow - 1.0).abs() < 1e-9, "{fast} {slow}");
    }
    assert_eq!([distinct(0.0, 5.0), distinct(1.0, 5.0), distinct(1.0, 0.5)], [0.0, 1.0, 0.5]);
}

/// No input panics or makes a time negative.
#[test]
fn strange_numbers_do_not_panic() {
    for number in [0.0, -1.0, 1e30, f64::INFINITY, f64::NAN] {
        let mut strange = table(1e4);
        strange.rows = number;
        for matches in [0.0, 1e9, f64::NAN] {
            let order_by = vec![Key { column: CREATED, descending: true }];
            let one = ask(vec![equals(USER, 1e4, 5.0), between(99, 1.0, 0.0)], matches, &ALL);
            let ask = Ask { order_by, limit: Some(number), partitions: number, ..one };
            for path in crate::database::path::alternatives(&strange, &ask, &sorting()) {
                let found = effort(&strange, &ask, &path, &sorting(), &Constants::default());
                assert!(found.cpu.is_nan() || found.cpu >= 0.0, "{found:?}");
            }
        }
    }
}
