//! Brackets that are never closed: found where they were opened.
//!
//! A parser notices a missing bracket where the next table begins, and takes all that follows for a
//! part of the value. What is meant is plain: neither the head of a table nor, in a list, a `key =`
//! at the beginning of a line can be part of a value.

use std::ops::Range;

/// A bracket that is opened and not closed.
#[derive(Debug, PartialEq, Eq)]
pub struct Unclosed {
    /// Where it is opened.
    pub open: usize,
    /// The bracket that closes it.
    pub closing: char,
    /// Where it shows: the head of a table, a key, another closing bracket, or the end.
    pub shows: Range<usize>,
    /// Where the value begins that it is part of.
    pub value: usize,
}

/// The brackets that are not closed, and the text in which the values around them are a `0` and
/// blanks, so that everything else can be read and keeps its place.
pub fn scan(text: &str) -> (Vec<Unclosed>, String) {
    let mut scan = Scan {
        text,
        blanked: text.as_bytes().to_vec(),
        open: Vec::new(),
        is_broken: false,
        found: Vec::new(),
    };
    scan.run();
    // Whole values are blanked, which begin and end at ASCII.
    let blanked = String::from_utf8(scan.blanked).unwrap_or_else(|_| text.to_owned());
    (scan.found, blanked)
}

struct Scan<'a> {
    text: &'a str,
    blanked: Vec<u8>,
    /// Brackets of a value that are open: where, and what closes them.
    open: Vec<(usize, u8)>,
    /// Whether one in this value is not closed.
    is_broken: bool,
    found: Vec<Unclosed>,
}

impl Scan<'_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        let mut line_begins = true;
        while at < bytes.len() {
            if line_begins && let Some(shows) = self.statement(at) {
                self.never_closed(shows);
                self.value_ends(at);
            }
            line_begins = bytes[at] == b'\n';
            match bytes[at] {
                b'#' => {
                    at = end_of_line(bytes, at);
                    continue;
                }
                b'[' if self.open.is_empty() && self.is_head(at) => {
                    at = end_of_line(bytes, at);
                    continue;
                }
                b'[' => self.open.push((at, b']')),
                b'{' => self.open.push((at, b'}')),
                closing @ (b']' | b'}') => self.closing(at, closing),
                quote @ (b'"' | b'\'') => {
                    at = end_of_string(bytes, at, quote);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        self.never_closed(bytes.len()..bytes.len());
        self.value_ends(bytes.len());
    }

    /// A bracket closes: those inside of what it closes are not closed. One too many is said by
    /// the parser.
    fn closing(&mut self, at: usize, closing: u8) {
        let Some(inside) = self.open.iter().rev().position(|open| open.1 == closing) else {
            return;
        };
        if inside > 0 {
            self.never_closed(at..at + 1);
            self.open.truncate(self.open.len() - inside);
        }
        if self.open.len() == 1 {
            self.value_ends(at + 1);
        } else {
            self.open.pop();
        }
    }

    /// The innermost bracket that is open is not closed, which shows here.
    fn never_closed(&mut self, shows: Range<usize>) {
        let (Some(&(open, closing)), Some(&(value, _))) = (self.open.last(), self.open.first())
        else {
            return;
        };
        self.found.push(Unclosed { open, closing: char::from(closing), shows, value });
        self.is_broken = true;
    }

    /// The value ends here, whatever is open.
    fn value_ends(&mut self, at: usize) {
        if let Some(&(from, _)) = self.open.first().filter(|_| self.is_broken) {
            for byte in self.blanked[from..at].iter_mut().filter(|byte| !b"\r\n".contains(byte)) {
                *byte = b' ';
            }
            self.blanked[from] = b'0';
        }
        self.open.clear();
        self.is_broken = false;
    }

    /// What begins at a line and can be no part of the value that is open.
    fn statement(&self, line: usize) -> Option<Range<usize>> {
        let innermost = self.open.last()?.1;
        let rest = &self.text[line..];
        let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let start = line + indent;
        if self.is_head(start) {
            return Some(start..start + 1);
        }
        let rest = &self.text[start..];
        let key = rest.len() - rest.trim_start_matches(is_bare).len();
        let is_key = key > 0 && rest[key..].trim_start_matches([' ', '\t']).starts_with('=');
        (innermost == b']' && is_key).then_some(start..start + key)
    }

    /// Whether the head of a table, or of one of a list of tables, stands here, alone on its line.
    fn is_head(&self, at: usize) -> bool {
        let line = &self.text[at..end_of_line(self.text.as_bytes(), at)];
        let Some(inner) = line.strip_prefix('[') else { return false };
        let inner = inner.strip_prefix('[').unwrap_or(inner).trim_start();
        let word = inner.split(|c| !is_bare(c)).next().unwrap_or_default();
        // `[true]` is a list, and so is `[1]`.
        let is_value = ["true", "false", "inf", "nan"].contains(&word);
        let begins = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let after = inner.rsplit_once(']').map(|(_, after)| after.trim());
        let ends = after.is_some_and(|after| after.is_empty() || after.starts_with('#'));
        begins && !is_value && ends
    }
}

/// Whether this may stand in a key without quotes.
fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |newline| at + newline)
}

