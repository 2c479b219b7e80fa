//! Words of other tools, and what they are called here: one table, from which diagnostics take
//! their advice.
//!
//! A word is looked up in snake case, so that `maxPoolSize` and `max-pool-size` are found as
//! `max_pool_size`; `timeout_ms` is `timeout` with a unit in its name ([`unit_in_name`]).

use super::{Dimension, Kind, Status, TableSpec};

/// What is written elsewhere, and what is meant by it here.
#[derive(Debug)]
pub struct Alias {
    /// Tables in which it is written, by name, separated by spaces; `step` for steps, `top` for the
    /// tables of a scenario.
    pub places: &'static str,
    /// The words, separated by spaces.
    pub words: &'static str,
    /// The word of this language that takes its place; empty if none alone does.
    pub key: &'static str,
    /// What to add to a plain number: `rps = 100` is `rate = "100/s"`.
    pub unit: &'static str,
    /// What to write, where another name is not all.
    pub say: &'static str,
}

const fn name(places: &'static str, words: &'static str, key: &'static str) -> Alias {
    Alias { places, words, key, unit: "", say: "" }
}

const fn rate(words: &'static str, unit: &'static str) -> Alias {
    Alias { places: "workload", words, key: "rate", unit, say: "" }
}

const fn tell(
    places: &'static str,
    words: &'static str,
    key: &'static str,
    say: &'static str,
) -> Alias {
    Alias { places, words, key, unit: "", say }
}

const TIMES: &str = "latency delay time duration service_time response_time processing_time";

