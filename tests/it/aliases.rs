//! Goal: what is advised instead of a word of other tools works. Method: every alias in every one of
//! its places of a small scenario, with the value that its new name takes and with values that
//! people write; the patch is applied, and what comes out is understood.

use plimsoll::diag::{Diagnostic, Id};
use plimsoll::expr::scope::NoTables;
use plimsoll::model::{mistakes, resolve};
use plimsoll::scenario::keys::aliases::{ALIASES, Alias};
use plimsoll::scenario::keys::{
    Dimension, KeySpec, Kind, MapKeys, TableSpec, steps, table, tables,
};
use plimsoll::scenario::read;
use plimsoll::scenario::source::MemoryLoader;

/// Tables of a scenario: the place in the table of aliases, the places for which it is there (all
/// if empty), its head, its keys.
const BASE: &[(&str, &[&str], &str, &[(&str, &str)])] = &[
    ("scenario", &[], "[scenario]", &[]),
    ("run", &[], "[run]", &[]),
    ("window", &[], "[window.peak]", &[("from", "\"1s\""), ("to", "\"2s\"")]),
    ("service", &[], "[service.api]", &[("cores", "2"), ("workers", "10")]),
    ("line", &["line"], "[service.api.line]", &[("limit", "10")]),
    ("eject", &["eject"], "[service.api.eject]", &[("errors", "4")]),
    ("database", &[], "[database.pg]", &[("cores", "4")]),
    ("disk", &["disk"], "[database.pg.disk]", &[]),
    ("backup", &["backup"], "[database.pg.backup]", &[]),
    ("pool", &[], "[pool.p]", &[("service", "\"api\""), ("database", "\"pg\""), ("size", "5")]),
    ("query", &[], "[query.q]", &[("database", "\"pg\""), ("time", "\"exp(1ms)\"")]),
    ("join", &["join"], "[query.q.join]", &[("table", "\"t\""), ("on", "\"c\"")]),
    ("lock", &[], "[lock.l]", &[]),
    (
        "table",
        &[],
        "[table.t]",
        &[("database", "\"pg\""), ("rows", "1_000"), ("row", "\"100 B\""), ("key", "\"c\"")],
    ),
    ("column", &["column"], "[table.t.columns.c]", &[("type", "\"int\"")]),
    ("index", &["index"], "[table.t.index.i]", &[("on", "\"c\"")]),
    ("partition", &["partition"], "[table.t.partition]", &[("by", "\"c\""), ("every", "100")]),
    ("hot", &["hot"], "[table.t.hot]", &[("rows", "\"5%\""), ("accesses", "\"90%\"")]),
    ("flow", &[], "[flow.f]", &[("steps", "[{ delay = \"exp(1ms)\" }]")]),
    (
        "endpoint",
        &[],
        "[endpoint.e]",
        &[("service", "\"api\""), ("steps", "[{ query = \"q\" }, { flow = \"f\" }]")],
    ),
    ("", &["step"], "[endpoint.s]", &[("service", "\"api\"")]),
    ("step", &["step"], "[[endpoint.s.steps]]", &[]),
    ("workload", &[], "[workload.w]", &[("rate", "\"10/s\""), ("mix", "{ e = 1 }")]),
    ("client", &["client", "retry", "backoff"], "[workload.w.client]", &[("timeout", "\"1s\"")]),
    ("retry", &["retry", "backoff"], "[workload.w.client.retry]", &[("attempts", "2")]),
    ("backoff", &["backoff"], "[workload.w.client.retry.backoff]", &[("first", "\"1ms\"")]),
    ("steps", &["steps"], "[[workload.w.shape.steps]]", &[("at", "\"10s\""), ("rate", "2")]),
    ("ramp", &["ramp"], "[workload.w.shape.ramp]", &[("to", "2"), ("over", "\"10s\"")]),
    ("", &["burst"], "[workload.b]", &[("mix", "{ e = 1 }")]),
    ("burst", &["burst"], "[workload.b.burst]", &[("count", "3")]),
    ("objective", &[], "[objective.o]", &[("that", "\"p95(endpoint.e) < 1s\"")]),
    ("claim", &[], "[claim.c]", &[("that", "\"p95(endpoint.e) < 1s\"")]),
    ("", &["variant"], "[variant.other]", &[("about", "\"the other\"")]),
    ("variant", &["variant"], "[variant.v]", &[("about", "\"this one\"")]),
];

