//! Words that expressions and metrics of other tools use, and what to write here.

use super::scope::Absence;

/// Functions of metrics: words, the function here, and what to write where that is not all.
const METRICS: &[(&str, &str, &str)] = &[
    ("avg average", "mean", ""),
    ("median", "p50", ""),
    ("maximum worst_case peak", "max", ""),
    ("minimum min lowest", "", "there is no smallest value; `p1(path)` is near it"),
    ("throughput rps qps tps rate requests_per_second", "per_second", ""),
    ("total sum number", "count", ""),
    ("busy usage load", "utilization", ""),
    ("erlangs traffic demand", "offered_load", ""),
    ("latency response_time duration percentile quantile perc", "", "a percentile is `p99(path)`"),
    (
        "error_rate errors failure_rate failures fail_rate success_rate availability",
        "",
        "the share of an outcome is `share(endpoint.X.failed)`, of all good ones \
         `share(endpoint.X.good)`",
    ),
    (
        "recovery_time time_to_recover recovery recovers drain_time settle_time",
        "",
        "`time_until(p95(endpoint.X) <= 500ms, after = 10 min)` is the time until something holds",
    ),
    ("probability prob", "chance", ""),
    ("in_use waiting open", "", "it is the end of a path, as in `mean(pool.X.in_use)`"),
    ("apdex", "", "`share(endpoint.X < 500ms)` is the share that is fast enough"),
];

/// Last names of our own paths that look like statistics, and the function that such a path takes:
/// levels, and counters (of which those of queries share a name with a function).
const ENDS: &[(&str, &str)] = &[
    ("in_use open waiting inside outstanding backing_off orphans ejected", "mean"),
    ("connects deadlocks ejections dropped flushes", "count"),
];

/// Distributions: words, and the name here.
const LAWS: &[(&str, &str)] = &[
    ("exponential expo expon negexp", "exp"),
    ("gaussian norm", "normal"),
    ("log_normal logn lognorm", "lognormal"),
    ("random rand unif", "uniform"),
    ("const fixed deterministic", "constant"),
    ("discrete one_of categorical", "choice"),
    ("mix", "mixture"),
    ("range interval", "between"),
    ("csv file samples", "empirical"),
    ("hyperexponential", "hyperexp"),
    ("tri", "triangular"),
];

/// Words where a number stands: words, and what to do.
const NUMBERS: &[(&str, &str)] = &[
    (
        "high low medium normal critical urgent highest lowest",
        "a rank is a number, and the larger goes first: `10`",
    ),
    ("auto default", "the default holds when the key is left out"),
];

fn has(list: &str, word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    list.split_whitespace().any(|known| known == word)
}

/// A function of metrics under another name: the function, and what to write.
pub fn metric(word: &str) -> Option<(Option<&'static str>, &'static str)> {
    let found = METRICS.iter().find(|entry| has(entry.0, word))?;
    Some(((!found.1.is_empty()).then_some(found.1), found.2))
}

/// The function of a path that is a metric as a whole, its last name too.
pub(super) fn of_whole(path: &str) -> Option<&'static str> {
    let (stem, last) = path.rsplit_once('.')?;
    if last == "count" && stem.starts_with("query.") {
        return Some("count");
    }
    ENDS.iter().find(|entry| has(entry.0, last)).map(|entry| entry.1)
}

/// A distribution under another name.
pub fn law(word: &str) -> Option<&'static str> {
    LAWS.iter().find(|entry| has(entry.0, word)).map(|entry| entry.1)
}

/// Words for no limit, or for nothing at all.
const NOTHING: &str =
    "unlimited infinite infinity inf none never forever off no false disabled null nil";

/// What to do instead of a word where a number is needed, and the word to put there, if there is
/// one.
pub(super) fn number(word: &str, absence: Absence) -> Option<(&'static str, Option<&'static str>)> {
    if has(NOTHING, word) {
        return Some(match absence {
            Absence::Nothing => {
                ("no limit, or nothing at all, is said by leaving the key out", None)
            }
            Absence::Word(word) => ("no limit has a word here", Some(word)),
            Absence::Number => (
                "a number is needed, also because a default takes the place of a key that is left \
                 out: `0` for nothing, a large one for no limit",
                None,
            ),
        });
    }
    let found = NUMBERS.iter().find(|entry| has(entry.0, word));
    found.map(|entry| (entry.1, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::call::is_reserved;
    use crate::expr::metric::{is_function, parse_condition};

    #[test]
    fn words_of_others_lead_to_ours() {
        for (words, function, say) in METRICS {
            assert!(words.split_whitespace().all(|word| !is_function(word)), "{words}");
            assert!(function.is_empty() != say.is_empty(), "{words}");
            assert!(function.is_empty() || is_function(function), "{function}");
            let is_end = |word: &str| ENDS.iter().any(|entry| has(entry.0, word));
            assert!(function.is_empty() || !words.split_whitespace().any(is_end), "{words}");
        }
        for (words, law) in LAWS {
            assert!(is_reserved(law), "{law}");
            assert!(words.split_whitespace().all(|word| !is_reserved(word)), "{words}");
        }
    }

    /// What is advised can be read.
    #[test]
    fn advice_on_metrics_is_itself_valid() {
        for (_, _, say) in METRICS {
            for call in say.split('`').skip(1).step_by(2) {
                let text = format!("{} < 1", call.replace("path", "endpoint.X"));
                assert!(parse_condition(&text).is_ok(), "{text}");
            }
        }
    }
}