/// All of them; of one place and word the first counts.
pub static ALIASES: &[Alias] = &[
    name("top", "services app application server microservice component", "service"),
    name("top", "databases db postgres postgresql mysql datastore", "database"),
    name("top", "pools connection_pool connections", "pool"),
    name("top", "queries sql statement", "query"),
    name("top", "tables relation relations", "table"),
    name("top", "locks mutex semaphore", "lock"),
    name("top", "endpoints route routes operation request handler", "endpoint"),
    name("top", "workloads load traffic arrivals client clients users generator", "workload"),
    name("top", "storages bucket buckets object_storage blob blobs", "storage"),
    name("top", "prices cost pricing", "price"),
    name("top", "objectives slo slos sla goal target assertion", "objective"),
    name("top", "claims statement assumption", "claim"),
    name("top", "variants experiment alternative whatif what_if option", "variant"),
    name("top", "input variables vars params parameters constants", "inputs"),
    name("top", "simulation sim settings config", "run"),
    name("top", "windows phase period", "window"),
    name("top", "meta metadata info", "scenario"),
    name("scenario", "title", "name"),
    name("scenario variant", "description desc comment", "about"),
    name("run", "time length simulation_time", "duration"),
    name("run", "warmup warm_up_time rampup ramp_up", "warm_up"),
    name("run", "runs repetitions repeats reps iterations trials", "replications"),
    name("run", "random_seed", "seed"),
    name("run", "step resolution bucket", "interval"),
    name("run", "samples draws", "worlds"),
    name("run", "confidence_level", "confidence"),
    name("window", "start begin since", "from"),
    name("window", "end stop until", "to"),
    tell(
        "window",
        "for duration length over",
        "to",
        "both are dates from the start of the run: `from` and `to`",
    ),
    name(
        "service",
        "threads thread max_threads worker_threads num_threads worker num_workers concurrency \
         max_concurrency concurrent_requests max_inflight max_in_flight connections \
         max_connections pool_size parallelism slots",
        "workers",
    ),
    name("service", "replicas pods pod nodes count servers machines tasks scale n", "instances"),
    name("service database", "cpus cpu vcpus vcpu core num_cores", "cores"),
    name("service database", "scheduler cpu_scheduling", "scheduling"),
    name("service", "load_balancing load_balancer lb balancer balancing routing", "balance"),
    name("service", "rtt network network_latency network_delay network_time", "round_trip"),
    name("service", "outlier_detection ejection", "eject"),
    name("service", "warmup_time ramp_up", "slow_start"),
    tell(
        "service pool",
        "queue queue_size queue_limit max_queue queue_length backlog max_pending max_waiting",
        "line",
        "the line has a limit: `line = { limit = 100 }`",
    ),
    tell(
        "service",
        TIMES,
        "",
        "times belong to what requests do: `steps = [{ delay = \"exp(20ms)\" }]` in an \
         `[endpoint.X]` of this service",
    ),
    tell(
        "service endpoint",
        "timeout request_timeout deadline",
        "",
        "a timeout belongs to whoever waits: `{ call = \"...\", timeout = \"2s\" }` in a step, or \
         `client = { timeout = \"5s\" }` in a workload",
    ),
    tell(
        "service endpoint",
        "rps qps tps rate throughput requests_per_second arrival_rate",
        "",
        "arrivals belong to a workload: `[workload.X]` with `rate = \"100/s\"` and `mix`",
    ),
    name("database", "connections max_conns max_clients connection_limit", "max_connections"),
    name("database", "type kind", "engine"),
    tell(
        "database",
        TIMES,
        "",
        "times belong to queries: `[query.X]` with `database`, `cpu` and `time`",
    ),
    tell(
        "database",
        "pool pool_size max_pool_size",
        "",
        "a pool leads from a service to it: `[pool.X]` with `service`, `database` and `size`",
    ),
    name("database", "ram mem memory_size total_memory", "memory"),
    name(
        "database",
        "connection_memory memory_per_connection memory_per_backend",
        "backend_memory",
    ),
    tell(
        "database",
        "shared_buffers buffer_pool buffer_pool_size innodb_buffer_pool_size buffer_cache buffers",
        "cache",
        "pages are kept in a share of the server's `memory`, the kernel's cache included: `cache = 0.75`",
    ),
    tell(
        "database",
        "wal_sync fsync sync flush commit_latency iops bandwidth read_latency wal",
        "disk",
        "the disk has them: `disk = { read_latency = \"1ms\", iops = 3_000, sync = \"1ms\" }`",
    ),
    tell(
        "database",
        "backup_every backup_bandwidth restore restore_bandwidth replay_rate wal_replay base_backup",
        "backup",
        "copies have a table: `backup = { every = \"1 day\", bandwidth = \"125 MiB/s\", replay = \"50 MB/s\" }`",
    ),
    tell(
        "database",
        "random_page_cost seq_page_cost effective_cache_size work_mem \
         max_parallel_workers_per_gather max_parallel_workers parallel_workers",
        "costs",
        "the planner's settings stand in `costs`, by PostgreSQL's names: \
         `costs = { random_page_cost = 1.1, max_parallel_workers_per_gather = 0 }`",
    ),
    name("table", "n_rows num_rows row_count count cardinality records reltuples", "rows"),
    name("table", "row_size row_bytes row_width bytes_per_row avg_row_size", "row"),
    name("table", "primary_key pk primary", "key"),
    name("table", "fill_factor", "fillfactor"),
    name("table", "updated updated_columns update_columns changes", "updates"),
    tell(
        "table",
        "schema fields cols attributes",
        "columns",
        "columns have PostgreSQL's types: `columns = { id = \"bigint\", title = \"text(40)\" }`",
    ),
    tell(
        "table",
        "indexes indices idx indexed",
        "index",
        "each has a name: `index = { recent = [\"user_id\", \"created desc\"] }`",
    ),
    tell(
        "table",
        "partitions partitioning partitioned partition_by partition_key",
        "partition",
        "ranges of a column of so many rows each: \
         `partition = { by = \"created\", every = 1_000_000 }`",
    ),
    tell(
        "table",
        "hot_rows hot_set hotset working_set skew locality",
        "hot",
        "the newest rows, and their share of the accesses: \
         `hot = { rows = \"5%\", accesses = \"90%\" }`",
    ),
    name("column", "data_type kind sql_type", "type"),
    name(
        "column",
        "n_distinct ndistinct distinct_values cardinality unique_values ndv",
        "distinct",
    ),
    name("column", "null_frac null_fraction null_share", "nulls"),
    name("column", "corr ordering clustering", "correlation"),
    tell(
        "column",
        "most_common_vals most_common_values mcv frequencies shares histogram",
        "values",
        "shares of rows with certain values: `values = { live = \"0.03%\" }`",
    ),
    name("index", "columns fields cols keys key", "on"),
    name("index", "covering covers including included payload", "include"),
    name("index", "where_clause filter predicate condition partial", "where"),
    name("index", "selectivity fraction", "share"),
    name("index", "is_unique", "unique"),
    tell(
        "index",
        "index_only index_only_scan",
        "include",
        "an index that has all columns of a query is read alone; those to carry along stand in `include`",
    ),
    name("partition", "column on key field", "by"),
    name("partition", "rows size interval step", "every"),
    name("hot", "share fraction size", "rows"),
    name("hot", "access hits traffic requests", "accesses"),
    name("join", "with to", "table"),
    name("join", "using column key", "on"),
    name("join", "rows per_row fanout", "matches"),
    name("query", "where where_clause filter predicate condition conditions", "equals"),
    name("query", "order sort sort_by orderby", "order_by"),
    name("query", "between", "range"),
    name("query", "rows result_rows matched matching cardinality", "matches"),
    name("query", "select fields projection", "columns"),
    name("query", "top first fetch_first", "limit"),
    name("query", "skip", "offset"),
    tell(
        "query",
        "index use_index hint index_only index_only_scan covering access_path plan",
        "",
        "the way follows from the table and its indexes, as PostgreSQL plans it; \
         `plimsoll explain FILE QUERY` shows it",
    ),
    name("pool query", "db server", "database"),
    name("pool", "app client", "service"),
    name(
        "pool",
        "max_size max_pool_size maximum_pool_size pool_size max_connections max_conns connections \
         max_open max_open_conns max_total max_active max capacity",
        "size",
    ),
    name(
        "pool",
        "min_size min_pool_size minimum_idle minimum_pool_size min_connections min max_idle_conns",
        "min_idle",
    ),
    name(
        "pool",
        "timeout connection_timeout connect_timeout wait_timeout checkout_timeout pool_timeout \
         max_wait max_wait_time acquire",
        "acquire_timeout",
    ),
    name("pool", "ttl max_age lifetime max_life conn_max_lifetime", "max_lifetime"),
    name("pool", "idle idle_ttl max_idle_time conn_max_idle_time", "idle_timeout"),
    name("pool", "rtt network network_latency", "round_trip"),
    name("query", "latency delay duration service_time response_time processing_time", "time"),
    name("query", "elapsed wait", "time"),
    name("query", "random_reads page_reads pages io ios disk", "reads"),
    name("query", "scan_bytes sequential seq_scan", "scan"),
    name("query", "fsync sync flush wal", "commit"),
    name("disk", "latency seek seek_time read_time access_time", "read_latency"),
    name("disk", "read_iops reads_per_second io_per_second", "iops"),
    name("disk", "throughput transfer_rate", "bandwidth"),
    name("backup", "interval each period full_every", "every"),
    name("backup", "throughput transfer_rate backup_bandwidth", "bandwidth"),
    name("backup", "restore restore_rate restore_speed", "restore_bandwidth"),
    name("backup", "replay_rate wal_replay redo", "replay"),
    name(
        "disk",
        "fsync flush sync_latency sync_time fsync_time wal_sync wal_flush commit_latency",
        "sync",
    ),
    name("query", "cpu_time work", "cpu"),
    name("query", "bytes size result_size", "returns"),
    tell(
        "query",
        "pool",
        "",
        "the pool follows from service and database; a step says which if there are two: `{ query \
         = \"...\", pool = \"...\" }`",
    ),
    tell(
        "lock",
        "key mode do",
        "",
        "it stands in the step: `{ lock = \"row\", key = \"product\", do = [...] }`",
    ),
    tell(
        "lock",
        "timeout",
        "",
        "a step waits so long: `{ timeout = \"1s\", do = [{ lock = ... }] }`",
    ),
    name("endpoint flow", "flow actions do script tasks", "steps"),
    name("endpoint", "vars variables params parameters", "let"),
    name("endpoint", "app server", "service"),
    tell(
        "endpoint",
        "latency delay time duration service_time response_time processing_time cpu",
        "",
        "an endpoint has steps: `steps = [{ cpu = \"2ms\" }, { delay = \"exp(20ms)\" }]`",
    ),
    tell(
        "endpoint",
        "weight",
        "",
        "weights stand in a workload: `mix = { browse = 9, order = 1 }`",
    ),
    rate("rps qps tps rate_per_second requests_per_second req_per_sec arrivals_per_second", "/s"),
    rate("rpm rate_per_minute requests_per_minute", "/min"),
    name("workload", "arrival_rate throughput requests lambda frequency", "rate"),
    name(
        "workload",
        "vus virtual_users concurrency connections threads clients sessions_open",
        "users",
    ),
    name("workload", "think_time pause sleep wait delay", "think"),
    name("workload", "distribution arrival interarrival gaps", "arrivals"),
    name("workload", "sessions journey flow scenario", "session"),
    name("workload", "log trace file", "replay"),
    name("workload", "heartbeat polling", "background"),
    tell(
        "workload",
        "endpoint endpoints targets target routes weights",
        "mix",
        "`mix = { browse = 9, order = 1 }`",
    ),
    tell(
        "workload",
        "timeout",
        "client",
        "the client waits so long: `client = { timeout = \"5s\" }`",
    ),
    tell(
        "workload",
        "retry retries",
        "client",
        "the client tries again: `client = { timeout = \"5s\", retry = { attempts = 3 } }`",
    ),
    tell(
        "workload",
        "steps ramp stages phases profile pattern schedule",
        "shape",
        "`shape = { steps = [{ at = \"5 min\", rate = 4 }, { at = \"15 min\", rate = 1 }] }`",
    ),
    tell("workload", "duration", "", "how long is said in `[run]`: `duration = \"10 min\"`"),
    tell(
        "steps",
        "for duration over until to",
        "",
        "a rate holds until the next step: a second one goes back, `{ at = \"20 min\", rate = 1 }`",
    ),
    name("steps", "factor multiplier scale level value load", "rate"),
    name("steps burst ramp", "time start when", "at"),
    name("burst ramp", "duration for during", "over"),
    name("burst", "n size requests number", "count"),
    name("client step", "retries", "retry"),
    name("retry", "max_attempts tries count max times total", "attempts"),
    tell(
        "retry",
        "retries max_retries",
        "attempts",
        "`attempts` counts the first one too: 2 retries are `attempts = 3`",
    ),
    name("retry", "delay wait base_delay interval sleep", "backoff"),
    name("backoff", "initial base start min delay", "first"),
    name("backoff", "multiplier exponent growth", "factor"),
    name("backoff", "cap max_delay limit", "max"),
    name("line", "size max length capacity max_size max_length", "limit"),
    name("line", "policy discipline", "order"),
    name("eject", "consecutive_errors consecutive_5xx failures", "errors"),
    name("eject", "base_ejection_time time duration", "for"),
    name("eject", "max_ejection_percent max share", "at_most"),
    name(
        "objective claim",
        "metric condition assert slo expr expression check must target test",
        "that",
    ),
    name("claim", "claim text title description", "says"),
    name("variant", "base parent inherits from", "extends"),
    name("step", "sleep wait latency time pause", "delay"),
    name("step", "work compute busy", "cpu"),
    name("step", "sql db statement select", "query"),
    name("step", "http request rpc invoke grpc", "call"),
    name("step", "tx begin txn", "transaction"),
    name("step", "for_each foreach map loop_over", "each"),
    name("step", "loop for", "repeat"),
    name("step", "mutex semaphore acquire", "lock"),
    name("step", "switch branch cases", "choose"),
    name("step", "condition when", "if"),
    name("step", "then body steps", "do"),
    name("step", "otherwise fallback catch rescue", "else"),
    name("step", "return respond response answer", "reply"),
    name("step", "throw error raise abort", "fail"),
    name("step", "count n", "times"),
    name("step", "concurrency max_parallel", "parallel"),
    name("step", "name label id", "as"),
    name("step", "insert_into create add", "insert"),
    name("step", "delete_from purge erase", "delete"),
    name("step", "row row_key", "key"),
    tell(
        "step",
        "upsert merge insert_or_update on_conflict",
        "insert",
        "an upsert inserts some rows and updates others: `{ choose = [{ p = 0.1, do = [{ insert = \
         \"t\" }] }, { p = 0.9, do = [{ update = \"t\" }] }] }`",
    ),
    tell(
        "step",
        "probability chance p",
        "choose",
        "`{ choose = [{ p = 0.1, do = [...] }, { p = 0.9, do = [] }] }`",
    ),
    tell(
        "step",
        "spawn async background go",
        "fork",
        "`{ fork = [[...]], join = \"none\" }` goes on without waiting",
    ),
];

