//! Variants and `--set`.
use super::{BROWSE, FOLLOWERS, check, check_with};
use crate::diag::{Id, render};
use crate::scenario::overlay::{is_counterfactual, with_variant};
use crate::scenario::raw::{Node, Value};
use crate::scenario::source::MemoryLoader;
use crate::scenario::{RawScenario, read};

const BASE: &str = "[inputs]\nviewers = 50_000\n\n[service.api]\ncores = 2\nworkers = 8\nline = { limit = 5 }\n\n[workload.w]\nrate = \"80/s\"\nmix = { a = 1 }\n\n[flow.f]\nsteps = [{ cpu = \"1ms\" }, { cpu = \"2ms\" }]\n\n[claim.\"s/1.2\"]\nthat = \"1 < 2\"\n";

fn variant(body: &str, name: &str, sets: &[&str]) -> RawScenario {
    let loader = MemoryLoader::new("s.toml", format!("{BASE}\n{body}"));
    let (raw, diagnostics) = read("s.toml", sets, &loader);
    assert_eq!(render::full(&diagnostics, &raw.sources, false), "");
    let (raw, diagnostics) = with_variant(&raw, name);
    assert!(diagnostics.is_empty());
    assert_eq!(raw.variant(), Some(name));
    raw
}

fn integer(raw: &RawScenario, path: &[&str]) -> Option<i64> {
    raw.value(path).and_then(Node::as_integer)
}

#[test]
fn tables_merge_and_arrays_replace() {
    let raw = variant(
        "[variant.v]\nabout = \"x\"\nservice.api.cores = 4\nworkload.w.mix = { b = 2 }\nflow.f.steps = [{ cpu = \"3ms\" }]\n",
        "v",
        &[],
    );
    assert_eq!(integer(&raw, &["service", "api", "cores"]), Some(4));
    assert_eq!(integer(&raw, &["service", "api", "workers"]), Some(8));
    assert_eq!(integer(&raw, &["workload", "w", "mix", "a"]), Some(1));
    assert_eq!(integer(&raw, &["workload", "w", "mix", "b"]), Some(2));
    assert_eq!(raw.value(&["flow", "f", "steps"]).unwrap().as_array().unwrap().len(), 1);
    assert!(raw.table("variant").is_none() && raw.root().get("about").is_none());
}

#[test]
fn keys_that_exclude_each_other_replace_each_other() {
    let raw = variant("[variant.v]\nworkload.w.burst = { count = 5 }\n", "v", &[]);
    assert!(raw.value(&["workload", "w", "rate"]).is_none());
    assert_eq!(integer(&raw, &["workload", "w", "burst", "count"]), Some(5));
}

#[test]
fn variants_stand_on_those_that_they_extend() {
    let body = "[variant.c]\nextends = \"b\"\nservice.api.cores = 16\n\n[variant.a]\nservice.api = { cores = 4, workers = 100, instances = 7 }\n\n[variant.b]\nextends = \"a\"\nservice.api.workers = 200\nremove = [\"service.api.line\", 'claim.\"s/1.2\"']\n";
    let raw = variant(body, "c", &[]);
    let get = |key| integer(&raw, &["service", "api", key]);
    assert_eq!((get("cores"), get("workers"), get("instances")), (Some(16), Some(200), Some(7)));
    assert!(raw.value(&["service", "api", "line"]).is_none());
    assert_eq!(raw.entities("claim").count(), 0);
}

/// What extends a counterfactual is one, unless it says otherwise; a circle or a wrong value is reported
/// elsewhere and makes none.
#[test]
fn counterfactuals_pass_it_on() {
    let body = "[variant.a]\ncounterfactual = true\n\n[variant.b]\nextends = \"a\"\n\n[variant.c]\nextends = \"b\"\ncounterfactual = false\n\n[variant.d]\nextends = \"c\"\n\n[variant.e]\n";
    let raw = variant(body, "b", &[]);
    let is = |one| is_counterfactual(raw.variants(), one);
    let all: Vec<bool> = raw.variants().iter().map(is).collect();
    assert_eq!(all, [true, true, false, false, false]);
    let wrong = "[variant.v]\ncounterfactual = \"yes\"\n";
    let found = check(&format!("{BASE}\n{wrong}"));
    assert!(found.contains("`counterfactual` of a variant is `true` or `false`, not"), "{found}");
}

