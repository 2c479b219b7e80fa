//! Rules that one file keeps or breaks by itself.

use super::code::{code_only, line_of, paths, shipped, words};
use super::tree::File;

/// More lines than this in a file are two files.
pub const MAX_LINES: usize = 600;

/// A file that has grown too long.
pub fn too_long(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    if lines > MAX_LINES {
        vec![format!("{}: {lines} lines, more than {MAX_LINES}", file.path)]
    } else {
        Vec::new()
    }
}

/// A module whose first line does not say what it is.
pub fn no_header(file: &File) -> Vec<String> {
    let first = file.text.lines().next().unwrap_or("");
    let says = first.strip_prefix("//!").map_or("", str::trim);
    if says.is_empty() || says.starts_with('(') {
        vec![format!("{}:1: no `//!` header that says what the module is", file.path)]
    } else {
        Vec::new()
    }
}

/// Marks of unfinished work, and tests that are switched off.
pub fn leftovers(file: &File) -> Vec<String> {
    let marks = [concat!("FIX", "ME"), concat!("XX", "X"), concat!("TO", "DO:")];
    let code = code_only(&file.text);
    let mut found = macros(file, &code, &["todo", "unimplemented", "dbg"]);
    for mark in marks {
        found.extend(file.text.match_indices(mark).map(|(at, _)| finding(file, at, mark)));
    }
    found.extend(code.match_indices("#[ignore").map(|(at, _)| finding(file, at, "#[ignore]")));
    found
}

/// `unwrap()` in code that ships: an invariant has a name, `expect` says it.
pub fn unwraps(file: &File) -> Vec<String> {
    let code = shipped(&code_only(&file.text));
    words(&code)
        .filter(|(at, word)| {
            *word == "unwrap"
                && code[..*at].trim_end().ends_with('.')
                && code[at + word.len()..].trim_start().starts_with('(')
        })
        .map(|(at, _)| finding(file, at, "unwrap()"))
        .collect()
}

/// Hash tables of the standard library: their order differs from run to run.
pub fn random_order(file: &File) -> Vec<String> {
    let code = code_only(&file.text);
    words(&code)
        .filter(|(_, word)| matches!(*word, "HashMap" | "HashSet" | "RandomState"))
        .map(|(at, word)| finding(file, at, &format!("{word}, whose order is random")))
        .collect()
}

/// Files, environment, clock, network, terminal: only `cli` knows them. Unit tests may.
pub fn outside_world(file: &File) -> Vec<String> {
    let code = shipped(&code_only(&file.text));
    let mut found = macros(file, &code, &["print", "println", "eprint", "eprintln"]);
    for (at, path) in paths(&code, "std") {
        if matches!(path[1].as_str(), "fs" | "env" | "io" | "net" | "process") {
            found.push(finding(file, at, &path.join("::")));
        }
    }
    for (at, word) in words(&code) {
        if matches!(word, "Instant" | "SystemTime") {
            found.push(finding(file, at, &format!("{word}, the clock on the wall")));
        }
    }
    found
}

fn macros(file: &File, code: &str, names: &[&str]) -> Vec<String> {
    words(code)
        .filter(|(at, word)| names.contains(word) && code[at + word.len()..].starts_with('!'))
        .map(|(at, word)| finding(file, at, &format!("{word}!")))
        .collect()
}

fn finding(file: &File, at: usize, what: &str) -> String {
    format!("{}:{}: {what}", file.path, line_of(&file.text, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule finds something in each of the bad texts and nothing in any of the good ones.
    fn check(rule: fn(&File) -> Vec<String>, bad: &[&str], good: &[&str]) {
        for text in bad {
            let found = rule(&File::new("src/room/mod.rs", text));
            assert_eq!(found.len(), 1, "in {text:?}: {found:?}");
        }
        for text in good {
            let found = rule(&File::new("src/room/mod.rs", text));
            assert!(found.is_empty(), "in {text:?}: {found:?}");
        }
    }

    #[test]
    fn long_files_are_found() {
        check(too_long, &[&"\n".repeat(MAX_LINES + 1)], &[&"\n".repeat(MAX_LINES)]);
    }

    #[test]
    fn missing_headers_are_found() {
        check(
            no_header,
            &["", "use a;\n//! Late.", "// Not a header.", "//!", "//! (being built)"],
            &["//! Pools of connections."],
        );
    }

    #[test]
    fn leftovers_are_found() {
        check(
            leftovers,
            &[
                "fn f() { todo!() }",
                "fn f() { unimplemented!(\"later\") }",
                "fn f() { dbg!(x); }",
                concat!("// FIX", "ME: later"),
                "#[test]\n#[ignore = \"slow\"]\nfn f() {}",
            ],
            &["// todo!() would be wrong here\nlet ignore = \"dbg!\";"],
        );
    }

    #[test]
    fn unwraps_are_found() {
        check(
            unwraps,
            &["fn f() { x.unwrap(); }", "fn f() { x\n    .unwrap() }"],
            &["x.unwrap_or(1)", "#[cfg(test)]\nmod t { fn f() { x.unwrap() } }", "\".unwrap()\""],
        );
    }

    #[test]
    fn random_order_is_found() {
        check(
            random_order,
            &["use std::collections::HashMap;", "#[cfg(test)] mod t { type A = HashSet<u8>; }"],
            &["use rustc_hash::FxHashMap; use std::collections::BTreeMap; // HashMap"],
        );
    }

    #[test]
    fn the_outside_world_is_found() {
        check(
            outside_world,
            &[
                "use std::fs;",
                "use std::{env, fmt};",
                "fn f() { ::std::io::stdout(); }",
                "use std::time::{Duration, Instant};",
                "fn f() { println!(\"x\") }",
                "fn f() { std::process::exit(1) }",
            ],
            &[
                "use std::{fmt, time::Duration}; const V: &str = env!(\"CARGO_PKG_VERSION\");",
                "fn f() { writeln!(out, \"println!\") }",
                "#[cfg(test)]\nmod t { use std::fs; }",
            ],
        );
    }
}
