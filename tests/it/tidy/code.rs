//! Reading Rust source just well enough to check it: what is code, what is only compiled for tests,
//! which paths it names. Every view keeps the byte offsets and line breaks of the original.

/// The code alone: comments and the insides of string and character literals become spaces.
pub fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = vec![b' '; bytes.len()];
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_or_comment(text, at);
        if end > at {
            for index in at..end {
                if bytes[index] == b'\n' {
                    out[index] = b'\n';
                }
            }
            if matches!(bytes[at], b'"' | b'\'') {
                (out[at], out[end - 1]) = (bytes[at], bytes[at]);
            }
            at = end;
        } else {
            if bytes[at].is_ascii() {
                out[at] = bytes[at];
            }
            at += 1;
        }
    }
    String::from_utf8(out).expect("only ASCII was written")
}

/// Where the comment or literal that starts at `at` ends; `at` itself if none starts there.
fn literal_or_comment(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let rest = &bytes[at..];
    match rest[0] {
        b'/' if rest.starts_with(b"//") => {
            text[at..].find('\n').map_or(bytes.len(), |length| at + length)
        }
        b'/' if rest.starts_with(b"/*") => block_comment(bytes, at),
        b'"' => quoted(bytes, at, b'"'),
        b'r' if at == 0 || !is_word(bytes[at - 1]) || is_raw_prefix(bytes, at) => {
            raw_string(text, at)
        }
        b'\'' => {
            let next = text[at + 1..].chars().next().unwrap_or(' ');
            let after = at + 1 + next.len_utf8();
            if next == '\\' || bytes.get(after) == Some(&b'\'') {
                quoted(bytes, at, b'\'')
            } else {
                at
            }
        }
        _ => at,
    }
}

/// Is the `r` at `at` the second letter of `br"…"` or `cr"…"`?
fn is_raw_prefix(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[at - 1], b'b' | b'c') && (at < 2 || !is_word(bytes[at - 2]))
}

fn block_comment(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0_usize);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

fn quoted(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn raw_string(text: &str, from: usize) -> usize {
    let rest = &text[from + 1..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if !rest[hashes..].starts_with('"') {
        return from;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let body = from + 1 + hashes + 1;
    text[body..].find(&close).map_or(text.len(), |length| body + length + close.len())
}

/// The code that ships: items under `#[cfg(test)]` become spaces too. Takes what `code_only` gave.
pub fn shipped(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    if code.contains("#![cfg(test)]") {
        return blank(code);
    }
    let mut out = String::with_capacity(code.len());
    let mut at = 0;
    while let Some(found) = code[at..].find(MARK) {
        let start = at + found;
        let end = item_end(code, start + MARK.len());
        out.push_str(&code[at..start]);
        out.push_str(&blank(&code[start..end]));
        at = end;
    }
    out.push_str(&code[at..]);
    out
}

fn blank(code: &str) -> String {
    code.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect()
}

/// The end of the item that follows: its first `;` outside brackets, or the end of its first block.
fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    let mut in_block = false;
    for (offset, letter) in code[from..].char_indices() {
        match letter {
            '{' | '(' | '[' => {
                in_block |= letter == '{' && depth == 0;
                depth += 1;
            }
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && in_block {
                    return from + offset + 1;
                }
            }
            ';' if depth == 0 => return from + offset + 1,
            _ => {}
        }
    }
    code.len()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The words (names, keywords, numbers) of a code view, each with its offset.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = code.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() && !is_word(bytes[at]) {
            at += 1;
        }
        let start = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        (start < at).then(|| (start, &code[start..at]))
    })
}

/// Every path that starts with the word `root`, use trees taken apart: `std::{fs, io::Write}` is
/// `[std, fs]` and `[std, io, Write]`. The offset is that of `root`.
pub fn paths(code: &str, root: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for (at, word) in words(code) {
        let before = code[..at].trim_end();
        let is_inner =
            before.strip_suffix("::").is_some_and(|rest| rest.ends_with(|c: char| is_name(c)));
        let after = &code[at + word.len()..];
        if word == root && !is_inner && after.trim_start().starts_with("::") {
            let mut out = Vec::new();
            use_tree(after, &mut vec![root.to_owned()], &mut out);
            found.extend(out.into_iter().map(|path| (at, path)));
        }
    }
    found
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// Reads the path or use tree that goes on at `rest`; gives what is left behind it.
fn use_tree<'a>(rest: &'a str, prefix: &mut Vec<String>, out: &mut Vec<Vec<String>>) -> &'a str {
    let Some(rest) = rest.trim_start().strip_prefix("::") else {
        out.push(prefix.clone());
        return rest;
    };
    branch(rest, prefix, out)
}

fn branch<'a>(rest: &'a str, prefix: &mut Vec<String>, out: &mut Vec<Vec<String>>) -> &'a str {
    let rest = rest.trim_start();
    if let Some(mut inner) = rest.strip_prefix('{') {
        loop {
            inner = inner.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            if inner.is_empty() || inner.starts_with('}') {
                return inner.strip_prefix('}').unwrap_or(inner);
            }
            let before = inner.len();
            inner = branch(inner, prefix, out);
            if inner.len() == before {
                return inner;
            }
            // What is left of `name as other`.
            if let Some(end) = inner.find([',', '}', ';']) {
                inner = &inner[end..];
            }
        }
    }
    let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
    let name = if length == 0 && rest.starts_with('*') { "*" } else { &rest[..length] };
    if name.is_empty() {
        out.push(prefix.clone());
        return rest;
    }
    prefix.push(name.to_owned());
    let left = use_tree(&rest[name.len()..], prefix, out);
    prefix.pop();
    left
}

/// The line, counted from 1, of an offset.
pub fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_not_code() {
        let text = "let a = \"fs::read\"; // std::fs\n/* a /* b */ dbg */ let c = 'x';\n\
                    let d = r#\"a \" todo\"#; let e: &'static str = b\"\\\"x\"; let f = br\"y\";";
        let code = code_only(text);
        assert_eq!(code.len(), text.len());
        assert_eq!(code.lines().count(), text.lines().count());
        for hidden in ["read", "std", "dbg", "todo", "x", "y"] {
            assert!(!words(&code).any(|(_, word)| word == hidden), "{hidden} in {code}");
        }
        for kept in ["a", "c", "d", "e", "f", "static", "str"] {
            assert!(words(&code).any(|(_, word)| word == kept), "{kept} not in {code}");
        }
    }

    #[test]
    fn test_items_do_not_ship() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests;\nfn b() {}\n#[cfg(test)]\n#[allow(x)]\n\
                    mod inner { fn c() { [1; 2]; } }\nfn d() {}";
        let shipped = shipped(code);
        let left: Vec<&str> = words(&shipped).map(|(_, word)| word).collect();
        assert_eq!(left, ["fn", "a", "fn", "b", "fn", "d"]);
        assert_eq!(line_of(&shipped, shipped.find("fn d").expect("kept")), 8);
    }

    #[test]
    fn use_trees_are_taken_apart() {
        let code = "use std::{fs, io::{self, Write as W}, time::*}; let x = std::mem::take(&mut y);\
                    use other::std::net; use crate::a::{B, c::D};";
        let join = |root| -> Vec<String> {
            paths(code, root).into_iter().map(|(_, path)| path.join("::")).collect()
        };
        assert_eq!(
            join("std"),
            ["std::fs", "std::io::self", "std::io::Write", "std::time::*", "std::mem::take"]
        );
        assert_eq!(join("crate"), ["crate::a::B", "crate::a::c::D"]);
    }
}
