//! `plimsoll explain`: what a diagnostic means, or a word of the language.

use super::{Failure, exit, ui, words};
use crate::diag::{Id, Severity, suggest};
use crate::expr::habits;
use crate::report::table::wrap;
use crate::report::text::WIDTH;
use crate::scenario::keys::aliases;
use crate::scenario::keys::reference::{self, Entry};

/// What is explained beside diagnostics and the words of scenarios: topics of their own.
const TOPICS: &[(&str, &str)] = &[
    (
        "worlds",
        "A world is one draw of all uncertain inputs, those that are distributions under \
         `[inputs]`: `between(low, high)` for what nobody knows. Every world is simulated with some \
         replications; percentiles are per world, and a report shows their median and the band that \
         holds 90 % of the worlds. An objective must hold in the share of worlds that \
         `run.assurance` asks for (90 %). `run.worlds` is how many there are: 64 with uncertain \
         inputs, else 1. All variants meet the same worlds.",
    ),
    (
        "replications",
        "A replication is one run with luck of its own: other arrivals, other draws. The interval \
         around a number is about that luck; `run.replications` (16) is how many runs there are in \
         each world, `--precision \"2% on p99(endpoint.x)\"` makes as many as it takes.",
    ),
    (
        "distribution",
        "A distribution is a call such as `exp(5ms)`, `lognormal(p50=5ms, p99=50ms)`, `uniform(a, \
         b)`, `zipf(n, s)`, `between(low, high)`, `choice(a: 0.9, b: 0.1)`. In a time, size or count \
         of a step it is drawn anew at each use; in the `let` of an endpoint once per request; under \
         `[inputs]` once per world, the same for every request.",
    ),
    (
        "metrics",
        "A metric is a function of a path: `p99(endpoint.browse)`, `utilization(pool.api_pg)`, \
         `share(endpoint.browse.failed)`. `plimsoll metrics FILE` lists the paths of a scenario with \
         the functions that take them, and what can be put around a metric: `during(window, ...)`, \
         `in(variant, ...)`, `... for 5 min`.",
    ),
];

/// Prints what there is to say about a diagnostic, a word of the language or a topic.
pub fn explain(wanted: &str) -> Result<u8, Failure> {
    let bare = bare(wanted);
    let text = match Id::from_name(bare).or_else(|| Id::from_name(wanted)) {
        Some(id) => page(id),
        None => word(bare).or_else(|| elsewhere(bare)).ok_or_else(|| unknown(wanted, bare))?,
    };
    ui::data(&text)?;
    Ok(exit::COMPLETED)
}

/// The word itself, of what was copied from a diagnostic (`error[ID]`, `warning: word`) or a file
/// (`[pool.X]`).
fn bare(wanted: &str) -> &str {
    let severities = [Severity::Error, Severity::Warning, Severity::Advice];
    let rest = severities.iter().find_map(|severity| {
        let rest = wanted.strip_prefix(severity.name())?;
        let inside = rest.strip_prefix('[').and_then(|rest| rest.split(']').next());
        inside.or_else(|| rest.strip_prefix(": "))
    });
    rest.unwrap_or(wanted).trim().trim_matches(['[', ']'])
}

fn paragraph(text: &str) -> String {
    wrap(text, WIDTH, 0).join("\n") + "\n"
}

fn page(id: Id) -> String {
    let page = id.page();
    let mut text = format!("{} ({})\n\n", id.name(), id.severity().name());
    text += &paragraph(page.text);
    for (title, fragment) in [("For example", page.wrong), ("Mended", page.mended)] {
        if !fragment.is_empty() {
            text += &format!("\n{title}:\n\n{}", indented(fragment));
        }
    }
    text
}

fn indented(fragment: &str) -> String {
    fragment
        .trim_end()
        .lines()
        .map(|line| format!("    {line}").trim_end().to_owned() + "\n")
        .collect()
}

/// A topic, every word of expressions and metrics, and every table, key, verb and modifier of this
/// name or path, or a key that takes this word.
fn word(wanted: &str) -> Option<String> {
    let topic = TOPICS.iter().find(|topic| topic.0 == wanted);
    let topic = topic.map(|(name, text)| format!("{name}\n\n{}", paragraph(text)));
    let entries: Vec<String> = reference::entries(wanted).iter().map(entry).collect();
    let said = words::explained(wanted);
    let said = said.iter().map(|(title, text)| {
        let title = wrap(title, WIDTH, 0).join("\n");
        format!("{title}\n\n{}", paragraph(text))
    });
    let mut blocks: Vec<String> = topic.into_iter().chain(said).chain(entries).collect();
    if blocks.is_empty() {
        blocks = reference::values(wanted).iter().map(entry).collect();
    }
    (!blocks.is_empty()).then(|| blocks.join("\n"))
}

/// What a word of other tools is called here.
fn elsewhere(wanted: &str) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    match habits::metric(wanted) {
        Some((Some(function), _)) => {
            lines.push(format!("as a function of metrics: here it is `{function}`"));
        }
        Some((None, say)) => lines.push(format!("as a function of metrics: {say}")),
        None => {}
    }
    lines.extend(habits::law(wanted).map(|law| format!("as a distribution: here it is `{law}`")));
    for alias in aliases::all(wanted) {
        for place in alias.places.split_whitespace() {
            let whose = match place {
                "top" => "as a table".to_owned(),
                "step" => "in a step".to_owned(),
                place => format!("in `{place}`"),
            };
            lines.push(if alias.say.is_empty() {
                format!("{whose}: here it is `{}`", alias.key)
            } else {
                format!("{whose}: {}", alias.say)
            });
        }
    }
    let shown: String = lines
        .iter()
        .map(|line| wrap(line, WIDTH, 4).join("\n").replacen("    ", "  ", 1) + "\n")
        .collect();
    let title = format!("{} is a word of other tools\n\n", crate::diag::name(wanted));
    (!lines.is_empty()).then(|| title + &shown)
}

