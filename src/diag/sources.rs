//! The texts that diagnostics point into, and places in them.
use std::ops::Range;

/// Which source a place is in: an index into [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// A place in this source, in bytes.
    pub fn span(self, range: Range<usize>) -> Span {
        Span { file: self, start: range.start, end: range.end }
    }
}

/// A range of bytes of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes as a range.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// One source: a file, or something that is treated like one (`<--set>`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as given by the user or by an `include`.
    pub path: String,
    /// The text; empty if it could not be read.
    pub text: String,
}

/// All sources of a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    files: Vec<Source>,
}

/// A position for people: both from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Sources {
    /// Adds a source and returns its id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { path: path.into(), text: text.into() });
        id
    }

    /// The source of `file`, if it is one of these.
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.files.get(file.0 as usize)
    }

    /// The first source of this path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        let index = self.files.iter().position(|source| source.path == path)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// The path of `file`, or `<unknown>`.
    pub fn path(&self, file: FileId) -> &str {
        self.get(file).map_or("<unknown>", |source| &source.path)
    }

    /// The text of `span`, moved to the nearest character boundaries inside the source.
    pub fn text(&self, span: Span) -> &str {
        let range = self.clamp(span);
        self.get(span.file).and_then(|source| source.text.get(range)).unwrap_or("")
    }

    /// The sources in order of adding.
    pub fn iter(&self) -> std::slice::Iter<'_, Source> {
        self.files.iter()
    }

    /// The range of `span` inside its text and on character boundaries, so that no renderer can
    /// be tripped by a wrong span.
    pub fn clamp(&self, span: Span) -> Range<usize> {
        let text = self.get(span.file).map_or("", |source| source.text.as_str());
        let start = floor_boundary(text, span.start.min(text.len()));
        let end = ceil_boundary(text, span.end.clamp(start, text.len()));
        start..end
    }

    /// Where `offset` is.
    pub fn position(&self, file: FileId, offset: usize) -> Position {
        let text = self.get(file).map_or("", |source| source.text.as_str());
        let before = &text[..floor_boundary(text, offset.min(text.len()))];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl<'a> IntoIterator for &'a Sources {
    type Item = &'a Source;
    type IntoIter = std::slice::Iter<'a, Source>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The last character boundary of `text` at or before `at` (`str::floor_char_boundary`, which is
/// younger than the oldest supported compiler).
pub fn floor_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The first character boundary of `text` at or after `at`.
pub fn ceil_boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}
