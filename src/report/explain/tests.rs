//! Goal: what an explanation promises of an index is what the scenario with that index gives. Method:
//! identities between scenarios; the width of a terminal.

use super::facts::Explained;
use super::gather::explain;
use super::render::{json, markdown, text};
use crate::demand;
use crate::expr::scope::NoTables;
use crate::model::{Scaling, resolve_data};
use crate::report::table::display_width;
use crate::report::text::WIDTH;
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;

const DATA: &str = r#"
[database.pg]
cores  = 4
memory = "8 GiB"

[table.a_table_with_a_name_that_nobody_would_choose_twice]
database = "pg"
rows     = 1_800_000
key      = "id"
updates  = ["status"]
columns  = { id = "bigint", user_id = { type = "bigint", distinct = 50_000 }, title = "text(100)", status = { type = "text(5)", distinct = 3, values = { live = "0.03%" } }, started_at = { type = "timestamptz", correlation = 1 } }
# indexes

[query.live]
table    = "a_table_with_a_name_that_nobody_would_choose_twice"
equals   = { status = "live" }
order_by = "started_at desc"
limit    = 20

[query.own]
table    = "a_table_with_a_name_that_nobody_would_choose_twice"
equals   = { user_id = "?", status = "live" }
order_by = "started_at desc"
columns  = ["title"]
"#;

fn explained(text: &str, query: usize) -> Explained {
    let (raw, found) = read("s.toml", &[], &MemoryLoader::new("s.toml", text));
    assert!(!found.has_errors(), "{found:?}");
    let (model, found) = resolve_data(&raw, &NoTables);
    let model = model.unwrap_or_else(|| panic!("{found:?}"));
    let world = model.nominal_world().unwrap();
    let binding = demand::bind(&model, &world, Scaling::default()).unwrap();
    explain(&model, &binding, query).unwrap()
}

fn with(index: &str) -> String {
    DATA.replace("# indexes", &format!("index = {{ new = {index} }}"))
}

/// What the best candidates promise is what the scenario says once they are there; and taking one away
/// again leads back.
#[test]
fn a_promise_is_kept() {
    for (query, what, index) in [
        (
            0,
            "(started_at desc) where status = 'live'",
            "{ on = [\"started_at desc\"], where = \"status = 'live'\" }",
        ),
        (0, "(status, started_at desc)", "[\"status\", \"started_at desc\"]"),
        (0, "(status)", "[\"status\"]"),
        (1, "(user_id, status, started_at desc)", "[\"user_id\", \"status\", \"started_at desc\"]"),
        (
            1,
            "(user_id, status, started_at desc) include (title)",
            "{ on = [\"user_id\", \"status\", \"started_at desc\"], include = \"title\" }",
        ),
    ] {
        let before = explained(DATA, query);
        let promise = before.changes.iter().find(|change| {
            change.what.starts_with("create") && change.what.ends_with(&format!("twice {what}"))
        });
        let promise = promise.unwrap_or_else(|| panic!("{what}: {:?}", before.changes));
        let after = explained(&with(index), query);
        let way = &after.ways[0];
        assert_eq!((promise.plan.as_str(), promise.warm_s), (way.plan.as_str(), way.warm_s));
        assert_eq!(promise.cold_s, way.cold_s);
        let bytes = after.tables[0].bytes.0 - before.tables[0].bytes.0;
        assert!((promise.bytes.0 - bytes).abs() < 1.0);
        let back = after.changes.iter().find(|change| change.what == "drop index new").unwrap();
        assert_eq!((back.warm_s, back.cold_s), (before.ways[0].warm_s, before.ways[0].cold_s));
        assert!((back.insert_s.0 + promise.insert_s.0).abs() < 1e-12);
        assert!((back.bytes.0 + bytes).abs() < 1.0);
    }
}

/// What is there already is no candidate.
#[test]
fn nothing_is_proposed_twice() {
    let all = explained(&with("[\"status\", \"started_at desc\"]"), 0);
    let proposed = all.changes.iter().filter(|change| change.what.starts_with("create"));
    assert!(proposed.into_iter().all(|change| !change.what.contains("(status, started_at desc)")));
    // Nor what is there in the other direction, and read backward.
    let all = explained(&with("[\"status\", \"started_at\"]"), 0);
    let mut proposed = all.changes.iter().filter(|change| change.what.starts_with("create"));
    assert!(proposed.all(|change| !change.what.ends_with("(status, started_at desc)")));
}

