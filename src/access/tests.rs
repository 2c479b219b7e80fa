//! Goal: what a scenario says of its data reaches the formulas of `database` as it is meant. Method:
//! choices and sizes of a real server, stated in the words of the language; identities between
//! scenarios; numbers by hand.

use super::memory::{cache, found};
use super::price::{Access, price};
use super::settings::{Costs, Disk};
use super::ways::{Needs, Ways};
use crate::database::path::Scan;
use crate::database::settings::{Constants, Settings};
use crate::expr::check::check;
use crate::expr::scope::{Expectation, NoTables, Scope};
use crate::model::{Binding, Model, Scaling, Use, resolve};
use crate::scenario::keys::costs::COSTS;
use crate::scenario::keys::disk::DISK;
use crate::scenario::keys::{Default as Stated, KeySpec};
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;

const AROUND: &str = r#"
[service.api]
workers = 20

[pool.api_pg]
service  = "api"
database = "pg"
size     = 10

[workload.w]
rate = "100/s"
mix  = { e = 1 }
"#;

/// A scenario with a database, tables and queries, of which the steps use some.
fn bound(data: &str, steps: &str) -> (Model, Binding) {
    let endpoint = format!("[endpoint.e]\nservice = \"api\"\nsteps = [{steps}]\n");
    let text = format!("{AROUND}{endpoint}{data}");
    let (raw, found) = read("s.toml", &[], &MemoryLoader::new("s.toml", text.as_str()));
    assert!(!found.has_errors(), "{found:?}");
    let (model, found) = resolve(&raw, &NoTables);
    let model = model.unwrap_or_else(|| panic!("{found:?}"));
    let world = model.nominal_world().unwrap();
    let mut binding = model.bind(&world, Scaling::default()).unwrap();
    price(&model, &mut binding, Some(&rates(&model, steps)));
    (model, binding)
}

/// A hundred a second of each query that the steps name, and of each write.
fn rates(model: &Model, steps: &str) -> Vec<f64> {
    let rate = |query: &crate::model::Query| {
        let named = steps.contains(&format!("\"{}\"", query.name));
        let writes = !matches!(query.table, Some(Use::Read(_)));
        if named || writes { 100.0 } else { 0.0 }
    };
    model.queries.iter().map(rate).collect()
}

fn ways(model: &Model, binding: &Binding, query: usize) -> Ways {
    let access = Access::new(model, binding);
    let Some(Use::Read(read)) = &model.queries[query].table else { panic!("reads no table") };
    Ways::of(model, binding, &access.tables, read, &access.costs[0])
}

fn mean(binding: &Binding, id: Option<crate::model::VariateId>) -> f64 {
    binding.variate(id.unwrap()).0.mean().unwrap()
}

/// Source: choices of PostgreSQL 15 measured on 200,000 rows of 228 bytes, by a column without
/// correlation.
#[test]
fn the_choice_follows_from_the_number_of_matches() {
    for (matches, is_right) in [
        (1.0, (|scan| matches!(scan, Scan::Index(_))) as fn(&Scan) -> bool),
        (9.0, |scan| matches!(scan, Scan::Bitmap(_))),
        (60_000.0, |scan| matches!(scan, Scan::Bitmap(_))),
        (100_000.0, |scan| *scan == Scan::Sequential),
    ] {
        let data = format!(
            "[database.pg]\ncores = 2\n[table.t]\ndatabase = \"pg\"\nrows = 200_000\nrow = \"200 B\"\n\
             index = {{ by_k = [\"k\"] }}\n\
             [query.q]\ntable = \"t\"\nrange = \"k\"\nmatches = {matches}\n"
        );
        let (model, binding) = bound(&data, "{ query = \"q\" }");
        let ways = ways(&model, &binding, 0);
        assert!(is_right(&ways.chosen().path.scan), "{matches}: {:?}", ways.chosen());
    }
}

const STREAMS: &str = r#"
[database.pg]
cores = 4
memory = "4 GiB"

[table.streams]
database = "pg"
rows     = 1_800_000
columns  = { id = "bigint", user_id = { type = "bigint", distinct = 50_000 }, title = "text(40)", status = { type = "text(5)", distinct = 3, values = { live = "0.03%" } }, ended = { type = "timestamptz", nulls = "10%" } }
key      = "id"
index    = { own = ["user_id"], live = { on = ["id"], where = "status = 'live'" } }

