//! Goal: whatever is asked, an answer comes soon: a diagnostic with its place, or a run that ends at
//! a documented limit. Method: absurd scenarios through the library and through the command;
//! mutilated ones by chance. (There is no clock here: what hangs, fails by not ending.)

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use plimsoll::diag::{Diagnostics, Id, render};
use plimsoll::expr::scope::NoTables;
use plimsoll::model::{MAX_DEPTH, MAX_ENDPOINTS, MAX_STEPS, Model, Scaling, mistakes, resolve};
use plimsoll::plan::{Needs, compile};
use plimsoll::scenario::source::{
    MAX_FILE_BYTES, MAX_INCLUDE_DEPTH, MAX_INCLUDES, MAX_ITEMS, MAX_KEYS, MAX_TABLE_KEYS,
    MemoryLoader,
};
use plimsoll::scenario::{overlay, read};
use plimsoll::sim::{End, NoTrace, Run, RunId, run};
use proptest::prelude::*;

use super::mutations::survive::survive;

const BROWSE: &str = include_str!("../../scenarios/livestream-browse.toml");
const FOLLOWERS: &str = include_str!("../../scenarios/followers.toml");

/// A small scenario around some steps, with limits that a test can wait for.
pub fn around(steps: &str) -> String {
    format!(
        r#"
[run]
duration = "1s"
warm_up  = "0s"
limit    = {{ in_flight = 10_000, events = 200_000 }}

[service.api]
cores   = 2
workers = 10

[database.pg]

[pool.api_pg]
service  = "api"
database = "pg"
size     = 2

[query.read]
database = "pg"
time     = "1ms"

[lock.seat]

[endpoint.e]
service = "api"
steps   = {steps}

[workload.w]
rate = "100/s"
mix  = {{ e = 1 }}
"#
    )
}

/// Reads and resolves; everything that was said.
pub fn said(text: impl Into<Vec<u8>>) -> (Option<Model>, Diagnostics, String) {
    let (raw, mut diagnostics) = read("f.toml", &[], &MemoryLoader::new("f.toml", text));
    let mut model = None;
    if diagnostics.has_errors() {
        let more = mistakes(&raw, &NoTables, &diagnostics);
        diagnostics.append(more);
    } else {
        let (found, more) = resolve(&raw, &NoTables);
        diagnostics.append(more);
        model = found;
    }
    let shown = render::full(&diagnostics, &raw.sources, false);
    assert!(shown.len() < 400_000, "an answer of {} bytes", shown.len());
    (model, diagnostics, shown)
}

/// Asserts that the first error has this id, and a place where it can have one.
pub fn refused(text: impl Into<Vec<u8>>, id: Id) {
    let (_, diagnostics, shown) = said(text);
    let errors = diagnostics.iter().find(|d| d.severity == id.severity());
    let first = errors.unwrap_or_else(|| panic!("nothing is wrong?"));
    assert_eq!(first.id, id, "{shown}");
    let placeless = [Id::TooLarge, Id::NothingToRun];
    assert!(first.position().is_some() || placeless.contains(&id), "{shown}");
}

/// One run of a scenario in its nominal world.
fn ran(text: &str) -> Run {
    let (model, _, shown) = said(text);
    let model = model.unwrap_or_else(|| panic!("{shown}"));
    let world = model.nominal_world().expect("inputs within their bounds");
    let binding = model.bind(&world, Scaling::default()).expect("numbers within their bounds");
    let plan = compile(&model, &binding, &Needs::default());
    run(&plan, RunId { world: 0, replication: 0 }, &AtomicBool::new(false), &mut NoTrace)
}

#[test]
fn files_that_are_no_scenarios_are_refused() {
    refused("", Id::EmptyScenario);
    refused("\u{feff}# nothing\n", Id::EmptyScenario);
    refused([b"[scenario]\nname = \"caf".as_slice(), b"\xe9\"\n"].concat(), Id::NotUtf8);
    refused(b"[\0s\0".as_slice(), Id::TomlSyntax);
    refused("#\n".repeat(MAX_FILE_BYTES), Id::TooLarge);
    refused("x".repeat(10 << 20), Id::TooLarge);
    // Just small enough to be read.
    refused("#\n".repeat(MAX_FILE_BYTES / 2), Id::EmptyScenario);
}