/// Values that people write, whatever the key.
const VALUES: &[&str] = &["5", "-1", "2.5", "inf", "\"5ms\"", "\"word\"", "true", "[]", "{}"];

/// What must not be said of what was advised, whatever the value: it is not a word, it stands
/// twice, or it takes another type.
const OF_WORDS: &[Id] = &[
    Id::TomlSyntax,
    Id::DuplicateKey,
    Id::UnknownKey,
    Id::UnknownVerb,
    Id::UnknownTable,
    Id::ReservedWord,
    Id::WrongType,
];

/// What must not be said either where the value was right.
const OF_VALUES: &[Id] = &[
    Id::UnknownWord,
    Id::NoVerb,
    Id::DuplicateVerb,
    Id::ModifierNotAllowed,
    Id::Syntax,
    Id::MissingUnit,
    Id::WrongDimension,
    Id::UnknownUnit,
    Id::UnknownName,
];

/// The scenario with a line more in a place, without keys that would be there twice or exclude it.
fn scenario(place: &str, line: &str, without: &[&str]) -> String {
    let mut text = String::new();
    for (here, places, head, keys) in BASE {
        if !places.is_empty() && !places.contains(&place) {
            continue;
        }
        text += &format!("{head}\n");
        let is_it = *here == place;
        for (key, value) in *keys {
            if !is_it || !without.contains(key) {
                text += &format!("{key} = {value}\n");
            }
        }
        if is_it {
            text += &format!("{line}\n");
        }
    }
    text
}

/// Every error of reading and of the meaning.
fn errors(text: &str) -> Vec<Diagnostic> {
    let (raw, mut diagnostics) = read("f.toml", &[], &MemoryLoader::new("f.toml", text));
    let more = if diagnostics.has_errors() {
        mistakes(&raw, &NoTables, &diagnostics)
    } else {
        resolve(&raw, &NoTables).1
    };
    diagnostics.append(more);
    diagnostics.iter().cloned().collect()
}

fn spec(place: &str) -> Option<&'static TableSpec> {
    table(place).or_else(|| tables::NESTED.iter().copied().find(|spec| spec.name == place))
}

fn key(place: &str, word: &str) -> Option<&'static KeySpec> {
    if place == "step" {
        let verb = steps::verb(word).map(|verb| &verb.key);
        return verb.or_else(|| steps::modifier(word));
    }
    spec(place)?.key(word)
}