[query.one]
table  = "streams"
equals = "id"

[query.own]
table  = "streams"
equals = "user_id"

[query.live]
table  = "streams"
equals = { status = "live" }

[query.any]
table  = "streams"
equals = { status = "?" }

[query.open]
table  = "streams"
equals = { ended = "null" }

[query.both]
table  = "streams"
equals = { user_id = "?", status = "live" }
"#;

#[test]
fn matches_follow_from_the_columns() {
    let (model, binding) = bound(STREAMS, "{ query = \"one\" }");
    let matches = |query| ways(&model, &binding, query).asked.ask.matches;
    let by_hand = [1.0, 36.0, 540.0, 600_000.0, 180_000.0, 36.0 * 0.0003];
    for (query, expected) in by_hand.into_iter().enumerate() {
        let found = matches(query);
        assert!((found - expected).abs() < 1e-9 * expected, "{query}: {found}");
    }
}

/// A list is that many values, each looked up in the index; of a key one row each.
#[test]
fn a_list_is_so_many_values() {
    let lists = format!(
        "{STREAMS}\n[query.keys]\ntable = \"streams\"\nin = {{ id = 100 }}\n\
         [query.owners]\ntable = \"streams\"\nin = {{ user_id = 10 }}\n"
    );
    let (model, binding) = bound(&lists, "{ query = \"keys\" }");
    let [one, keys, owners] = [0, 6, 7].map(|query| ways(&model, &binding, query));
    for (list, rows) in [(&keys, 100.0), (&owners, 360.0)] {
        assert!((list.asked.ask.matches - rows).abs() < 1e-6, "{}", list.asked.ask.matches);
        assert!(list.chosen().path.scan != Scan::Sequential);
    }
    // A hundred keys anywhere are nearly a hundred leaves, and as many pages of the table, though the
    // table is in the order of its key.
    let pages = |way: &Ways| way.chosen().effort.touched.iter().map(|one| one.pages).sum::<f64>();
    let (single, list) = (pages(&one), pages(&keys));
    assert!(list > 80.0 * single && list <= 100.0 * single + 1.0, "{list} against {single}");
}

/// A partial index serves the query that states its value, and no other one.
#[test]
fn a_partial_index_serves_whoever_implies_it() {
    let (model, binding) = bound(STREAMS, "{ query = \"one\" }");
    let uses = |query: usize, index: usize| {
        ways(&model, &binding, query).all.iter().any(|way| match &way.path.scan {
            Scan::Index(by) | Scan::IndexOnly(by) => by.index == index,
            Scan::Bitmap(all) => all.iter().any(|by| by.index == index),
            Scan::Sequential => false,
        })
    };
    assert!(uses(2, 2) && !uses(3, 2) && !uses(0, 2));
    let live = ways(&model, &binding, 2);
    assert!(live.chosen().effort.touched.iter().map(|one| one.pages).sum::<f64>() < 600.0);
    // The index has 0.03 % of the rows.
    assert!((live.asked.relation.indexes[2].entries - 540.0).abs() < 1e-6);
}

/// A function on the column, and no index serves.
#[test]
fn a_function_defeats_the_index() {
    let inside =
        STREAMS.replace("equals = \"user_id\"", "equals = \"user_id\"\nfunction_on = \"user_id\"");
    let (model, binding) = bound(&inside, "{ query = \"one\" }");
    assert_eq!(ways(&model, &binding, 1).chosen().path.scan, Scan::Sequential);
}

/// Less memory, more reads: nothing is missed where all data fit, and everything that is touched
/// where there is no room at all. Reads are then those of the effort.
#[test]
fn memory_decides_how_much_is_read() {
    let reads = |memory: &str| {
        let data = STREAMS.replace("4 GiB", memory);
        let (model, binding) = bound(&data, "{ query = \"own\" }");
        let query = &model.queries[1];
        let touched: f64 =
            ways(&model, &binding, 1).chosen().effort.touched.iter().map(|one| one.reads).sum();
        (mean(&binding, query.reads), touched)
    };
    let [none, some, much, all] = ["100 MiB", "250 MiB", "300 MiB", "4 GiB"].map(reads);
    assert!((none.0 - none.1).abs() < 1e-9 && none.0 > 30.0, "{none:?}");
    assert!(none.0 > some.0 && some.0 > much.0 && much.0 > all.0, "{some:?} {much:?}");
    assert!(all.0 == 0.0, "{all:?}");
}

