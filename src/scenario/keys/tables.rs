//! Every table of a scenario and its keys.
use super::Default::{Absent, Is, Required};
use super::Dimension::{Any, Bytes, Count, Number, Ratio, Time};
use super::Kind::{
    Boolean, Date, Integer, Map, Name, OneOf, Quantity, Reference, Statement, Steps, Table, Text,
    Texts, Varying, Word, Words,
};
use super::backup::{BACKUP, BACKUP_KEY};
use super::balancing::{BALANCE_KEY, EJECT, EJECT_KEY, SLOW_START, SPEEDS};
use super::costs::{COSTS, COSTS_KEY};
use super::data::{
    BACKEND_MEMORY, CACHE_SHARE, COLUMN, COLUMNS_READ, COUNT_ONLY, EQUALS, FUNCTION_ON, HOT, IN,
    INDEX, JOIN, JOIN_KEY, LIMIT_ROWS, MATCHES, MEMORY, OFFSET, ORDER_BY, PARTITION, RANGE,
    READS_TABLE, TABLE,
};
use super::disk::{DISK, DISK_KEY};
use super::growth::{GROWTH, INFLOW, LOAD, PRICE, RETENTION, STORAGE, TIER};
use super::load::{BURST, ON_OFF, RAMP, SESSION, SHAPE, SHAPE_STEP, WORKLOAD};
use super::locks::LOCK;
use super::{KeySpec, Kind, MapKeys, Shape, Status, TableSpec, key, later};

/// The tables at the top of a scenario, in the order of the reference.
pub static ALL: &[&TableSpec] = &[
    &SCENARIO,
    &INPUTS,
    &RUN,
    &WINDOW,
    &SERVICE,
    &DATABASE,
    &POOL,
    &TABLE,
    &QUERY,
    &LOCK,
    &STORAGE,
    &PRICE,
    &ENDPOINT,
    &FLOW,
    &WORKLOAD,
    &OBJECTIVE,
    &CLAIM,
    &VARIANT,
    &CACHE,
    &QUEUE,
    &EXTERNAL,
    &CHANNEL,
    &COUNTER,
    &DISTURBANCE,
];

/// Tables that stand inside others.
pub static NESTED: &[&TableSpec] = &[
    &LIMIT,
    &LINE,
    &DROP,
    &EJECT,
    &CONTENTION,
    &COSTS,
    &COLUMN,
    &INDEX,
    &PARTITION,
    &HOT,
    &JOIN,
    &DISK,
    &BACKUP,
    &GROWTH,
    &INFLOW,
    &LOAD,
    &RETENTION,
    &TIER,
    &CLIENT,
    &RETRY,
    &BACKOFF,
    &BURST,
    &SHAPE,
    &SHAPE_STEP,
    &RAMP,
    &ON_OFF,
    &SESSION,
];

/// Outcomes that a retry or an `else` may be narrowed to: the closed list without `ok` and
/// `degraded`, which are no errors.
pub const ERRORS: &[&str] = &[
    "timed_out",
    "pool_timeout",
    "refused",
    "rate_limited",
    "rejected",
    "breaker_open",
    "lock_timeout",
    "failed",
];

/// A table with nothing special: no exclusive keys, no needs.
pub(super) const fn plain(
    name: &'static str,
    shape: Shape,
    doc: &'static str,
    keys: &'static [KeySpec],
) -> TableSpec {
    TableSpec { name, shape, doc, status: Status::Now, keys, exclusive: &[], needs: &[] }
}

/// A table of a later release.
const fn reserved(name: &'static str, doc: &'static str) -> TableSpec {
    let shape = Shape::Named;
    TableSpec { name, shape, doc, status: Status::Later, keys: &[], exclusive: &[], needs: &[] }
}

/// `[scenario]`
pub static SCENARIO: TableSpec = plain(
    "scenario",
    Shape::Single,
    "What the scenario is",
    &[
        key("name", Text, Absent("the file's name"), "Title in reports"),
        key("about", Text, Absent("-"), "A sentence or more for the reader"),
        key(
            "start",
            Date,
            Absent("months are a twelfth of a year"),
            "Calendar date of month 0 of a forecast",
        ),
        key("sources", Texts, Absent("-"), "Where the numbers come from"),
    ],
);

