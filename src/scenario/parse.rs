//! TOML text to raw tree: all syntax errors at once, and what could be read around them.
use std::ops::Range;

use toml::de::{DeArray, DeFloat, DeInteger, DeTable, DeValue};

use super::brackets::{self, Unclosed};
use super::raw::{Key, Node, Origin, Table, Value};
use super::source::{MAX_ITEMS, MAX_KEYS, MAX_NESTING, MAX_TABLE_KEYS, too_deep};
use crate::diag::sources::{ceil_boundary, floor_boundary};
use crate::diag::{Diagnostic, Diagnostics, FileId, Id, Sources, Span, name};

/// The tree of a source that has been loaded. Whatever cannot be parsed is [`Value::Invalid`].
pub fn parse(file: FileId, sources: &Sources, diagnostics: &mut Diagnostics) -> Table {
    let text = sources.get(file).map_or("", |source| source.text.as_str());
    if let Some(at) = too_deep(text) {
        diagnostics.push(deep(file.span(at..at + 1)));
        return Table::default();
    }
    // The parser keeps a byte order mark out of its spans' way by itself.
    let (unclosed, blanked) = brackets::scan(text);
    for found in &unclosed {
        if !diagnostics.is_full() {
            diagnostics.push(never_closed(file, text, found));
        }
    }
    let (document, errors) = DeTable::parse_recoverable(&blanked);
    let mut errors = report(&errors, file, text, diagnostics);
    errors.extend(unclosed.iter().map(|found| found.value..found.value + 1));
    errors.sort_by_key(|range| range.start);
    let mut builder = Builder { file, text, errors, keys: 0, origin: Origin::File, diagnostics };
    builder.table(document.get_ref())
}

/// One TOML value: what stands after the `=` of `--set`. `None` if it is not TOML.
///
/// `start` is the byte of `file` at which `text` stands.
pub fn parse_value(text: &str, file: FileId, start: usize) -> Option<Node> {
    // A value of the command line is one line; nesting is bounded before the parser recurses.
    if text.trim().is_empty() || text.contains(['\n', '\r']) || too_deep(text).is_some() {
        return None;
    }
    let value = DeValue::parse(text).ok()?;
    let mut diagnostics = Diagnostics::default();
    let mut builder = Builder {
        file,
        text,
        errors: Vec::new(),
        keys: 0,
        origin: Origin::Cli,
        diagnostics: &mut diagnostics,
    };
    let mut node = builder.node(value.get_ref(), value.span());
    shift(&mut node, start);
    (!diagnostics.has_errors()).then_some(node)
}

fn shift(node: &mut Node, by: usize) {
    node.span.start += by;
    node.span.end += by;
    node.shift_content(by);
    match &mut node.value {
        Value::Array(items) => {
            for item in items {
                shift(item, by);
            }
        }
        Value::Table(table) => {
            for (key, node) in table.entries_mut() {
                key.span.start += by;
                key.span.end += by;
                shift(node, by);
            }
        }
        _ => {}
    }
}

fn deep(span: Span) -> Diagnostic {
    Diagnostic::new(Id::TooDeep, format!("nested more than {MAX_NESTING} levels deep"))
        .at(span, format!("level {}", MAX_NESTING + 1))
        .help("is a bracket missing before? repeated steps fit into a `[flow.X]`")
}

/// Reports the parser's errors, one for each line, and returns their ranges.
fn report(
    errors: &[toml::de::Error],
    file: FileId,
    text: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<Range<usize>> {
    let mut ranges: Vec<(Range<usize>, &str)> = errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            let start = floor_boundary(text, span.start.min(text.len()));
            (start..ceil_boundary(text, span.end.clamp(start, text.len())), error.message())
        })
        .collect();
    ranges.sort_by_key(|(range, _)| range.start);
    let mut last_line = 0..0;
    let mut twice_until = 0;
    for (range, message) in &ranges {
        // What follows on the same line is nearly always an echo of the first error, as are the
        // keys of a table that is there twice.
        let echoes = last_line.end > 0 && range.start <= last_line.end;
        if echoes || (*message == DUPLICATE && range.start < twice_until) {
            continue;
        }
        if diagnostics.is_full() {
            break;
        }
        last_line = line_of(text, range.start);
        let line = &text[last_line.clone()];
        if *message == DUPLICATE && line.trim_start().starts_with('[') {
            let next = text[last_line.end..].find("\n[");
            twice_until = next.map_or(text.len(), |next| last_line.end + next + 1);
        }
        diagnostics.push(syntax_error(file, text, range, message));
    }
    ranges.into_iter().map(|(range, _)| range).collect()
}

