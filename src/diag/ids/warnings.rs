//! Pages about doubts: the scenario means something, but look twice.
use super::{Id, Page};

pub(super) const PAGES: &[(Id, Page)] = &[
    (
        Id::OverloadedStation,
        Page {
            text: "More work is offered to a station than it can do, so its line grows for as \
               long as the run lasts. Times then describe the length of the run, not the \
               design; what can be said is when it happens and what gives way first.",
            wrong: r#"[service.api]
cores = 1

[endpoint.e]
service = "api"
steps   = [{ cpu = "20ms" }]

[workload.w]
rate = "60/s"
mix  = { e = 1 }"#,
            mended: r#"[service.api]
cores = 2

[endpoint.e]
service = "api"
steps   = [{ cpu = "20ms" }]

[workload.w]
rate = "60/s"
mix  = { e = 1 }"#,
        },
    ),
    (
        Id::OverloadedAtPeak,
        Page {
            text: "A load that changes asks for more than a station can do for a time, and for \
               less on average. What is left undone at the peak waits: the backlog is the area \
               between what is offered and what can be done (fluid arithmetic, without chance). \
               If the wait is what you want to know, run it; else give the station more.",
            wrong: r#"[service.api]
cores = 2

[endpoint.e]
service = "api"
steps   = [{ cpu = "10ms" }]

[workload.w]
shape = { cycle = "30s", rates = ["50/s", "300/s", "100/s"] }
mix   = { e = 1 }"#,
            mended: r#"[service.api]
cores = 4

[endpoint.e]
service = "api"
steps   = [{ cpu = "10ms" }]

[workload.w]
shape = { cycle = "30s", rates = ["50/s", "300/s", "100/s"] }
mix   = { e = 1 }"#,
        },
    ),
    (
        Id::NoTimePasses,
        Page {
            text: "Users of a closed workload ask again after each answer. If they do not think \
               and what they ask for takes no time, they ask for ever at one moment, and the \
               run ends at `run.limit.events` without having got anywhere.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ delay = "0s" }]

[workload.w]
users = 10
mix   = { e = 1 }"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ delay = "5ms" }]

[workload.w]
users = 10
think = "1s"
mix   = { e = 1 }"#,
        },
    ),
    (
        Id::PoolExceedsServer,
        Page {
            text: "All instances together may open more connections than the server accepts. \
               Beyond `max_connections - reserved` an attempt is refused, which happens under \
               load, when it hurts most.",
            wrong: r#"[service.api]
instances = 10

[database.pg]
max_connections = 100

[pool.api_pg]
service  = "api"
database = "pg"
size     = 50"#,
            mended: r#"[service.api]
instances = 10

[database.pg]
max_connections = 600

[pool.api_pg]
service  = "api"
database = "pg"
size     = 50"#,
        },
    ),
    (
        Id::NestedRetries,
        Page {
            text: "A retry around a retry multiplies attempts: three times three are nine, at the \
               moment when the callee is already in trouble. Retry at one level, best the \
               outermost that can still answer.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ retry = { attempts = 3 }, do = [{ call = "pay", retry = { attempts = 3 } }] }]"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ call = "pay", retry = { attempts = 3 } }]"#,
        },
    ),
    (
        Id::CalleeTimeoutLonger,
        Page {
            text: "The caller gives up before the callee does, so the callee works on answers \
               that nobody waits for. Timeouts should shrink on the way down.",
            wrong: r#"[endpoint.pay]
service = "bank"
steps   = [{ timeout = "10s", do = [{ delay = "1s" }] }]

[endpoint.e]
service = "api"
steps   = [{ call = "pay", timeout = "2s" }]"#,
            mended: r#"[endpoint.pay]
service = "bank"
steps   = [{ timeout = "1500ms", do = [{ delay = "1s" }] }]

[endpoint.e]
service = "api"
steps   = [{ call = "pay", timeout = "2s" }]"#,
        },
    ),
    (
        Id::SecondConnection,
        Page {
            text: "A request that holds a connection asks the same pool for another. When as many \
               requests as there are connections do so at once, each waits for the others: a \
               deadlock that only the acquire timeout ends.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ transaction = [{ query = "write" }, { call = "also_queries" }] }]"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ transaction = [{ query = "write" }] }, { call = "also_queries" }]"#,
        },
    ),
    (
        Id::DeadlockPossible,
        Page {
            text: "One flow holds a thing (a worker, a connection, a lock) while it asks for \
               another, and a flow that has the other asks for the first. If the two meet, each \
               waits for the other until a timeout ends one of the waits, and what they hold is \
               lost to everybody meanwhile. A run counts how often it happens.",
            wrong: r#"[lock.from]
[lock.to]

[endpoint.pay]
service = "bank"
steps   = [{ lock = "from", do = [{ lock = "to", do = [{ delay = "2ms" }] }] }]

[endpoint.refund]
service = "bank"
steps   = [{ lock = "to", do = [{ lock = "from", do = [{ delay = "2ms" }] }] }]"#,
            mended: r#"[lock.from]
[lock.to]

[endpoint.pay]
service = "bank"
steps   = [{ lock = "from", do = [{ lock = "to", do = [{ delay = "2ms" }] }] }]

[endpoint.refund]
service = "bank"
steps   = [{ lock = "from", do = [{ lock = "to", do = [{ delay = "2ms" }] }] }]"#,
        },
    ),
    (
        Id::UnusedEntity,
        Page {
            text: "Nothing refers to this entity, so it has no effect on the results. It may be a \
               leftover, or a reference elsewhere may name the wrong thing.",
            wrong: r#"[lock.seat]
scope = "global""#,
            mended: r#"[lock.seat]
scope = "global"

[endpoint.book]
service = "api"
steps   = [{ lock = "seat", do = [{ delay = "1ms" }] }]"#,
        },
    ),
    (
        Id::RoundedUp,
        Page {
            text: "Where a count of things is needed and an expression is fractional, it is \
               rounded up: 41.5 connections are 42, and `times = 1.5` is 2 each time. How often on \
               average is a law: `times = \"choice(1: 0.5, 2: 0.5)\"`.",
            wrong: r#"[inputs]
needed = "830/s * 50ms"

[pool.p]
service  = "api"
database = "pg"
size     = "needed""#,
            mended: r#"[inputs]
needed = "830/s * 50ms"

[pool.p]
service  = "api"
database = "pg"
size     = "ceil(needed)""#,
        },
    ),
    (
        Id::HeavyTail,
        Page {
            text: "The mean or the variance of this law is infinite. Averages then depend on the \
               longest value that a run happens to draw and never settle, however long it is. \
               Real times have a greatest value, if only a timeout: say which.",
            wrong: r#"[query.read]
database = "pg"
time     = "pareto(1ms, 1.5)""#,
            mended: r#"[query.read]
database = "pg"
time     = "pareto(1ms, 1.5, 10s)""#,
        },
    ),
    (
        Id::StretchRounded,
        Page {
            text: "`for T` holds if the comparison does in every interval of some stretch of that \
               length. Intervals are those of the time series (`run.interval`, 1/60 of the \
               duration by default), so a T that is no multiple of them, or shorter than one, is \
               rounded up.",
            wrong: r#"[run]
duration = "10 min"
interval = "1 min"

[objective.calm]
that = "p95(endpoint.browse) < 20ms for 90s""#,
            mended: r#"[run]
duration = "10 min"
interval = "30s"

[objective.calm]
that = "p95(endpoint.browse) < 20ms for 90s""#,
        },
    ),
    (
        Id::StretchTooLong,
        Page {
            text: "A stretch of that length does not fit into the measured time, so `for T` can \
               never hold and what it stands in fails, whatever the system does.",
            wrong: r#"[run]
duration = "60s"

[objective.calm]
that = "p95(endpoint.browse) < 20ms for 5 min""#,
            mended: r#"[run]
duration = "10 min"

[objective.calm]
that = "p95(endpoint.browse) < 20ms for 5 min""#,
        },
    ),
    (
        Id::FewSamples,
        Page {
            text: "A percentile rests on the samples beyond it: p99.9 of 2,000 requests on two of \
               them. Fewer than 20 leave the verdict inconclusive. Simulate longer or more \
               replications.",
            wrong: r#"[run]
duration     = "10s"
replications = 1"#,
            mended: r#"[run]
duration     = "10 min"
replications = 16"#,
        },
    ),
    (
        Id::CutReplications,
        Page {
            text: "The run would take more than 5 * 10^7 events by prediction, so fewer \
               replications are made. `--replications` or `run.replications` asks for a \
               number explicitly.",
            wrong: r#"[run]
duration = "10 h""#,
            mended: r#"[run]
duration     = "10 h"
replications = 4"#,
        },
    ),
    (
        Id::NotSettled,
        Page {
            text: "The number of requests in the system still drifts in the second half of the \
               pilot runs, so there is no steady state to speak of yet. Simulate longer, or \
               ask for what happens from a given start: `kind = \"terminating\"`.",
            wrong: r#"[run]
kind     = "steady"
duration = "1s""#,
            mended: r#"[run]
kind     = "steady"
duration = "10 min""#,
        },
    ),
    (
        Id::OnTheCliff,
        Page {
            text: "The verdict flips if a demand or a capacity moves by less than 10 %, or the \
               busiest station may be at or above its capacity. Near that point milliseconds \
               mean little; the flip point is what to remember.",
            wrong: r#"[pool.api_pg]
service  = "api"
database = "pg"
size     = 43

[query.read]
database = "pg"
time     = "exp(50ms)"

[workload.w]
rate = "830/s"
mix  = { browse = 1 }"#,
            mended: r#"[pool.api_pg]
service  = "api"
database = "pg"
size     = 60

[query.read]
database = "pg"
time     = "exp(50ms)"

[workload.w]
rate = "830/s"
mix  = { browse = 1 }"#,
        },
    ),
    (
        Id::RunLimit,
        Page {
            text: "The run reached a limit on requests in flight or on events and ended there, as \
               overloaded, with what is known until then. `run.limit` moves it.",
            wrong: "[run]
limit = { in_flight = 1_000 }",
            mended: "[run]
limit = { in_flight = 5_000_000 }",
        },
    ),
];