/// `[inputs]`: its keys are the author's.
pub static INPUTS: TableSpec = plain(
    "inputs",
    Shape::Single,
    "Every number that somebody may want to argue about: NAME = quantity or distribution (uncertainty, one draw per world)",
    &[later("correlation", "Correlations between uncertain inputs")],
);

/// What an input may be.
pub static INPUT: Kind = Varying(Any);

/// `[run]`
pub static RUN: TableSpec = plain(
    "run",
    Shape::Single,
    "How to simulate; every key has a default",
    &[
        key(
            "kind",
            Word(&["steady", "terminating"]),
            Absent("by what is there"),
            "Terminating if there is a burst, ramp, step, log or a given initial state, else steady",
        ),
        key("duration", Quantity(Time), Is("60s"), "Measured time, after warm-up"),
        key(
            "warm_up",
            OneOf(&[Word(&["auto"]), Quantity(Time)]),
            Is("auto"),
            "Time before measuring",
        ),
        key(
            "until",
            Word(&["duration", "drained"]),
            Is("duration"),
            "When a terminating run ends; drained: all requests are finished",
        ),
        key("replications", Quantity(Count), Is("16"), "Independent runs per world"),
        key(
            "worlds",
            Quantity(Count),
            Absent("64 with uncertain inputs, else 1"),
            "Draws of the uncertain inputs",
        ),
        key("seed", Integer, Is("1"), "Start of all random numbers"),
        key("confidence", Quantity(Ratio), Is("95%"), "Level of intervals: the luck of the run"),
        key(
            "assurance",
            Quantity(Ratio),
            Is("90%"),
            "Share of worlds in which an objective must hold",
        ),
        key(
            "precision",
            OneOf(&[Text, Texts]),
            Absent("none: a fixed number of replications"),
            "Replicate until intervals are as narrow as this: `2% on p99(endpoint.x)`",
        ),
        key("interval", Quantity(Time), Absent("1/60 of duration"), "Step of time series"),
        key("limit", Table(&LIMIT), Absent("see there"), "Beyond it the run ends as overloaded"),
    ],
);

/// `run.limit`
pub static LIMIT: TableSpec = plain(
    "limit",
    Shape::Nested,
    "Where a run ends as overloaded (`run.limit`)",
    &[
        key("in_flight", Quantity(Count), Is("5_000_000"), "Requests in flight at once"),
        key("events", Quantity(Count), Is("1_000_000_000"), "Events of one run"),
    ],
);

/// `[window.X]`
pub static WINDOW: TableSpec = plain(
    "window",
    Shape::Named,
    "A part of the run, for `during(X, ...)`",
    &[
        key("from", Quantity(Time), Required, "Start, from the start of the run"),
        key("to", Quantity(Time), Required, "End, from the start of the run"),
    ],
);

const ROUND_TRIP: &str = "500us";
const CORES_DOC: &str = "Cores, may be fractional; required where there is `cpu` work";
const SCHEDULING: Kind = Word(&["sharing", "fifo", "time-slice", "priority"]);
const SCHEDULING_DOC: &str = "How work shares the cores: ideal processor sharing; one job after the other; round robin with `slice`; or preemptive by the endpoint's priority";
const SLICE: KeySpec = key(
    "slice",
    Quantity(Time),
    Is("3ms"),
    "Time on a core after which the next in line has it, with `scheduling = \"time-slice\"`",
);

