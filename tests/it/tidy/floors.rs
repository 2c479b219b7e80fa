//! The floors: a room imports only from rooms named above it in `src/lib.rs`.

use super::code::{code_only, line_of, paths, shipped, words};
use super::tree::File;

/// The rooms in the order in which `lib.rs` declares them, the lowest floor first.
pub fn rooms(lib: &str) -> Vec<String> {
    let code = shipped(&code_only(lib));
    let all: Vec<&str> = words(&code).map(|(_, word)| word).collect();
    all.windows(2).filter(|pair| pair[0] == "mod").map(|pair| pair[1].to_owned()).collect()
}

/// The room of a source file and the depth of its module below the crate root; none for the two
/// files at the root, which belong to no room.
fn place(path: &str) -> Option<(&str, usize)> {
    let inner = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let module = inner.strip_suffix("/mod").unwrap_or(inner);
    let room = module.split('/').next()?;
    (!matches!(room, "lib" | "main")).then(|| (room, module.split('/').count()))
}

/// Everything in the file that leaves its floor in a way that is not allowed. Unit tests are held to
/// the same rule: a test that needs a higher floor belongs in `tests/`.
pub fn check(file: &File, rooms: &[String]) -> Vec<String> {
    let Some((room, depth)) = place(&file.path) else {
        return Vec::new();
    };
    let code = code_only(&file.text);
    let mut found = Vec::new();
    let mut report = |at: usize, what: String| {
        found.push(format!("{}:{}: {what}", file.path, line_of(&code, at)));
    };
    let floor = |name: &str| rooms.iter().position(|other| other == name);
    let Some(own) = floor(room) else {
        return vec![format!("{}: `{room}` is not declared in src/lib.rs", file.path)];
    };
    for (at, path) in paths(&code, "crate") {
        let target = path.get(1).map_or("", String::as_str);
        match floor(target) {
            None => report(at, format!("`crate::{target}` names no room")),
            Some(other) if other > own => {
                report(at, format!("`{room}` reaches up to `{target}`"));
            }
            Some(other) if other < own && is_public_use(&code[..at]) => {
                report(at, format!("`{room}` re-exports what belongs to `{target}`"));
            }
            Some(_) => {}
        }
    }
    for (at, climbed) in super_chains(&code) {
        if climbed >= depth + inline_depth(&code[..at]) {
            report(at, "`super` climbs out of the room: write `crate::`".to_owned());
        }
    }
    found
}

/// Does this text end in `pub use` or `pub(…) use`?
fn is_public_use(before: &str) -> bool {
    before
        .trim_end()
        .strip_suffix("use")
        .map(str::trim_end)
        .is_some_and(|rest| rest.ends_with("pub") || rest.ends_with(')'))
}

/// Each `super::super::…`: where it starts and how many levels it climbs. `pub(super)` climbs too,
/// but only says who may see an item.
fn super_chains(code: &str) -> Vec<(usize, usize)> {
    let mut chains = Vec::new();
    for (at, word) in words(code) {
        let follows = |end: usize| code[end..].trim_start().starts_with("::");
        if word != "super" || !follows(at + word.len()) || code[..at].trim_end().ends_with("::") {
            continue;
        }
        let mut climbed = 0;
        for (offset, next) in words(&code[at..]) {
            if next != "super" || !follows(at + offset + next.len()) {
                break;
            }
            climbed += 1;
        }
        chains.push((at, climbed));
    }
    chains
}

/// How many inline modules are open where this text ends.
fn inline_depth(before: &str) -> usize {
    let mut open = Vec::new();
    for (at, letter) in before.char_indices() {
        match letter {
            '{' => {
                let last: Vec<&str> = before[..at].split_whitespace().rev().take(2).collect();
                open.push(last.get(1) == Some(&"mod"));
            }
            '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.into_iter().filter(|is_module| *is_module).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str = "//! Docs: mod nothing.\npub mod low;\n\npub mod middle;\npub mod high;\n\
                       #[cfg(test)]\nmod tests;";

    fn findings(path: &str, text: &str) -> Vec<String> {
        check(&File::new(path, text), &rooms(LIB))
    }

    #[test]
    fn rooms_are_read_in_order() {
        assert_eq!(rooms(LIB), ["low", "middle", "high"]);
    }

    #[test]
    fn downward_and_own_edges_are_fine() {
        let text = "use crate::low::{A, b::C};\nuse crate::middle::own::D;\npub use crate::middle::E;\n\
                    use super::F; // crate::high\nmod tests { use super::super::own; }";
        assert_eq!(findings("src/middle/part.rs", text), Vec::<String>::new());
        assert_eq!(findings("src/lib.rs", "use crate::high::X;"), Vec::<String>::new());
        assert_eq!(findings("src/high.rs", "mod t { use super::*; }"), Vec::<String>::new());
    }

    #[test]
    fn an_upward_edge_is_found() {
        for text in [
            "\nuse crate::high::X;",
            "\nfn f() { crate::high::go() }",
            "\nuse crate::{low::A, high};",
            "\n#[cfg(test)] mod tests { use crate::high::X; }",
        ] {
            assert_eq!(
                findings("src/middle/mod.rs", text),
                ["src/middle/mod.rs:2: `middle` reaches up to `high`"],
                "{text}"
            );
        }
    }

    #[test]
    fn other_ways_out_are_found() {
        assert_eq!(findings("src/middle/mod.rs", "use super::high::X;").len(), 1);
        assert_eq!(findings("src/middle/a.rs", "use super::super::low::X;").len(), 1);
        assert_eq!(findings("src/middle/a.rs", "pub(crate) use crate::low::X;").len(), 1);
        assert_eq!(findings("src/middle/a.rs", "use crate::cellar::X;").len(), 1);
        assert_eq!(findings("src/attic/mod.rs", "").len(), 1);
    }
}
