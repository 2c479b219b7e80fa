//! Pages about advice: nothing is wrong, and a reviewer would ask.
use super::{Id, Page};

pub(super) const PAGES: &[(Id, Page)] = &[
    (
        Id::HeldAcrossCall,
        Page {
            text: "A transaction holds its connection while another service is called. When that \
               service is slow, connections are the first thing to run out, although the database \
               has nothing to do. Read before, call without a connection, write after.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ transaction = [{ query = "read" }, { call = "pay" }] }]"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ transaction = [{ query = "read" }] }, { call = "pay" }]"#,
        },
    ),
    (
        Id::HeldOverLock,
        Page {
            text: "A lock is waited for inside a transaction, so that whoever waits has a connection in \
               hand, and the lock fills before the pool does: at less than twice the stated load \
               those who wait hold every connection, and requests that need no lock wait with them. \
               The line of the lock is that of M/G/1, of a lock with keys that of the hottest one.",
            wrong: r#"[lock.counter]
scope = "database"

[endpoint.e]
service = "api"
steps   = [{ transaction = [{ lock = "counter", do = [] }, { query = "read", times = 4 }] }]

[workload.w]
rate = "80/s"
mix  = { e = 1 }"#,
            mended: r#"[lock.counter]
scope = "database"

[endpoint.e]
service = "api"
steps   = [{ transaction = [{ query = "read", times = 3 }, { lock = "counter", do = [] }, { query = "read" }] }]

[workload.w]
rate = "80/s"
mix  = { e = 1 }"#,
        },
    ),
    (
        Id::TimeoutsAddUp,
        Page {
            text: "Each timeout is shorter than the client's patience, and one after another, with \
               their retries, they are longer: the last ones begin when the client has left, and \
               nobody gets what they wait for. Shorten them, retry less often, or put one timeout \
               around all.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ call = "pay", timeout = "2s", retry = { attempts = 3 } }]

[workload.w]
rate   = "10/s"
mix    = { e = 1 }
client = { timeout = "5s" }"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ call = "pay", timeout = "2s", retry = { attempts = 2 } }]

[workload.w]
rate   = "10/s"
mix    = { e = 1 }
client = { timeout = "5s" }"#,
        },
    ),
    (
        Id::UnboundedLine,
        Page {
            text: "A line has no limit, and nobody in it gives up. At less than twice the stated \
               load it grows for as long as the load lasts, and everybody waits behind everybody \
               else long after it has passed. A limit, or the client's patience, turns a long \
               outage for all into errors for some.",
            wrong: r#"[service.api]
workers = 10

[endpoint.e]
service = "api"
steps   = [{ delay = "exp(80ms)" }]

[workload.w]
rate = "100/s"
mix  = { e = 1 }"#,
            mended: r#"[service.api]
workers = 10
line    = { limit = 50 }

[endpoint.e]
service = "api"
steps   = [{ delay = "exp(80ms)" }]

[workload.w]
rate = "100/s"
mix  = { e = 1 }"#,
        },
    ),
    (
        Id::NoVariation,
        Page {
            text: "An objective or claim speaks of the slowest 1 %, and every time on the way of \
               the request is one fixed number, most likely a mean. Real times scatter, and far \
               percentiles are made of that: with a mean alone only waiting shows in them. Say how \
               the time varies: `exp(20ms)`, or by two measured percentiles.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ delay = "20ms" }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }

[objective.tail]
that = "p99(endpoint.e) < 100ms""#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ delay = "lognormal(p50=16ms, p99=70ms)" }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }

[objective.tail]
that = "p99(endpoint.e) < 100ms""#,
        },
    ),
];