/// `[service.X]`
pub static SERVICE: TableSpec = plain(
    "service",
    Shape::Named,
    "Instances of a program that serve endpoints",
    &[
        key("instances", Quantity(Count), Is("1"), "Number of instances"),
        key("cores", Quantity(Number), Absent("-"), CORES_DOC),
        SPEEDS,
        key(
            "workers",
            Quantity(Count),
            Absent("unlimited"),
            "Requests served at once, per instance",
        ),
        key(
            "runtime",
            Word(&["threads", "event-loop", "async"]),
            Is("threads"),
            "How requests wait; threads: a worker is held while waiting; event-loop: one FIFO core, no worker held; async: cores shared, no worker held",
        ),
        key("scheduling", SCHEDULING, Is("sharing"), SCHEDULING_DOC),
        SLICE,
        key(
            "balance",
            Word(&["round-robin", "random", "least-outstanding", "power-of-two", "sticky", "hash"]),
            Is("round-robin"),
            "How requests are spread over the instances",
        ),
        BALANCE_KEY,
        key(
            "balancers",
            Word(&["shared", "per-caller"]),
            Is("shared"),
            "One balancer for all callers, or one for each calling instance",
        ),
        EJECT_KEY,
        SLOW_START,
        key(
            "line",
            Table(&LINE),
            Absent("no limit"),
            "Those who wait for a worker of one instance, and the order of its cores under `fifo`",
        ),
        key(
            "round_trip",
            Quantity(Time),
            Is(ROUND_TRIP),
            "Network, there and back, once per `call`",
        ),
        key(
            "initial",
            Map(MapKeys::Entities("endpoint"), &Quantity(Count)),
            Absent("-"),
            "Requests that are there at the start of the run, in all instances: { endpoint = count }",
        ),
    ],
);

/// `line = {...}` of a service or a pool.
pub static LINE: TableSpec = plain(
    "line",
    Shape::Nested,
    "A waiting line (`service.X.line`, `pool.X.line`)",
    &[
        key(
            "limit",
            Quantity(Count),
            Absent("none"),
            "Most who wait, per instance; 0: nobody waits; beyond it the outcome is rejected",
        ),
        key(
            "order",
            Word(&["fifo", "lifo", "priority", "adaptive-lifo"]),
            Is("fifo"),
            "Who is next: the first comer; the last; by the endpoint's priority; or the last while more than `lifo_above` wait",
        ),
        key(
            "lifo_above",
            Quantity(Count),
            Absent("-"),
            "Length of the line beyond which `adaptive-lifo` takes the last comer; required there",
        ),
        key(
            "drop",
            OneOf(&[Word(&["deadline"]), Table(&DROP)]),
            Absent("nobody"),
            "Who leaves the line of a service unserved, as rejected; deadline: at its turn, whoever comes from a caller or client whose timeout has passed",
        ),
    ],
);

/// `line.drop = {...}` of a service.
pub static DROP: TableSpec = plain(
    "drop",
    Shape::Nested,
    "Controlled delay (`service.X.line.drop`)",
    &[
        key(
            "target",
            Quantity(Time),
            Is("5ms"),
            "Longest wait of those who come when the line has not been empty for `interval`",
        ),
        key("interval", Quantity(Time), Is("100ms"), "Longest wait of the others"),
    ],
);

/// `[database.X]`
pub static DATABASE: TableSpec = plain(
    "database",
    Shape::Named,
    "A database server",
    &[
        key("engine", Word(&["postgresql"]), Is("postgresql"), "Whose behavior is meant"),
        key("cores", Quantity(Number), Absent("-"), CORES_DOC),
        key("scheduling", SCHEDULING, Is("sharing"), SCHEDULING_DOC),
        SLICE,
        key("max_connections", Quantity(Count), Is("100"), "Connections that the server accepts"),
        key("reserved", Quantity(Count), Is("3"), "Of these, kept for administrators"),
        key("connect_time", Quantity(Time), Is("5ms"), "To open a connection"),
        key(
            "contention",
            Table(&CONTENTION),
            Absent("none"),
            "Slowing of `cpu` work by other work (universal scalability law)",
        ),
        MEMORY,
        CACHE_SHARE,
        DISK_KEY,
        BACKUP_KEY,
        BACKEND_MEMORY,
        COSTS_KEY,
        later("replicas", "Read replicas"),
    ],
);