/// Hot rows are found more often; rows that are all hot are as any.
#[test]
fn hot_rows_stay_in_memory() {
    let reads = |hot: &str| {
        let data = format!(
            "[database.pg]\ncores = 2\nmemory = \"2 GiB\"\n[table.t]\ndatabase = \"pg\"\n\
             rows = 20_000_000\nrow = \"372 B\"\nkey = \"id\"\n{hot}\n\
             [query.q]\ntable = \"t\"\nequals = \"id\"\n"
        );
        let (model, binding) = bound(&data, "{ query = \"q\" }");
        mean(&binding, model.queries[0].reads)
    };
    let plain = reads("");
    assert_eq!(plain, reads("hot = { rows = \"100%\", accesses = \"100%\" }"));
    // 8 GB of rows and half a GB of index in 1.4 GB. The newest tenth (0.8 GB and a tenth of the
    // index, which follows the order of the table) fits: of nine in ten look-ups nothing is read.
    let hot = reads("hot = { rows = \"10%\", accesses = \"90%\" }");
    assert!(plain > 0.8 && hot < 0.25 * plain && hot > 0.0, "{hot} against {plain}");
}

/// Ten connections of 10 MiB out of 75 % of 4 GiB.
#[test]
fn connections_take_their_memory_from_the_cache() {
    let (model, binding) = bound(STREAMS, "{ query = \"one\" }");
    let cache = cache(&model, &binding, 0).unwrap();
    let mib = 1_048_576.0;
    assert_eq!((cache.backends, cache.bytes), (100.0 * mib, 0.75 * 4096.0 * mib - 100.0 * mib));
}

/// A table that nobody asks for by chance does not compete; one that is scanned is read whole if it
/// does not fit.
#[test]
fn scans_are_found_or_not() {
    let data = STREAMS.replace("4 GiB", "200 MiB");
    let (model, binding) = bound(&data, "{ query = \"any\" }");
    let access = Access::new(&model, &binding);
    let needs: Vec<Option<Needs>> =
        model.queries.iter().map(|query| access.needs(&model, &binding, query)).collect();
    let rates = rates(&model, "{ query = \"any\" }");
    let found = found(&model, &binding, &access.tables, &needs, &rates);
    assert_eq!(found[3].as_ref().unwrap().scanned, [0.0]);
    let scan = mean(&binding, model.queries[3].scan);
    assert!((scan - access.tables[0].heap.bytes()).abs() < 1.0, "{scan}");
}

/// Every index costs an insert its entry; a write in one database commits there.
#[test]
fn writes_pay_for_each_index() {
    let steps =
        "{ insert = \"streams\" }, { insert = \"streams\", rows = 10 }, { update = \"streams\" }";
    let cpu = |data: &str| {
        let (model, binding) = bound(data, steps);
        let names: Vec<&str> =
            model.queries.iter().skip(6).map(|query| query.name.as_str()).collect();
        assert_eq!(names, ["insert_streams", "insert_streams_", "update_streams"]);
        assert!(model.queries.iter().skip(6).all(|query| query.commit));
        [6, 7, 8].map(|query| mean(&binding, model.queries[query].cpu))
    };
    let constants = Constants::default();
    let [one, ten, update] = cpu(STREAMS);
    let fewer = STREAMS.replace("own = [\"user_id\"], ", "");
    let [one_fewer, ten_fewer, update_fewer] = cpu(&fewer);
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(near(one - one_fewer, constants.index_write), "{one} {one_fewer}");
    assert!(near(ten - ten_fewer, 10.0 * constants.index_write));
    // Its columns are in no index: versions stay in their pages, where earlier ones have left room.
    assert!(near(update, update_fewer));
    let moved = |data: &str| data.replace("key      =", "updates = [\"id\"]\nkey =");
    let [of_all, of_fewer] = [cpu(&moved(STREAMS))[2], cpu(&moved(&fewer))[2]];
    assert!(near(of_all - of_fewer, constants.index_write));
}

