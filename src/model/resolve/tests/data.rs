//! Tables: what conditions of partial indexes and types of columns are taken for.

use super::{check, resolved};
use crate::diag::Id;
use crate::model::{Filter, Model, Step, Verb};

fn shop(columns: &str, index: &str, query: &str) -> String {
    format!(
        r#"
[service.api]
workers = 50
[database.pg]
cores = 4
[pool.p]
service  = "api"
database = "pg"
size     = 10
[table.jobs]
database = "pg"
rows     = 100_000
columns  = {{ id = "bigint", {columns} }}
key      = "id"
index    = {{ {index} }}
[query.q]
table = "jobs"
{query}
[endpoint.e]
service = "api"
steps   = [{{ query = "q" }}]
[workload.w]
rate = "10/s"
mix  = {{ e = 1 }}
client = {{ timeout = "5s" }}
"#
    )
}

/// Any quoted text is a value, in which two quotes are one; more than one comparison is not.
#[test]
fn quoted_values_are_values() {
    for (condition, value) in [
        ("kind = 'in progress'", Some("in progress")),
        ("kind = 'it''s'", Some("it's")),
        ("kind = open", Some("open")),
        ("kind = 'a' or kind = 'b'", None),
        ("kind <= 'a'", None),
    ] {
        let index = format!("part = {{ on = [\"id\"], share = \"5%\", where = \"{condition}\" }}");
        let query = format!("equals = {{ kind = \"{}\" }}", value.unwrap_or("a"));
        let (_, model, found) =
            resolved(&shop("kind = { type = \"text(9)\", distinct = 4 }", &index, &query));
        let model = model.expect("a model");
        let filter = &model.tables[0].indexes[1].filter.as_ref().unwrap().0;
        let wanted = value.map_or(Filter::Other, |value| Filter::Equals(1, value.to_owned()));
        assert_eq!(*filter, wanted, "{condition}");
        let implied = !found.iter().any(|found| found.id == Id::PartialIndexNotImplied);
        assert_eq!(implied, value.is_some(), "{condition}");
    }
}

/// A `bool` has two values, in an index as in a query; of other columns it is said what to state.
#[test]
fn shares_of_partial_indexes() {
    let index = "part = { on = [\"id\"], where = \"flag = TRUE\" }";
    assert_eq!(check(&shop("flag = \"bool\"", index, "equals = { flag = true }")), "");
    let said = check(&shop("flag = \"int\"", index, "equals = { id = \"?\" }"));
    assert!(said.contains("`values = { TRUE = \"1%\" }`"), "{said}");
}

/// The closest type is the one that ends alike; `count = false` excludes no columns.
#[test]
fn types_and_counts() {
    let said = check(&shop("at = \"timestampz\"", "", "equals = \"id\""));
    assert!(said.contains("at = \"timestamptz\""), "{said}");
    let query = "equals = \"id\"\ncount = false\ncolumns = [\"flag\"]";
    assert_eq!(check(&shop("flag = \"bool\"", "", query)), "");
}

/// Shares of more than all rows, a column twice in an index, a value with a slip.
#[test]
fn doubts() {
    let kind = |live: &str| {
        format!(
            "kind = {{ type = \"text(4)\", distinct = 3, values = {{ live = \"{live}\", dead = \"70%\" }} }}"
        )
    };
    let index =
        |on: &str, value: &str| format!("part = {{ on = {on}, where = \"kind = '{value}'\" }}");
    let query = "equals = { kind = \"live\" }";
    let once = "[\"id\"]";
    assert_eq!(check(&shop(&kind("30%"), &index(once, "live"), query)), "");
    let said = check(&shop(&kind("40%"), &index(once, "live"), query));
    assert!(said.contains("are 110 % of the rows"), "{said}");
    let said = check(&shop(&kind("30%"), &index("[\"id\", \"id desc\"]", "live"), query));
    assert!(said.contains("has the column `id` twice"), "{said}");
    let said = check(&shop(&kind("30%"), &index(once, "lve"), query));
    assert!(said.contains("`values` has `live`: is it that?"), "{said}");
}

/// Ten connections of 10 MiB do not fit into 80 MiB, and do into 120.
#[test]
fn connections_fit_into_memory() {
    for (memory, fits) in [("80 MiB", false), ("120 MiB", true)] {
        let stated =
            format!("cores = 4\nmemory = \"{memory}\"\nbackend_memory = \"10 MiB\"\n[pool.p]");
        let text =
            shop("flag = \"bool\"", "", "equals = \"id\"").replace("cores = 4\n[pool.p]", &stated);
        let found = resolved(&text).2.iter().any(|found| found.id == Id::PoolExceedsServer);
        assert_eq!(found, !fits, "{memory}");
    }
}

