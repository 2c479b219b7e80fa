//! One slip in a right scenario gives one diagnostic, at its place.

use super::{check, clean, resolved};
use crate::diag::Id;
use std::fmt::Write as _;

/// A scenario with a bit of everything, and nothing to complain about.
pub(super) const SHOP: &str = r#"
[inputs]
users  = 1_000
calls  = "6/min"
growth = "between(0.9, 1.1)"

[run]
duration = "30s"

[service.api]
instances = 4
cores     = 2
workers   = 50
line      = { limit = 100 }

[service.bank]
cores = 1

[database.pg]
cores           = 8
max_connections = 200

[database.other]

[pool.api_pg]
service  = "api"
database = "pg"
size     = 20

[pool.api_other]
service  = "api"
database = "other"
size     = 5

[query.read]
database = "pg"
cpu      = "exp(2ms)"

[query.look]
database = "other"
time     = "1ms"

[lock.seat]
scope = "database"

[flow.audit]
steps = [{ query = "look" }]

[endpoint.book]
service = "api"
let     = { size = "zipf(10, 1)", twice = "size * 2" }
steps   = [
  { cpu = "1ms * size" },
  { query = "read", times = "twice", parallel = "all", as = "reads", timeout = "1s", retry = { attempts = 2, jitter = "full" }, hedge = "500ms" },
  { transaction = [{ query = "read" }, { lock = "seat", key = "size", do = [{ delay = "1ms" }] }] },
  { each = "twice", batch = 2, parallel = "size", do = [{ repeat = "items", do = [{ cpu = "1ms" }] }] },
  { choose = [{ p = 0.3, do = [{ flow = "audit" }] }, { p = 0.7, do = [] }] },
  { if = "size < 3", do = [{ call = "pay", with = { price = "5ms" } }], else = [{ fail = "big" }] },
  { try = [{ delay = "1ms" }], else = [{ delay = "2ms" }], on = ["timed_out"], degraded = false },
  { fork = [[{ delay = "1ms" }], [{ delay = "2ms" }]], join = "quorum(1)", cancel = "all" },
  { reply = true },
]

[endpoint.pay]
service = "bank"
let     = { price = "1ms" }
steps   = [{ cpu = "price" }]

[workload.shoppers]
rate   = "users * calls * growth"
mix    = { book = 3, pay = 1 }
client = { timeout = "10s" }

[window.start]
from = "0s"
to   = "10s"

[objective.fast]
that = "p95(endpoint.book) < 1s"
"#;