/// A value that a key takes.
fn sample(kind: &Kind) -> String {
    let quoted = |text: &str| format!("\"{text}\"");
    match kind {
        Kind::Text | Kind::Name | Kind::Anything => quoted("other"),
        Kind::Texts => "[\"other\"]".into(),
        Kind::Reference(table) => {
            let names = [
                ("service", "api"),
                ("database", "pg"),
                ("pool", "p"),
                ("query", "q"),
                ("lock", "l"),
                ("flow", "f"),
                ("endpoint", "e"),
                ("variant", "other"),
                ("table", "t"),
            ];
            quoted(names.iter().find(|name| name.0 == *table).expect("a table of the base").1)
        }
        Kind::Quantity(dimension) | Kind::Varying(dimension) => match dimension {
            Dimension::Count | Dimension::Number | Dimension::Any => "3".into(),
            Dimension::Time => quoted("5ms"),
            Dimension::Rate => quoted("5/s"),
            Dimension::Bytes => quoted("5 kB"),
            Dimension::Bandwidth => quoted("5 MB/s"),
            Dimension::Money => quoted("5 $"),
            Dimension::Spending => quoted("5 $/h"),
            Dimension::BytePrice => quoted("5 $/GB"),
            Dimension::StoragePrice => quoted("5 $ / (GB*month)"),
            Dimension::Ratio => quoted("5%"),
        },
        Kind::Condition => quoted("1 < 2"),
        Kind::Statement => quoted("p95(endpoint.e) < 1s"),
        Kind::Word(words) => quoted(words[0]),
        Kind::Words(words) => format!("[\"{}\"]", words[0]),
        Kind::Pattern(..) => quoted("quorum(1)"),
        Kind::Boolean | Kind::True => "true".into(),
        Kind::Integer => "7".into(),
        Kind::Date => "2026-03-01".into(),
        // As people write it; tables of their own are not the same elsewhere.
        Kind::Table(_) => "2".into(),
        Kind::Map(MapKeys::Symbols, _) => "{ size = 3 }".into(),
        Kind::Map(MapKeys::Entities(_) | MapKeys::Own(_) | MapKeys::Any(_), kind) => {
            format!("{{ e = {} }}", sample(kind))
        }
        Kind::Steps => "[{ delay = \"exp(1ms)\" }]".into(),
        Kind::Branches => "[[{ delay = \"exp(1ms)\" }], []]".into(),
        Kind::Tables(spec) if spec.name == "choose" => "[{ p = 1, do = [] }]".into(),
        Kind::Tables(_) => "[{ endpoint = \"e\" }]".into(),
        Kind::List(kind) => format!("[{}]", sample(kind)),
        // A table is the last of them, if it is one.
        Kind::OneOf([kind, Kind::Table(_)]) => sample(kind),
        Kind::OneOf(kinds) => sample(kinds.last().expect("an alternative")),
    }
}

/// The line `word = value`, and in a step what goes with its meaning.
fn line(place: &str, word: &str, meant: &str, value: &str) -> String {
    let mut line = format!("{word} = {value}\n");
    if place != "step" {
        return line;
    }
    match steps::verb(meant) {
        Some(verb) if verb.required.contains(&"do") => line += "do = []\n",
        Some(_) => {}
        None if meant == "do" => line += "repeat = 2\n",
        None if meant == "else" => line += "try = []\n",
        None => {
            let takes = |verb: &&steps::VerbSpec| verb.modifiers.contains(&meant) || meant == "as";
            let verb = steps::VERBS.iter().find(takes).expect("a verb that takes it");
            line += &format!("{} = {}\n", verb.key.name, sample(&verb.key.kind));
            if verb.required.contains(&"do") {
                line += "do = []\n";
            }
        }
    }
    line
}

/// Applies the patch that is offered for a word; `Err` is what is advised without one.
fn applied(text: &str, word: &str) -> Result<String, String> {
    let errors = errors(text);
    let of_word = |one: &&Diagnostic| {
        one.position().is_some_and(|span| text.get(span.range()).is_some_and(|t| t == word))
    };
    let found =
        errors.iter().find(of_word).unwrap_or_else(|| panic!("{word}: {errors:#?}\n{text}"));
    let help = found.helps.first().unwrap_or_else(|| panic!("no advice on {word}\n{text}"));
    let Some(patch) = &help.patch else { return Err(help.text.clone()) };
    let mut mended = text.to_owned();
    mended.replace_range(patch.span.range(), &patch.replacement);
    Ok(mended)
}

/// Errors of these kinds in a mended text.
fn still_wrong(mended: &str, ids: &[&[Id]]) -> Vec<String> {
    let wrong =
        errors(mended).into_iter().filter(|one| ids.iter().any(|ids| ids.contains(&one.id)));
    wrong.map(|one| one.message).collect()
}

/// Keys that are left out beside a new one.
fn without(place: &str, meant: &str) -> Vec<&'static str> {
    let excluded = spec(place).into_iter().flat_map(|spec| spec.excluded_by(meant));
    key(place, meant).map(|key| key.name).into_iter().chain(excluded).collect()
}

