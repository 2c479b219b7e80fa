//! Goal: the documents say what is true. Method: every scenario in them is read, resolved and its
//! metrics looked up; what can be printed from the code is compared with what stands there
//! (`UPDATE_DOCS=1` rewrites it); tables written by hand are held against the code.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use plimsoll::diag::{Diagnostics, Id, Severity, render};
use plimsoll::expr::scope::Tables;
use plimsoll::model::{Model, Outcome, Scaling, resolve};
use plimsoll::plan::{Source, compile};
use plimsoll::scenario::keys::reference::reference_markdown;
use plimsoll::scenario::keys::{Status, steps, tables};
use plimsoll::scenario::source::{self, MemoryLoader};
use plimsoll::scenario::{overlay, read};
use plimsoll::units::{Dimension, table::UNITS};
use plimsoll::{cli, experiment, expr, model, sim, verdict};

/// The scenario that fragments are merged over.
const BASE: &str = r#"
[service.api]
cores   = 2
workers = 100
[database.pg]
cores = 8
[pool.api_pg]
service  = "api"
database = "pg"
size     = 20
[query.read]
database = "pg"
time     = "exp(2ms)"
returns  = "1 kB"
[query.write]
database = "pg"
reads    = 2
scan     = "1 MB"
commit   = true
[lock.seat]
[endpoint.browse]
service = "api"
steps   = [{ query = "read", as = "reads" }, { query = "write" }, { lock = "seat", do = [{ cpu = "1ms" }] }]
[workload.w]
rate   = "10/s"
mix    = { browse = 1 }
client = { timeout = "10s" }
"#;

/// A flow that holds one of each while it asks for the next: everything lies on a circle.
const NESTED: &str = r#"
[endpoint.nested]
service = "api"
steps   = [{ lock = "seat", do = [{ transaction = [
  { query = "read" },
  { each = 2, worker = true, do = [{ lock = "seat", do = [] }] },
] }] }]

[database.pg.contention]
serial = 0.01

[workload.visitors]
rate    = "1/s"
session = [{ endpoint = "nested" }]
"#;

/// A file that `empirical("times.csv")` reads.
struct OneTable;

impl Tables for OneTable {
    fn empirical(&self, _: &str) -> Result<Vec<f64>, String> {
        Ok(vec![0.001, 0.002])
    }

    fn text(&self, _: &str) -> Result<String, String> {
        Err("no log stands beside a document".to_owned())
    }
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn document(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_default()
}

/// The documents with scenarios in them.
fn documents() -> Vec<String> {
    let mut names = vec!["README.md".to_owned()];
    let folder = std::fs::read_dir(path("docs")).expect("there is a folder of documents");
    names.extend(folder.map(|entry| {
        let name = entry.expect("an entry of the folder").file_name();
        format!("docs/{}", name.to_string_lossy())
    }));
    names.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"));
    names.sort();
    names
}

/// Fenced blocks: what stands behind the fence, the text, and the line.
fn blocks(text: &str) -> Vec<(String, String, usize)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String, usize)> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.trim().to_owned(), String::new(), number + 1)),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.1.push_str(line);
                block.1.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// Reads and resolves a text, with its variants, and looks up its metrics.
fn judge(text: &str) -> (String, Option<Model>) {
    let loader = MemoryLoader::new("doc.toml", text).with("base.toml", BASE);
    let (raw, mut diagnostics) = read("doc.toml", &[], &loader);
    let mut model = None;
    if !diagnostics.has_errors() {
        let (found, more) = resolve(&raw, &OneTable);
        diagnostics.append(more);
        for variant in raw.variants() {
            let (merged, found) = overlay::with_variant(&raw, &variant.name);
            diagnostics.append(found);
            diagnostics.append(resolve(&merged, &OneTable).1);
        }
        model = found;
    }
    let mut errors = Diagnostics::default();
    errors.extend(diagnostics.iter().filter(|d| d.severity == Severity::Error).cloned());
    let mut shown = render::full(&errors, &raw.sources, false);
    if let Some(model) = model.as_ref().filter(|_| errors.is_empty()) {
        shown.push_str(&metric_errors(model));
    }
    (shown, model)
}