/// A bracket that is open where something begins that cannot be part of a value.
fn never_closed(file: FileId, text: &str, found: &Unclosed) -> Diagnostic {
    let opening = if found.closing == ']' { '[' } else { '{' };
    let message = format!("not valid TOML: this `{opening}` is never closed");
    let diagnostic = Diagnostic::new(Id::TomlSyntax, message)
        .at(file.span(found.open..found.open + 1), format!("no `{}` belongs to it", found.closing));
    if let Some(mend) = &found.mend {
        let double = text[found.open..].starts_with("[[");
        let closing = if double { "]]" } else { "]" };
        let mended = format!("{}{closing}", &text[found.open..mend.start]);
        // A name whose quotes are open as well has no plain end.
        return if DeTable::parse(&mended).is_ok() {
            diagnostic.patch("the head of a table is closed", file.span(mend.clone()), closing)
        } else {
            diagnostic
        };
    }
    if found.shows.is_empty() {
        return diagnostic;
    }
    let shows = match text.get(found.shows.clone()) {
        Some("]" | "}") => "another bracket ends here",
        Some("[") => "a table begins here",
        _ => "a key begins here",
    };
    diagnostic.and(file.span(found.shows.clone()), shows)
}

/// The parser's message for a key or table that is there twice.
const DUPLICATE: &str = "duplicate key";

fn syntax_error(file: FileId, text: &str, range: &Range<usize>, message: &str) -> Diagnostic {
    let span = file.span(range.clone());
    if message == DUPLICATE {
        let key = text.get(range.clone()).unwrap_or_default();
        let found = Diagnostic::new(Id::DuplicateKey, format!("{} is defined twice", name(key)))
            .at(span, "second definition");
        let found = match first_definition(text, range) {
            Some(first) => found.and(file.span(first), "first definition"),
            None => found,
        };
        return found.help("keep one; a variant or `--set` changes a value for a comparison");
    }
    match value_of_line(text, range.start) {
        Some(value) if value.is_empty() => {
            let missing = Diagnostic::new(Id::TomlSyntax, "not valid TOML: a value is missing");
            return missing.at(span, "nothing after the `=`");
        }
        Some(value) if is_bare(&text[value.clone()]) => {
            let quoted = format!("\"{}\"", &text[value.clone()]);
            let value = file.span(value);
            return Diagnostic::new(Id::TomlSyntax, "not valid TOML: a text without quotes")
                .at(value, "neither a number nor a text in quotes")
                .patch("a value with a unit or a name is a text", value, quoted);
        }
        _ => {}
    }
    let (what, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let label = if expected.is_empty() { String::new() } else { format!("expected {expected}") };
    Diagnostic::new(Id::TomlSyntax, format!("not valid TOML: {what}")).at(span, label)
}

/// Where the table or key that is there twice was first, if it was written the same way: the
/// parser does not say.
fn first_definition(text: &str, second: &Range<usize>) -> Option<Range<usize>> {
    let line = line_of(text, second.start);
    let before = &text[..line.start];
    let written = text[line.clone()].trim();
    let (from, starts) = if written.starts_with('[') {
        (0, written)
    } else {
        let table = before.rfind("\n[").map_or(0, |newline| newline + 1);
        (table, text.get(second.clone())?)
    };
    let mut at = from;
    for candidate in before[from..].split_inclusive('\n') {
        let trimmed = candidate.trim_start();
        let rest = trimmed.strip_prefix(starts).map(str::trim_start);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['=', '#'])) {
            let start = at + candidate.len() - trimmed.len();
            return Some(start..start + starts.len());
        }
        at += candidate.len();
    }
    None
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    start..text[at..].find('\n').map_or(text.len(), |newline| at + newline)
}

/// What stands after the `=` of the line around `at`, as in `rate = 80/s  # comment`, if `at` is
/// not before it.
fn value_of_line(text: &str, at: usize) -> Option<Range<usize>> {
    let line = line_of(text, at);
    let (_, rest) = text[line.clone()].split_once('=')?;
    let start = line.end - rest.len();
    let value = rest.split('#').next()?;
    let trimmed = value.trim();
    let start = start + value.find(trimmed).unwrap_or(0);
    (at >= start).then_some(start..start + trimmed.len())
}

/// Whether a value is words and numbers that would be fine in quotes.
fn is_bare(value: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || " ._+-*/%()$<>".contains(c);
    value.starts_with(|c: char| c.is_alphanumeric() || c == '(' || c == '$')
        && value.chars().all(plain)
}

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    errors: Vec<Range<usize>>,
    keys: usize,
    origin: Origin,
    diagnostics: &'a mut Diagnostics,
}

