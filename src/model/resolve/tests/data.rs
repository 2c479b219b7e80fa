//! Tables: what conditions of partial indexes and types of columns are taken for.

use super::{check, resolved};
use crate::diag::Id;
use crate::model::Filter;

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
