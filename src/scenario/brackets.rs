//! Brackets that are never closed: found where they were opened.
//!
//! A parser notices a missing bracket where the next table begins, and takes all that follows for a
//! part of the value. What is meant is plain: neither the head of a table nor, in a list, a `key =`
//! at the beginning of a line can be part of a value. After the head of a table that is not closed,
//! it reads nothing any more: such a table is left out, and the rest is read.

use std::ops::Range;

use super::source::after_string;

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
    /// What the closing bracket takes the place of, if it is plain where it belongs: in heads.
    pub mend: Option<Range<usize>>,
}

/// The brackets that are not closed, and the text in which the values around them are a `0` and
/// blanks, and tables with such a head all blank, so that everything else can be read and keeps its
/// place.
pub fn scan(text: &str) -> (Vec<Unclosed>, String) {
    let mut scan = Scan {
        text,
        blanked: text.as_bytes().to_vec(),
        open: Vec::new(),
        is_broken: false,
        lost: None,
        found: Vec::new(),
    };
    scan.run();
    // Whole values and tables are blanked, which begin and end at ASCII.
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
    /// Where the table begins whose head is not closed.
    lost: Option<usize>,
    found: Vec<Unclosed>,
}

impl Scan<'_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut line_begins = true;
        while at < bytes.len() {
            if line_begins {
                if let Some(shows) = self.statement(at) {
                    self.never_closed(shows);
                    self.value_ends(at);
                }
                // A value begins behind its key: what stands first in a line is a head.
                let start = self.indented(at);
                if self.open.is_empty() && bytes.get(start) == Some(&b'[') {
                    self.head(start);
                    at = end_of_line(bytes, start);
                }
            }
            let Some(&byte) = bytes.get(at) else { break };
            line_begins = byte == b'\n';
            match byte {
                b'#' => {
                    at = end_of_line(bytes, at);
                    continue;
                }
                b'[' => self.open.push((at, b']')),
                b'{' => self.open.push((at, b'}')),
                closing @ (b']' | b'}') => self.closing(at, closing),
                quote @ (b'"' | b'\'') => {
                    at = after_string(bytes, at, quote);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        self.never_closed(bytes.len()..bytes.len());
        self.value_ends(bytes.len());
        self.table_ends(bytes.len());
    }

    /// The head of a table, closed or not.
    fn head(&mut self, at: usize) {
        self.table_ends(at);
        if let Some(mend) = self.open_head(at) {
            let end = end_of_line(self.text.as_bytes(), at);
            let (shows, mend) = (end..end, Some(mend));
            self.found.push(Unclosed { open: at, closing: ']', shows, value: at, mend });
            self.lost = Some(at);
        }
    }

    /// The table with the open head ends here.
    fn table_ends(&mut self, at: usize) {
        if let Some(from) = self.lost.take() {
            self.blank(from..at);
        }
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
        self.found.push(Unclosed { open, closing: char::from(closing), shows, value, mend: None });
        self.is_broken = true;
    }

    /// The value ends here, whatever is open.
    fn value_ends(&mut self, at: usize) {
        if let Some(&(from, _)) = self.open.first().filter(|_| self.is_broken) {
            self.blank(from..at);
            self.blanked[from] = b'0';
        }
        self.open.clear();
        self.is_broken = false;
    }

    fn blank(&mut self, range: Range<usize>) {
        for byte in self.blanked[range].iter_mut().filter(|byte| !b"\r\n".contains(byte)) {
            *byte = b' ';
        }
    }

    /// Where the first word of a line stands.
    fn indented(&self, line: usize) -> usize {
        let rest = &self.text[line..];
        line + rest.len() - rest.trim_start_matches([' ', '\t']).len()
    }

    /// What begins at a line and can be no part of the value that is open.
    fn statement(&self, line: usize) -> Option<Range<usize>> {
        let innermost = self.open.last()?.1;
        let start = self.indented(line);
        if self.is_head(start) {
            return Some(start..start + 1);
        }
        let key = self.key(start).filter(|_| innermost == b']')?;
        self.text[key.end..].trim_start_matches([' ', '\t']).starts_with('=').then_some(key)
    }

    /// The key that stands here, with its dots and quotes.
    fn key(&self, start: usize) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut at = start;
        loop {
            let part = at;
            match bytes.get(at) {
                Some(quote @ (b'"' | b'\'')) => at = after_string(bytes, at, *quote),
                _ => at += bytes[at..].iter().take_while(|&&byte| is_bare(byte.into())).count(),
            }
            // Neither nothing nor what is quoted over several lines is a key.
            if at == part || self.text[part..at].contains('\n') {
                return None;
            }
            let dot = self.indented(at);
            if bytes.get(dot) != Some(&b'.') {
                return Some(start..at);
            }
            at = self.indented(dot + 1);
        }
    }

    /// The end of the head of a table that begins here, first in its line, if its last bracket is
    /// missing: what stands there instead.
    fn open_head(&self, at: usize) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let double = bytes[at..].starts_with(b"[[");
        let key = self.key(self.indented(at + 1 + usize::from(double)))?;
        let rest = &self.text[key.end..end_of_line(bytes, at).max(key.end)];
        let last = rest.trim_start();
        let last = if double { last.strip_prefix(']').unwrap_or(last) } else { last }.trim();
        // More than a key, or a bracket of another kind, is for the parser to say.
        let is_open = last.is_empty() || last.starts_with(['#', '}', ')']);
        let behind = rest.trim_start_matches([' ', '\t', ']', '}', ')']);
        let instead = rest[..rest.len() - behind.len()].trim_end();
        is_open.then(|| key.end..key.end + instead.len())
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

    /// Goal: keys of every form end a list that was left open.
    #[test]
    fn a_list_ends_before_the_next_key() {
        for key in ["b", "pool.p.size", "pool . \"p q\".size", "'b'.c", "\"a = [\""] {
            let text = format!("a = [\"x\",\n  {key} = 1\n");
            assert_eq!(opened(&text), [(4, ']')], "{key}");
            assert_eq!(scan(&text).1, format!("a = 0    \n  {key} = 1\n"));
        }
        for item in ["\"b\"", "\"\"\"b\n=\"\"\" ", "1.5", "\"b = 1\""] {
            let text = format!("a = [\n  {item},\n]\n");
            assert_eq!(scan(&text), (Vec::new(), text.clone()), "{item}");
        }
    }

    /// Goal: a table whose head is not closed is left out, and what follows is read.
    #[test]
    fn a_head_that_is_open_takes_its_table_along() {
        for head in ["[b.c", "[[b.c", "[[b.c]", "[b.\"c ]\" # d", "  [b.c", "[b.c}"] {
            let text = format!("a = 1\n{head}\nd = [1,\n2]\n[e]\nf = 1\n");
            let open = 6 + head.len() - head.trim_start().len();
            assert_eq!(opened(&text), [(open, ']')], "{head}");
            let blank = " ".repeat(head.len());
            let left = format!("a = 1\n{blank}\n       \n  \n[e]\nf = 1\n");
            assert_eq!(scan(&text).1, left);
        }
        let found = scan("[[b.c ]} # d\n").0.remove(0);
        assert_eq!(found.mend, Some(5..8));
        assert_eq!(scan("\u{feff}[b\n[c]\n").1, "\u{feff}  \n[c]\n");
    }

    /// A backslash before the end of a line is in no text of one line: the line still ends it.
    #[test]
    fn a_text_ends_with_its_line() {
        let text = "a = \"b\\\n[c]\nd = [\n[e]\n";
        assert_eq!(opened(text), [(16, ']')]);
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