#[test]
fn nesting_is_bounded_whatever_nests() {
    for (open, close) in [("[", "]"), ("{a=", "}"), ("[{a=", "}]")] {
        let text = format!("x = {}1{}\n", open.repeat(3_000), close.repeat(3_000));
        refused(text, Id::TooDeep);
    }
    refused(format!("[{}]\n", vec!["a"; 3_000].join(".")), Id::TooDeep);
    refused(format!("{} = 1\n", vec!["a"; 3_000].join(".")), Id::TooDeep);
    refused(around(&format!("[{}]", "{ try = [".repeat(3_000))), Id::TooDeep);
    let parentheses = format!("\"{}1ms{}\"", "(".repeat(1_500), ")".repeat(1_500));
    refused(around(&format!("[{{ delay = {parentheses} }}]")), Id::TooComplex);
    refused(around(&format!("[{{ delay = \"{}1ms\" }}]", "1ms + ".repeat(3_000))), Id::TooComplex);
    refused(around(&format!("[{{ delay = \"{}1ms\" }}]", "-".repeat(3_000))), Id::TooComplex);
}

/// Time grows with the length of a text, whatever its brackets are: the square of a mebibyte would
/// be hours.
#[test]
fn brackets_are_read_once() {
    for text in ["[]", "x = 1 []", "[a\n", "x = [\n", "\"a\" = [\n", "[a]\n", "[\"a\n"] {
        let (_, diagnostics, _) = said(text.repeat(MAX_FILE_BYTES / text.len()));
        assert!(diagnostics.has_errors(), "{text}");
    }
    refused(format!("[run]\nseed = 1 {}", "[]".repeat(MAX_FILE_BYTES / 2 - 10)), Id::TomlSyntax);
}

/// The numbers of the table of limits in the documents, one by one.
#[test]
fn documented_limits_are_where_they_are_said_to_be() {
    let keys = |count: usize| -> String {
        (0..count).fold("[inputs]\n".to_owned(), |mut text, key| {
            let _ = writeln!(text, "k{key} = 1");
            text
        })
    };
    refused(keys(MAX_TABLE_KEYS + 1), Id::TooManyKeys);
    refused(keys(MAX_TABLE_KEYS), Id::NothingToRun);
    let tables = (0..=MAX_KEYS / 2).fold(String::new(), |mut text, table| {
        let _ = write!(text, "[flow.f{table}]\nsteps = []\n");
        text
    });
    refused(tables, Id::TooManyKeys);
    refused(around(&format!("[{}]", "{ cpu = \"1ms\" },".repeat(MAX_ITEMS + 1))), Id::TooManyItems);
    // Steps, endpoints and depth with flows written out, where the file itself is small.
    let flow = |name: usize, steps: &str| format!("[flow.f{name}]\nsteps = {steps}\n");
    let hundred = flow(0, &format!("[{}]", "{ delay = \"1ms\" },".repeat(MAX_STEPS / 100)));
    let times = |count: usize| {
        let steps = format!("[{}]", "{ flow = \"f0\" },".repeat(count));
        around(&steps) + &hundred
    };
    refused(times(101), Id::TooManyItems);
    assert!(said(times(98)).0.is_some(), "{}", said(times(98)).2);
    let chain = |length: usize| {
        let links = (0..length).map(|link| {
            let next = link + 1;
            flow(link, &format!("[{{ flow = \"f{next}\" }}]"))
        });
        around("[{ flow = \"f0\" }]") + &links.collect::<String>() + &flow(length, "[]")
    };
    refused(chain(MAX_DEPTH), Id::TooDeep);
    assert!(said(chain(MAX_DEPTH - 2)).0.is_some(), "{}", said(chain(MAX_DEPTH - 2)).2);
    let endpoints = |count: usize| {
        (1..count).fold(around("[]"), |mut text, name| {
            let _ = write!(text, "[endpoint.e{name}]\nservice = \"api\"\nsteps = []\n");
            text
        })
    };
    refused(endpoints(MAX_ENDPOINTS + 1), Id::TooManyItems);
    assert!(said(endpoints(MAX_ENDPOINTS)).0.is_some(), "{}", said(endpoints(MAX_ENDPOINTS)).2);
    let variants = (0..=overlay::MAX_VARIANTS).fold(around("[]"), |mut text, name| {
        let _ = writeln!(text, "[variant.v{name}]");
        text
    });
    refused(variants, Id::TooManyKeys);
}