fn entry(entry: &Entry) -> String {
    let mut text = format!("{}\n\n{}", entry.title, paragraph(&entry.text));
    if !entry.keys.is_empty() {
        text += "\n";
    }
    for key in &entry.keys {
        text += &(wrap(key, WIDTH, 4).join("\n").replacen("    ", "  ", 1) + "\n");
    }
    if !entry.example.is_empty() {
        text += &format!("\nFor example:\n\n{}", indented(entry.example));
    }
    text
}

fn unknown(wanted: &str, bare: &str) -> Failure {
    let ids = Id::all().iter().map(|id| id.name());
    let words = reference::words();
    let topics = TOPICS.iter().map(|topic| topic.0);
    let known = ids
        .chain(words.iter().map(String::as_str))
        .chain(topics)
        .chain(words::known().map(|word| -> &str { word }));
    let close = suggest::closest(bare, known);
    let help = close.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
    let message = format!("there is no diagnostic and no word {}{help}", crate::diag::name(wanted));
    Failure::Usage(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_gets_a_suggestion() {
        let said = |wanted: &str| unknown(wanted, wanted).to_string();
        assert_eq!(
            said("unknown-keys"),
            "there is no diagnostic and no word `unknown-keys`; did you mean `unknown-key`?"
        );
        assert!(said("wrokload").ends_with("did you mean `workload`?"));
        assert!(said("worldz").ends_with("did you mean `worlds`?"));
    }

    #[test]
    fn what_is_copied_is_stripped_once() {
        for (copied, word) in [
            ("error[unknown-key]", "unknown-key"),
            ("error[unknown-key]: unknown key `a`", "unknown-key"),
            ("warning: heavy-tail", "heavy-tail"),
            ("[pool.X]", "pool.X"),
            ("[[pool.X]]", "pool.X"),
            ("errors", "errors"),
            ("error", "error"),
            ("eject.errors", "eject.errors"),
            ("advice", "advice"),
        ] {
            assert_eq!(bare(copied), word, "{copied}");
        }
        assert!(word(bare("errors")).unwrap().contains("Errors in a row"));
    }

    /// Every word that the reference has is explained, alone and by its path.
    #[test]
    fn every_word_has_an_explanation() {
        for name in reference::words() {
            let text = word(&name).unwrap_or_else(|| panic!("{name}"));
            assert!(text.len() > name.len() + 20, "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        }
    }

    #[test]
    fn words_of_other_tools_lead_to_those_here() {
        let text = elsewhere("maxPoolSize").unwrap();
        assert!(text.contains("in `pool`: here it is `size`\n"), "{text}");
        assert!(elsewhere("rps").unwrap().contains("in `workload`: here it is `rate`"));
        assert_eq!(elsewhere("colour"), None);
    }

    /// So is every word of expressions, conditions and metrics, and every word that a key takes.
    #[test]
    fn what_is_no_key_has_an_explanation_too() {
        for wanted in words::known().chain(["round-robin", "lifo", "time-slice", "drained"]) {
            let text = word(wanted).unwrap_or_else(|| panic!("{wanted}"));
            assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        }
        assert!(!word("during").unwrap().contains("`over`"));
        assert!(elsewhere("log_normal").unwrap().contains("`lognormal`"));
        assert!(elsewhere("avg").unwrap().contains("`mean`"));
        let errors = word("eject.errors").unwrap();
        assert!(errors.contains("Errors in a row") && !errors.contains("outcome"), "{errors}");
    }

    #[test]
    fn words_are_found_as_people_name_them() {
        for (wanted, part) in [
            ("pool", "Connections from each instance"),
            ("[pool.X]", "acquire_timeout"),
            ("pool.size", "Most connections"),
            ("pool.api_pg.size", "Most connections"),
            ("workload.shape", "How the rate of a workload changes"),
            ("workload.w.shape.steps", "A rate from a date on"),
            ("think", "time before each request"),
            ("lock", "Holds a lock around"),
            ("worlds", "one draw of all uncertain inputs"),
            ("external", "round_trip = \"0s\""),
            ("transaction", "One connection"),
            ("retry.attempts", "Attempts in all"),
            ("p99", "to `p99.99`"),
            ("p99(endpoint.X)", "to `p99.99`"),
            ("lognormal", "any two quantiles"),
            ("timeout", "A timeout fired"),
            ("timeout", "How long to wait for one attempt"),
            ("share", "share of all requests"),
            ("pool.api_pg.in_use", "checked out"),
            ("service.api.line.wait.by.browse", "part of one endpoint"),
            ("MiB", "a unit"),
            ("round-robin", "How requests are spread over the instances"),
            ("commit_pg", "The end of a transaction"),
            ("query.commit_pg.elapsed", "The end of a transaction"),
            ("query.commit_pg.elapsed", "Start to end of one execution"),
            ("insert_streams_in_transaction", "`query.commit_D` at its end"),
        ] {
            let text = word(wanted.trim_matches(['[', ']'])).unwrap_or_else(|| panic!("{wanted}"));
            assert!(text.contains(part), "{wanted}:\n{text}");
        }
    }
}