/// An order by two columns is served by an index turned as a whole, and not by one of which a part is
/// turned; columns held at one value have no direction.
#[test]
fn an_order_is_turned_as_a_whole() {
    let order = "order_by = [\"user_id\", \"started_at desc\"]";
    let proposed = |index: &str| {
        let data = with(index).replace("order_by = \"started_at desc\"", order);
        let all = explained(&data, 0);
        all.changes.iter().any(|change| change.what.ends_with("(status, user_id, started_at desc)"))
    };
    assert!(proposed("[\"title\"]"));
    assert!(proposed("[\"status\", \"user_id\", \"started_at\"]"));
    assert!(!proposed("[\"status\", \"user_id desc\", \"started_at\"]"));
    assert!(!proposed("[\"status desc\", \"user_id desc\", \"started_at\"]"));
}

/// The server's time and the network's are told apart; a help that hurts elsewhere says so.
#[test]
fn the_headline_says_both_sides() {
    let network = |text: &str| {
        text.replace("[table.", "[pool.api_pg]\nservice = \"api\"\ndatabase = \"pg\"\nsize = 5\nround_trip = \"7ms\"\n[service.api]\nworkers = 5\n[table.")
    };
    let all = explained(&network(DATA), 0);
    assert!(all.headline.contains("on an idle server, and 7 ms of network."), "{}", all.headline);
    assert!(all.headline.contains("times faster from the disk"), "{}", all.headline);
    // A tenth of the table at random: quick in memory, and slower from the disk than reading it all.
    let data = DATA
        .replace("live = \"0.03%\"", "live = \"3%\"")
        .replace("order_by = \"started_at desc\"\nlimit    = 20\n", "");
    let all = explained(&data, 0);
    assert!(all.headline.contains("in memory but"), "{}", all.headline);
    assert!(all.headline.contains("times slower from the disk"), "{}", all.headline);
}

/// A constraint is not to be dropped, and an index that others use is said to be used.
#[test]
fn what_is_used_is_said() {
    let unique = with("{ on = [\"title\"], unique = true }");
    assert!(explained(&unique, 1).changes.iter().all(|change| !change.what.starts_with("drop")));
    let all = explained(&with("[\"user_id\"]"), 0);
    let drop = all.changes.iter().find(|change| change.what == "drop index new").unwrap();
    assert_eq!(drop.used_by, ["own"]);
    assert!(markdown(&all).contains("drop index new (used by query.own)"));
}

/// Of a table in pieces it is said how many are read.
#[test]
fn pieces_are_counted() {
    let pieces = "[query.recent]\ntable = \"a_table_with_a_name_that_nobody_would_choose_twice\"\nrange = { started_at = \"4%\" }\n";
    let split = DATA.replace("# indexes", "partition = { by = \"started_at\", every = 72_000 }");
    let words = &explained(&format!("{split}\n{pieces}"), 2).ways[0].words;
    // A range of one piece begins anywhere in it.
    assert!(words.starts_with("reads 2 of 25 partitions whole"), "{words}");
    assert!(!words.contains("1 workers"), "{words}");
}

/// The parts of a time add up, and cold is never faster than warm.
#[test]
fn times_add_up() {
    for query in [0, 1] {
        for data in [DATA.to_owned(), with("[\"user_id\"]")] {
            let all = explained(&data, query);
            for time in &all.times {
                let sum = time.cpu_s.0 + time.disk_s.0 + time.network_s.0;
                assert!((time.total_s.0 - sum).abs() < 1e-12);
            }
            assert!(all.ways.iter().all(|way| way.cold_s.0 > way.warm_s.0));
            assert!(all.ways.windows(2).all(|pair| pair[0].cost <= pair[1].cost));
            assert!(all.ways[0].chosen && all.ways.iter().filter(|way| way.chosen).count() == 1);
        }
    }
}

#[test]
fn nothing_is_wider_than_a_terminal() {
    for query in [0, 1] {
        let all = explained(&with("[\"user_id\", \"started_at\"]"), query);
        for line in text(&all).lines() {
            assert!(display_width(line) <= WIDTH, "{line}");
        }
        assert!(markdown(&all).contains("## Sizes"));
        let value: serde_json::Value = serde_json::from_str(&json(&all).unwrap()).unwrap();
        assert_eq!(value["ways"][0]["chosen"], true);
    }
}
