//! Goal: every reading error is located and readable, overlays follow the contract, and no bytes
//! break anything. Method: rendered diagnostics as snapshots read by eye; the scenarios of the
//! contract; the pages of the ids as cases.
use super::raw::Origin;
use super::source::{LoadError, MemoryLoader};
use super::*;
use crate::diag::render;

mod hostile;
mod overlays;
mod shape;

/// The diagnostics of one file, rendered for people.
fn check(text: &str) -> String {
    let loader = MemoryLoader::new("shop.toml", text);
    check_with("shop.toml", &[], &loader)
}

fn check_with(path: &str, sets: &[&str], loader: &dyn Loader) -> String {
    let (raw, diagnostics) = read(path, sets, loader);
    render::full(&diagnostics, &raw.sources, false)
}

/// A scenario that must read without any diagnostic.
fn clean(text: &str) -> RawScenario {
    let loader = MemoryLoader::new("shop.toml", text);
    let (raw, diagnostics) = read("shop.toml", &[], &loader);
    assert_eq!(render::full(&diagnostics, &raw.sources, false), "");
    raw
}

fn ids(text: &str) -> Vec<Id> {
    let (_, diagnostics) = read("shop.toml", &[], &MemoryLoader::new("shop.toml", text));
    diagnostics.iter().map(|d| d.id).collect()
}

const BROWSE: &str = include_str!("tests/browse.toml");
const FOLLOWERS: &str = include_str!("tests/followers.toml");
const SPEED: [&str; 4] = [
    include_str!("tests/w1.toml"),
    include_str!("tests/w2.toml"),
    include_str!("tests/w3.toml"),
    include_str!("tests/w4.toml"),
];

#[test]
fn scenarios_of_the_contract_read_without_a_diagnostic() {
    for text in SPEED {
        clean(text);
    }
    let raw = clean(BROWSE);
    let names: Vec<&str> = raw.variants().iter().map(|variant| &*variant.name).collect();
    assert_eq!(names, ["as_found", "exactly_417"]);
    assert_eq!(
        raw.entity("pool", "api_pg").unwrap().table.get("size").unwrap().as_integer(),
        Some(50)
    );
    let raw = clean(FOLLOWERS);
    assert_eq!(
        raw.entities("query").map(|q| q.name).collect::<Vec<_>>(),
        ["insert_stream", "followers_page"]
    );
}

/// Each page's `wrong` fragment causes its id, if it is one of this room, and no `mended` one
/// causes anything.
#[test]
fn pages_of_ids_tell_the_truth() {
    let of_this_room = [
        Id::EmptyScenario,
        Id::TomlSyntax,
        Id::DuplicateKey,
        Id::IncludeOutside,
        Id::UnknownTable,
        Id::UnknownKey,
        Id::UnknownPath,
        Id::ReservedWord,
        Id::WrongType,
        Id::MissingKey,
        Id::ExclusiveKeys,
        Id::UnknownWord,
        Id::BadName,
        Id::BadDate,
        Id::NoVerb,
        Id::DuplicateVerb,
        Id::UnknownVerb,
        Id::ModifierNotAllowed,
        Id::UnknownVariant,
        Id::VariantCycle,
    ];
    for id in of_this_room {
        assert!(ids(id.page().wrong).contains(&id), "{id}: {:?}", ids(id.page().wrong));
    }
    for id in Id::all() {
        let page = id.page();
        let is_scenario = page.mended.starts_with('[');
        if is_scenario {
            assert_eq!(ids(page.mended), [], "{id}:\n{}", check(page.mended));
        }
    }
}

