//! Every verb of a step and its modifiers.
use super::Default::{Absent, Is, Required};
use super::Dimension::{Any, Count, Number, Ratio, Time};
use super::Kind::{
    Boolean, Branches, Condition, Map, Name, OneOf, Pattern, Quantity, Reference, Steps, Table,
    Tables, True, Varying, Word, Words,
};
use super::tables::{CANCEL, ERRORS, RETRY};
use super::{KeySpec, Kind, MapKeys, Shape, Status, TableSpec, key, later};

/// One verb with its modifiers.
#[derive(Debug)]
pub struct VerbSpec {
    /// The word, and what its value may be.
    pub key: KeySpec,
    /// Names of its modifiers; each is in [`MODIFIERS`]. `as` goes with all.
    pub modifiers: &'static [&'static str],
    /// Those of the modifiers that must be there.
    pub required: &'static [&'static str],
}

/// `join = "quorum(2)"`
const QUORUM: Kind = Pattern("quorum(k)", is_quorum);
const JOIN: Kind = OneOf(&[Word(&["all", "first", "none"]), QUORUM]);
const PARALLEL: Kind = OneOf(&[Word(&["all"]), Quantity(Count)]);

fn is_quorum(text: &str) -> bool {
    let inner = text.strip_prefix("quorum(").and_then(|rest| rest.strip_suffix(')'));
    inner.is_some_and(|k| k.trim().parse::<u32>().is_ok_and(|k| k >= 1))
}

/// Whether `name` is a verb or a modifier, now or later.
pub fn is_step_word(name: &str) -> bool {
    verb(name).is_some() || modifier(name).is_some()
}

/// The verb of this name.
pub fn verb(name: &str) -> Option<&'static VerbSpec> {
    VERBS.iter().find(|verb| verb.key.name == name)
}

/// The modifier of this name.
pub fn modifier(name: &str) -> Option<&'static KeySpec> {
    MODIFIERS.iter().find(|modifier| modifier.name == name)
}

const fn says(name: &'static str, kind: Kind, doc: &'static str) -> KeySpec {
    key(name, kind, Required, doc)
}

const fn verb_later(name: &'static str) -> VerbSpec {
    VerbSpec { key: later(name, "A verb of a later release"), modifiers: &[], required: &[] }
}

/// The verbs, in the order of the reference.
pub static VERBS: &[VerbSpec] = &[
    VerbSpec {
        key: says("cpu", Varying(Time), "Work on the cores of the current instance"),
        modifiers: &[],
        required: &[],
    },
    VerbSpec {
        key: says("delay", Varying(Time), "Time passes; what is held stays held"),
        modifiers: &[],
        required: &[],
    },
    VerbSpec {
        key: says(
            "query",
            Reference("query"),
            "A round trip over the service's pool; `times` one after the other, `parallel` at once, each its own checkout unless in a transaction",
        ),
        modifiers: &["times", "parallel", "timeout", "retry", "hedge", "pool", "cancel"],
        required: &[],
    },
    VerbSpec {
        key: says(
            "insert",
            Reference("table"),
            "Inserts rows into a table: a round trip over the service's pool, with a commit outside of a transaction",
        ),
        modifiers: &["rows", "timeout", "retry", "hedge", "pool", "cancel"],
        required: &[],
    },
    VerbSpec {
        key: says(
            "update",
            Reference("table"),
            "Updates rows of a table by their key, likewise; with `key` one at a time of those that are the same row",
        ),
        modifiers: &["rows", "key", "timeout", "retry", "hedge", "pool", "cancel"],
        required: &[],
    },
    VerbSpec {
        key: says("delete", Reference("table"), "Deletes rows of a table by their key, likewise"),
        modifiers: &["rows", "key", "timeout", "retry", "hedge", "pool", "cancel"],
        required: &[],
    },
    VerbSpec {
        key: says("transaction", Steps, "One connection held across the steps, whatever they do"),
        modifiers: &[],
        required: &[],
    },
    VerbSpec {
        key: says(
            "call",
            Reference("endpoint"),
            "Calls an endpoint through its balancer, line and workers, and waits for the answer",
        ),
        modifiers: &["times", "parallel", "with", "timeout", "retry", "hedge", "breaker", "cancel"],
        required: &[],
    },
    VerbSpec {
        key: says(
            "each",
            Varying(Count),
            "So many items in groups of `batch`; inside, `items` is the size of the group",
        ),
        modifiers: &[
            "batch", "parallel", "join", "cancel", "worker", "do", "else", "on", "degraded",
        ],
        required: &["do"],
    },
    VerbSpec {
        key: says("fork", Branches, "Different branches at once"),
        modifiers: &["join", "cancel"],
        required: &[],
    },
    VerbSpec {
        key: says(
            "repeat",
            OneOf(&[Table(&AGAIN), Varying(Count)]),
            "One after the other; `{ again = p }`: once, then again with that chance",
        ),
        modifiers: &["do", "else", "on", "degraded"],
        required: &["do"],
    },
    VerbSpec {
        key: says("try", Steps, "A block with a way out"),
        modifiers: &["else", "on", "degraded"],
        required: &[],
    },
    VerbSpec {
        key: says("choose", Tables(&BRANCH), "One branch by chance; probabilities sum to 1"),
        modifiers: &[],
        required: &[],
    },
    VerbSpec {
        key: says("if", Condition, "A branch by value: `do` if it holds, else `else`"),
        modifiers: &["do", "else"],
        required: &["do"],
    },
    VerbSpec {
        key: says(
            "lock",
            Reference("lock"),
            "Holds a lock around `do`; inside a transaction a database lock is held to its end",
        ),
        modifiers: &["key", "mode", "do", "else", "on", "degraded"],
        required: &["do"],
    },
    VerbSpec {
        key: says(
            "timeout",
            Varying(Time),
            "When it fires, the block becomes an orphan that keeps what it acquired and goes on",
        ),
        modifiers: &["do", "else", "on", "degraded", "cancel"],
        required: &["do"],
    },
    VerbSpec {
        key: says("retry", Table(&RETRY), "Tries the block again when it ends in an error"),
        modifiers: &["do", "else", "on", "degraded"],
        required: &["do"],
    },
    VerbSpec {
        key: says("hedge", Varying(Time), "Starts the block a second time after this time"),
        modifiers: &["do", "else", "on", "degraded", "cancel"],
        required: &["do"],
    },
    VerbSpec {
        key: says("flow", Reference("flow"), "The steps of a flow"),
        modifiers: &[],
        required: &[],
    },
    VerbSpec {
        key: says("reply", True, "The caller has its answer; the rest runs on"),
        modifiers: &[],
        required: &[],
    },
    VerbSpec {
        key: says("fail", Name, "Ends with an error of this name"),
        modifiers: &[],
        required: &[],
    },
    verb_later("cache"),
    verb_later("invalidate"),
    verb_later("publish"),
    verb_later("external"),
    verb_later("broadcast"),
    verb_later("take"),
    verb_later("put"),
    verb_later("read"),
    verb_later("write"),
    verb_later("store"),
    verb_later("limit"),
    verb_later("bulkhead"),
];

