//! What a purge takes, by hand and as measured.
//!
//! PostgreSQL 15.18 (Debian 12, 64 bits) on two virtual cores of an Intel Xeon, settings as installed but
//! `autovacuum = off`, everything in memory; 22 November 2026. Medians of three tables of each kind, and of the pages
//! of a fourth kind the sums of runs one after the other:
//!
//! ```sql
//! create table t (…); create [unique] index on t (…);          -- before the rows come
//! insert into t select … from generate_series(1, ROWS) i; checkpoint; vacuum (analyze) t; checkpoint;
//! delete from t where …;  vacuum (parallel 0) t;  checkpoint;
//! ```
//!
//! where a row is
//!
//! ```sql
//! -- narrow(id bigint, v int, at timestamptz), index (id): id <= ROWS * SHARE
//! i, (random()*1000)::int, timestamptz '2025-01-01' + i * interval '60 s'
//! -- wide(id bigint, body text, at timestamptz), index (id): id <= ROWS * SHARE
//! i, repeat('x', 960), timestamptz '2025-01-01' + i * interval '60 s'
//! -- three(id bigint, u bigint, g uuid, at timestamptz), indexes (id), (u), (g): id <= ROWS * SHARE
//! i, (random()*20000)::bigint, gen_random_uuid(), timestamptz '2025-01-01' + i * interval '60 s'
//! -- random(g uuid, v int, at timestamptz), index (g): at <= timestamptz '2025-01-01' + …
//! gen_random_uuid(), (random()*1000)::int, timestamptz '2025-01-01' + i * interval '60 s'
//! ```
//!
//! Log: difference of `pg_current_wal_insert_lsn()`. Pages: difference of `buffers_checkpoint + buffers_clean +
//! buffers_backend` (`pg_stat_bgwriter`). CPU: `/proc/PID/schedstat`. At 1 % the server said `index scan bypassed`.

use super::*;
use crate::database::ask::{Column, Key};

/// A measured purge.
struct Measured {
    name: &'static str,
    rows: f64,
    /// Bytes of a row with its header.
    tuple: f64,
    /// Pages of the table.
    pages: f64,
    /// Pages of each index, of them no leaves; whether it is in the order of the rows.
    indexes: &'static [(f64, f64, bool)],
    share: f64,
    /// Bytes of the log: the deletion and the vacuum.
    log: [f64; 2],
    /// Pages written.
    written: f64,
    /// CPU milliseconds: the deletion and the vacuum.
    cpu: [f64; 2],
}

const NARROW: Measured = Measured {
    name: "narrow",
    rows: 5e5,
    tuple: 48.0,
    pages: 3_185.0,
    indexes: &[(1_374.0, 6.0, true)],
    share: 0.1,
    log: [5_429_216.0, 1_416_176.0],
    written: 463.0,
    cpu: [20.0, 9.0],
};

const WIDE: Measured = Measured {
    name: "wide",
    rows: 6e4,
    tuple: 1_008.0,
    pages: 7_500.0,
    indexes: &[(166.0, 2.0, true)],
    share: 0.1,
    log: [6_450_952.0, 301_144.0],
    written: 775.0,
    cpu: [7.1, 3.0],
};

const THREE: Measured = Measured {
    name: "three",
    rows: 5e5,
    tuple: 64.0,
    pages: 4_167.0,
    indexes: &[(1_374.0, 6.0, true), (590.0, 4.0, false), (2_409.0, 16.0, false)],
    share: 0.1,
    log: [6_234_368.0, 18_197_696.0],
    written: 3_546.0,
    cpu: [26.1, 55.0],
};

const RANDOM: Measured = Measured {
    name: "random",
    rows: 5e5,
    tuple: 56.0,
    pages: 3_677.0,
    indexes: &[(2_375.0, 16.0, false)],
    share: 0.1,
    log: [5_831_800.0, 13_216_688.0],
    written: 2_780.0,
    cpu: [35.5, 25.8],
};

/// The vacuum leaves the indexes alone.
const ONE_PERCENT: [Measured; 4] = [
    Measured { share: 0.01, log: [543_792.0, 15_880.0], written: 34.0, cpu: [2.7, 0.8], ..NARROW },
    Measured { share: 0.01, log: [645_112.0, 12_128.0], written: 77.0, cpu: [1.3, 0.6], ..WIDE },
    Measured { share: 0.01, log: [625_928.0, 19_520.0], written: 45.0, cpu: [2.5, 0.7], ..THREE },
    Measured { share: 0.01, log: [584_848.0, 19_336.0], written: 40.0, cpu: [21.7, 0.8], ..RANDOM },
];

