//! What `plimsoll explain` says of the words that are no keys: functions, distributions, outcomes,
//! metrics, words of conditions, units.

use crate::expr::metric::quantile;
use crate::model::Outcome;
use crate::units::table;

/// Some words and what they mean.
#[derive(Debug)]
pub struct Word {
    /// The words, separated by spaces.
    pub words: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it means: whole sentences.
    pub text: &'static str,
}

impl Word {
    fn has(&self, word: &str) -> bool {
        self.words.split_whitespace().any(|one| one == word)
    }
}

const fn word(words: &'static str, form: &'static str, text: &'static str) -> Word {
    Word { words, form, text }
}

/// Functions of metrics, and of numbers.
pub static FUNCTIONS: &[Word] = &[
    word(
        "percentile percentiles quantile p50 p90 p95 p99",
        "`p99(path)`, a function of metrics",
        "A percentile, from `p50` to `p99.99`: of requests, of times of visits, or of a level over \
         time. Of requests it is over every one: one without a good answer counts as never \
         answered, so that with 2 % failed there is no p99. `p99(endpoint.X.ok)` is over successes \
         only.",
    ),
    word(
        "mean",
        "`mean(path)`, a function of metrics",
        "The mean of times of visits, or of a level over time. Of requests it is of one outcome, \
         `mean(endpoint.X.ok)`: a mean cannot include what never came.",
    ),
    word(
        "max",
        "`max(path)`, a function of metrics",
        "The largest of a run, averaged over the runs.",
    ),
    word(
        "count",
        "`count(path)`, a function of metrics",
        "How many arrived in the window, or were counted.",
    ),
    word(
        "per_second",
        "`per_second(path)`, a function of metrics",
        "How many arrived in the window, or were counted, per second.",
    ),
    word(
        "share",
        "`share(path > value)`, `share(endpoint.X.timed_out)`, functions of metrics",
        "With a comparison (`<`, `<=`, `>`, `>=`) the share of requests or visits for which it \
         holds, of a level the share of time. Of an outcome the share of all requests of X.",
    ),
    word(
        "utilization",
        "`utilization(path)`, a function of metrics",
        "Busy over capacity, of a pool, a service or a database, of `.workers` or `.cpu`. Of a \
         service it is about its workers if they are limited, else about its cores.",
    ),
    word(
        "offered_load",
        "`offered_load(path)`, a function of metrics",
        "Servers that would be busy if there were enough: those who ask per second times the mean \
         holding time. It takes what `utilization` takes.",
    ),
    word(
        "amplification",
        "`amplification(workload.X)`, a function of metrics",
        "Attempts over intended requests: 1 without retries.",
    ),
    word(
        "chance",
        "`chance(metric > value)`, a function of metrics",
        "The share of the runs in which the comparison holds.",
    ),
    word(
        "at",
        "`at(t, metric)`, around metrics",
        "The metric in the one interval that begins at t.",
    ),
    word(
        "during",
        "`during(window, metric)`, around metrics",
        "The metric in a part of the run, a `[window.X]` with `from` and `to`: \
         `during(peak, p99(endpoint.X))`.",
    ),
    word(
        "in",
        "`in(variant, metric)`, around metrics",
        "The metric in a variant instead of here: `in(larger, p99(endpoint.X))`. Behind a metric, \
         `in 400..430` is a comparison: between these two, both included.",
    ),
    word(
        "worst",
        "`worst(instance, metric)`, around metrics",
        "The metric of the instance where it is largest: `mean` and `max` of a level, or \
         `utilization`.",
    ),
    word(
        "time_until",
        "`time_until(path <= value, after = t)`, a function of metrics",
        "The time from t until a level is first at most that; or, with a metric by interval such as \
         `p95(endpoint.X)`, until the first whole interval in which it holds.",
    ),
    word(
        "min max",
        "`min(a, b, ...)`, `max(a, b, ...)`, functions of numbers",
        "The least and the largest of some quantities of one kind.",
    ),
    word(
        "ceil floor round",
        "`ceil(x)`, `floor(x)`, `round(x)`, functions of numbers",
        "The whole number above, below or next to a count.",
    ),
    word("sqrt", "`sqrt(x)`, a function of numbers", "The square root."),
    word("ln", "`ln(x)`, a function of numbers", "The natural logarithm of a count."),
    word("pow", "`pow(x, y)`, a function of numbers", "x to the power of y."),
    word(
        "exp",
        "`exp(x)`, a function of numbers",
        "e to the power of x, inside of arithmetic and where no distribution may stand. With a time \
         (`exp(5ms)`), a named mean, or as a whole value it is the exponential distribution.",
    ),
];