/// `--set` stands over the variant, in the order given.
#[test]
fn set_stands_over_variants() {
    let sets = ["service.api.cores=32", "workload.w.rate=10 + 20/s", "service.api.cores = 64"];
    let raw = variant("[variant.v]\nservice.api.cores = 4\n", "v", &sets);
    assert_eq!(integer(&raw, &["service", "api", "cores"]), Some(64));
    let rate = raw.value(&["workload", "w", "rate"]).unwrap();
    assert_eq!(rate.as_str(), Some("10 + 20/s"));
    assert_eq!(raw.sources.path(rate.span.file), "<--set>");
    assert_eq!(raw.sources.text(rate.sub_span(5..7)), "20");
}

#[test]
fn values_of_set_are_toml_or_text() {
    let read_one = |set: &str, path: &[&str]| {
        let loader = MemoryLoader::new("s.toml", BASE);
        let (raw, diagnostics) = read("s.toml", &[set], &loader);
        assert_eq!(render::full(&diagnostics, &raw.sources, false), "", "{set}");
        raw.value(path).unwrap().value.clone()
    };
    let viewers = ["inputs", "viewers"];
    assert_eq!(read_one("inputs.viewers=9_000", &viewers), Value::Integer(9_000));
    assert_eq!(read_one("inputs.viewers = 0.5", &viewers), Value::Float(0.5));
    assert_eq!(read_one("inputs.viewers=\"a = b\"", &viewers), Value::String("a = b".into()));
    assert_eq!(read_one("inputs.viewers=5 min", &viewers), Value::String("5 min".into()));
    assert_eq!(
        read_one("service.api.line={ limit = 0 }", &["service", "api", "line", "limit"]),
        Value::Integer(0)
    );
    let that = ["claim", "s/1.2", "that"];
    assert_eq!(read_one("claim.\"s/1.2\".that=2 < 3", &that), Value::String("2 < 3".into()));
}

/// What a variant can say of columns, indexes and what a query compares, `--set` can.
#[test]
fn set_reaches_into_tables() {
    let text = "[table.orders]\ndatabase = \"pg\"\nrows = 10\ncolumns = { user_id = \"bigint\", status = { type = \"text(5)\", distinct = 3 } }\n\n[query.q]\ntable = \"orders\"\nequals = { status = \"?\" }\n";
    let sets = [
        "table.orders.columns.status.distinct=9",
        "table.orders.columns.status.values.live=1%",
        "table.orders.index.by_user=[\"user_id\"]",
        "query.q.equals.status=live",
        "query.q.in.user_id=3",
    ];
    let loader = MemoryLoader::new("s.toml", text);
    let (raw, diagnostics) = read("s.toml", &sets, &loader);
    assert_eq!(render::full(&diagnostics, &raw.sources, false), "");
    assert_eq!(integer(&raw, &["table", "orders", "columns", "status", "distinct"]), Some(9));
    assert_eq!(integer(&raw, &["query", "q", "in", "user_id"]), Some(3));
    let kept = raw.value(&["table", "orders", "columns", "status", "type"]);
    assert_eq!(kept.and_then(Node::as_str), Some("text(5)"));
    assert!(raw.value(&["table", "orders", "index", "by_user"]).is_some());
}