/// Four runs of 1 % each, one after the other, each with a checkpoint before it, of two tables of the kind `three`:
/// log, pages and CPU milliseconds of each (the second run of the first table was disturbed).
const IN_A_ROW: [[[f64; 3]; 4]; 2] = [
    [
        [642_144.0, 44.0, 4.6],
        [18_829_248.0, 3_055.0, 73.2],
        [639_560.0, 44.0, 3.1],
        [18_488_744.0, 3_057.0, 34.0],
    ],
    [
        [644_216.0, 45.0, 2.9],
        [18_672_448.0, 3_021.0, 37.0],
        [641_656.0, 44.0, 3.1],
        [18_316_824.0, 3_021.0, 32.8],
    ],
];

impl Measured {
    fn relation(&self) -> Relation {
        let order = |index: &(f64, f64, bool)| if index.2 { 1.0 } else { 0.0 };
        let column = |correlation: f64| Column {
            width: 8.0,
            sent: 8.0,
            distinct: self.rows,
            nulls: 0.0,
            correlation,
        };
        let index = |(column, &(pages, above, _)): (usize, &(f64, f64, bool))| Index {
            entries: self.rows,
            pages,
            leaf_pages: pages - above,
            levels: 3,
            keys: vec![Key { column, descending: false }],
            include: Vec::new(),
            unique: column == 0,
            partial: None,
        };
        Relation {
            rows: self.rows,
            pages: self.pages,
            visible: 1.0,
            columns: self.indexes.iter().map(order).map(column).collect(),
            indexes: self.indexes.iter().enumerate().map(index).collect(),
            ..Relation::default()
        }
    }

    fn purge(&self) -> Purge {
        let costs = Constants::default();
        purge(&self.relation(), 1.0, self.rows * self.share, self.tuple, &costs)
    }
}

/// Log and pages within 5 % (and 2 pages), CPU within 25 % (and 1.5 ms, the commands themselves).
#[track_caller]
fn as_measured(name: &str, found: &Purge, (log, written, cpu): (f64, f64, f64)) {
    let off = |found: f64, measured: f64| (found - measured).abs() / measured;
    assert!(off(found.wal_bytes, log) < 0.05, "{name}: log {} {log}", found.wal_bytes);
    let pages = (found.written_pages - written).abs();
    assert!(pages < 0.05 * written + 2.0, "{name}: pages {} {written}", found.written_pages);
    let apart = (found.cpu * 1e3 - cpu).abs();
    assert!(apart < 0.25 * cpu + 1.5, "{name}: CPU {} {cpu} ms", found.cpu * 1e3);
}

#[test]
fn a_tenth_as_measured() {
    for one in [NARROW, WIDE, THREE, RANDOM] {
        let measured = (one.log.iter().sum(), one.written, one.cpu.iter().sum());
        as_measured(one.name, &one.purge(), measured);
    }
}

/// What such a run takes where the vacuum does not come to the indexes.
#[test]
fn a_hundredth_as_measured() {
    for one in ONE_PERCENT {
        let rows = one.rows * one.share;
        let found = heap(&one.relation(), (1.0, rows), one.tuple, &Constants::default());
        let measured = (one.log.iter().sum(), one.written, one.cpu.iter().sum());
        as_measured(one.name, &found, measured);
    }
}

/// Every second run of 1 % comes to the indexes: its mean.
#[test]
fn runs_in_a_row_as_measured() {
    let all = || IN_A_ROW.iter().flatten();
    let mean = |what: usize| all().map(|run| run[what]).sum::<f64>() / all().count() as f64;
    let found = Measured { share: 0.01, ..THREE }.purge();
    as_measured("three", &found, (mean(0), mean(1), mean(2)));
    let alone = heap(&THREE.relation(), (1.0, 5_000.0), 64.0, &Constants::default());
    assert!(found.wal_bytes > 10.0 * alone.wal_bytes, "{found:?} {alone:?}");
}