fn metric_errors(model: &Model) -> String {
    let study = experiment::Study::new(model, &verdict::needs(model, &[]), &Scaling::default());
    let Ok(study) = study else { return "it cannot be bound\n".to_owned() };
    let objectives = model.objectives.iter().map(|objective| &objective.that);
    let conditions = objectives.chain(model.claims.iter().map(|claim| &claim.that));
    let mut shown = String::new();
    for condition in conditions {
        for error in verdict::resolve(model, &study, condition, &|_| None).err().unwrap_or_default()
        {
            let _ = writeln!(shown, "{}", error.message);
        }
    }
    shown
}

/// The scenario that a block stands for; none if it is no scenario.
fn scenario(info: &str, text: &str) -> Option<String> {
    match info {
        "toml" => Some(text.to_owned()),
        "toml fragment" => Some(format!("include = [\"base.toml\"]\n{text}")),
        "toml steps" => {
            Some(format!("include = [\"base.toml\"]\n[endpoint.steps]\nservice = \"api\"\n{text}"))
        }
        _ => None,
    }
}

/// Every scenario of the documents: document, line, text.
pub fn scenarios() -> Vec<(String, usize, String)> {
    let mut found = Vec::new();
    for name in documents() {
        for (info, text, line) in blocks(&document(&name)) {
            found.extend(scenario(&info, &text).map(|text| (name.clone(), line, text)));
        }
    }
    found
}

#[test]
fn scenarios_in_documents_have_no_errors() {
    let mut count = 0;
    for name in documents() {
        for (info, text, line) in blocks(&document(&name)) {
            assert!(
                !info.starts_with("toml") || scenario(&info, &text).is_some(),
                "{name}:{line}: `{info}` is none of `toml`, `toml fragment`, `toml steps`"
            );
            let Some(text) = scenario(&info, &text) else { continue };
            let (shown, _) = judge(&text);
            assert!(shown.is_empty(), "{name}:{line}:\n{shown}");
            count += 1;
        }
    }
    assert!(count >= 12, "only {count} scenarios were found");
}

/// A block with a mistake is found to have one, whatever kind it is of.
#[test]
fn a_mistake_in_a_document_would_be_found() {
    for (info, text) in [
        ("toml", "[service.api]\nwrokers = 1\n"),
        ("toml fragment", "[objective.o]\nthat = \"p95(endpoint.brose) < 1s\"\n"),
        ("toml fragment", "[variant.v]\npool.api_pg.size = \"1s\"\n"),
        ("toml steps", "steps = [{ query = \"raed\" }]\n"),
    ] {
        let text = scenario(info, text).expect("a kind that is known");
        assert!(!judge(&text).0.is_empty(), "{text}");
    }
    assert!(judge(BASE).0.is_empty(), "{}", judge(BASE).0);
}

#[test]
fn every_call_of_the_table_of_distributions_is_one() {
    let text = document("docs/language.md");
    let rows = text.lines().skip_while(|line| !line.starts_with("| call |")).skip(2);
    let mut names = BTreeSet::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let cell = row.split('|').nth(1).unwrap_or_default();
        for call in cell.split('`').skip(1).step_by(2) {
            let quoted = call.replace('"', "'");
            let text = format!("include = [\"base.toml\"]\n[inputs]\nx = \"{quoted}\"\n");
            let (shown, model) = judge(&text);
            assert!(shown.is_empty(), "{call}:\n{shown}");
            assert!(model.is_some_and(|model| model.is_uncertain()), "{call} does not vary");
            names.extend(call.split('(').next().map(str::to_owned));
        }
    }
    // LANGUAGE: the distributions of this release, each of which is reserved as a name.
    let known = "constant exp uniform triangular normal lognormal gamma weibull erlang hyperexp pareto poisson geometric zipf between choice mixture empirical";
    assert_eq!(names, known.split(' ').map(str::to_owned).collect());
    assert!(names.iter().all(|name| expr::call::is_reserved(name)));
}

