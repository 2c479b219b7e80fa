//! Pages about what is legal and seldom meant.
use super::{Id, Page};

pub(super) const PAGES: &[(Id, Page)] = &[
    (
        Id::DrawnOnce,
        Page {
            text: "A distribution under `[inputs]` says that a number is not known: it is drawn once \
               per world, and then the same at every use. Here such an input is the whole of a time, \
               size or count that may vary, so that all users think equally long and all requests \
               take equally long within a world. Most likely each request should draw its own: then \
               the law stands where it is used. If the number is in fact one that nobody knows, \
               `between(low, high)` says so, without this warning.",
            wrong: r#"[inputs]
pause = "exp(20s)"

[workload.w]
users = 300
think = "pause"
mix   = { browse = 1 }"#,
            mended: r#"[inputs]
pause = "20s"

[workload.w]
users = 300
think = "exp(pause)"
mix   = { browse = 1 }"#,
        },
    ),
    (
        Id::FewReplications,
        Page {
            text: "A percentile has an interval from five groups of runs on, and without an interval \
               there is no verdict: with two to four replications whatever is asked of percentiles \
               stays inconclusive. What must last (`for 5 min`) is judged by the runs in which it \
               does, of which six say at 95 % that it does in most. For a quick look take one \
               replication; for an answer no fewer than these.",
            wrong: r#"[run]
replications = 3

[objective.fast]
that = "p95(endpoint.browse) < 500ms""#,
            mended: r#"[run]
replications = 5

[objective.fast]
that = "p95(endpoint.browse) < 500ms""#,
        },
    ),
    (
        Id::WindowBeyondEnd,
        Page {
            text: "A window ends after the measured time, which is the warm-up (none in a terminating \
               run unless stated) and then `run.duration`. Nothing happens in the rest of it: rates \
               are over the part that was run, and a window that begins there has nothing to say.",
            wrong: r#"[run]
duration = "60s"
warm_up  = "0s"

[window.rush]
from = "30s"
to   = "90s""#,
            mended: r#"[run]
duration = "90s"
warm_up  = "0s"

[window.rush]
from = "30s"
to   = "90s""#,
        },
    ),
    (
        Id::RedrawnOnRetry,
        Page {
            text: "A retry, by the client or by a `call`, is a new request: the endpoint draws its \
               `let`s anew, so that a second attempt to lock a row locks another one. A client that \
               sends the same thing again is an endpoint of its own, of a service without workers \
               or cores: it draws the value once and hands it over by `with`, in all attempts.",
            wrong: r#"[endpoint.e]
service = "api"
let     = { size = "geometric(3)" }
steps   = [{ cpu = "size * 1ms" }]

[workload.w]
rate   = "10/s"
mix    = { e = 1 }
client = { timeout = "1s", retry = { attempts = 2 } }"#,
            mended: r#"[service.clients]

[endpoint.e]
service = "clients"
let     = { wanted = "geometric(3)" }
steps   = [{ call = "done", with = { size = "wanted" }, timeout = "1s", retry = { attempts = 2 } }]

[endpoint.done]
service = "api"
let     = { size = "geometric(3)" }
steps   = [{ cpu = "size * 1ms" }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }"#,
        },
    ),
    (
        Id::ExpOfNumber,
        Page {
            text: "`exp` of a plain number in the middle of arithmetic is the function e\u{2e3}: \
               `read_time * exp(1)` is 2.7 times the time, and does not vary. The exponential \
               distribution is meant by a mean with a unit, `exp(5ms)`, or by its name, \
               `read_time * exp(mean = 1)`. If the function is meant, write the number.",
            wrong: r#"[inputs]
read_time = "between(2ms, 6ms)"

[query.read]
database = "pg"
time     = "read_time * exp(1)""#,
            mended: r#"[inputs]
read_time = "between(2ms, 6ms)"

[query.read]
database = "pg"
time     = "read_time * exp(mean = 1)""#,
        },
    ),
    (
        Id::LockAroundNothing,
        Page {
            text: "A lock is held while its `do` runs. With `do = []` it is given back as soon as it \
               is taken, and the steps after it run without it. Only a lock of \
               `scope = \"database\"` inside a transaction is held longer, to the end of the \
               transaction, as a database holds row locks; the default scope is `global`.",
            wrong: r#"[lock.row]

[endpoint.e]
service = "api"
steps   = [{ transaction = [
  { lock = "row", key = 7, do = [] },
  { query = "write" },
] }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }"#,
            mended: r#"[lock.row]
scope = "database"

[endpoint.e]
service = "api"
steps   = [{ transaction = [
  { lock = "row", key = 7, do = [] },
  { query = "write" },
] }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }"#,
        },
    ),
    (
        Id::TransactionWithoutQuery,
        Page {
            text: "A transaction holds the connection of its first query from there to its end. \
               Without a query or a write in it there is none to hold: whatever it does goes on as \
               if it stood alone, and a pool is not asked. A query behind a `call` belongs to the \
               callee, with a connection of its own.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ transaction = [{ delay = "20ms" }] }, { query = "write" }]"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ transaction = [{ query = "write" }, { delay = "20ms" }] }]"#,
        },
    ),
    (
        Id::SingleAttempt,
        Page {
            text: "`attempts` counts all attempts, the first one too, so that 1 is no retry at all. \
               One retry is `attempts = 2`.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ call = "pay", timeout = "2s", retry = { attempts = 1 } }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ call = "pay", timeout = "2s", retry = { attempts = 2 } }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }"#,
        },
    ),
    (
        Id::PriorityAtWorkers,
        Page {
            text: "The cores of this service go by the `priority` of endpoints, but whoever has no \
               worker yet waits in a line that goes by arrival. A request of high priority stands \
               there behind all that came before it. `line = { order = \"priority\" }` lets the line \
               go by it too; `order = \"fifo\"`, written out, says that arrival is meant.",
            wrong: r#"[service.api]
cores      = 2
workers    = 50
scheduling = "priority"

[endpoint.browse]
service  = "api"
priority = 10
steps    = [{ cpu = "exp(1ms)" }]

[endpoint.e]
service = "api"
steps   = [{ cpu = "exp(2ms)" }]

[workload.w]
rate = "10/s"
mix  = { browse = 1 }"#,
            mended: r#"[service.api]
cores      = 2
workers    = 50
scheduling = "priority"
line       = { order = "priority" }

[endpoint.browse]
service  = "api"
priority = 10
steps    = [{ cpu = "exp(1ms)" }]

[endpoint.e]
service = "api"
steps   = [{ cpu = "exp(2ms)" }]

[workload.w]
rate = "10/s"
mix  = { browse = 1 }"#,
        },
    ),
    (
        Id::UnusedInput,
        Page {
            text: "The name of this input stands in no quantity, condition or variant of the \
               scenario, so that changing it changes nothing. It may be a leftover, or a number is \
               written out where its name was meant.",
            wrong: r#"[inputs]
visits = "10/s"

[workload.w]
rate = "10/s"
mix  = { browse = 1 }"#,
            mended: r#"[inputs]
visits = "10/s"

[workload.w]
rate = "visits"
mix  = { browse = 1 }"#,
        },
    ),
];