/// A table of 1,000,000 rows on 20,000 pages (50 on each), its key in the order of the rows (or
/// not) on 2,500 leaves of 2,510 pages.
fn table(correlation: f64) -> Relation {
    let column = Column { width: 8.0, sent: 8.0, distinct: 1e6, nulls: 0.0, correlation };
    let index = Index {
        entries: 1e6,
        pages: 2_510.0,
        leaf_pages: 2_500.0,
        levels: 3,
        keys: vec![Key { column: 0, descending: false }],
        include: Vec::new(),
        unique: true,
        partial: None,
    };
    Relation {
        rows: 1e6,
        pages: 20_000.0,
        visible: 1.0,
        columns: vec![column],
        indexes: vec![index],
        ..Relation::default()
    }
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
}

/// A tenth of the rows, in order: 2,000 pages of the heap and 250 leaves, 90 % full, are written and
/// logged beside 100,000 records of 54 bytes and one of the commit, 34; read are the 2,000 pages and all
/// 2,510 of the index.
#[test]
fn a_tenth_by_hand() {
    let costs = Constants::default();
    let found = purge(&table(1.0), 1.0, 1e5, 150.0, &costs);
    near(found.written_pages, 2_250.0);
    let images = (2_000.0 + 250.0 * 0.9) * 8_192.0;
    let places = 1e5 * (6.0 + 2.0) + 2_000.0 * 180.0 + 250.0 * 60.0;
    near(found.wal_bytes, images + 100_000.0 * 54.0 + 34.0 + places);
    near(found.read_bytes, 4_510.0 * 8_192.0);
    let bytes = (2_250.0 + 4_510.0) * 8_192.0 + found.wal_bytes;
    near(found.seconds(125e6), found.cpu + bytes / 125e6);
    // 0.34 us a row deleted, 7 us a page logged, 15.5 ns for each of a million entries.
    let cpu = 1e5 * 0.339e-6 + 2_250.0 * 7e-6 + 1e6 * 15.5e-9;
    assert!((found.cpu / cpu - 1.0).abs() < 0.01, "{} {cpu}", found.cpu);
}

/// Without an order the whole table is read, and entries lie on nearly all leaves: 40 of each 400
/// on a leaf are among the tenth, so hardly any leaf has none.
#[test]
fn without_an_index_by_age_everything_is_touched() {
    let costs = Constants::default();
    let [ordered, random] = [1.0, 0.0].map(|order| purge(&table(order), 1.0, 1e5, 150.0, &costs));
    near(random.read_bytes, (20_000.0 + 2_510.0) * 8_192.0);
    assert!((random.written_pages / 4_500.0 - 1.0).abs() < 1e-3, "{random:?}");
    assert!(random.cpu > ordered.cpu);
    // Ten pieces, of which the oldest is all that goes: the others are not touched.
    let piece = purge(&table(1.0), 10.0, 1e6, 150.0, &costs);
    near(piece.written_pages, 22_500.0);
    near(piece.read_bytes, 22_510.0 * 8_192.0);
}

/// Of runs that delete a thousandth, twenty share one look at the index: a fiftieth of its leaves.
#[test]
fn small_runs_share_the_vacuum_of_indexes() {
    let costs = Constants::default();
    let small = purge(&table(1.0), 1.0, 1e3, 150.0, &costs);
    near(small.written_pages, 20.0 + 2_500.0 * 0.02 / 20.0);
    near(small.read_bytes, (20.0 + 2_510.0 / 20.0) * 8_192.0);
    // Of a large table with six million deleted rows it does not wait for the share.
    let mut large = table(1.0);
    (large.rows, large.pages) = (1e9, 2e7);
    let found = purge(&large, 1.0, 6e6, 150.0, &costs);
    near(found.read_bytes, (120_000.0 + 2_510.0) * 8_192.0);
}

/// Nothing to delete takes nothing, and more than there is is all.
#[test]
fn nothing_and_everything() {
    let costs = Constants::default();
    for rows in [0.0, -5.0, f64::NAN] {
        let found = purge(&table(1.0), 1.0, rows, 150.0, &costs);
        assert_eq!(found.written_pages, 0.0, "{rows}");
    }
    assert_eq!(purge(&table(1.0), 2.0, 1e9, 150.0, &costs).rows, 2e6);
    assert_eq!(purge(&Relation::default(), 1.0, 5.0, 150.0, &costs), Purge::default());
}