#[test]
fn includes_are_bounded() {
    let first = |loader: &MemoryLoader| {
        let (_, diagnostics) = read("f.toml", &[], loader);
        diagnostics.iter().next().map(|first| (first.id, first.position().is_some()))
    };
    let deep = (0..=MAX_INCLUDE_DEPTH).fold(
        MemoryLoader::new("f.toml", "include = [\"0.toml\"]\n"),
        |loader, at| {
            loader.with(format!("{at}.toml"), format!("include = [\"{}.toml\"]\n", at + 1))
        },
    );
    assert_eq!(first(&deep), Some((Id::TooManyIncludes, true)));
    let names: Vec<String> = (0..=MAX_INCLUDES).map(|at| format!("\"{at}.toml\"")).collect();
    let wide = (0..=MAX_INCLUDES).fold(
        MemoryLoader::new("f.toml", format!("include = [{}]\n", names.join(","))),
        |loader, at| loader.with(format!("{at}.toml"), "[inputs]\nx = 1\n"),
    );
    assert_eq!(first(&wide), Some((Id::TooManyIncludes, true)));
    // Doubling: each file includes the next one twice, 2^n readings if nothing counts them.
    let doubling = (0..30).fold(
        MemoryLoader::new("f.toml", "include = [\"0.toml\", \"0.toml\"]\n"),
        |loader, at| {
            let next = at + 1;
            let text = format!("include = [\"{next}.toml\", \"{next}.toml\"]\n");
            loader.with(format!("{at}.toml"), text)
        },
    );
    assert_eq!(first(&doubling), Some((Id::TooManyIncludes, true)));
    let circle = MemoryLoader::new("f.toml", "include = [\"g.toml\"]\n")
        .with("g.toml", "include = [\"f.toml\"]\n");
    assert_eq!(first(&circle), Some((Id::IncludeCycle, true)));
}

/// What leads back to itself, at any length.
#[test]
fn circles_are_found() {
    let ring = |count: usize, link: &dyn Fn(usize, usize) -> String| -> String {
        (0..count).map(|at| link(at, (at + 1) % count)).collect()
    };
    for count in [1, 2, 50] {
        let inputs = ring(count, &|at, next| format!("i{at} = \"i{next} + 1\"\n"));
        refused(format!("[inputs]\n{inputs}{}", around("[]")), Id::InputCycle);
        let flows =
            ring(count, &|at, next| format!("[flow.f{at}]\nsteps = [{{ flow = \"f{next}\" }}]\n"));
        refused(around("[{ flow = \"f0\" }]") + &flows, Id::RecursiveFlow);
        let calls = ring(count, &|at, next| {
            format!("[endpoint.c{at}]\nservice = \"api\"\nsteps = [{{ call = \"c{next}\" }}]\n")
        });
        refused(around("[{ call = \"c0\" }]") + &calls, Id::RecursiveFlow);
        let variants = ring(count, &|at, next| format!("[variant.v{at}]\nextends = \"v{next}\"\n"));
        refused(around("[]") + &variants, Id::VariantCycle);
    }
    // No circle, but as many ways through it as there are numbers below 2^40.
    let diamonds: String = (0..40)
        .map(|at| {
            let next = at + 1;
            let call = format!("{{ call = \"d{next}\" }}");
            format!("[endpoint.d{at}]\nservice = \"api\"\nsteps = [{call}, {call}]\n")
        })
        .collect();
    let last = "[endpoint.d40]\nservice = \"api\"\nsteps = []\n";
    let text = around("[{ call = \"d0\" }]") + &diamonds + last;
    assert!(said(text.as_str()).0.is_some(), "{}", said(text.as_str()).2);
    let inputs: String = (0..60).map(|at| format!("i{at} = \"i{0} + i{0}\"\n", at + 1)).collect();
    let text = format!("[inputs]\n{inputs}i60 = 1\n{}", around("[]"));
    assert!(said(text.as_str()).0.is_some(), "{}", said(text.as_str()).2);
    let flows: String = (0..40)
        .map(|at| {
            let next = format!("{{ flow = \"f{}\" }}", at + 1);
            format!("[flow.f{at}]\nsteps = [{next}, {next}]\n")
        })
        .collect();
    refused(around("[{ flow = \"f0\" }]") + &flows + "[flow.f40]\nsteps = []\n", Id::TooManyItems);
}