/// Ends of names that are units, how the unit is written, and what it measures.
const UNITS: &[(&str, &str, Dimension)] = &[
    ("_milliseconds", "ms", Dimension::Time),
    ("_millis", "ms", Dimension::Time),
    ("_msec", "ms", Dimension::Time),
    ("_ms", "ms", Dimension::Time),
    ("_us", "us", Dimension::Time),
    ("_ns", "ns", Dimension::Time),
    ("_seconds", "s", Dimension::Time),
    ("_secs", "s", Dimension::Time),
    ("_sec", "s", Dimension::Time),
    ("_s", "s", Dimension::Time),
    ("_minutes", "min", Dimension::Time),
    ("_min", "min", Dimension::Time),
    ("_hours", "h", Dimension::Time),
    ("_h", "h", Dimension::Time),
    ("_bytes", "B", Dimension::Bytes),
    ("_kb", "kB", Dimension::Bytes),
    ("_mb", "MB", Dimension::Bytes),
    ("_gb", "GB", Dimension::Bytes),
    ("_percent", "%", Dimension::Ratio),
    ("_pct", "%", Dimension::Ratio),
    ("_rps", "/s", Dimension::Rate),
    ("_per_second", "/s", Dimension::Rate),
    ("_per_minute", "/min", Dimension::Rate),
];

