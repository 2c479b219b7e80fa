//! Pages about the meaning of a scenario.
use super::{Id, Page};

pub(super) const PAGES: &[(Id, Page)] = &[
    (
        Id::UnknownReference,
        Page {
            text: "The name refers to a service, database, pool, query, lock, endpoint or flow \
               that is not in the scenario.",
            wrong: r#"[database.pg]
cores = 8

[query.read]
database = "gp"
time     = "5ms""#,
            mended: r#"[database.pg]
cores = 8

[query.read]
database = "pg"
time     = "5ms""#,
        },
    ),
    (
        Id::UnknownInput,
        Page {
            text: "`--set inputs.NAME=VALUE` changes an input that is there. A new name would \
               change nothing, since no expression uses it.",
            wrong: "plimsoll run shop.toml --set inputs.viewrs=90_000",
            mended: "plimsoll run shop.toml --set inputs.viewers=90_000",
        },
    ),
    (
        Id::UnknownMetric,
        Page {
            text: "The path is none of the metrics of this scenario; `plimsoll metrics FILE` \
               lists them.",
            wrong: r#"[objective.fast]
that = "p95(endpoint.brwose) < 500ms""#,
            mended: r#"[objective.fast]
that = "p95(endpoint.browse) < 500ms""#,
        },
    ),
    (
        Id::MetricNeedsOutcome,
        Page {
            text: "A mean over all requests would mix answers with failures, whose times are \
               those of a timeout. Percentiles treat a failed request as never answered; a \
               mean cannot, so it exists per outcome.",
            wrong: r#"[objective.fast]
that = "mean(endpoint.browse) < 100ms""#,
            mended: r#"[objective.fast]
that = "mean(endpoint.browse.ok) < 100ms""#,
        },
    ),
    (
        Id::UnknownWindow,
        Page {
            text: "`during(X, ...)` names a `[window.X]` of the scenario.",
            wrong: r#"[objective.calm]
that = "during(befor, p95(endpoint.browse)) < 100ms""#,
            mended: r#"[window.before]
from = "0s"
to   = "10s"

[objective.calm]
that = "during(before, p95(endpoint.browse)) < 100ms""#,
        },
    ),
    (
        Id::NoCores,
        Page {
            text: "A `cpu` step or query does work on cores, and nothing says how many there are. \
               There is no default: a guess would decide the result.",
            wrong: r#"[service.api]
instances = 2

[endpoint.e]
service = "api"
steps   = [{ cpu = "2ms" }]"#,
            mended: r#"[service.api]
instances = 2
cores     = 4

[endpoint.e]
service = "api"
steps   = [{ cpu = "2ms" }]"#,
        },
    ),
    (
        Id::LineWithoutWorkers,
        Page {
            text: "`line` limits those who wait for a worker; with unlimited workers nobody \
               waits, and the limit would never act.",
            wrong: "[service.api]
line = { limit = 100 }",
            mended: "[service.api]
workers = 200
line    = { limit = 100 }",
        },
    ),
    (
        Id::AmbiguousPool,
        Page {
            text: "Two pools lead from this service to this database; the step has to say which \
               one it uses.",
            wrong: r#"[pool.reads]
service = "api"
database = "pg"
size = 10

[pool.writes]
service = "api"
database = "pg"
size = 5

[endpoint.e]
service = "api"
steps = [{ query = "read" }]"#,
            mended: r#"[pool.reads]
service = "api"
database = "pg"
size = 10

[pool.writes]
service = "api"
database = "pg"
size = 5

[endpoint.e]
service = "api"
steps = [{ query = "read", pool = "reads" }]"#,
        },
    ),
    (
        Id::NoPool,
        Page {
            text: "A query goes over a pool from its service to its database, and there is none.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ query = "read" }]"#,
            mended: r#"[pool.api_pg]
service  = "api"
database = "pg"
size     = 50

[endpoint.e]
service = "api"
steps   = [{ query = "read" }]"#,
        },
    ),
    (
        Id::RecursiveFlow,
        Page {
            text: "A flow is compiled into a flat program, so it cannot contain itself; endpoints \
               that call each other in a circle would never end. For a loop use `repeat`.",
            wrong: r#"[flow.again]
steps = [{ flow = "again" }]"#,
            mended: r#"[flow.again]
steps = [{ repeat = { again = 0.2 }, do = [{ delay = "1ms" }] }]"#,
        },
    ),
    (
        Id::InputCycle,
        Page {
            text: "Inputs may use one another in any order, but not in a circle: each needs the \
               other's value first. One of them has a value of its own.",
            wrong: r#"[inputs]
viewers = "streams * 200"
streams = "viewers / 200""#,
            mended: r#"[inputs]
viewers = "streams * 200"
streams = 250"#,
        },
    ),
    (
        Id::Probabilities,
        Page {
            text: "Probabilities lie between 0 and 1, and those of one choice sum to 1 (within \
               1e-9): what happens in the rest of the cases has to be said.",
            wrong: r#"[flow.f]
steps = [{ choose = [{ p = 0.3, do = [{ delay = "1ms" }] }] }]"#,
            mended: r#"[flow.f]
steps = [{ choose = [{ p = 0.3, do = [{ delay = "1ms" }] }, { p = 0.7, do = [] }] }]"#,
        },
    ),
    (
        Id::OutOfRange,
        Page {
            text: "The number is beyond what has a meaning (no instances, a share above 1) or \
               beyond a documented limit of the simulator (10^30 requests a second, a million \
               years).",
            wrong: "[service.api]
instances = 0",
            mended: "[service.api]
instances = 1",
        },
    ),
    (
        Id::NothingToRun,
        Page {
            text: "There is no workload, or no endpoint for it to call, so nothing would happen.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ delay = "1ms" }]"#,
            mended: r#"[service.api]

[endpoint.e]
service = "api"
steps   = [{ delay = "1ms" }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }"#,
        },
    ),
    (
        Id::DrainedWithUsers,
        Page {
            text: "Users of a closed workload start over after each answer, so a run `until = \
               \"drained\"` would never end.",
            wrong: r#"[run]
until = "drained"

[workload.w]
users = 100
think = "1s"
mix   = { e = 1 }"#,
            mended: r#"[run]
duration = "10 min""#,
        },
    ),
];