/// Inside a transaction nothing commits but its end, which is a statement more.
#[test]
fn a_transaction_commits_once() {
    let held = "{ transaction = [{ insert = \"streams\" }, { update = \"streams\" }] }, { insert = \"streams\" }";
    let (model, binding) = bound(STREAMS, held);
    let written: Vec<(&str, bool)> =
        model.queries.iter().skip(6).map(|query| (query.name.as_str(), query.commit)).collect();
    let expected = [
        ("insert_streams_in_transaction", false),
        ("update_streams_in_transaction", false),
        ("insert_streams", true),
        ("commit_pg", true),
    ];
    assert_eq!(written, expected);
    let cpu = |query: usize| mean(&binding, model.queries[query].cpu);
    let constants = Constants::default();
    assert!((cpu(8) - cpu(6) - constants.commit).abs() < 1e-9);
    assert!((cpu(9) - constants.commit - constants.statement).abs() < 1e-9);
}

/// An update that changes what a partial index asks for makes new entries everywhere.
#[test]
fn the_condition_of_a_partial_index_takes_part_in_updates() {
    let update = |updates: &str| {
        let roomy = format!("fillfactor = \"80%\"\nupdates = [\"{updates}\"]\nkey =");
        let data = STREAMS.replace("key      =", &roomy);
        let (model, binding) = bound(&data, "{ update = \"streams\" }");
        mean(&binding, model.queries[6].cpu)
    };
    let more = update("status") - update("title");
    // The key's index, the user's, and the partial one.
    let expected = 3.0 * Constants::default().index_write;
    assert!((more - expected).abs() < 1e-9, "{more} {expected}");
}

/// New rows are taken to be in a partial index, as live streams and pending jobs are.
#[test]
fn a_partial_index_costs_new_rows_an_entry() {
    let insert = |data: &str| {
        let (model, binding) = bound(data, "{ insert = \"streams\" }");
        mean(&binding, model.queries[6].cpu)
    };
    let without = STREAMS.replace(", live = { on = [\"id\"], where = \"status = 'live'\" }", "");
    let more = insert(STREAMS) - insert(&without);
    assert!((more - Constants::default().index_write).abs() < 1e-10, "{more}");
}

/// With a condition on the column that the pieces go by one piece is left, without it all.
#[test]
fn pieces_are_left_out() {
    let pieces = STREAMS.replace(
        "key      = \"id\"",
        "key = \"id\"\npartition = { by = \"user_id\", every = 150_000 }",
    );
    let (model, binding) = bound(&pieces, "{ query = \"own\" }");
    let left = |query| ways(&model, &binding, query).asked.ask.partitions;
    assert_eq!((left(0), left(1), left(5)), (12.0, 1.0, 1.0));
    let (own, by_id) = (ways(&model, &binding, 1), ways(&model, &binding, 0));
    assert_eq!(own.asked.relation.rows, 150_000.0);
    assert!(own.chosen().effort.cpu < by_id.chosen().effort.cpu);
}

fn default_of(key: &KeySpec) -> f64 {
    let Stated::Is(text) = key.default else { panic!("{} has no default", key.name) };
    let wanted =
        Expectation { dimension: None, ..Expectation::fixed(crate::units::Dimension::COUNT) };
    let checked = check(text, &Scope::default(), &NoTables, wanted).unwrap();
    checked.formula.bind(&[]).unwrap().evaluate_fixed().unwrap()
}

/// The registry's defaults are those that are reckoned with, and all of them.
#[test]
fn defaults_are_those_of_the_registry() {
    for key in COSTS.keys {
        let value = default_of(key);
        // What changes nothing is what is there; times are written to six digits.
        let mut costs = Costs::default();
        assert!(costs.settings.set(key.name, value) != costs.constants.set(key.name, value));
        let usual = Costs::default();
        let numbers = |costs: &Costs| -> Vec<f64> {
            let text = format!("{costs:?}").replace([',', '}', '{'], " ");
            text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
        };
        let both = numbers(&costs).into_iter().zip(numbers(&usual));
        for (stated, used) in both {
            assert!((stated - used).abs() <= 1e-6 * used, "{}: {stated} {used}", key.name);
        }
    }
    assert_eq!(COSTS.keys.len(), Settings::NAMES.len() + Constants::NAMES.len());
    let disk = Disk::default();
    let stated = |name| default_of(DISK.key(name).unwrap());
    assert_eq!(
        (disk.latency, disk.iops, disk.bandwidth, disk.sync),
        (stated("read_latency"), stated("iops"), stated("bandwidth"), stated("sync"))
    );
}