/// Distributions.
pub static DISTRIBUTIONS: &[Word] = &[
    word("constant", "`constant(5ms)`, a distribution", "Always this, as a plain quantity is."),
    word(
        "exp",
        "`exp(5ms)`, a distribution",
        "Exponential with this mean. In a place for counts `exp(mean = 5)` names it.",
    ),
    word("uniform", "`uniform(1ms, 9ms)`, a distribution", "Every value between equally likely."),
    word(
        "triangular",
        "`triangular(1ms, 2ms, 9ms)`, a distribution",
        "By its lowest, likeliest and highest value.",
    ),
    word(
        "normal",
        "`normal(5ms, 1ms)`, a distribution",
        "By mean and standard deviation; for times truncated at 0.",
    ),
    word(
        "lognormal",
        "`lognormal(mean=5ms, cv=1)`, `lognormal(p50=5ms, p99=50ms)`, a distribution",
        "By mean and coefficient of variation, or by any two quantiles. Most measured latencies look \
         like this.",
    ),
    word(
        "gamma",
        "`gamma(mean=5ms, cv=0.5)`, `gamma(p50=5ms, p99=20ms)`, a distribution",
        "By mean and coefficient of variation, or by any two quantiles.",
    ),
    word(
        "weibull",
        "`weibull(mean=5ms, cv=2)`, `weibull(p50=5ms, p99=50ms)`, a distribution",
        "By mean and coefficient of variation, or by any two quantiles.",
    ),
    word("erlang", "`erlang(4, 5ms)`, a distribution", "The sum of 4 exponentials, 5 ms in all."),
    word(
        "hyperexp",
        "`hyperexp(5ms, 3)`, `hyperexp(1ms: 0.9, 41ms: 0.1)`, a distribution",
        "By mean and coefficient of variation from 1 on, or by phases and their probabilities.",
    ),
    word(
        "pareto",
        "`pareto(1ms, 1.5)`, `pareto(1ms, 1.5, 10s)`, a distribution",
        "By the least value and the exponent of the tail, and if given the largest value.",
    ),
    word("poisson", "`poisson(3)`, a distribution", "A count on 0, 1, 2 and so on with this mean."),
    word(
        "geometric",
        "`geometric(3)`, a distribution",
        "A count on 1, 2, 3 and so on with this mean: tries up to the first success.",
    ),
    word(
        "zipf",
        "`zipf(1_000, 1.1)`, a distribution",
        "A rank from 1 to n, rank k with a probability proportional to k to the power of -s: which \
         product, which user.",
    ),
    word(
        "between",
        "`between(2ms, 9ms)`, a distribution",
        "For what nobody knows, under `[inputs]`: 5 % below, 5 % above; lognormal if the low end is \
         above 0, else normal.",
    ),
    word(
        "choice",
        "`choice(200: 0.9, 500: 0.1)`, `choice([1, 2, 3])`, a distribution",
        "One of these, with probabilities or equally likely.",
    ),
    word(
        "mixture",
        "`mixture(exp(1ms): 0.9, uniform(1s, 2s): 0.1)`, a distribution",
        "A draw from one of these, with these probabilities.",
    ),
    word(
        "empirical",
        "`empirical(\"times.csv\")`, a distribution",
        "One of the values in the first column of a file, all equally likely.",
    ),
];

/// Words between metrics.
pub static CONDITIONS: &[Word] = &[
    word("and", "`... and ...`, in conditions", "Both comparisons must hold."),
    word(
        "within of",
        "`metric within 2% of 417`, in conditions",
        "About as much: off by at most this share, or by this quantity (`within 5ms of 80ms`).",
    ),
    word(
        "for",
        "`metric < value for 5 min`, in conditions",
        "True in every interval of some stretch of this length.",
    ),
    word(
        "on",
        "`2% on p99(endpoint.X)`, in `run.precision`",
        "Runs are made until the interval of the metric is as narrow as this.",
    ),
];

