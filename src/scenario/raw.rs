//! The raw tree: what a scenario file says, with the place of every key and value, no meaning yet.
use std::ops::Range;
use std::sync::Arc;

use crate::diag::Span;
use crate::diag::sources::{ceil_boundary, floor_boundary};

/// A value with its place and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its text in the file; for a `[table]` its header.
    pub span: Span,
    /// Who said it.
    pub origin: Origin,
    /// Byte at which the text inside the quotes starts, if it equals the decoded string.
    content: Option<usize>,
}

/// Who said a value: what a report lists beside it, and what a diagnostic explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The scenario or a file that it includes.
    File,
    /// `--set`.
    Cli,
    /// The variant of this name.
    Variant(Arc<str>),
}

/// A TOML value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent; finite.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date, a time or both, as written.
    Date(String),
    /// A list.
    Array(Vec<Node>),
    /// A table.
    Table(Table),
    /// Could not be parsed; the diagnostic has been given. Whoever meets it says no more.
    Invalid,
}

impl Value {
    /// The type in words, with its article: "a text", "a list".
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::String(_) => "a text",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Boolean(_) => "a truth value",
            Self::Date(_) => "a date",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
            Self::Invalid => "nothing",
        }
    }
}

/// A key with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The decoded text.
    pub text: String,
    /// Its text in the file, with quotes if it has some.
    pub span: Span,
}

/// A table in the order of the file. Looking up is linear; a table has at most
/// [`super::source::MAX_TABLE_KEYS`] keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    entries: Vec<(Key, Node)>,
}

impl Node {
    /// A node whose text says nothing about the characters of its value.
    pub fn new(value: Value, span: Span, origin: Origin) -> Self {
        Self { value, span, origin, content: None }
    }

    /// Marks that the text from byte `start` of the file equals the decoded string.
    #[must_use]
    pub fn with_content(mut self, start: Option<usize>) -> Self {
        self.content = start;
        self
    }

    /// The place of `range` (bytes of the decoded string) in the file, if the text in the quotes
    /// equals the string; else the place of the whole value.
    pub fn sub_span(&self, range: Range<usize>) -> Span {
        let (Some(start), Value::String(text)) = (self.content, &self.value) else {
            return self.span;
        };
        let from = floor_boundary(text, range.start.min(text.len()));
        let to = ceil_boundary(text, range.end.clamp(from, text.len()));
        Span { file: self.span.file, start: start + from, end: start + to }
    }

    /// The place of the whole text without its quotes where possible: what a patch of a word in
    /// quotes replaces.
    pub fn inner_span(&self) -> Span {
        self.sub_span(0..usize::MAX)
    }

    /// Whether the decoded string stands letter by letter in the file, so that a patch of a part
    /// of it is safe.
    pub fn is_exact(&self) -> bool {
        self.content.is_some()
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(text) = &self.value { Some(text) } else { None }
    }

    /// The whole number, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let Value::Integer(number) = self.value { Some(number) } else { None }
    }

    /// The number, whole or not, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self.value {
            Value::Integer(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Boolean(truth) = self.value { Some(truth) } else { None }
    }

    /// The items, if it is a list.
    pub fn as_array(&self) -> Option<&[Node]> {
        if let Value::Array(items) = &self.value { Some(items) } else { None }
    }

    /// The table, if it is one.
    pub fn as_table(&self) -> Option<&Table> {
        if let Value::Table(table) = &self.value { Some(table) } else { None }
    }

    /// Whether it could not be parsed (and a diagnostic was given).
    pub fn is_invalid(&self) -> bool {
        matches!(self.value, Value::Invalid)
    }

    /// Moves the marked text, when the node moves to another place of its source.
    pub(super) fn shift_content(&mut self, by: usize) {
        self.content = self.content.map(|start| start + by);
    }

    /// Sets the origin of this node and of everything in it.
    pub fn set_origin(&mut self, origin: &Origin) {
        self.origin.clone_from(origin);
        match &mut self.value {
            Value::Array(items) => {
                for item in items {
                    item.set_origin(origin);
                }
            }
            Value::Table(table) => {
                for (_, node) in &mut table.entries {
                    node.set_origin(origin);
                }
            }
            _ => {}
        }
    }
}

impl Table {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.get_key_value(key).map(|(_, node)| node)
    }

    /// The key with its place, and its value.
    pub fn get_key_value(&self, key: &str) -> Option<&(Key, Node)> {
        self.entries.iter().find(|(known, _)| known.text == key)
    }

    /// The value of `key`, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries.iter_mut().find(|(known, _)| known.text == key).map(|(_, node)| node)
    }

    /// Whether there is such a key.
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Sets `key`, in its place if it is there, else at the end.
    pub fn insert(&mut self, key: Key, node: Node) {
        match self.entries.iter_mut().find(|(known, _)| known.text == key.text) {
            Some(entry) => *entry = (key, node),
            None => self.entries.push((key, node)),
        }
    }

    /// Adds a key that is known not to be there yet.
    pub(super) fn push_new(&mut self, key: Key, node: Node) {
        debug_assert!(!self.contains(&key.text), "a key twice in one table");
        self.entries.push((key, node));
    }

    /// Keys and values in order, to change.
    pub(super) fn entries_mut(&mut self) -> &mut [(Key, Node)] {
        &mut self.entries
    }

    /// Takes `key` out.
    pub fn remove(&mut self, key: &str) -> Option<(Key, Node)> {
        let at = self.entries.iter().position(|(known, _)| known.text == key)?;
        Some(self.entries.remove(at))
    }

    /// Keys and values in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Key, Node)> {
        self.entries.iter()
    }

    /// The keys' texts in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.text.as_str())
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'a> IntoIterator for &'a Table {
    type Item = &'a (Key, Node);
    type IntoIter = std::slice::Iter<'a, (Key, Node)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