/// The place after a text in quotes. One that is not closed ends with its line, one of several
/// lines with the file.
fn end_of_string(bytes: &[u8], at: usize, quote: u8) -> usize {
    let long = bytes[at..].starts_with(&[quote; 3]);
    let escapes = quote == b'"';
    let mut next = at + if long { 3 } else { 1 };
    while next < bytes.len() {
        match bytes[next] {
            b'\\' if escapes => next += 1,
            b'\n' if !long => return next,
            byte if byte == quote && !long => return next + 1,
            byte if byte == quote && bytes[next..].starts_with(&[quote; 3]) => {
                // Up to two more quotes belong to the text.
                let more = bytes[next..].iter().take(5).take_while(|&&byte| byte == quote).count();
                return next + more;
            }
            _ => {}
        }
        next += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn opened(text: &str) -> Vec<(usize, char)> {
        scan(text).0.iter().map(|found| (found.open, found.closing)).collect()
    }

    /// Goal: a bracket is found where it was opened, and the rest can be read.
    #[test]
    fn a_bracket_ends_before_the_next_table() {
        let text = "a = [\n  { b = 1 }\n\n[c]\nd = 1\n";
        assert_eq!(opened(text), [(4, ']')]);
        assert_eq!(scan(text).1, "a = 0\n           \n\n[c]\nd = 1\n");
        let text = "a = [{ b = \"\u{e9}\" # f\n[c.\"d ]\"] # e\n";
        assert_eq!(opened(text), [(5, '}')]);
        assert_eq!(scan(text).1, "a = 0              \n[c.\"d ]\"] # e\n");
        assert_eq!(opened("a = [1, # two\r\nb = 2\r\n"), [(4, ']')]);
        assert_eq!(opened("a = [\n\n[b]\nc = [\n[d]\n"), [(4, ']'), (15, ']')]);
        assert_eq!(opened("a = [\n"), [(4, ']')]);
    }

    #[test]
    fn one_that_another_closes_is_found_too() {
        let text = "a = [{ b = 1 ]\nc = 1\n";
        assert_eq!(opened(text), [(5, '}')]);
        assert_eq!(scan(text).1, "a = 0         \nc = 1\n");
        assert_eq!(opened("a = { b = [1, 2 }\n"), [(10, ']')]);
    }

    #[test]
    fn what_is_closed_stays_as_it_is() {
        for text in [
            "a = [\n[1],\n[true]\n]\n[b]\n[[c.d]]\n",
            "a = \"[{\" # [\nb = '''[\n[x]\n'''\nc = \"\"\"\\\"[\"\"\"\"\n[d]\n",
            "a = {\n  b = 1,\n  c = 2\n}\nx = 1\n",
            "a = 1 ]\n[b]\n",
        ] {
            assert_eq!(scan(text), (Vec::new(), text.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_moves(text in "[\\[\\]{}a=1'\"#\\\\ \r\n\t.\u{e9}]{0,60}") {
            let (found, blanked) = scan(&text);
            prop_assert_eq!(blanked.len(), text.len());
            for one in &found {
                let ends = [one.value, one.open, one.shows.start, one.shows.end];
                prop_assert!(ends.iter().all(|&end| text.is_char_boundary(end)));
            }
            prop_assert!(!found.is_empty() || blanked == text);
        }
    }
}