#[test]
fn absurd_numbers_are_out_of_range() {
    let sane = around("[{ cpu = \"1ms\" }]");
    for (from, to) in [
        ("cores   = 2", "cores   = 0"),
        ("cores   = 2", "cores   = -1"),
        ("cores   = 2", "cores   = 1e300"),
        ("cores   = 2", "cores   = 2\ninstances = 0"),
        ("cores   = 2", "cores   = 2\ninstances = -5"),
        ("cores   = 2", "cores   = 2\ninstances = 1_000_000_000"),
        ("cores   = 2", "cores   = 2\nround_trip = \"-1ms\""),
        ("workers = 10", "workers = 0"),
        ("size     = 2", "size     = 0"),
        ("size     = 2", "size     = 9_223_372_036_854_775_807"),
        ("size     = 2", "size     = 2\nleak = 2"),
        ("rate = \"100/s\"", "rate = \"1e30/s\""),
        ("rate = \"100/s\"", "rate = \"0/s\""),
        ("rate = \"100/s\"", "rate = \"-5/s\""),
        ("rate = \"100/s\"", "arrivals = \"0s\""),
        ("e = 1", "e = -1"),
        ("duration = \"1s\"", "duration = \"0s\""),
        ("duration = \"1s\"", "duration = \"-1s\""),
        ("duration = \"1s\"", "duration = \"1_000_000 years\""),
        ("warm_up  = \"0s\"", "warm_up  = \"1_000_000 years\""),
        ("warm_up  = \"0s\"", "interval = \"0s\""),
        ("events = 200_000", "events = 0"),
        ("warm_up  = \"0s\"", "replications = 0"),
        ("warm_up  = \"0s\"", "replications = 1e12"),
        ("cpu = \"1ms\"", "cpu = \"-1ms\""),
        ("cpu = \"1ms\"", "delay = \"1_000_000 years\""),
        ("cpu = \"1ms\"", "delay = \"1e300 years\""),
        ("{ cpu = \"1ms\" }", "{ each = 1e10, do = [] }"),
        ("{ cpu = \"1ms\" }", "{ repeat = { again = 1 }, do = [] }"),
        ("{ cpu = \"1ms\" }", "{ query = \"read\", times = -1 }"),
    ] {
        assert_eq!(sane.matches(from).count(), 1, "{from}");
        let (model, diagnostics, shown) = said(sane.replace(from, to));
        let first = diagnostics.iter().find(|d| d.severity == Id::OutOfRange.severity());
        let first = first.unwrap_or_else(|| panic!("{to} was taken"));
        assert!(matches!(first.id, Id::OutOfRange | Id::NotFinite | Id::Syntax), "{to}:\n{shown}");
        assert!(model.is_none() && first.position().is_some(), "{to}:\n{shown}");
    }
}

/// TOML has numbers that are no numbers.
#[test]
fn nan_and_infinity_are_refused_everywhere() {
    let sane = around("[{ cpu = \"1ms\" }]");
    for from in ["cores   = 2", "workers = 10", "size     = 2", "rate = \"100/s\"", "e = 1"] {
        let key = from.split('=').next().expect("a key");
        for value in ["nan", "inf", "-inf", "+nan", "\"1e400\"", "\"0 / 0\"", "\"nan\""] {
            let text = sane.replace(from, &format!("{key}= {value}"));
            let (model, diagnostics, shown) = said(text);
            assert!(model.is_none() && diagnostics.has_errors(), "{from}: {value}\n{shown}");
        }
    }
}