impl Builder<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        let start = floor_boundary(self.text, range.start.min(self.text.len()));
        let end = ceil_boundary(self.text, range.end.clamp(start, self.text.len()));
        self.file.span(start..end)
    }

    fn table(&mut self, source: &DeTable<'_>) -> Table {
        let mut entries: Vec<_> = source.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let mut table = Table::default();
        for (key, value) in entries {
            let key_span = self.span(key.span());
            self.keys += 1;
            if table.len() >= MAX_TABLE_KEYS || self.keys > MAX_KEYS {
                let message = if self.keys > MAX_KEYS {
                    format!("more than {MAX_KEYS} keys in one file")
                } else {
                    format!("more than {MAX_TABLE_KEYS} keys in one table")
                };
                // One report is enough: every further table of the file would repeat it.
                if self.keys <= MAX_KEYS + 1 {
                    let many = Diagnostic::new(Id::TooManyKeys, message);
                    self.diagnostics.push(many.at(key_span, "one too many"));
                }
                break;
            }
            // The parser stands in for a missing value with a number at no place.
            let node = if value.span() == (0..0) && !matches!(value.get_ref(), DeValue::Table(_)) {
                Node::new(Value::Invalid, key_span, self.origin.clone())
            } else {
                self.node(value.get_ref(), value.span())
            };
            table.push_new(Key { text: key.get_ref().to_string(), span: key_span }, node);
        }
        table
    }

    fn node(&mut self, value: &DeValue<'_>, range: Range<usize>) -> Node {
        let span = self.span(range.clone());
        let mut content = None;
        let value = match value {
            DeValue::Table(table) => Value::Table(self.table(table)),
            DeValue::Array(items) => Value::Array(self.array(items, span)),
            // A scalar with an error inside is not what was meant, whatever was recovered.
            _ if self.is_broken(&range) => Value::Invalid,
            DeValue::String(text) => {
                content = self.content(text, span);
                Value::String(text.to_string())
            }
            DeValue::Integer(number) => self.integer(number, span),
            DeValue::Float(number) => self.float(number, span),
            DeValue::Boolean(truth) => Value::Boolean(*truth),
            DeValue::Datetime(_) => Value::Date(self.text[span.range()].trim().to_string()),
        };
        Node::new(value, span, self.origin.clone()).with_content(content)
    }

    /// Whether there was an error inside a value or right before it. The errors are sorted.
    fn is_broken(&self, range: &Range<usize>) -> bool {
        let next = self.errors.partition_point(|error| error.start < range.start);
        let inside =
            self.errors.get(next).is_some_and(|error| error.start < range.end.max(range.start + 1));
        let before = next.checked_sub(1).and_then(|last| self.errors.get(last));
        inside || before.is_some_and(|error| error.end > range.start)
    }

    fn array(&mut self, items: &DeArray<'_>, span: Span) -> Vec<Node> {
        if items.len() > MAX_ITEMS {
            let message = format!("a list of more than {MAX_ITEMS} items");
            let many = Diagnostic::new(Id::TooManyItems, message);
            let label = format!("{} items", items.len());
            self.diagnostics.push(many.at(self.file.span(span.start..span.start + 1), label));
        }
        items.iter().take(MAX_ITEMS).map(|item| self.node(item.get_ref(), item.span())).collect()
    }

    /// Where the text inside the quotes starts, if it equals the decoded text.
    fn content(&self, decoded: &str, span: Span) -> Option<usize> {
        let raw = &self.text[span.range()];
        for quotes in ["\"\"\"", "'''", "\"", "'"] {
            if let Some(inner) = raw.strip_prefix(quotes).and_then(|r| r.strip_suffix(quotes)) {
                // A line break right after the opening quotes is not part of the text.
                let cut = inner.len() - decoded.len().min(inner.len());
                let is_same = inner.ends_with(decoded)
                    && (cut == 0 || (quotes.len() == 3 && matches!(&inner[..cut], "\n" | "\r\n")));
                return is_same.then_some(span.start + quotes.len() + cut);
            }
        }
        None
    }

    fn integer(&mut self, number: &DeInteger<'_>, span: Span) -> Value {
        match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => self.out_of_range(span, "a whole number beyond 64 bits", "too large"),
        }
    }

    fn float(&mut self, number: &DeFloat<'_>, span: Span) -> Value {
        match number.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Float(number),
            _ => self.out_of_range(span, "a number that is not finite", "not a finite number"),
        }
    }

    fn out_of_range(&mut self, span: Span, message: &str, label: &str) -> Value {
        self.diagnostics.push(Diagnostic::new(Id::OutOfRange, message).at(span, label));
        Value::Invalid
    }
}
