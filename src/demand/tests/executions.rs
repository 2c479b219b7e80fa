//! How often queries are executed, by hand; and what that makes of a memory that is too small.

use super::contract::near;
use crate::demand::{bind, executions};
use crate::expr::scope::NoTables;
use crate::model::{Binding, Model, Scaling, resolve};
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;

const DATA: &str = r#"
[service.api]
workers = 50

[database.pg]
cores  = 4
memory = "300 MiB"

[pool.api_pg]
service  = "api"
database = "pg"
size     = 10

[table.t]
database = "pg"
rows     = 1_000_000
row      = "200 B"
key      = "id"

[query.one]
table  = "t"
equals = "id"

[query.other]
database = "pg"
cpu      = "1ms"
"#;

fn bound(rest: &str) -> (Model, Binding) {
    let text = format!("{DATA}{rest}");
    let (raw, found) = read("s.toml", &[], &MemoryLoader::new("s.toml", text.as_str()));
    assert!(!found.has_errors(), "{found:?}");
    let (model, found) = resolve(&raw, &NoTables);
    let model = model.unwrap_or_else(|| panic!("{found:?}"));
    let world = model.nominal_world().expect("inputs have values");
    let binding = bind(&model, &world, Scaling::default()).expect("all numbers are possible");
    (model, binding)
}

/// Ten a second, five times each and again with a chance of a half; a write in a transaction of every
/// other request, and the end of the transaction.
#[test]
fn executions_follow_the_flow() {
    let (model, binding) = bound(
        r#"
[endpoint.e]
service = "api"
steps   = [
  { each = 5, do = [{ query = "one" }] },
  { repeat = { again = 0.5 }, do = [{ query = "other" }] },
  { choose = [{ p = 0.5, do = [{ transaction = [{ insert = "t" }, { insert = "t" }] }] }, { p = 0.5, do = [] }] },
]

[workload.w]
rate = "10/s"
mix  = { e = 1 }
"#,
    );
    let names: Vec<&str> = model.queries.iter().map(|query| query.name.as_str()).collect();
    assert_eq!(names, ["one", "other", "insert_t_in_transaction", "commit_pg"]);
    let rates = executions(&model, &binding);
    for (found, by_hand) in rates.into_iter().zip([50.0, 20.0, 10.0, 5.0]) {
        near(found, by_hand, 1e-9);
    }
}

/// Of a burst the mean over the run; of users what they can ask for at most: ten users who think for
/// 100 ms, of a request that takes none to speak of.
#[test]
fn executions_of_bursts_and_users() {
    let (model, binding) = bound(
        r#"
[run]
duration = "10s"
warm_up  = "0s"

[endpoint.e]
service = "api"
steps   = [{ query = "one" }]

[endpoint.u]
service = "api"
steps   = [{ query = "other" }]

[workload.b]
burst = { count = 300, at = "1s" }
mix   = { e = 1 }

[workload.u]
users = 10
think = "100ms"
mix   = { u = 1 }
"#,
    );
    let rates = executions(&model, &binding);
    near(rates[0], 30.0, 1e-9);
    near(rates[1], 10.0 / (0.1 + 0.0015), 1e-9);
}

/// The table and its key are 244 MiB: with 125 MiB for pages some are missed, and not all. How many does
/// not depend on the load, since nothing else competes.
#[test]
fn what_is_missed_does_not_depend_on_the_load_alone() {
    let reads = |rate: &str| {
        let flow = "[endpoint.e]\nservice = \"api\"\nsteps = [{ query = \"one\" }]\n";
        let (model, binding) =
            bound(&format!("{flow}[workload.w]\nrate = \"{rate}\"\nmix = {{ e = 1 }}\n"));
        binding.variate(model.queries[0].reads.unwrap()).0.mean().unwrap()
    };
    let (few, many) = (reads("1/s"), reads("1000/s"));
    near(few, many, 1e-6);
    assert!(few > 0.1 && few < 1.9, "{few}");
}