/// What may go on for ever ends at a limit; what is only large ends well.
#[test]
fn runaway_flows_end_at_a_limit() {
    let unlimited = "retry = { attempts = \"unlimited\" }";
    for (steps, end) in [
        ("[{ each = 1e9, parallel = \"all\", do = [{ delay = \"1s\" }] }]", End::InFlightLimit),
        ("[{ each = 1e9, parallel = \"all\", do = [] }]", End::InFlightLimit),
        ("[{ each = 1e9, parallel = 1e9, do = [{ delay = \"1s\" }] }]", End::InFlightLimit),
        (
            "[{ each = 1e9, parallel = \"all\", join = \"none\", do = [{ delay = \"1s\" }] }]",
            End::InFlightLimit,
        ),
        (
            "[{ each = 1e9, parallel = \"all\", worker = true, do = [{ query = \"read\" }] }]",
            End::InFlightLimit,
        ),
        ("[{ query = \"read\", times = 1e9, parallel = \"all\" }]", End::InFlightLimit),
        ("[{ repeat = 1e9, do = [] }]", End::EventLimit),
        ("[{ repeat = 1e9, do = [{ repeat = 1e9, do = [{ delay = \"0s\" }] }] }]", End::EventLimit),
        ("[{ each = 1e9, do = [] }]", End::EventLimit),
        ("[{ each = 1e9, parallel = 2, do = [] }]", End::EventLimit),
        ("[{ retry = UNLIMITED, do = [{ fail = \"x\" }] }]", End::EventLimit),
        (
            "[{ retry = UNLIMITED, do = [{ timeout = \"0s\", do = [{ delay = \"1s\" }] }] }]",
            End::InFlightLimit,
        ),
        ("[{ call = \"no\", UNLIMITED_MODIFIER }]", End::Completed),
        ("[{ query = \"read\", timeout = \"0s\", UNLIMITED_MODIFIER }]", End::InFlightLimit),
        (
            "[{ lock = \"seat\", do = [{ timeout = \"1us\", do = [{ lock = \"seat\", do = [] }] }] }]",
            End::Completed,
        ),
        (
            "[{ hedge = \"0s\", do = [{ hedge = \"0s\", do = [{ hedge = \"0s\", do = [] }] }] }]",
            End::Completed,
        ),
        (
            "[{ repeat = 0, do = [{ cpu = \"1ms\" }] }, { each = 0, do = [] }, { fork = [] }]",
            End::Completed,
        ),
        ("[{ reply = true }, { reply = true }, { fail = \"x\" }]", End::Completed),
        ("[]", End::Completed),
    ] {
        let steps = steps
            .replace("UNLIMITED_MODIFIER", unlimited)
            .replace("UNLIMITED", "{ attempts = \"unlimited\" }");
        let more = "[endpoint.no]\nservice = \"api\"\nsteps = [{ fail = \"no\" }]\n";
        let found = ran(&(around(&steps) + more));
        assert_eq!(found.end, end, "{steps}: {} events until {} ns", found.events, found.ended_at);
        assert!(found.events < 1_000_000, "{steps}: {} events", found.events);
    }
}