fn each(mut of: impl FnMut(&'static Alias, &'static str, &'static str)) {
    for alias in ALIASES {
        for place in alias.places.split_whitespace() {
            alias.words.split_whitespace().for_each(|word| of(alias, place, word));
        }
    }
}

#[test]
fn what_an_alias_offers_is_understood() {
    let mut failed = Vec::new();
    each(|alias, place, word| {
        if place == "top" || !alias.say.is_empty() {
            return;
        }
        let meant = key(place, alias.key).expect("a key of the place");
        let right = if alias.unit.is_empty() { sample(&meant.kind) } else { "5".to_owned() };
        let without = without(place, alias.key);
        let text = scenario(place, &line(place, word, alias.key, &right), &without);
        match applied(&text, word) {
            Ok(mended) => {
                let wrong = still_wrong(&mended, &[OF_WORDS, OF_VALUES]);
                if !wrong.is_empty() {
                    failed.push(format!("{place}.{word} = {right}: {wrong:?}"));
                }
            }
            Err(said) => failed.push(format!("{place}.{word} = {right}: {said}")),
        }
    });
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn whatever_the_value_no_alias_offers_what_is_no_form() {
    let mut failed = Vec::new();
    each(|alias, place, word| {
        if place == "top" || !alias.say.is_empty() {
            return;
        }
        let without = without(place, alias.key);
        for value in VALUES {
            let text = scenario(place, &line(place, word, alias.key, value), &without);
            let Ok(mended) = applied(&text, word) else { continue };
            // What stands inside of a table that is right is another matter.
            let inside = |said: &String| !said.contains("a step of");
            let wrong = still_wrong(&mended, &[OF_WORDS]);
            let wrong: Vec<String> = wrong.into_iter().filter(inside).collect();
            if !wrong.is_empty() {
                failed.push(format!("{place}.{word} = {value}: {wrong:?}"));
            }
        }
    });
    assert!(failed.is_empty(), "{failed:#?}");
}

/// A name that is there already is not offered a second time.
#[test]
fn no_alias_makes_a_key_stand_twice() {
    for (place, key, line) in [("workload", "rate", "rps = 5"), ("pool", "size", "max_size = 5")] {
        let word = line.split(' ').next().expect("a word");
        let said = applied(&scenario(place, line, &[]), word).expect_err("no patch");
        assert_eq!(said, format!("here it is `{key}`, which is there too"));
    }
}

/// What is no number of anything gets no unit.
#[test]
fn a_unit_goes_to_numbers_only() {
    for value in ["inf", "nan", "-5", "-0.5", "\"5\""] {
        let text = scenario("workload", &format!("rps = {value}"), &["rate"]);
        let said = applied(&text, "rps").expect_err("no patch");
        assert!(said.contains("`\".../s\"`"), "{value}: {said}");
    }
    let text = scenario("workload", "rps = 0.00001", &["rate"]);
    assert!(applied(&text, "rps").expect("a patch").contains("rate = \"1e-5/s\""));
}

#[test]
fn tables_are_understood_under_their_new_names() {
    each(|alias, place, word| {
        if place != "top" {
            return;
        }
        let text = format!("[{word}.x]\n");
        let mended = applied(&text, word).unwrap_or_else(|said| panic!("{word}: {said}"));
        let wrong = still_wrong(&mended, &[&[Id::UnknownTable, Id::TomlSyntax]]);
        assert!(wrong.is_empty(), "{word} for {}: {wrong:?}", alias.key);
    });
}

/// What is advised in words has the form that it shows.
#[test]
fn what_is_written_out_in_an_advice_is_understood() {
    let mut read = 0;
    each(|alias, place, _| {
        for shown in alias.say.split('`').skip(1).step_by(2) {
            let is_line = !alias.key.is_empty() && shown.starts_with(&format!("{} = ", alias.key));
            if !is_line || shown.contains("...") || place == "step" {
                continue;
            }
            let shown = shown.replace("browse", "e").replace("order", "e2");
            let text = scenario(place, &shown, &without(place, alias.key));
            let wrong = still_wrong(&text, &[OF_WORDS, OF_VALUES]);
            assert!(wrong.is_empty(), "{place}: {shown}: {wrong:?}\n{text}");
            read += 1;
        }
    });
    assert!(read >= 6, "{read}");
}