/// `from`, `to`: the slip. Then the id, and the text that it marks.
pub(super) const SLIPS: &[(&str, &str, Id, &str)] = &[
    ("users  = 1_000", "ms = 1\nusers = 1_000", Id::BadName, "ms"),
    ("users  = 1_000", "users = \"calls * 1min * userz\"", Id::UnknownName, "userz"),
    ("users  = 1_000", "users = \"users + 1\"", Id::InputCycle, "users"),
    ("\"users * calls", "\"userz * calls", Id::UnknownName, "userz"),
    ("calls  = \"6/min\"", "calls = \"6\"", Id::WrongDimension, "users * calls * growth"),
    ("calls  = \"6/min\"", "calls = \"6mn\"", Id::UnknownUnit, "mn"),
    ("instances = 4", "instances = 0", Id::OutOfRange, "0"),
    ("instances = 4", "instances = \"users * 200\"", Id::OutOfRange, "users * 200"),
    ("instances = 4", "instances = \"between(2, 8)\"", Id::DistributionNotAllowed, "between"),
    ("cores     = 2\n", "", Id::NoCores, "{ cpu = \"1ms * size\" }"),
    ("cores           = 8\n", "", Id::NoCores, "\"exp(2ms)\""),
    ("workers   = 50\n", "", Id::LineWithoutWorkers, "{ limit = 100 }"),
    ("size     = 20", "size = \"20ms\"", Id::WrongDimension, "20ms"),
    (
        "service  = \"api\"\ndatabase = \"pg\"",
        "service = \"ap\"\ndatabase = \"pg\"",
        Id::UnknownReference,
        "ap",
    ),
    ("database = \"pg\"\ncpu", "database = \"gp\"\ncpu", Id::UnknownReference, "gp"),
    ("cpu      = \"exp(2ms)\"", "cpu = 2", Id::MissingUnit, "2"),
    ("{ query = \"look\" }", "{ query = \"loko\" }", Id::UnknownReference, "loko"),
    (
        "service  = \"api\"\ndatabase = \"other\"",
        "service = \"bank\"\ndatabase = \"other\"",
        Id::NoPool,
        "look",
    ),
    (
        "[query.read]",
        "[pool.second]\nservice = \"api\"\ndatabase = \"pg\"\nsize = 5\n\n[query.read]",
        Id::AmbiguousPool,
        "read",
    ),
    ("times = \"twice\"", "times = \"twice\", pool = \"api_other\"", Id::NoPool, "api_other"),
    ("twice = \"size * 2\"", "twice = \"sise * 2\"", Id::UnknownName, "sise"),
    ("let     = { size = \"zipf(10, 1)\"", "let = { size = \"items\"", Id::UnknownName, "items"),
    ("lock = \"seat\"", "lock = \"sead\"", Id::UnknownReference, "sead"),
    (
        "p = 0.3",
        "p = 0.4",
        Id::Probabilities,
        "[{ p = 0.4, do = [{ flow = \"audit\" }] }, { p = 0.7, do = [] }]",
    ),
    ("p = 0.3", "p = 1.3", Id::OutOfRange, "1.3"),
    ("flow = \"audit\"", "flow = \"adit\"", Id::UnknownReference, "adit"),
    (
        "steps = [{ query = \"look\" }]",
        "steps = [{ query = \"look\" }, { flow = \"audit\" }]",
        Id::RecursiveFlow,
        "audit",
    ),
    ("call = \"pay\"", "call = \"pai\"", Id::UnknownReference, "pai"),
    (
        "steps   = [{ cpu = \"price\" }]",
        "steps = [{ cpu = \"price\" }, { call = \"book\" }]",
        Id::RecursiveFlow,
        "book",
    ),
    ("with = { price", "with = { prize", Id::UnknownName, "prize"),
    ("with = { price = \"5ms\"", "with = { price = 5", Id::MissingUnit, "5"),
    ("\"size < 3\"", "\"size < 3ms\"", Id::WrongDimension, "size < 3ms"),
    ("\"quorum(1)\"", "\"quorum(3)\"", Id::OutOfRange, "quorum(3)"),
    (
        "rate   = \"users * calls * growth\"\n",
        "arrivals = \"regular\"\n",
        Id::MissingKey,
        "shoppers",
    ),
    (
        "rate   = \"users * calls * growth\"\n",
        "arrivals = \"uniform(0s, 0s)\"\n",
        Id::OutOfRange,
        "\"uniform(0s, 0s)\"",
    ),
    ("rate   = \"users * calls * growth\"\n", "rate = \"0/s\"\n", Id::OutOfRange, "0/s"),
    ("mix    = { book = 3, pay = 1 }", "mix = { book = 3, bay = 1 }", Id::UnknownReference, "bay"),
    ("mix    = { book = 3, pay = 1 }", "mix = { book = 0, pay = 0 }", Id::OutOfRange, "0"),
    ("to   = \"10s\"", "to = \"0s\"", Id::OutOfRange, "\"0s\""),
    ("p95(endpoint.book) < 1s", "p95(endpoint.book)", Id::Syntax, ""),
    ("duration = \"30s\"", "duration = \"30s\"\nconfidence = \"200%\"", Id::OutOfRange, "200%"),
    (
        "duration = \"30s\"",
        "duration = \"30s\"\nkind = \"steady\"\nuntil = \"drained\"",
        Id::ExclusiveKeys,
        "\"steady\"",
    ),
    ("duration = \"30s\"", "duration = \"30s\"\nseed = -1", Id::OutOfRange, "-1"),
    // Doubts.
    ("max_connections = 200", "max_connections = 80", Id::PoolExceedsServer, "20"),
    (
        "{ lock = \"seat\", key = \"size\", do = [{ delay = \"1ms\" }] }",
        "{ delay = \"1ms\" }",
        Id::UnusedEntity,
        "seat",
    ),
    ("{ flow = \"audit\" }", "{ delay = \"1ms\" }", Id::UnusedEntity, "api_other"),
    ("size     = 20", "size = \"users * 1.5%  + 0.5\"", Id::RoundedUp, "\"users * 1.5%  + 0.5\""),
    (
        "client = { timeout = \"10s\" }",
        "client = { timeout = \"900ms\" }",
        Id::CalleeTimeoutLonger,
        "\"1s\"",
    ),
    (
        "client = { timeout = \"10s\" }",
        "client = { retry = { attempts = 3 } }",
        Id::NestedRetries,
        "{ attempts = 3 }",
    ),
    (
        "{ query = \"read\" }, { lock",
        "{ query = \"read\" }, { query = \"look\" }, { lock",
        Id::SecondConnection,
        "look",
    ),
];

#[test]
fn a_right_scenario_has_no_diagnostic() {
    clean(SHOP);
}

#[test]
fn each_slip_is_named_at_its_place() {
    let mut wrong = String::new();
    for &(from, to, id, marked) in SLIPS {
        assert_eq!(SHOP.matches(from).count(), 1, "{from}");
        let text = SHOP.replace(from, to);
        let (raw, _, diagnostics) = resolved(&text);
        let found: Vec<(Id, &str)> = diagnostics
            .iter()
            // A client that retries is a slip by its number of attempts, and redraws besides.
            .filter(|d| d.id != Id::RedrawnOnRetry)
            .map(|d| (d.id, d.position().map_or("", |span| raw.sources.text(span))))
            .collect();
        if found.first() != Some(&(id, marked)) || found.iter().any(|entry| entry.0 != id) {
            let _ = write!(wrong, "=== {to}\nexpected {id} at {marked:?}\n{}", check(&text));
        }
    }
    assert_eq!(wrong, "");
}