#[test]
fn absurd_arrivals_end_at_a_limit() {
    let sane = around("[{ delay = \"1h\" }]");
    for (to, end) in [
        ("rate = \"1e9/s\"", End::InFlightLimit),
        ("burst = { count = 1e9 }", End::InFlightLimit),
        ("burst = { count = 1e9, over = \"1s\" }", End::InFlightLimit),
        ("burst = { count = 0 }", End::Completed),
        ("arrivals = \"choice(0s: 0.999999, 1s: 0.000001)\"", End::InFlightLimit),
        ("rate = \"1e-12/s\"", End::Completed),
    ] {
        let found = ran(&sane.replace("rate = \"100/s\"", to));
        assert_eq!(found.end, end, "{to}: {} events", found.events);
    }
    // A shortest window, a longest one, and a series of very many steps.
    for (from, to) in [
        ("duration = \"1s\"", "duration = \"1ns\""),
        ("duration = \"1s\"", "duration = \"100 years\""),
        ("duration = \"1s\"", "duration = \"1 year\"\ninterval = \"1ns\""),
        ("warm_up  = \"0s\"", "warm_up  = \"100 years\""),
    ] {
        let found = ran(&around("[]").replace(from, to));
        assert!(found.events < 1_000_000, "{to}: {} events", found.events);
    }
}

/// Clients without patience against a server that never answers.
#[test]
fn impatient_clients_end_at_a_limit() {
    let client =
        "mix  = { e = 1 }\nclient = { timeout = \"0s\", retry = { attempts = \"unlimited\" } }";
    let text = around("[{ delay = \"1h\" }]").replace("mix  = { e = 1 }", client);
    assert_eq!(ran(&text).end, End::InFlightLimit);
    let text = around("[{ fail = \"x\" }]").replace("mix  = { e = 1 }", client);
    let found = ran(&text);
    assert!(found.events < 1_000_000, "{:?} after {} events", found.end, found.events);
}

fn temporary(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("plimsoll-robust-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

/// Exit code and standard error of the command, in a folder.
fn command(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the command can be started");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn the_command_refuses_files_that_are_no_scenarios() {
    let folder = temporary("files");
    std::fs::create_dir(folder.join("folder.toml")).expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.join(name), bytes).expect("a file can be written");
    };
    write("empty.toml", b"");
    write("latin1.toml", b"[scenario]\nname = \"caf\xe9\"\n");
    write("large.toml", &vec![b'#'; 10 << 20]);
    write("deep.toml", format!("x = {}", "[".repeat(3_000)).as_bytes());
    write("binary.toml", &(0..=255).collect::<Vec<u8>>());
    for (file, id) in [
        ("none.toml", "not-found"),
        ("folder.toml", "unreadable"),
        ("empty.toml", "empty-scenario"),
        ("latin1.toml", "not-utf8"),
        ("large.toml", "too-large"),
        ("deep.toml", "too-deep"),
        ("binary.toml", "not-utf8"),
        (".", "unreadable"),
    ] {
        for verb in ["run", "check", "metrics"] {
            let (code, shown) = command(&folder, &[verb, file]);
            assert_eq!(code, 2, "{verb} {file}: {shown}");
            assert!(shown.contains(&format!("error[{id}]")), "{verb} {file}: {shown}");
        }
    }
    assert!(!folder.join("reports").exists(), "something was written");
    std::fs::remove_dir_all(folder).expect("the folder can be removed");
}

/// A run that hits its limits is reported, not lost; nothing is half-written.
#[test]
fn the_command_reports_runs_that_hit_a_limit() {
    let folder = temporary("limits");
    let steps = "[{ each = 1e9, parallel = \"all\", do = [{ delay = \"1s\" }] }]";
    std::fs::write(folder.join("all.toml"), around(steps)).expect("a file can be written");
    let (code, shown) = command(&folder, &["run", "all.toml", "--replications", "5", "--out", "r"]);
    assert_eq!(code, 0, "{shown}");
    let summary = std::fs::read_to_string(folder.join("r/summary.md")).expect("a report");
    assert!(summary.contains("limit on requests in flight"), "{summary}");
    let names = std::fs::read_dir(&folder).expect("the folder");
    let mut names: Vec<_> = names.map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    assert_eq!(names, ["all.toml", "r"], "something is left over");
    std::fs::remove_dir_all(folder).expect("the folder can be removed");
}

