//! What to write in this release where a word of a later one is wanted.

/// A reserved word, and how its thing is said without it.
#[derive(Debug)]
pub struct Substitute {
    /// The words, separated by spaces: tables, keys and verbs.
    pub words: &'static str,
    /// One phrase, for the help of a diagnostic.
    pub text: &'static str,
    /// The same as parts of a scenario; empty if the phrase says it all.
    pub recipe: &'static str,
}

const EXTERNAL: &str = r#"[service.payment]       # others' machines: no cores, no workers, so no limit of ours
round_trip = "0s"       # the measured times have the network in them

[endpoint.pay]
service = "payment"
steps   = [{ delay = "lognormal(p50=180ms, p99=1.2s)" }]

[endpoint.order]
service = "api"
steps   = [{ call = "pay", timeout = "2s", retry = { attempts = 2 } }]"#;

const CACHE: &str = r#"[endpoint.browse]
service = "api"
steps   = [{ choose = [
  { p = 0.95, do = [{ delay = "exp(0.5ms)" }] },   # a hit
  { p = 0.05, do = [{ query = "read" }] },         # a miss
] }]"#;

const QUEUE: &str = r#"[service.worker]
instances = 2
cores     = 2
workers   = 4                                       # messages handled at once, per instance

[endpoint.job]
service = "worker"
steps   = [{ cpu = "exp(200ms)" }]

[endpoint.order]
service = "api"
steps   = [{ fork = [[{ call = "job" }]], join = "none" }]   # nobody waits for it"#;

const WRITE: &str = r#"[query.insert]
database = "pg"
cpu      = "exp(0.5ms)"
commit   = true                                     # a flush of the log

[endpoint.order]
service = "api"
steps   = [{ query = "insert" }]"#;

const BROADCAST: &str = r#"[endpoint.start]
service = "api"
steps   = [{ each = 10_000, parallel = 50, do = [{ delay = "exp(5ms)" }] }]"#;

/// All of them.
pub static SUBSTITUTES: &[Substitute] = &[
    Substitute {
        words: "external",
        text: "until then a `[service.X]` without cores, with an endpoint whose step is a `delay`, \
               stands for it, and `call` with `timeout` reaches it",
        recipe: EXTERNAL,
    },
    Substitute {
        words: "cache invalidate",
        text: "until then a branch by chance stands for it: `choose` with the share of hits",
        recipe: CACHE,
    },
    Substitute {
        words: "queue channel publish take put",
        text: "until then a `[service.X]` whose workers take the messages stands for it, and \
               `fork` with `join = \"none\"` sends one",
        recipe: QUEUE,
    },
    Substitute {
        words: "store read write",
        text: "until then a `[query.X]` with `cpu`, `reads` and `commit` stands for it",
        recipe: WRITE,
    },
    Substitute {
        words: "broadcast",
        text: "until then `each` with `parallel` sends to many",
        recipe: BROADCAST,
    },
    Substitute {
        words: "limit bulkhead",
        text: "until then a `[service.X]` with `workers` and `line = { limit = ... }` around the \
               work limits it",
        recipe: "",
    },
    Substitute {
        words: "replicas",
        text: "until then a replica is a `[database.X]` of its own, with a pool of its own",
        recipe: "",
    },
    Substitute {
        words: "disturbance",
        text: "until then `speeds` makes an instance slow, and a `shape` or a `burst` the load high",
        recipe: "",
    },
];

/// What stands for a reserved word.
pub fn of(word: &str) -> Option<&'static Substitute> {
    SUBSTITUTES.iter().find(|one| one.words.split(' ').any(|known| known == word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::{Status, steps, tables};

    /// A word that works needs no substitute.
    #[test]
    fn substitutes_are_for_reserved_words() {
        let tables = tables::ALL.iter().map(|spec| (spec.name, spec.status));
        let keys = tables::ALL.iter().flat_map(|spec| spec.keys);
        let steps = steps::VERBS.iter().map(|verb| &verb.key).chain(steps::MODIFIERS);
        let keys = keys.chain(steps).map(|key| (key.name, key.status));
        let all: Vec<(&str, Status)> = tables.chain(keys).collect();
        for word in SUBSTITUTES.iter().flat_map(|one| one.words.split(' ')) {
            assert!(all.contains(&(word, Status::Later)), "{word} is not reserved");
        }
    }
}