/// How requests end.
pub static OUTCOMES: &[Word] = &[
    word("ok", "`ok`, an outcome", "It did what it should."),
    word(
        "degraded",
        "`degraded`, an outcome",
        "An `else` saved it on the way: a good answer, too.",
    ),
    word("timed_out timeout", "`timed_out`, an outcome", "A timeout fired."),
    word("pool_timeout", "`pool_timeout`, an outcome", "No connection within the acquire timeout."),
    word("refused", "`refused`, an outcome", "The database accepts no more connections."),
    word(
        "rejected",
        "`rejected`, an outcome",
        "A bounded line was full, or dropped it before its turn.",
    ),
    word(
        "failed",
        "`failed`, an outcome",
        "It came to a `fail = \"name\"`, or a quorum could not be reached.",
    ),
    word(
        "rate_limited breaker_open lock_timeout",
        "`rate_limited`, `breaker_open`, `lock_timeout`, outcomes",
        "Reserved: nothing in this release ends so.",
    ),
    word(
        "outcome outcomes",
        "outcomes",
        "How a request can end: `ok`, `degraded`, `timed_out`, `pool_timeout`, `refused`, \
         `rejected`, `failed`. `ok` and `degraded` are good answers. `share(endpoint.X.failed)` is \
         how many of all end so, `p95(endpoint.X.ok)` is about those alone.",
    ),
];