/// `database.X.contention`
pub static CONTENTION: TableSpec = plain(
    "contention",
    Shape::Nested,
    "With n queries running, speed divides by 1 + serial (n-1) + crosstalk n (n-1) (`database.X.contention`)",
    &[
        key("serial", Quantity(Ratio), Is("0"), "Share of work that cannot be done in parallel"),
        key("crosstalk", Quantity(Ratio), Is("0"), "Cost of each pair that keeps in step"),
    ],
);

/// `[pool.X]`
pub static POOL: TableSpec = plain(
    "pool",
    Shape::Named,
    "Connections from each instance of a service to a database",
    &[
        key("service", Reference("service"), Required, "Whose pool it is"),
        key("database", Reference("database"), Required, "Where its connections lead"),
        later("external", "A pool to an external service"),
        key("size", Quantity(Count), Required, "Most connections, per instance"),
        key(
            "acquire_timeout",
            OneOf(&[Word(&["none"]), Varying(Time)]),
            Is("30s"),
            "Longest wait for a connection; 0s: an idle one now, or pool_timeout",
        ),
        key(
            "line",
            Table(&LINE),
            Absent("no limit"),
            "Those who wait for a connection of one instance",
        ),
        key("min_idle", Quantity(Count), Absent("size"), "Connections kept open, per instance"),
        key("max_lifetime", Quantity(Time), Absent("none"), "Age at which a connection is closed"),
        key(
            "idle_timeout",
            Quantity(Time),
            Absent("none"),
            "Idle time after which one is closed; 0s is at once, not never as in some libraries",
        ),
        key("leak", Quantity(Ratio), Is("0"), "Share of checkouts never returned"),
        key(
            "on_refused",
            Word(&["fail", "wait"]),
            Is("fail"),
            "When the server refuses a connection: the request fails, or waits its acquire_timeout",
        ),
        key(
            "checkout",
            Word(&["query", "request"]),
            Is("query"),
            "How long a connection is held: for one query, or for the whole request",
        ),
        key(
            "round_trip",
            Quantity(Time),
            Is(ROUND_TRIP),
            "Network, there and back, once per query",
        ),
        later("pooler", "A pooler between service and database"),
    ],
);

/// `[query.X]`
pub static QUERY: TableSpec = TableSpec {
    name: "query",
    shape: Shape::Named,
    doc: "What one execution costs; all of it passes while the connection is held",
    status: Status::Now,
    keys: &[
        key("database", Reference("database"), Absent("-"), "Where it runs"),
        key("cpu", Varying(Time), Absent("0s"), "Work on the database's cores"),
        key("reads", Varying(Count), Absent("0"), "Pages read at random, one after the other"),
        key("scan", Varying(Bytes), Absent("0 B"), "Bytes read in sequence"),
        key("time", Varying(Time), Absent("0s"), "Elapsed on the server, using nothing of it"),
        key("commit", Boolean, Is("false"), "Ends with a flush of the write-ahead log"),
        key("returns", Varying(Bytes), Absent("0 B"), "Size of the answer"),
        READS_TABLE,
        EQUALS,
        IN,
        RANGE,
        ORDER_BY,
        LIMIT_ROWS,
        OFFSET,
        MATCHES,
        COLUMNS_READ,
        FUNCTION_ON,
        JOIN_KEY,
        COUNT_ONLY,
    ],
    exclusive: &[
        &["database", "table"],
        &["table", "cpu"],
        &["table", "reads"],
        &["table", "scan"],
        &["table", "commit"],
        &["count", "columns"],
    ],
    needs: &[&["database", "table"], &["cpu", "reads", "scan", "time", "commit", "table"]],
};

/// `[endpoint.X]`
pub static ENDPOINT: TableSpec = plain(
    "endpoint",
    Shape::Named,
    "What a service does for one kind of request",
    &[
        key("service", Reference("service"), Required, "Who serves it"),
        key(
            "let",
            Map(MapKeys::Symbols, &Varying(Any)),
            Absent("-"),
            "Values drawn once per request: { name = quantity or distribution }",
        ),
        key("steps", Steps, Required, "What happens, in order"),
        key(
            "priority",
            Quantity(Number),
            Is("0"),
            "Larger goes first where a line or the cores go by priority; first come first served within one",
        ),
    ],
);