/// A shop with two databases, and what an endpoint does.
fn writing(steps: &str) -> String {
    format!(
        r#"
[service.api]
workers = 50
[database.pg]
cores = 4
[database.log]
cores = 2
[pool.to_pg]
service  = "api"
database = "pg"
size     = 10
[pool.to_log]
service  = "api"
database = "log"
size     = 5
[table.jobs]
database = "pg"
rows     = 100_000
columns  = {{ id = "bigint" }}
key      = "id"
[table.lines]
database = "log"
rows     = 1_000_000
columns  = {{ id = "bigint" }}
key      = "id"
[endpoint.e]
service = "api"
steps   = [{steps}]
[workload.w]
rate = "10/s"
mix  = {{ e = 1 }}
client = {{ timeout = "5s" }}
"#
    )
}

/// Names of the queries of a step and those in it, in order, with the pool of each; a transaction stands
/// in brackets.
fn asked(model: &Model, steps: &[Step]) -> String {
    let of = |step: &Step| match &step.verb {
        Verb::Query { query, pool, .. } => {
            format!("{}@{}", model.queries[*query].name, model.pools[*pool].name)
        }
        Verb::Transaction { pool, steps } => {
            let pool = pool.map_or("none", |pool| model.pools[pool].name.as_str());
            format!("{pool}[{}]", asked(model, steps))
        }
        other => format!("{other:?}"),
    };
    steps.iter().map(of).collect::<Vec<_>>().join(" ")
}

/// Writes of nested transactions of one pool are committed once, at the end of the outermost: nothing is
/// durable before, and nothing else flushes.
#[test]
fn nested_transactions_commit_at_the_end_of_the_outermost() {
    let inner = "{ transaction = [{ insert = \"jobs\" }] }";
    let write = "insert_jobs_in_transaction@to_pg";
    for (steps, wanted) in [
        (
            format!("{{ transaction = [{inner}, {{ update = \"jobs\" }}] }}"),
            format!("to_pg[to_pg[{write}] update_jobs_in_transaction@to_pg commit_pg@to_pg]"),
        ),
        // The outer one writes nothing itself.
        (
            format!("{{ transaction = [{inner}] }}"),
            format!("to_pg[to_pg[{write}] commit_pg@to_pg]"),
        ),
        // One after the other there are two.
        (
            format!("{inner}, {inner}"),
            format!("to_pg[{write} commit_pg@to_pg] to_pg[{write} commit_pg@to_pg]"),
        ),
    ] {
        let (_, model, found) = resolved(&writing(&steps));
        let model = model.unwrap_or_else(|| panic!("{found:?}"));
        assert_eq!(asked(&model, &model.endpoints[0].steps), wanted, "{steps}");
        let commits = model.queries.iter().filter(|query| query.commit);
        assert_eq!(commits.count(), 1, "the only query that flushes is that of the end");
    }
}

/// A database commits what was written to it: a transaction of the other one inside is committed at its own
/// end, with a word on the second connection; a write without one of its own would be committed by nobody.
#[test]
fn each_database_commits_its_own() {
    let line = "{ insert = \"lines\" }";
    let (_, model, found) = resolved(&writing(&format!(
        "{{ transaction = [{{ insert = \"jobs\" }}] }}, {{ transaction = [{line}] }}"
    )));
    let model = model.unwrap_or_else(|| panic!("{found:?}"));
    assert_eq!(
        asked(&model, &model.endpoints[0].steps),
        "to_pg[insert_jobs_in_transaction@to_pg commit_pg@to_pg] \
         to_log[insert_lines_in_transaction@to_log commit_log@to_log]"
    );
    let ids = |steps: &str| -> Vec<Id> {
        resolved(&writing(steps)).2.iter().map(|found| found.id).collect()
    };
    let inside = |inner: &str| format!("{{ transaction = [{{ insert = \"jobs\" }}, {inner}] }}");
    assert_eq!(ids(&inside(line)), [Id::NoPool, Id::SecondConnection]);
    let (_, model, found) = resolved(&writing(&inside(&format!("{{ transaction = [{line}] }}"))));
    let ids: Vec<Id> = found.iter().map(|found| found.id).collect();
    assert_eq!(ids, [Id::SecondConnection]);
    let model = model.expect("a model");
    assert_eq!(
        asked(&model, &model.endpoints[0].steps),
        "to_pg[insert_jobs_in_transaction@to_pg to_log[insert_lines_in_transaction@to_log \
         commit_log@to_log] commit_pg@to_pg]"
    );
}

/// The connection of a transaction is that of its queries; without one it holds none, and that is said, but
/// not of one whose query is wrong.
#[test]
fn transactions_ask_for_something() {
    let ids = |steps: &str| -> Vec<Id> {
        resolved(&writing(&format!("{{ insert = \"jobs\" }}, {{ insert = \"lines\" }}, {steps}")))
            .2
            .iter()
            .map(|found| found.id)
            .collect()
    };
    let delay = "{ delay = \"exp(1ms)\" }";
    assert_eq!(ids(&format!("{{ transaction = [{delay}] }}")), [Id::TransactionWithoutQuery]);
    assert_eq!(ids(&format!("{{ transaction = [{delay}, {{ update = \"jobs\" }}] }}")), []);
    assert_eq!(ids("{ transaction = [{ transaction = [{ update = \"jobs\" }] }] }"), []);
    assert_eq!(ids("{ transaction = [{ query = \"nowhere\" }] }"), [Id::UnknownReference]);
}