/// Last names of metric paths.
pub static METRICS: &[Word] = &[
    word(
        "endpoint workload",
        "`endpoint.X`, `workload.X`, metrics",
        "Latency of requests: of an endpoint as the server sees it, for each attempt; of a workload \
         as the client sees it, over all attempts.",
    ),
    word(
        "good",
        "`endpoint.X.good`, `workload.X.good`, metrics",
        "Latency of those that ended `ok` or `degraded`.",
    ),
    word(
        "session sessions",
        "`workload.X.session`, `workload.X.sessions`, metrics",
        "The time of a session, from its first intended arrival to the end of its last request; and \
         how many are between the two.",
    ),
    word(
        "elapsed",
        "`step.X.A.elapsed`, `query.X.elapsed`, metrics",
        "Start to end of one execution of a step; of a query with the network, without the wait for \
         a connection.",
    ),
    word(
        "done last",
        "`step.X.A.done`, `step.X.A.last`, metrics",
        "From the intended arrival of the request to the end of one execution of a step, or of its \
         last one.",
    ),
    word(
        "wait",
        "`service.X.line.wait`, `service.X.cpu.wait`, `database.X.cpu.wait`, `pool.X.wait`, `lock.X.wait`, \
         `step.X.A.wait`, `database.X.disk.reads.wait`, `database.X.disk.scans.wait`, \
         `database.X.wal.wait`, metrics",
        "Time of waiting for a worker, a core, a connection, a lock, a turn of the disk, its \
         bandwidth, a flush in progress; inside of a step for whatever \
         it is. `.by.E` behind it is of one endpoint.",
    ),
    word(
        "granted",
        "`pool.X.wait.granted`, a metric",
        "Wait for a connection, of the attempts that got one.",
    ),
    word(
        "timed_out",
        "`pool.X.wait.timed_out`, a metric",
        "Wait for a connection, of the attempts that got none.",
    ),
    word("inside", "`service.X.inside`, a metric", "Requests inside, waiting or running."),
    word("workers", "`service.X.workers`, a metric", "Workers in use, over time."),
    word("line", "`service.X.line`, a metric", "Requests that wait for a worker, over time."),
    word("cpu", "`service.X.cpu`, `database.X.cpu`, metrics", "Cores at work, over time."),
    word(
        "waiting",
        "`pool.X.waiting`, `service.X.cpu.waiting`, `database.X.cpu.waiting`, \
         `database.X.disk.reads.waiting`, `database.X.disk.scans.waiting`, `database.X.wal.waiting`, \
         metrics",
        "Requests that wait for a connection, jobs that wait for a core, reads for their turn, scans \
         beyond the first, commits for the next flush, over time.",
    ),
    word(
        "contention",
        "`database.X.cpu.contention`, a metric",
        "Cores at work that contention takes, over time: over `mean(database.X.cpu)` the share of \
         the busy time that is not work.",
    ),
    word(
        "disk",
        "`database.X.disk`, a metric",
        "Queries that read from the disk, waiting or served, over time.",
    ),
    word(
        "reads scans",
        "`database.X.disk.reads`, `database.X.disk.scans`, metrics",
        "Whether a random read has its turn, and whether scans run, over time: `utilization` of the \
         first is the share of the IOPS in use, of the second that of the bandwidth.",
    ),
    word(
        "wal flushes",
        "`database.X.wal`, `database.X.wal.flushes`, metrics",
        "Whether the log is flushed, over time, and how many flushes there were.",
    ),
    word(
        "orphans",
        "`service.X.orphans`, a metric",
        "Blocks and requests that nobody waits for any more, over time.",
    ),
    word(
        "in_use open",
        "`pool.X.in_use`, `pool.X.open`, metrics",
        "Connections that are checked out, and that are open, over time: `mean(pool.X.in_use)`.",
    ),
    word("connections", "`database.X.connections`, a metric", "Open connections, over time."),
    word(
        "outstanding backing_off",
        "`workload.X.outstanding`, `workload.X.backing_off`, metrics",
        "Requests that clients wait for, and clients that wait before they try again, over time.",
    ),
    word(
        "ejected ejections",
        "`service.X.ejected`, `service.X.ejections`, metrics",
        "Instances that a balancer passes over, over time, and how often that began.",
    ),
    word(
        "dropped",
        "`service.X.line.dropped`, a metric",
        "Those who left the line unserved: `count(service.X.line.dropped)`.",
    ),
    word(
        "refused connects",
        "`pool.X.refused`, `pool.X.connects`, metrics",
        "Attempts to open a connection that the server refused, and connections opened.",
    ),
    word(
        "deadlocks",
        "`pool.X.deadlocks`, `lock.X.deadlocks`, `service.X.deadlocks`, metrics",
        "Deadlocks that it took part in, where the flows allow one.",
    ),
    word(
        "count bytes",
        "`query.X.count`, `query.X.bytes`, metrics",
        "Executions of a query, and bytes that it returned.",
    ),
    word(
        "by",
        "`PATH.by.E`, a metric",
        "The part of one endpoint in a path of waits, or of executions.",
    ),
];

/// Names of the queries that writes are in metrics: their beginnings.
static WRITES: &[(&str, Word)] = &[
    (
        "commit_",
        word(
            "",
            "`query.commit_D`, a query of metrics",
            "The end of a transaction that writes to the database D: a statement of its own, one round \
             trip, with the flush of the log that makes all its writes durable. \
             `plimsoll explain FILE commit_D` shows what it costs.",
        ),
    ),
    ("insert_", WRITE),
    ("update_", WRITE),
    ("delete_", WRITE),
];

const WRITE: Word = word(
    "",
    "`query.insert_T`, `query.update_T`, `query.delete_T`, queries of metrics",
    "What a step such as `{ insert = \"T\" }` does: one round trip over the service's pool, with the \
     flush of its commit. Inside a `transaction` it is `query.insert_T_in_transaction`, and the flush \
     is part of `query.commit_D` at its end. `plimsoll explain FILE insert_T` shows what it costs.",
);

/// All of them, in the order in which they are shown.
const ALL: [&[Word]; 5] = [FUNCTIONS, DISTRIBUTIONS, CONDITIONS, OUTCOMES, METRICS];

