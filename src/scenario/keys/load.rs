//! The words of workloads.
use super::Default::{Absent, Is, Required};
use super::Dimension::{Any, Count, Number, Rate, Ratio, Time};
use super::Kind::{List, Map, OneOf, Quantity, Reference, Table, Tables, Text, Varying, Word};
use super::growth::LOAD_KEY;
use super::tables::{CLIENT, plain};
use super::{Kind, MapKeys, Shape, Status, TableSpec, key};

/// `[workload.X]`
pub static WORKLOAD: TableSpec = TableSpec {
    name: "workload",
    shape: Shape::Named,
    doc: "Requests that arrive; workloads on one endpoint add up",
    status: Status::Now,
    keys: &[
        key(
            "rate",
            Quantity(Rate),
            Absent("-"),
            "Requests per time, whatever the system does (open)",
        ),
        key(
            "arrivals",
            OneOf(&[Word(&["poisson", "regular"]), Varying(Time)]),
            Is("poisson"),
            "Law of the independent gaps, scaled to `rate`; without `rate` its own mean counts",
        ),
        key("burst", Table(&BURST), Absent("-"), "A number of requests at a date"),
        key(
            "users",
            Quantity(Count),
            Absent("-"),
            "Users who wait for each answer before they ask again (closed)",
        ),
        key(
            "think",
            Varying(Time),
            Is("0s"),
            "With `users`: time before each request, or before each `session`; a user starts with it",
        ),
        key(
            "replay",
            Text,
            Absent("-"),
            "A CSV file below the scenario's folder: time in seconds, endpoint; one line a request",
        ),
        key("speed", Quantity(Number), Is("1"), "With `replay`: times are divided by it"),
        key("shape", Table(&SHAPE), Absent("-"), "How the rate changes over time"),
        key(
            "mean_share",
            Quantity(Ratio),
            Absent("-"),
            "Mean over a week as a share of the stated rate, or of the users, which are the peak's",
        ),
        LOAD_KEY,
        key(
            "batch",
            Varying(Count),
            Absent("-"),
            "Requests that come together at each arrival; `rate` counts the arrivals",
        ),
        key(
            "mix",
            Map(MapKeys::Entities("endpoint"), &Quantity(Number)),
            Absent("-"),
            "Endpoints and their weights: { endpoint = weight }",
        ),
        key(
            "session",
            Tables(&SESSION),
            Absent("-"),
            "What a user asks for in turn, each after the answer before; `rate` counts sessions",
        ),
        key(
            "on_error",
            Word(&["end", "continue"]),
            Is("end"),
            "With `session`: an error ends it, or the next request comes all the same",
        ),
        key(
            "background",
            Map(MapKeys::Entities("endpoint"), &Varying(Time)),
            Absent("-"),
            "What each user, or each live session, asks for by itself: { endpoint = interval }",
        ),
        key(
            "client",
            Table(&CLIENT),
            Absent("waits for ever"),
            "What the caller does when it takes long",
        ),
    ],
    exclusive: &[
        &["rate", "burst", "users", "replay"],
        &["arrivals", "burst", "users", "replay"],
        &["shape", "burst", "users", "replay"],
        &["mean_share", "burst", "replay"],
        &["growth", "burst"],
        &["batch", "burst", "users", "replay"],
        &["think", "rate"],
        &["think", "arrivals"],
        &["think", "shape"],
        &["think", "burst"],
        &["think", "replay"],
        &["mix", "session", "replay"],
        &["on_error", "mix"],
        &["on_error", "replay"],
        &["background", "replay"],
        &["speed", "rate"],
        &["speed", "arrivals"],
        &["speed", "shape"],
        &["speed", "burst"],
        &["speed", "users"],
    ],
    needs: &[
        &["rate", "arrivals", "shape", "burst", "users", "replay"],
        &["mix", "session", "replay"],
    ],
};

/// `workload.X.burst`
pub static BURST: TableSpec = plain(
    "burst",
    Shape::Nested,
    "Requests at a date (`workload.X.burst`)",
    &[
        key("count", Varying(Count), Required, "How many requests"),
        key("at", Quantity(Time), Is("0s"), "When, from the start of the run"),
        key("over", Quantity(Time), Is("0s"), "Spread as independent uniform times over this time"),
    ],
);

/// `workload.X.session`
pub static SESSION: TableSpec = plain(
    "session",
    Shape::Nested,
    "Requests of a session, one after the other (`workload.X.session`)",
    &[
        key("endpoint", Reference("endpoint"), Required, "What they ask for"),
        key("times", Varying(Count), Is("1"), "How many of them"),
        key("think", Varying(Time), Is("0s"), "Time before each of them"),
    ],
);

/// A rate of a shape.
const LEVEL: Kind = Quantity(Any);

/// `workload.X.shape`
pub static SHAPE: TableSpec = TableSpec {
    name: "shape",
    shape: Shape::Nested,
    doc: "How the rate of a workload changes over time (`workload.X.shape`); a rate in it is one \
          (`200/s`), or a multiple of the workload's `rate` (`2`, `150%`)",
    status: Status::Now,
    keys: &[
        key("steps", Tables(&SHAPE_STEP), Absent("-"), "The rate from each of these dates on"),
        key("ramp", Table(&RAMP), Absent("-"), "A rate that grows or falls in a straight line"),
        key("cycle", Quantity(Time), Absent("-"), "Length of what repeats: `1 day`, `1 week`"),
        key(
            "rates",
            List(&LEVEL),
            Absent("-"),
            "With `cycle`: rates at dates evenly spaced over it, the first at its beginning",
        ),
        key(
            "between",
            Word(&["step", "linear"]),
            Is("step"),
            "With `cycle`: each rate holds until the next, or goes there in a straight line",
        ),
        key("on_off", Table(&ON_OFF), Absent("-"), "Rates that follow each other at random times"),
    ],
    exclusive: &[
        &["steps", "ramp", "cycle", "on_off"],
        &["steps", "ramp", "rates", "on_off"],
        &["steps", "ramp", "between", "on_off"],
    ],
    needs: &[&["steps", "ramp", "cycle", "on_off"]],
};

/// `workload.X.shape.steps`
pub static SHAPE_STEP: TableSpec = plain(
    "steps",
    Shape::Nested,
    "A rate from a date on (`workload.X.shape.steps`); before the first it is the workload's `rate`",
    &[
        key("at", Quantity(Time), Required, "From when on, from the start of the run"),
        key("rate", LEVEL, Required, "The rate"),
    ],
);

/// `workload.X.shape.ramp`
pub static RAMP: TableSpec = plain(
    "ramp",
    Shape::Nested,
    "A rate that grows or falls in a straight line (`workload.X.shape.ramp`)",
    &[
        key("from", LEVEL, Required, "The rate until `at`"),
        key("to", LEVEL, Required, "The rate afterwards"),
        key("at", Quantity(Time), Is("0s"), "When it begins, from the start of the run"),
        key("over", Quantity(Time), Required, "How long it takes"),
    ],
);

/// `workload.X.shape.on_off`
pub static ON_OFF: TableSpec = plain(
    "on_off",
    Shape::Nested,
    "Rates that follow each other at random times (`workload.X.shape.on_off`); a run starts with \
     the first",
    &[
        key("rates", List(&LEVEL), Required, "The rates, in turn"),
        key(
            "lasts",
            List(&Varying(Time)),
            Required,
            "How long each of them lasts, drawn each time",
        ),
    ],
);