#[test]
fn a_file_that_is_not_there() {
    insta::assert_snapshot!(check_with("shop.toml", &[], &MemoryLoader::default()), @r#"
    error[not-found]: there is no file `shop.toml`
     |
     = help: give the path of a scenario, such as `scenarios/shop.toml`

    1 error
    "#);
}

#[test]
fn a_file_that_cannot_be_read() {
    struct Refusing;
    impl Loader for Refusing {
        fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
            Err(LoadError::Unreadable("permission denied".into()))
        }
    }
    insta::assert_snapshot!(check_with("shop.toml", &[], &Refusing), @r#"
    error[unreadable]: cannot read `shop.toml`: permission denied

    1 error
    "#);
}

#[test]
fn a_file_that_is_not_utf8() {
    let loader = MemoryLoader::new("shop.toml", b"[scenario]\nname = \"caf\xe9\"\n".to_vec());
    insta::assert_snapshot!(check_with("shop.toml", &[], &loader), @r#"
    error[not-utf8]: `shop.toml` is not UTF-8: byte 22 is 0xE9
     --> shop.toml:2:12
      |
    2 | name = "caf�"
      |            ^ not UTF-8
      |
      = help: save the file as UTF-8

    1 error
    "#);
}

#[test]
fn a_file_that_is_too_large() {
    let loader = MemoryLoader::new("shop.toml", vec![b'#'; 10 << 20]);
    insta::assert_snapshot!(check_with("shop.toml", &[], &loader), @r#"
    error[too-large]: `shop.toml` is larger than 1 MiB, the most that a scenario may have
     |
     = help: is this the file you meant?

    1 error
    "#);
    let most = [b"[run]\n#".to_vec(), vec![b'x'; (1 << 20) - 7]].concat();
    assert_eq!(check_with("shop.toml", &[], &MemoryLoader::new("shop.toml", most)), "");
}

#[test]
fn too_many_variants() {
    let variants = (0..101).map(|i| format!("[variant.v{i}]\n")).collect::<Vec<_>>().concat();
    assert_eq!(ids(&variants), [Id::TooManyKeys]);
    let chain = (1..100)
        .map(|i| format!("[variant.v{i}]\nextends = \"v{}\"\n", i - 1))
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(ids(&format!("[variant.v0]\n{chain}")), []);
}

#[test]
fn an_empty_file() {
    insta::assert_snapshot!(check("# nothing yet\n"), @r#"
    error[empty-scenario]: `shop.toml` is empty
     --> shop.toml:1:1
      |
    1 | # nothing yet
      | ^ no table here
      |
      = help: a scenario has at least a service, an endpoint and a workload

    1 error
    "#);
    assert_eq!(ids(""), [Id::EmptyScenario]);
    assert_eq!(ids("\u{feff}"), [Id::EmptyScenario]);
}

/// A byte order mark is no mistake, and spans after it stay right.
#[test]
fn a_byte_order_mark() {
    clean("\u{feff}[run]\nseed = 1\n");
    insta::assert_snapshot!(check("\u{feff}[run]\nsed = 1\n"), @r#"
    error[unknown-key]: unknown key `sed` in `run`
     --> shop.toml:2:1
      |
    2 | sed = 1
      | ^^^ not a key of `[run]`
      |
    help: a key with a similar name exists
      |
    2 | seed = 1
      |   +

    1 error
    "#);
}

#[test]
fn nesting_that_is_too_deep() {
    insta::assert_snapshot!(check(&format!("[run]\nseed = {}\n", "[".repeat(3_000))), @r#"
    error[too-deep]: nested more than 64 levels deep
     --> shop.toml:2:71
      |
    2 | seed = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[...
      |                                                                       ^ level 65
      |
      = help: is a bracket missing before? repeated steps fit into a `[flow.X]`

    1 error
    "#);
    for text in [
        format!("x = {}", "[".repeat(500_000)),
        format!("x = {}", "{a=".repeat(300_000)),
        format!("x = {}", "{a.b=[".repeat(150_000)),
        format!("{} = 1", "a.".repeat(400_000) + "a"),
        format!("[{}]", "a.".repeat(400_000) + "a"),
        format!("[a]\n{} = 1", "\"a\" . ".repeat(100_000) + "a"),
    ] {
        assert_eq!(ids(&text), [Id::TooDeep], "{}", &text[..20]);
    }
    let fits = format!(
        "[flow.f]\nsteps = {}{}",
        "[{ try = ".repeat(20),
        "[]".to_string() + &"}]".repeat(20)
    );
    clean(&fits);
}

#[test]
fn brackets_in_strings_and_comments_do_not_nest() {
    let many = "[".repeat(200);
    clean(&format!("[scenario]\nname = \"{many}\" # {many}\nabout = '''\n{many}\n\"'''\n"));
    clean(&format!("[scenario]\nname = \"\\\"{many}\"\nabout = \"\"\"{many}\\\"\"\"\"\n"));
}

#[test]
fn too_many_keys_and_items() {
    let keys = (0..2_500).map(|i| format!("k{i} = 1\n")).collect::<Vec<_>>().concat();
    assert_eq!(ids(&format!("[inputs]\n{keys}")), [Id::TooManyKeys]);
    let keys = (0..21_000)
        .map(|i| format!("[lock.k{}]\n", i % 1_500 * 100 + i))
        .collect::<Vec<_>>()
        .concat();
    assert!(ids(&keys).contains(&Id::TooManyKeys));
    let items = "\"a\",".repeat(10_001);
    insta::assert_snapshot!(check(&format!("[scenario]\nsources = [\n{}]\n", items.replace(',', ",\n"))), @r#"
    error[too-many-items]: a list of more than 10000 items
     --> shop.toml:2:11
      |
    2 | sources = [
      |           ^ 10001 items

    1 error
    "#);
    assert_eq!(ids(&format!("[scenario]\nsources = [{items}]")), [Id::TooManyItems]);
}

#[test]
fn several_syntax_errors_at_once_with_what_could_be_read() {
    insta::assert_snapshot!(check(
        "[service.api]\ncores = \nworkrs = 200\n\n[workload.w]\nrate = 80/s\nmix = { browse = 1\n"
    ), @r#"
    error[toml-syntax]: not valid TOML: a value is missing
     --> shop.toml:2:9
      |
    2 | cores = 
      |         ^ nothing after the `=`

    error[unknown-key]: unknown key `workrs` in `service.api`
     --> shop.toml:3:1
      |
    3 | workrs = 200
      | ^^^^^^ not a key of a service
      |
    help: a key with a similar name exists
      |
    3 | workers = 200
      |     +

    error[toml-syntax]: not valid TOML: a text without quotes
     --> shop.toml:6:8
      |
    6 | rate = 80/s
      |        ^^^^ neither a number nor a text in quotes
      |
    help: a value with a unit or a name is a text
      |
    6 - rate = 80/s
    6 + rate = "80/s"
      |

    error[toml-syntax]: not valid TOML: this `{` is never closed
     --> shop.toml:7:7
      |
    7 | mix = { browse = 1
      |       ^ no `}` belongs to it

    4 errors
    "#);
}

#[test]
fn a_table_twice() {
    insta::assert_snapshot!(check("[run]\nseed = 1\n\n[run]\nseed = 2\n"), @r#"
    error[duplicate-key]: `run` is defined twice
     --> shop.toml:4:2
      |
    1 | [run]
      | ----- first definition
    ...
    4 | [run]
      |  ^^^ second definition
      |
      = help: keep one; a variant or `--set` changes a value for a comparison

    1 error
    "#);
}

#[test]
fn numbers_that_do_not_fit() {
    insta::assert_snapshot!(
        check("[inputs]\na = 99999999999999999999\nb = 1e999\nc = nan\nd = 0xffff\n"), @r#"
    error[out-of-range]: a whole number beyond 64 bits
     --> shop.toml:2:5
      |
    2 | a = 99999999999999999999
      |     ^^^^^^^^^^^^^^^^^^^^ too large

    error[out-of-range]: a number that is not finite
     --> shop.toml:3:5
      |
    3 | b = 1e999
      |     ^^^^^ not a finite number

    error[out-of-range]: a number that is not finite
     --> shop.toml:4:5
      |
    4 | c = nan
      |     ^^^ not a finite number

    3 errors
    "#);
}

#[test]
fn includes_are_merged_below_their_file() {
    let loader = MemoryLoader::new(
        "dir/shop.toml",
        "include = [\"parts/a.toml\"]\n[service.api]\ncores = 4\n",
    )
    .with("dir/parts/a.toml", "include = [\"../b.toml\"]\n[service.api]\ncores = 2\nworkers = 8\n")
    .with("dir/b.toml", "[service.api]\nworkers = 1\ninstances = 3\n");
    let (raw, diagnostics) = read("dir/shop.toml", &[], &loader);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let get = |key| raw.value(&["service", "api", key]).and_then(Node::as_integer);
    assert_eq!((get("cores"), get("workers"), get("instances")), (Some(4), Some(8), Some(3)));
    let span = raw.value(&["service", "api", "instances"]).unwrap().span;
    assert_eq!(raw.sources.path(span.file), "dir/b.toml");
}

#[test]
fn an_include_that_leads_out() {
    let loader = MemoryLoader::new(
        "dir/shop.toml",
        "include = [\"../secret.toml\", \"/etc/passwd\"]\n[run]\n",
    );
    insta::assert_snapshot!(check_with("dir/shop.toml", &[], &loader), @r#"
    error[include-outside]: `../secret.toml` leads out of the scenario's folder
     --> dir/shop.toml:1:12
      |
    1 | include = ["../secret.toml", "/etc/passwd"]
      |            ^^^^^^^^^^^^^^^^ outside
      |
      = help: give a path below the folder of the scenario, with `/` between folders

    error[include-outside]: `/etc/passwd` leads out of the scenario's folder
     --> dir/shop.toml:1:30
      |
    1 | include = ["../secret.toml", "/etc/passwd"]
      |                              ^^^^^^^^^^^^^ outside
      |
      = help: give a path below the folder of the scenario, with `/` between folders

    2 errors
    "#);
    for path in ["", ".", "a/../..", "..", "c:x", "a\\\\b", "a/../../dir/shop.toml"] {
        let text = format!("include = [\"{path}\"]\n[run]\n");
        assert_eq!(ids(&text), [Id::IncludeOutside], "{path}");
    }
}

#[test]
fn an_include_that_is_not_there() {
    let loader = MemoryLoader::new("dir/shop.toml", "include = [\"parts/comon.toml\"]\n");
    insta::assert_snapshot!(check_with("dir/shop.toml", &[], &loader), @r#"
    error[not-found]: there is no file `dir/parts/comon.toml`
     --> dir/shop.toml:1:12
      |
    1 | include = ["parts/comon.toml"]
      |            ^^^^^^^^^^^^^^^^^^ included here
      |
      = help: the path is relative to the file that includes

    1 error
    "#);
}

#[test]
fn includes_in_a_circle() {
    let loader = MemoryLoader::new("shop.toml", "include = [\"parts/a.toml\"]\n[run]\n")
        .with("parts/a.toml", "include = [\"b.toml\"]\n")
        .with("parts/b.toml", "include = [\"./../parts/a.toml\"]\n");
    insta::assert_snapshot!(check_with("shop.toml", &[], &loader), @r#"
    error[include-cycle]: `parts/a.toml` includes itself
     --> parts/b.toml:1:12
      |
    1 | include = ["./../parts/a.toml"]
      |            ^^^^^^^^^^^^^^^^^^^ here again
      |
      = help: the circle is `parts/a.toml` -> `parts/b.toml` -> `parts/a.toml`

    1 error
    "#);
    assert_eq!(ids("include = [\"shop.toml\"]\n[run]\n"), [Id::IncludeCycle]);
}

#[test]
fn too_many_includes() {
    let mut deep = MemoryLoader::default();
    for i in 0..12 {
        deep = deep.with(format!("{i}.toml"), format!("include = [\"{}.toml\"]\n[run]\n", i + 1));
    }
    insta::assert_snapshot!(check_with("0.toml", &[], &deep), @r#"
    error[too-many-includes]: includes nest more than 8 deep
     --> 8.toml:1:12
      |
    1 | include = ["9.toml"]
      |            ^^^^^^^^ one too many

    1 error
    "#);
    let names: Vec<String> = (0..40).map(|_| "\"x.toml\"".to_string()).collect();
    let wide = MemoryLoader::new("s.toml", format!("include = [{}]\n[run]\n", names.join(",")))
        .with("x.toml", "[run]\n");
    let (_, diagnostics) = read("s.toml", &[], &wide);
    assert_eq!(diagnostics.iter().map(|d| d.id).collect::<Vec<_>>(), [Id::TooManyIncludes]);
}

#[test]
fn an_include_that_is_no_list() {
    let loader =
        MemoryLoader::new("s.toml", "include = \"a.toml\"\n[run]\n").with("a.toml", "[run]\n");
    insta::assert_snapshot!(check_with("s.toml", &[], &loader), @r#"
    error[wrong-type]: `include` is a list of paths, not a text
     --> s.toml:1:11
      |
    1 | include = "a.toml"
      |           ^^^^^^^^ a text
      |
    help: put it into a list
      |
    1 - include = "a.toml"
    1 + include = ["a.toml"]
      |

    1 error
    "#);
}

/// A sub-range of an expression maps to the file exactly if the text has no escapes.
#[test]
fn sub_spans_of_strings() {
    let text = "[inputs]\na = \"x + y\"\nb = 'x + y'\nc = \"x \\u002B y\"\nd = \"\"\"\nx + y\"\"\"\ne = \"\"\n";
    let raw = clean(text);
    let part = |key: &str| {
        let node = raw.value(&["inputs", key]).unwrap();
        raw.sources.text(node.sub_span(4..5)).to_string()
    };
    assert_eq!([part("a"), part("b"), part("d")], ["y", "y", "y"]);
    assert_eq!(part("c"), "\"x \\u002B y\"", "the whole value");
    assert_eq!(part("e"), "");
    let a = raw.value(&["inputs", "a"]).unwrap();
    assert_eq!(raw.sources.text(a.inner_span()), "x + y");
    assert_eq!(raw.sources.text(a.sub_span(3..900)), " y");
}

#[test]
fn origins_say_who_said_it() {
    let loader = MemoryLoader::new("s.toml", BROWSE);
    let (raw, diagnostics) = read("s.toml", &["inputs.viewers=1"], &loader);
    assert!(diagnostics.is_empty());
    let (raw, _) = overlay::with_variant(&raw, "as_found");
    let origin = |path: &[&str]| raw.value(path).unwrap().origin.clone();
    assert_eq!(origin(&["inputs", "viewers"]), Origin::Cli);
    assert_eq!(origin(&["inputs", "calls_per_viewer"]), Origin::File);
    assert_eq!(origin(&["database", "pg", "max_connections"]), Origin::Variant("as_found".into()));
}
