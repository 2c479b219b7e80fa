//! Pages about reading a scenario and about its shape.
use super::{Id, Page};

pub(super) const PAGES: &[(Id, Page)] = &[
    (
        Id::NotFound,
        Page {
            text: "A file given on the command line or named by an `include` is not there. Paths \
               of includes are relative to the file that includes.",
            wrong: r#"include = ["parts/comon.toml"]"#,
            mended: r#"include = ["parts/common.toml"]"#,
        },
    ),
    (
        Id::Unreadable,
        Page {
            text: "The file exists but cannot be read: it is a directory, or permissions forbid \
               it. The message says what the system said.",
            wrong: "plimsoll check scenarios/",
            mended: "plimsoll check scenarios/shop.toml",
        },
    ),
    (
        Id::NotUtf8,
        Page {
            text: "Scenarios are text in UTF-8. A file in UTF-16 or Latin-1, or one that is not \
               text at all, is refused at the first byte that is not UTF-8.",
            wrong: r#"about = "caf\xE9"   # saved as Latin-1"#,
            mended: r#"about = "café"      # saved as UTF-8"#,
        },
    ),
    (
        Id::TooLarge,
        Page {
            text: "A scenario file ends at 1 MiB. A hand-written one has a few kilobytes; a \
               larger file is most likely the wrong file. Data belong into files of their own \
               that a scenario names.",
            wrong: "plimsoll check dump.sql",
            mended: "plimsoll check shop.toml",
        },
    ),
    (
        Id::TooDeep,
        Page {
            text: "Tables, arrays and dotted keys may nest 64 levels deep, far more than steps \
               within steps need. Deeper nesting comes from a slip (an unclosed bracket \
               repeated) or from a generator gone wrong.",
            wrong: "a.b.c.d = [[[[[[ 1 ]]]]]]   # and so on, more than 64 levels",
            mended: r#"[flow.inner]
steps = [{ delay = "1ms" }]

[flow.outer]
steps = [{ flow = "inner" }]"#,
        },
    ),
    (
        Id::TooManyKeys,
        Page {
            text: "A table holds at most 2,000 keys and a file at most 20,000. The limits keep \
               every phase quick; no design that a person reviews comes near.",
            wrong: "[inputs]
a1 = 1
a2 = 2   # and so on, more than 2,000 of them",
            mended: "[inputs]
a1 = 1
a2 = 2",
        },
    ),
    (
        Id::TooManyItems,
        Page {
            text: "An array holds at most 10,000 items. Longer series belong into a file of their \
               own.",
            wrong: r#"sources = ["a", "b"]   # and so on, more than 10,000"#,
            mended: r#"[scenario]
sources = ["review.pdf"]"#,
        },
    ),
    (
        Id::EmptyScenario,
        Page {
            text: "The file has no table at all. A scenario needs at least a workload and an \
               endpoint to run.",
            wrong: "# only a comment",
            mended: r#"[scenario]
name = "Shop""#,
        },
    ),
    (
        Id::TomlSyntax,
        Page {
            text: "The text is not TOML. The commonest reason is a quantity without quotes: only \
               plain numbers stand bare, everything with a unit or a name is a string. All \
               syntax errors of a file are reported at once; what could be read around them \
               is checked too.",
            wrong: "[workload.w]
rate = 80/s
mix  = { browse = 1 }",
            mended: r#"[workload.w]
rate = "80/s"
mix  = { browse = 1 }"#,
        },
    ),
    (
        Id::DuplicateKey,
        Page {
            text: "TOML allows each key and each table once per file. To change a value for a \
               comparison, use a variant or `--set`.",
            wrong: "[service.api]
cores = 2
cores = 4",
            mended: "[service.api]
cores = 4",
        },
    ),
    (
        Id::IncludeOutside,
        Page {
            text: "An `include` stays below the folder of the scenario, so that a scenario with \
               its folder is complete and a foreign one cannot read other files. Absolute \
               paths and `..` that lead out are refused.",
            wrong: r#"include = ["../../etc/secret.toml"]"#,
            mended: r#"include = ["parts/common.toml"]"#,
        },
    ),
    (
        Id::IncludeCycle,
        Page {
            text: "A file includes itself, directly or through others, so there is no order in \
               which to merge.",
            wrong: r#"# in a.toml
include = ["b.toml"]
# in b.toml
include = ["a.toml"]"#,
            mended: r#"# in a.toml
include = ["b.toml"]
# in b.toml: no include of a.toml"#,
        },
    ),
    (
        Id::TooManyIncludes,
        Page {
            text: "Includes may nest 8 deep and be 32 in all. A scenario should be readable \
               aloud; parts of parts of parts are not.",
            wrong: r#"include = ["1.toml"]   # which includes 2.toml, and so on to 9.toml"#,
            mended: r#"include = ["1.toml", "2.toml"]"#,
        },
    ),
    (
        Id::BadSet,
        Page {
            text: "`--set` takes PATH=VALUE. PATH is the dotted path of a key; VALUE is TOML if \
               it parses as TOML, else a string, so that quantities need no inner quotes.",
            wrong: "plimsoll run shop.toml --set pool.api_pg.size",
            mended: "plimsoll run shop.toml --set pool.api_pg.size=80",
        },
    ),
    (
        Id::UnknownTable,
        Page {
            text: "The first word of a table says what kind of thing it is; the list is closed.",
            wrong: "[services.api]
cores = 2",
            mended: "[service.api]
cores = 2",
        },
    ),
    (
        Id::UnknownKey,
        Page {
            text: "Every table has a closed list of keys. A key that nobody reads would silently \
               leave a default in place, which is how simulations come to answer another \
               question than the one asked.",
            wrong: "[service.api]
coers = 2",
            mended: "[service.api]
cores = 2",
        },
    ),
    (
        Id::UnknownPath,
        Page {
            text: "`--set` and `remove` address something that is there: a table of the language, \
               an entity of the scenario, a key of its table. A path that leads nowhere \
               changes nothing, so it is an error.",
            wrong: r#"[service.api]
cores = 2

[variant.small]
remove = ["service.app.cores"]"#,
            mended: r#"[service.api]
cores = 2

[variant.small]
remove = ["service.api.cores"]"#,
        },
    ),
    (
        Id::ReservedWord,
        Page {
            text: "The word belongs to the language, but this release does not implement it. It \
               is reserved so that no scenario gives it another meaning meanwhile. The help says what \
               stands for it until then, where something does: for a service of others one without \
               cores, whose latency is a `delay`.",
            wrong: r#"[external.payment]
latency = "lognormal(p50=180ms, p99=1.2s)"

[endpoint.e]
service = "api"
steps   = [{ external = "payment" }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }"#,
            mended: r#"[service.payment]
round_trip = "0s"   # the measured latency has the network in it

[endpoint.payment]
service = "payment"
steps   = [{ delay = "lognormal(p50=180ms, p99=1.2s)" }]

[endpoint.e]
service = "api"
steps   = [{ call = "payment", timeout = "2s", retry = { attempts = 2 } }]

[workload.w]
rate = "10/s"
mix  = { e = 1 }"#,
        },
    ),
    (
        Id::WrongType,
        Page {
            text: "The value is of a type that the key does not take: a list where a text is due, \
               a truth value where a quantity is. Quantities are numbers or strings with an \
               expression.",
            wrong: "[service.api]
cores = true",
            mended: "[service.api]
cores = 2",
        },
    ),
    (
        Id::MissingKey,
        Page {
            text: "The key has no default, because any default would be a guess at the heart of \
               the design.",
            wrong: r#"[pool.api_pg]
service  = "api"
database = "pg""#,
            mended: r#"[pool.api_pg]
service  = "api"
database = "pg"
size     = 50"#,
        },
    ),
    (
        Id::ExclusiveKeys,
        Page {
            text: "The keys are alternatives: each says the same thing in another way, so only \
               one of them may stand. In a variant, one replaces the other.",
            wrong: r#"[workload.w]
rate  = "80/s"
burst = { count = 100, at = "10s" }
mix   = { browse = 1 }"#,
            mended: r#"[workload.w]
rate = "80/s"
mix  = { browse = 1 }"#,
        },
    ),
    (
        Id::UnknownWord,
        Page {
            text: "The key takes one of a closed list of words, which the message shows or \
               corrects. Case and hyphens count.",
            wrong: r#"[service.api]
scheduling = "fiffo""#,
            mended: r#"[service.api]
scheduling = "fifo""#,
        },
    ),
    (
        Id::BadName,
        Page {
            text: "Names of entities start with a letter and go on with letters, digits, `_` and \
               `-`, at most 64 characters. Names of inputs and of `let` stand in expressions, \
               where `-` is a minus, so they have none.",
            wrong: "[inputs]
calls-per-viewer = 10",
            mended: "[inputs]
calls_per_viewer = 10",
        },
    ),
    (
        Id::BadDate,
        Page {
            text: "`start` is the calendar date of month 0, written as TOML writes dates.",
            wrong: r#"[scenario]
start = "next spring""#,
            mended: "[scenario]
start = 2026-03-01",
        },
    ),
    (
        Id::NoVerb,
        Page {
            text: "A step does exactly one thing, and its verb says which. Modifiers alone say \
               how to do nothing.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ times = 3 }]"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ query = "read", times = 3 }]"#,
        },
    ),
    (
        Id::DuplicateVerb,
        Page {
            text: "A step does exactly one thing: with two verbs the order would be anybody's \
               guess. Write two steps, or put one inside the other with `do`.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ cpu = "2ms", query = "read" }]"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ cpu = "2ms" }, { query = "read" }]"#,
        },
    ),
    (
        Id::UnknownVerb,
        Page {
            text: "The key of a step is neither a verb nor a modifier. A step has one verb, which \
               says what it does, and the modifiers that go with it.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ qeury = "read" }]"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ query = "read" }]"#,
        },
    ),
    (
        Id::ModifierNotAllowed,
        Page {
            text: "Each verb has its own modifiers; this one would have no effect here. A block \
               verb such as `timeout`, `retry` or `each` around the step often says what was \
               meant.",
            wrong: r#"[endpoint.e]
service = "api"
steps   = [{ cpu = "2ms", timeout = "1s" }]"#,
            mended: r#"[endpoint.e]
service = "api"
steps   = [{ timeout = "1s", do = [{ cpu = "2ms" }] }]"#,
        },
    ),
    (
        Id::UnknownVariant,
        Page {
            text: "The name is not that of a `[variant]` of this scenario.",
            wrong: r#"[service.api]
cores = 2

[variant.large]
extends = "lage""#,
            mended: "[service.api]
cores = 2

[variant.large]
service.api.cores = 8",
        },
    ),
    (
        Id::VariantCycle,
        Page {
            text: "A variant extends itself, directly or through others, so there is no base to \
               start from.",
            wrong: r#"[variant.a]
extends = "b"

[variant.b]
extends = "a""#,
            mended: r#"[variant.a]
about = "the base of b"

[variant.b]
extends = "a""#,
        },
    ),
];
