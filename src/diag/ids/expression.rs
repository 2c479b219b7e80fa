//! Pages about expressions and distributions.
use super::{Id, Page};

pub(super) const PAGES: &[(Id, Page)] = &[
    (
        Id::Syntax,
        Page {
            text: "The text is not an expression: an operand, an operator or a closing \
               parenthesis is missing. A binary minus has a space on both sides, because \
               `api-pg` is a name.",
            wrong: r#"[query.read]
database = "pg"
time     = "5ms +""#,
            mended: r#"[query.read]
database = "pg"
time     = "5ms + 1ms""#,
        },
    ),
    (
        Id::UnknownUnit,
        Page {
            text: "The word after the number is not a unit. Times are ns us ms s min h day week \
               month year; bytes B kB MB GB TB (1000) and KiB MiB GiB TiB (1024).",
            wrong: r#"[query.read]
database = "pg"
time     = "5 msec""#,
            mended: r#"[query.read]
database = "pg"
time     = "5 ms""#,
        },
    ),
    (
        Id::AmbiguousUnit,
        Page {
            text: "`m` could be minutes, months, meters or milli; in reviews it has been read as \
               each of them. Write `min` or `month`.",
            wrong: r#"[run]
duration = "5m""#,
            mended: r#"[run]
duration = "5 min""#,
        },
    ),
    (
        Id::MissingUnit,
        Page {
            text: "A bare number is a count. Where a time, a size or a rate stands, the unit has \
               to be said: a slip by 1,000 is the commonest of all errors in capacity \
               planning.",
            wrong: r#"[query.read]
database = "pg"
time     = "5""#,
            mended: r#"[query.read]
database = "pg"
time     = "5ms""#,
        },
    ),
    (
        Id::WrongDimension,
        Page {
            text: "Dimensions are checked like types: times add to times, a rate times a time is \
               a count. The place needs one dimension and the expression has another.",
            wrong: r#"[query.read]
database = "pg"
time     = "5 MiB""#,
            mended: r#"[query.read]
database = "pg"
time     = "5ms""#,
        },
    ),
    (
        Id::UnknownName,
        Page {
            text: "The name is neither an input nor a `let` of this flow.",
            wrong: r#"[inputs]
viewers = 500

[workload.w]
rate = "viewrs * 10/min"
mix  = { browse = 1 }"#,
            mended: r#"[inputs]
viewers = 500

[workload.w]
rate = "viewers * 10/min"
mix  = { browse = 1 }"#,
        },
    ),
    (
        Id::UnknownFunction,
        Page {
            text: "The name before the parenthesis is neither a function nor a distribution.",
            wrong: r#"[query.read]
database = "pg"
time     = "lognorm(mean=5ms, cv=1)""#,
            mended: r#"[query.read]
database = "pg"
time     = "lognormal(mean=5ms, cv=1)""#,
        },
    ),
    (
        Id::BadArguments,
        Page {
            text: "The function does not take these arguments: too many, too few, a name that it \
               does not know, or two that determine the same thing.",
            wrong: r#"[query.read]
database = "pg"
time     = "lognormal(mean=5ms)""#,
            mended: r#"[query.read]
database = "pg"
time     = "lognormal(mean=5ms, cv=1)""#,
        },
    ),
    (
        Id::ImpossibleDistribution,
        Page {
            text: "No distribution has these parameters: bounds in the wrong order, a negative \
               standard deviation, probabilities that do not sum to 1, a lower quantile above \
               a higher one.",
            wrong: r#"[query.read]
database = "pg"
time     = "uniform(9ms, 1ms)""#,
            mended: r#"[query.read]
database = "pg"
time     = "uniform(1ms, 9ms)""#,
        },
    ),
    (
        Id::DistributionNotAllowed,
        Page {
            text: "The place takes one number per world, not a fresh draw at each use: a service \
               cannot have a random number of cores. To say that the number is not known, put \
               the distribution under `[inputs]` and name it here.",
            wrong: r#"[service.api]
cores = "between(2, 8)""#,
            mended: r#"[inputs]
api_cores = "between(2, 8)"

[service.api]
cores = "api_cores""#,
        },
    ),
    (
        Id::LetInDistribution,
        Page {
            text: "Parameters of distributions are fixed per world, so that samplers are prepared \
               once. Scale the distribution by the `let` instead.",
            wrong: r#"[endpoint.e]
service = "api"
let     = { k = "choice(1: 0.9, 10: 0.1)" }
steps   = [{ cpu = "exp(k * 1ms)" }]"#,
            mended: r#"[endpoint.e]
service = "api"
let     = { k = "choice(1: 0.9, 10: 0.1)" }
steps   = [{ cpu = "k * exp(1ms)" }]"#,
        },
    ),
    (
        Id::TooComplex,
        Page {
            text: "The expression is longer or nests deeper than the documented limits. Name its \
               parts as inputs.",
            wrong: r#"[query.read]
database = "pg"
time     = "((((((((1ms))))))))   and so on""#,
            mended: r#"[query.read]
database = "pg"
time     = "1ms""#,
        },
    ),
    (
        Id::NotFinite,
        Page {
            text: "The value is infinite or not a number: a division by zero, the logarithm of a \
               negative number, an overflow.",
            wrong: r#"[query.read]
database = "pg"
time     = "1ms / 0""#,
            mended: r#"[query.read]
database = "pg"
time     = "1ms / 2""#,
        },
    ),
];