/// `[flow.X]`
pub static FLOW: TableSpec = plain(
    "flow",
    Shape::Named,
    "Steps for reuse by `{ flow = \"X\" }`",
    &[key("steps", Steps, Required, "What happens, in order")],
);

/// `workload.X.client`
pub static CLIENT: TableSpec = plain(
    "client",
    Shape::Nested,
    "The caller gives up or tries again and the server does not know (`workload.X.client`)",
    &[
        key("timeout", Varying(Time), Absent("none"), "How long it waits for one attempt"),
        key("retry", Table(&RETRY), Absent("no retry"), "Whether it tries again"),
        key(
            "cancel",
            CANCEL,
            Is("none"),
            "What ends on the server when the client leaves: nothing, what waits, everything",
        ),
    ],
);

/// What a timeout ends.
pub const CANCEL: Kind = Word(&["none", "waiting", "all"]);

/// `retry = {...}`
pub static RETRY: TableSpec = plain(
    "retry",
    Shape::Nested,
    "When and how often to try again (`client.retry`, modifier and verb `retry`)",
    &[
        key(
            "attempts",
            OneOf(&[Word(&["unlimited"]), Varying(Count)]),
            Is("3"),
            "Attempts in all, the first one too",
        ),
        key(
            "backoff",
            OneOf(&[Table(&BACKOFF), Varying(Time)]),
            Is("0s"),
            "Wait before a retry; a plain time is drawn anew and does not grow",
        ),
        key("jitter", Word(&["none", "full", "equal"]), Is("none"), "How the wait is scattered"),
        key("on", Words(ERRORS), Absent("every error"), "Outcomes that are tried again"),
        later("budget", "Retries as a share of requests"),
    ],
);

/// `backoff = {...}`
pub static BACKOFF: TableSpec = plain(
    "backoff",
    Shape::Nested,
    "A wait that grows (`retry.backoff`)",
    &[
        key("first", Varying(Time), Required, "Before the first retry"),
        key("factor", Quantity(Number), Is("2"), "From each to the next"),
        key("max", Quantity(Time), Absent("none"), "Longest wait"),
    ],
);

/// `[objective.X]`
pub static OBJECTIVE: TableSpec = plain(
    "objective",
    Shape::Named,
    "What must hold",
    &[key(
        "that",
        Statement,
        Required,
        "A comparison of metrics, such as `p95(endpoint.x) < 500ms`",
    )],
);

/// `[claim.X]`
pub static CLAIM: TableSpec = plain(
    "claim",
    Shape::Named,
    "What somebody says, to be confirmed or refuted",
    &[
        key("says", Text, Absent("-"), "The claim in its own words"),
        key("that", Statement, Required, "The claim as a comparison of metrics"),
        key("variant", Reference("variant"), Absent("the base"), "Where it is judged"),
    ],
);

/// `[variant.X]`: besides these keys any path of the scenario.
pub static VARIANT: TableSpec = plain(
    "variant",
    Shape::Named,
    "A change of the scenario: any path; tables merge, arrays and strings replace",
    &[
        key("about", Text, Absent("-"), "What it is"),
        key(
            "counterfactual",
            Boolean,
            Absent("as what it starts from"),
            "Whether nobody can choose it, such as physics switched off: no rank in `compare`",
        ),
        key("extends", Name, Absent("the base"), "The variant that it starts from"),
        key("remove", Texts, Absent("-"), "Paths that it deletes before it merges"),
    ],
);

static CACHE: TableSpec = reserved("cache", "A cache");
static QUEUE: TableSpec = reserved("queue", "A message queue");
static EXTERNAL: TableSpec = reserved("external", "A service of others");
static CHANNEL: TableSpec = reserved("channel", "Many open connections to clients");
static COUNTER: TableSpec = reserved("counter", "A shared number, changed with or without care");
static DISTURBANCE: TableSpec = reserved("disturbance", "Something that goes wrong at a date");