/// The prose explains, beside the reference, every verb and every modifier.
#[test]
fn every_word_is_explained() {
    let text = document("docs/language.md");
    let prose = without_generated(&text);
    let now = |status: Status| status == Status::Now;
    let verbs = steps::VERBS.iter().map(|verb| &verb.key);
    for key in verbs.chain(steps::MODIFIERS).filter(|key| now(key.status)) {
        let name = key.name;
        let said = [format!("`{name}`"), format!("`{name} "), format!("{{ {name} = ")];
        assert!(said.iter().any(|form| prose.contains(form)), "`{name}` is not in the prose");
    }
    for spec in tables::ALL.iter().chain(tables::NESTED).filter(|spec| now(spec.status)) {
        for key in spec.keys.iter().filter(|key| now(key.status)) {
            let (table, name) = (spec.name, key.name);
            assert!(text.contains(&format!("`{name}`")), "{table}.{name} is not there");
        }
    }
    for outcome in Outcome::ALL {
        assert!(prose.contains(&format!("`{}`", outcome.word())), "{}", outcome.word());
    }
}

/// A text without what is printed from the code.
fn without_generated(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in text.lines() {
        inside |= line.starts_with("<!-- generated:");
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
        inside &= line != "<!-- end -->";
    }
    kept
}

/// Paths of the table of metrics, with `X` for names: kind and path.
fn documented_paths() -> BTreeSet<(String, String)> {
    let text = document("docs/language.md");
    let rows = text.lines().skip_while(|line| *line != "<!-- paths -->").skip(3);
    let mut paths = BTreeSet::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        for path in cells[1].split('`').skip(1).step_by(2) {
            paths.insert((cells[2].to_owned(), path.to_owned()));
        }
    }
    paths
}

/// Every path of the table is explained by the command.
#[test]
fn metric_paths_are_explained() {
    let paths = documented_paths();
    assert!(paths.len() > 30, "{paths:?}");
    for (_, path) in paths {
        let path = path.replace("OUTCOME", "failed");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["explain", &path])
            .output()
            .expect("the command can be started");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("metric") || text.contains("an outcome"), "{path}: {text}");
    }
}

#[test]
fn metric_paths_are_those_that_there_are() {
    let (shown, model) = judge(&format!("{BASE}{NESTED}"));
    let model = model.unwrap_or_else(|| panic!("{shown}"));
    let world = model.nominal_world().expect("inputs within bounds");
    let binding =
        plimsoll::demand::bind(&model, &world, Scaling::default()).expect("numbers within bounds");
    let plan = compile(&model, &binding, &verdict::needs(&model, &[]));
    let mut real = BTreeSet::new();
    for entry in plan.catalog.entries() {
        let kind = match entry.source {
            Source::Requests { .. } => "requests",
            Source::Tally { .. } => "times",
            Source::Level { .. } => "level",
            Source::Count { .. } => "count",
        };
        let mut parts: Vec<&str> = entry.path.split('.').collect();
        parts[1] = "X";
        if parts[0] == "step" {
            parts[2] = "A";
        }
        if let Some(by) = parts.iter().position(|part| *part == "by") {
            parts.truncate(by); // The prose says which paths are kept by endpoint.
        }
        let last = parts.len() - 1;
        if matches!(parts[0], "endpoint" | "workload")
            && Outcome::ALL.iter().any(|outcome| outcome.word() == parts[last])
        {
            parts[last] = "OUTCOME";
        }
        real.insert((kind.to_owned(), parts.join(".")));
    }
    assert_eq!(documented_paths(), real);
}