/// What is done to the lines of a scenario.
#[derive(Debug, Clone)]
enum Slip {
    Delete(usize),
    Double(usize),
    Swap(usize, usize),
    /// The n-th number becomes this text.
    Number(usize, &'static str),
}

fn slip() -> impl Strategy<Value = Slip> {
    let numbers = vec![
        "0",
        "-1",
        "1e9",
        "1e30",
        "1e-30",
        "0.5",
        "1_000_000",
        "nan",
        "\"1ms\"",
        "\"x\"",
        "[]",
        "{}",
        "9223372036854775807",
        "true",
        "\"exp(1)\"",
        "\"viewers\"",
    ];
    prop_oneof![
        (0usize..200).prop_map(Slip::Delete),
        (0usize..200).prop_map(Slip::Double),
        (0usize..200, 0usize..200).prop_map(|(a, b)| Slip::Swap(a, b)),
        (0usize..80, proptest::sample::select(numbers)).prop_map(|(n, to)| Slip::Number(n, to)),
    ]
}

fn slipped(text: &str, slips: &[Slip]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for slip in slips {
        let count = lines.len().max(1);
        match *slip {
            Slip::Delete(at) if !lines.is_empty() => drop(lines.remove(at % count)),
            Slip::Double(at) if !lines.is_empty() => {
                lines.insert(at % count, lines[at % count].clone());
            }
            Slip::Swap(a, b) if !lines.is_empty() => lines.swap(a % count, b % count),
            Slip::Number(n, to) => {
                let text = replaced(&lines.join("\n"), n, to);
                lines = text.lines().map(str::to_owned).collect();
            }
            _ => {}
        }
    }
    lines.join("\n")
}

/// The text with its n-th run of digits replaced.
fn replaced(text: &str, n: usize, to: &str) -> String {
    let is_digit = |at: usize| text.as_bytes()[at].is_ascii_digit();
    let starts: Vec<usize> =
        (0..text.len()).filter(|&at| is_digit(at) && (at == 0 || !is_digit(at - 1))).collect();
    let Some(&start) = starts.get(n % starts.len().max(1)) else { return text.to_owned() };
    let end = (start..text.len()).find(|&at| !is_digit(at)).unwrap_or(text.len());
    format!("{}{to}{}", &text[..start], &text[end..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn slips_in_scenarios_never_panic(
        which: bool,
        slips in proptest::collection::vec(slip(), 1..4),
    ) {
        let text = if which { BROWSE } else { FOLLOWERS };
        survive(slipped(text, &slips).as_bytes());
    }

    /// Nor do any bytes, alone or behind a scenario.
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, text in "\\PC*", which: bool) {
        survive(&bytes);
        survive(text.as_bytes());
        survive(&[if which { BROWSE } else { FOLLOWERS }.as_bytes(), &bytes].concat());
        survive((FOLLOWERS.to_owned() + &text).as_bytes());
    }

    /// Absurd numbers that are taken can be run, too, and the run ends.
    #[test]
    fn slips_in_numbers_run_to_an_end(slips in proptest::collection::vec(
        (0usize..40, proptest::sample::select(vec!["0", "1", "7", "1e9", "0.001", "1_000", "99999"]))
            .prop_map(|(n, to)| Slip::Number(n, to)), 1..3)) {
        let steps = "[{ cpu = \"2ms\" }, { query = \"read\", times = 3, parallel = 2, timeout = \"5ms\", \
            retry = { attempts = 2, backoff = { first = \"1ms\", factor = 2, max = \"9ms\" } } }, \
            { each = 4, batch = 2, do = [{ lock = \"seat\", key = 3, do = [{ delay = \"1ms\" }] }] }]";
        let text = slipped(&around(steps), &slips);
        let (model, _, _) = said(text.as_str());
        if let Some(mut model) = model {
            model.run.limit_in_flight = model.run.limit_in_flight.min(10_000);
            model.run.limit_events = model.run.limit_events.min(200_000);
            let world = model.nominal_world().expect("a model has a nominal world");
            let binding = model.bind(&world, Scaling::default()).expect("it was bound before");
            let plan = compile(&model, &binding, &Needs::default());
            let id = RunId { world: 0, replication: 1 };
            let found = run(&plan, id, &AtomicBool::new(false), &mut NoTrace);
            prop_assert!(found.events < 2_000_000, "{} events\n{text}", found.events);
        }
    }
}