/// What there is to say of a word, of a call (`p99(endpoint.X)`) or of a metric path: titles and
/// texts.
pub fn explained(wanted: &str) -> Vec<(String, String)> {
    let wanted = wanted.split('(').next().unwrap_or_default();
    let is_level = quantile(wanted).is_some();
    // `p99.9` is a word; in a path the last name is what is asked for.
    let mut found: Vec<&Word> =
        if let Some((kind, rest)) = wanted.split_once('.').filter(|_| !is_level) {
            of_path(kind, rest)
        } else {
            let word = if is_level { "percentile" } else { wanted };
            ALL.into_iter().flatten().filter(|entry| entry.has(word)).collect()
        };
    found.extend(write(wanted));
    found.dedup_by_key(|entry| entry.form);
    let mut found: Vec<(String, String)> =
        found.into_iter().map(|entry| (entry.form.to_owned(), entry.text.to_owned())).collect();
    if let Some(unit) = table::find(wanted) {
        let text = format!("It makes {} of a number.", unit.dimension.describe());
        found.push((format!("`{wanted}`, a unit"), text));
    }
    found
}

/// Of a query that a write is in metrics, by its name or with a path behind it.
fn write(wanted: &str) -> Option<&'static Word> {
    let bare = wanted.strip_prefix("query.").unwrap_or(wanted);
    let name = bare.split('.').next().unwrap_or_default();
    let of = |start: &str| name.strip_prefix(start).is_some_and(|rest| !rest.is_empty());
    WRITES.iter().find(|(start, _)| of(start)).map(|(_, word)| word)
}

/// Of a metric path, without its kind: what its last name means where it is one of this kind.
fn of_path(kind: &str, rest: &str) -> Vec<&'static Word> {
    let requests = ["endpoint", "workload"].contains(&kind);
    let path = rest.split_once(".by.").map_or(rest, |(path, _)| path);
    let by = METRICS.iter().filter(|entry| path != rest && entry.has("by"));
    let Some((_, last)) = path.rsplit_once('.') else {
        return METRICS.iter().filter(|entry| requests && entry.has(kind)).chain(by).collect();
    };
    let start = format!("`{kind}.X.");
    let metrics = METRICS.iter().filter(|entry| entry.has(last) && entry.form.contains(&start));
    let ends = OUTCOMES.iter().filter(|entry| entry.has(last));
    let ends = ends.filter(|_| requests && Outcome::from_word(last).is_some());
    metrics.chain(ends).chain(by).collect()
}

/// Every word that [`explained`] knows by itself.
pub fn known() -> impl Iterator<Item = &'static str> {
    let words = ALL.into_iter().flatten().flat_map(|word| word.words.split_whitespace());
    words.chain(Outcome::ALL.into_iter().map(Outcome::word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{call, metric};

    fn is_in(list: &[Word], word: &str) -> bool {
        list.iter().any(|entry| entry.has(word))
    }

    /// Goal: a word cannot enter the language without an explanation of its own kind.
    #[test]
    fn every_word_of_the_registries_is_explained() {
        for word in metric::WORDS {
            assert!(is_in(FUNCTIONS, word), "the function {word}");
        }
        for word in call::FUNCTIONS {
            assert!(is_in(FUNCTIONS, word), "the function {word}");
        }
        for word in call::distributions() {
            assert!(is_in(DISTRIBUTIONS, word), "the distribution {word}");
        }
        for word in call::KEYWORDS {
            assert!(is_in(CONDITIONS, word) || is_in(FUNCTIONS, word), "the word {word}");
        }
        for outcome in Outcome::ALL {
            assert!(is_in(OUTCOMES, outcome.word()), "the outcome {}", outcome.word());
        }
        for word in ["p99.9", "p99.99", "p42", "p99(endpoint.X)", "percentile"] {
            assert!(explained(word)[0].0.starts_with("`p99(path)`"), "{word}");
        }
        for unit in table::UNITS {
            assert!(!explained(unit.name).is_empty(), "{}", unit.name);
        }
    }

    /// And nothing is explained that there is not.
    #[test]
    fn what_is_explained_as_a_distribution_is_one() {
        let names: Vec<&str> = call::distributions().collect();
        for word in DISTRIBUTIONS.iter().flat_map(|entry| entry.words.split_whitespace()) {
            assert!(names.contains(&word), "{word}");
        }
        let asked = [("during", "a part of the run"), ("share", "all requests of X")];
        for (word, part) in asked {
            let text = &explained(word)[0].1;
            assert!(text.contains(part), "{word}: {text}");
        }
    }
}