#[test]
fn generated_parts_are_fresh() {
    for (file, name, text) in [
        ("docs/language.md", "units", units()),
        ("docs/language.md", "limits", limits()),
        ("docs/language.md", "keys", reference_markdown()),
        ("docs/diagnostics.md", "ids", ids()),
    ] {
        let before = document(file);
        let start = format!("<!-- generated: {name} -->\n");
        let (head, rest) = before.split_once(&start).unwrap_or_else(|| panic!("{file}: {name}"));
        let (_, tail) = rest.split_once("<!-- end -->").expect("the part has an end");
        let after = format!("{head}{start}\n{}\n\n<!-- end -->{tail}", text.trim());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path(file), &after).expect("the document can be written");
        } else {
            assert!(before == after, "{file}: `{name}` is stale; UPDATE_DOCS=1 cargo it docs::");
        }
    }
}

fn units() -> String {
    let mut out = String::from("| measures | units |\n|---|---|\n");
    for (what, dimension) in [
        ("time", Dimension::TIME),
        ("bytes", Dimension::BYTES),
        ("bytes per time", Dimension::BANDWIDTH),
        ("ratio", Dimension::COUNT),
        ("money", Dimension::MONEY),
    ] {
        let names = UNITS.iter().filter(|unit| unit.dimension == dimension);
        let names: Vec<String> = names.map(|unit| format!("`{}`", unit.name)).collect();
        let _ = writeln!(out, "| {what} | {} |", names.join(" "));
    }
    out
}

fn limits() -> String {
    let mut out = String::from("| what | at most |\n|---|---|\n");
    for (what, most) in [
        ("bytes of a scenario file", source::MAX_FILE_BYTES as u64),
        ("levels of tables, arrays and dotted keys", source::MAX_NESTING as u64),
        ("keys of a file", source::MAX_KEYS as u64),
        ("keys of one table", source::MAX_TABLE_KEYS as u64),
        ("items of one array", source::MAX_ITEMS as u64),
        ("included files", source::MAX_INCLUDES as u64),
        ("levels of includes", source::MAX_INCLUDE_DEPTH as u64),
        ("variants", overlay::MAX_VARIANTS as u64),
        ("endpoints", model::MAX_ENDPOINTS as u64),
        ("workloads", model::MAX_WORKLOADS as u64),
        ("inputs", model::MAX_INPUTS as u64),
        ("names in the `let` of an endpoint", model::MAX_LETS as u64),
        ("steps in all, flows written out", model::MAX_STEPS as u64),
        ("levels of steps, flows written out", model::MAX_DEPTH as u64),
        ("bytes of an expression", expr::lexer::LENGTH_MAX as u64),
        ("bytes of a file of `empirical`", cli::files::MAX_TABLE_BYTES),
        ("values of a file of `empirical`", cli::files::MAX_TABLE_VALUES as u64),
        ("windows, with one for each `at(...)`", model::WINDOWS_MAX as u64),
        ("intervals of a time series (later ones are not recorded)", sim::MAX_INTERVALS as u64),
        ("diagnostics shown (the rest is counted)", Diagnostics::MAX_KEPT as u64),
        ("predicted events before replications are cut", experiment::EVENTS_MAX),
    ] {
        let _ = writeln!(out, "| {what} | {} |", plimsoll::units::show::count(most as f64));
    }
    out.push_str("| requests in flight | `run.limit.in_flight` |\n");
    out.push_str("| events of one run | `run.limit.events` |\n");
    out
}

fn ids() -> String {
    let mut out = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
        let title = match severity {
            Severity::Error => "Errors",
            Severity::Warning => "Warnings",
            Severity::Advice => "Advice",
        };
        let _ = write!(out, "## {title}\n\n| id | meaning |\n|---|---|\n");
        for id in Id::all().iter().filter(|id| id.severity() == severity) {
            let _ = writeln!(out, "| `{id}` | {} |", id.page().text.replace('|', "\\|"));
        }
        out.push('\n');
    }
    out
}