/// A key whose value is a table, written as one value: the key of that table that is meant.
const SHORT: &[(&str, &str)] =
    &[("retry", "attempts"), ("line", "limit"), ("client", "timeout"), ("eject", "errors")];

/// What a word is called here, in a place.
pub fn find(place: &str, word: &str) -> Option<&'static Alias> {
    let word = snake(word);
    let has = |list: &str, wanted: &str| list.split_whitespace().any(|one| one == wanted);
    ALIASES.iter().find(|alias| has(alias.places, place) && has(alias.words, &word))
}

/// Every alias that has this word, in whatever place.
pub fn all(word: &str) -> impl Iterator<Item = &'static Alias> {
    let word = snake(word);
    ALIASES.iter().filter(move |alias| alias.words.split_whitespace().any(|one| one == word))
}

/// `timeout_ms`: the key without the unit, and the unit. A key that measures something else has no
/// such unit: `connections_min` are not minutes.
pub fn unit_in_name(spec: &TableSpec, word: &str) -> Option<(&'static str, &'static str)> {
    let word = snake(word);
    UNITS.iter().find_map(|(end, unit, dimension)| {
        let stem = word.strip_suffix(end)?;
        let known = spec.key(stem).or_else(|| spec.key(find(spec.name, stem)?.key))?;
        let fits = known.status == Status::Now && measures(&known.kind) == Some(*dimension);
        fits.then_some((known.name, *unit))
    })
}