#[test]
fn paths_of_set_that_lead_nowhere_point_at_the_command_line() {
    let sets = [
        "servce.api.cores=1",
        "service.apo.cores=1",
        "inputs.viewrs=1",
        "service.api.cores.x=1",
        "service=5",
    ];
    insta::assert_snapshot!(check_with("s.toml", &sets, &MemoryLoader::new("s.toml", BASE)), @r#"
    error[unknown-path]: there is no `servce.api.cores` to set
     --> <--set>:1:1
      |
    1 | servce.api.cores=1
      | ^^^^^^ not a table of a scenario
      |
    help: a table with a similar name exists
      |
    1 | service.api.cores=1
      |     +

    error[unknown-path]: there is no `service.apo.cores` to set
     --> <--set>:1:9
      |
    1 | service.apo.cores=1
      |         ^^^ not in this scenario
      |
    help: a service with a similar name exists
      |
    1 - service.apo.cores=1
    1 + service.api.cores=1
      |

    error[unknown-input]: there is no input `viewrs`
     --> <--set>:1:8
      |
    1 | inputs.viewrs=1
      |        ^^^^^^ unknown input
      |
    help: an input with a similar name exists
      |
    1 | inputs.viewers=1
      |            +

    error[unknown-path]: there is no `service.api.cores.x` to set
     --> <--set>:1:19
      |
    1 | service.api.cores.x=1
      |                   ^ not a table

    error[unknown-path]: there is no `service` to set
     --> <--set>:1:1
      |
    1 | service=5
      | ^^^^^^^ a kind of tables
      |
      = help: go on with the name and the key

    5 errors
    "#);
}

#[test]
fn mistakes_of_set_point_at_the_command_line() {
    let sets =
        ["service.api", "service.api.coers=1", "service.api.cores=true", "a..b=1", "cache.c.ttl=1"];
    insta::assert_snapshot!(check_with("s.toml", &sets, &MemoryLoader::new("s.toml", BASE)), @r#"
    error[bad-set]: --set `service.api` is not of the form PATH=VALUE
     --> <--set>:1:1
      |
    1 | service.api
      | ^^^^^^^^^^^ no `=`
      |
      = help: such as `--set pool.api_pg.size=80`

    error[unknown-key]: unknown key `coers` in `service.api`
     --> <--set>:1:13
      |
    1 | service.api.coers=1
      |             ^^^^^ not a key of a service
      |
    help: a key with a similar name exists
      |
    1 - service.api.coers=1
    1 + service.api.cores=1
      |

    error[wrong-type]: `cores` of `service.api` takes a number or an expression, not a truth value
     --> <--set>:1:19
      |
    1 | service.api.cores=true
      |                   ^^^^ a truth value

    error[bad-set]: --set `a..b=1` is not of the form PATH=VALUE
     --> <--set>:1:1
      |
    1 | a..b=1
      | ^^^^ not a path
      |
      = help: such as `--set pool.api_pg.size=80`

    error[reserved-word]: `[cache]` belongs to a later release
     --> <--set>:1:1
      |
    1 | cache.c.ttl=1
      | ^^^^^ reserved: a cache
      |
      = help: until then a branch by chance stands for it: `choose` with the share of hits
      = help: `plimsoll explain cache` writes it out

    5 errors
    "#);
}

#[test]
fn mistakes_of_extends() {
    insta::assert_snapshot!(check(&format!(
        "{BASE}\n[variant.a]\nextends = \"b\"\n\n[variant.b]\nextends = \"a\"\n\n[variant.c]\nextends = \"bb\"\n\n[claim.z]\nthat = \"1 < 2\"\nvariant = \"dd\"\n"
    )), @r#"
    error[variant-cycle]: the variant `b` extends itself
      --> shop.toml:23:11
       |
    22 | [variant.b]
       |          - this variant
    23 | extends = "a"
       |           ^^^ leads back to it

    error[unknown-variant]: there is no variant `bb`
      --> shop.toml:26:12
       |
    26 | extends = "bb"
       |            ^^ unknown variant
       |
    help: a variant with a similar name exists
       |
    26 - extends = "bb"
    26 + extends = "b"
       |

    error[unknown-variant]: there is no variant `dd`
      --> shop.toml:30:12
       |
    30 | variant = "dd"
       |            ^^ unknown variant
       |
       = help: the variants are `a`, `b` and `c`

    3 errors
    "#);
}

#[test]
fn mistakes_of_variants() {
    insta::assert_snapshot!(check(&format!(
        "{BASE}\n[variant.c]\nservice.api.coers = 1\n\n[variant.d]\nremove = [\"service.api.lines\", \"inputs.viewers.x\", \"\"]\n\n[variant.e]\nworkload.ww.rate = \"1/s\"\nabout = 5\n"
    )), @r#"
    error[unknown-key]: unknown key `coers` in `service.api`
      --> shop.toml:20:13
       |
    20 | service.api.coers = 1
       |             ^^^^^ not a key of a service
       |
    help: a key with a similar name exists
       |
    20 - service.api.coers = 1
    20 + service.api.cores = 1
       |

    error[unknown-path]: there is no `service.api.lines` to remove
      --> shop.toml:23:24
       |
    23 | remove = ["service.api.lines", "inputs.viewers.x", ""]
       |                        ^^^^^ not there
       |
    help: a key with a similar name exists
       |
    23 - remove = ["service.api.lines", "inputs.viewers.x", ""]
    23 + remove = ["service.api.line", "inputs.viewers.x", ""]
       |

    error[unknown-path]: there is no `inputs.viewers.x` to remove
      --> shop.toml:23:40
       |
    23 | remove = ["service.api.lines", "inputs.viewers.x", ""]
       |                                        ^^^^^^^ not a table

    error[unknown-path]: `` is not a path
      --> shop.toml:23:52
       |
    23 | remove = ["service.api.lines", "inputs.viewers.x", ""]
       |                                                    ^^ not a path
       |
       = help: a path is names with dots between, such as `pool.api_pg.line`

    error[missing-key]: `workload.ww` has no `mix` or `session`
      --> shop.toml:26:10
       |
    26 | workload.ww.rate = "1/s"
       |          ^^ one of them is required
       |
    help: only a variant has this workload; a similar name exists
       |
    26 - workload.ww.rate = "1/s"
    26 + workload.w.rate = "1/s"
       |

    error[wrong-type]: `about` of a variant is a text, not a number
      --> shop.toml:27:9
       |
    27 | about = 5
       |         ^ a number

    6 errors
    "#);
}

#[test]
fn a_variant_that_is_not_there() {
    let (raw, _) = read("s.toml", &[], &MemoryLoader::new("s.toml", BROWSE));
    let (_, diagnostics) = with_variant(&raw, "as_fuond");
    insta::assert_snapshot!(render::full(&diagnostics, &raw.sources, false), @r#"
    error[unknown-variant]: there is no variant `as_fuond`
     |
     = help: did you mean `as_found`?

    1 error
    "#);
}

#[test]
fn variants_of_the_contract() {
    let (raw, _) = read("s.toml", &[], &MemoryLoader::new("s.toml", BROWSE));
    let size = |name: &str| integer(&with_variant(&raw, name).0, &["pool", "api_pg", "size"]);
    assert_eq!((size("exactly_417"), size("as_found")), (Some(42), Some(50)));
    let (raw, _) = read("s.toml", &[], &MemoryLoader::new("s.toml", FOLLOWERS));
    let (raw, diagnostics) = with_variant(&raw, "parallel_50");
    assert!(diagnostics.is_empty());
    let steps = raw.value(&["endpoint", "start_stream", "steps"]).unwrap().as_array().unwrap();
    let parallel = steps[2].as_table().unwrap().get("parallel").and_then(Node::as_integer);
    assert_eq!(parallel, Some(50));
    assert_eq!(Id::from_name("unknown-variant"), Some(Id::UnknownVariant));
}