/// Verbs that are also modifiers of others: with a verb beside them they modify it.
pub const WRAPPERS: &[&str] = &["timeout", "retry", "hedge", "breaker"];

/// The modifiers, in the order of the reference.
pub static MODIFIERS: &[KeySpec] = &[
    key("as", Name, Absent("-"), "Name of the step in metrics: `step.<endpoint>.<name>.*`"),
    key("times", Varying(Count), Is("1"), "How often, one after the other"),
    key("parallel", PARALLEL, Is("1"), "How many at once at most, or `all`"),
    key(
        "with",
        Map(MapKeys::Symbols, &Varying(Any)),
        Absent("-"),
        "Values for the called endpoint: { name = quantity }",
    ),
    key("timeout", Varying(Time), Absent("none"), "How long to wait for one attempt"),
    key("retry", Table(&RETRY), Absent("no retry"), "Whether to try again"),
    key("hedge", Varying(Time), Absent("none"), "When to send a second attempt beside the first"),
    later("breaker", "Gives up at once when calls have been failing"),
    key(
        "pool",
        Reference("pool"),
        Absent("the only one"),
        "Which pool, if two lead from this service to this database",
    ),
    key("batch", Quantity(Count), Is("1"), "Items of one group"),
    key("join", JOIN, Is("all"), "Who is waited for: `all`, the `first`, `quorum(k)` or `none`"),
    key("worker", Boolean, Is("false"), "Whether each group takes a worker of its own"),
    key(
        "key",
        Varying(Any),
        Absent("-"),
        "Which of the locks of this name, without it the only one; which row is written",
    ),
    key("mode", Word(&["write", "read"]), Is("write"), "Alone, or shared with other readers"),
    key("do", Steps, Absent("-"), "The steps of the block"),
    key(
        "else",
        Steps,
        Absent("-"),
        "The steps if the block ended in an error (or `if` does not hold)",
    ),
    key("on", Words(ERRORS), Absent("every error"), "Outcomes that `else` is for"),
    key("degraded", Boolean, Is("true"), "Whether a request saved by `else` counts as degraded"),
    key(
        "cancel",
        CANCEL,
        Is("none"),
        "What of the abandoned work ends: nothing, what waits, everything",
    ),
    key("rows", Quantity(Count), Is("1"), "Rows that one execution writes"),
];

/// `repeat = { again = p }`
pub static AGAIN: TableSpec = TableSpec {
    name: "again",
    shape: Shape::Nested,
    doc: "Feedback (`repeat = { again = p }`)",
    status: Status::Now,
    keys: &[key("again", Quantity(Ratio), Required, "Chance of one more round, below 1")],
    exclusive: &[],
    needs: &[],
};

/// One branch of `choose`.
pub static BRANCH: TableSpec = TableSpec {
    name: "choose",
    shape: Shape::Nested,
    doc: "One branch of `choose`",
    status: Status::Now,
    keys: &[
        key("p", Quantity(Number), Required, "Its probability"),
        key("do", Steps, Required, "Its steps; `[]` does nothing"),
        key("else", Steps, Absent("-"), "The steps if `do` ended in an error"),
        key("on", Words(ERRORS), Absent("every error"), "Outcomes that `else` is for"),
        key(
            "degraded",
            Boolean,
            Is("true"),
            "Whether a request saved by `else` counts as degraded",
        ),
    ],
    exclusive: &[],
    needs: &[],
};