/// What the numbers of a key measure.
fn measures(kind: &Kind) -> Option<Dimension> {
    match kind {
        Kind::Quantity(dimension) | Kind::Varying(dimension) => Some(*dimension),
        Kind::OneOf(kinds) => kinds.iter().find_map(measures),
        _ => None,
    }
}

/// The key of `spec` that stands there under a name of another tool.
pub fn key_of(spec: &TableSpec, word: &str) -> Option<&'static str> {
    let alias = find(spec.name, word).map(|alias| alias.key).filter(|key| !key.is_empty());
    alias.or_else(|| unit_in_name(spec, word).map(|(key, _)| key))
}

/// The key that is meant where a single value stands for a whole table.
pub fn short(spec: &TableSpec) -> Option<&'static str> {
    SHORT.iter().find(|entry| entry.0 == spec.name).map(|entry| entry.1)
}

/// In small letters, with `_` between words.
fn snake(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 4);
    let mut after_small = false;
    for c in word.chars() {
        if c.is_ascii_uppercase() && after_small {
            out.push('_');
        }
        after_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(if c == '-' || c == ' ' { '_' } else { c.to_ascii_lowercase() });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::{steps, table, tables};

    fn spec(place: &str) -> Option<&'static TableSpec> {
        table(place).or_else(|| tables::NESTED.iter().copied().find(|spec| spec.name == place))
    }

    fn is_known(place: &str, word: &str) -> bool {
        match place {
            "top" => table(word).is_some(),
            "step" => steps::is_step_word(word),
            _ => spec(place).is_some_and(|spec| spec.key(word).is_some()),
        }
    }

    /// Each alias stands in a place that there is, is no word there itself, and leads to one.
    #[test]
    fn aliases_lead_from_strange_words_to_words() {
        let mut wrong = Vec::new();
        for alias in ALIASES {
            assert!(!alias.key.is_empty() || !alias.say.is_empty(), "{}", alias.words);
            for place in alias.places.split(' ') {
                assert!(spec(place).is_some() || ["top", "step"].contains(&place), "{place}");
                let known = alias.words.split_whitespace().filter(|word| is_known(place, word));
                wrong.extend(known.map(|word| format!("{place}.{word} is a word here")));
                if !alias.key.is_empty() && !is_known(place, alias.key) {
                    wrong.push(format!("{place}.{} is no word", alias.key));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn short_forms_are_keys_of_their_tables() {
        for (name, key) in SHORT {
            assert!(spec(name).is_some_and(|spec| spec.key(key).is_some()), "{name}.{key}");
        }
    }

    #[test]
    fn words_are_found_in_every_spelling() {
        for word in ["maxPoolSize", "max_pool_size", "max-pool-size", "MaxPoolSize"] {
            assert_eq!(find("pool", word).map(|alias| alias.key), Some("size"), "{word}");
        }
        let pool = spec("pool").unwrap();
        assert_eq!(unit_in_name(pool, "connectionTimeoutMs"), Some(("acquire_timeout", "ms")));
        assert_eq!(unit_in_name(pool, "idle_timeout_seconds"), Some(("idle_timeout", "s")));
        assert_eq!(unit_in_name(pool, "colour_ms"), None);
        // Neither minutes nor milliseconds of connections.
        assert_eq!(unit_in_name(pool, "connections_min"), None);
        assert_eq!(unit_in_name(pool, "size_ms"), None);
        assert_eq!(unit_in_name(pool, "idle_timeout_min"), Some(("idle_timeout", "min")));
        let workload = spec("workload").unwrap();
        assert_eq!(unit_in_name(workload, "rate_per_minute"), Some(("rate", "/min")));
        assert_eq!(find("service", "colour").map(|alias| alias.key), None);
    }
}
