//! From bytes to text that is safe to parse: limits, UTF-8, nesting depth. No IO: files come
//! through a [`Loader`].
use crate::diag::{Diagnostic, Diagnostics, FileId, Id, Sources, Span, name};

/// Largest scenario file, in bytes (1 MiB). Hand-written ones have some kilobytes.
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// How deep tables, arrays and dotted keys may nest in all.
pub const MAX_NESTING: usize = 64;
/// How deep includes may nest below the scenario.
pub const MAX_INCLUDE_DEPTH: usize = 8;
/// How many files may be included in all.
pub const MAX_INCLUDES: usize = 32;
/// Most keys in all tables of one file.
pub const MAX_KEYS: usize = 20_000;
/// Most keys in one table; looking up is linear, so this bounds the time of every later phase.
pub const MAX_TABLE_KEYS: usize = 2_000;
/// Most items of one array.
pub const MAX_ITEMS: usize = 10_000;

/// Where files come from: the disk for the command, a map for tests.
pub trait Loader {
    /// The bytes of the file at `path`.
    ///
    /// An implementation need not read more than [`MAX_FILE_BYTES`] + 1 bytes.
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError>;
}

/// Why a file could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("no such file")]
    NotFound,
    /// There is one, but it cannot be read; the text is the system's reason.
    #[error("{0}")]
    Unreadable(String),
}

/// A loader over texts in memory, for tests and for callers that have read the files already.
#[derive(Debug, Clone, Default)]
pub struct MemoryLoader {
    files: Vec<(String, Vec<u8>)>,
}

impl MemoryLoader {
    /// With one file.
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::default().with(path, bytes)
    }

    /// And one more file.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.into(), bytes.into()));
        self
    }
}

impl Loader for MemoryLoader {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let file = self.files.iter().find(|(known, _)| known == path);
        file.map(|(_, bytes)| bytes.clone()).ok_or(LoadError::NotFound)
    }
}

/// Loads `path` into `sources`; `None` if there is no text to parse. `asked` is where an
/// `include` names the file, if one does.
pub fn load(
    path: &str,
    asked: Option<Span>,
    loader: &dyn Loader,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    let shown = name(path);
    let located = |d: Diagnostic| match asked {
        Some(span) => d.at(span, "included here"),
        None => d,
    };
    let bytes = match loader.load(path) {
        Ok(bytes) => bytes,
        Err(LoadError::NotFound) => {
            let found = Diagnostic::new(Id::NotFound, format!("there is no file {shown}"));
            diagnostics.push(match asked {
                Some(_) => located(found).help("the path is relative to the file that includes"),
                None => found.help("give the path of a scenario, such as `scenarios/shop.toml`"),
            });
            return None;
        }
        Err(LoadError::Unreadable(reason)) => {
            let message = format!("cannot read {shown}: {}", printable(&reason));
            diagnostics.push(located(Diagnostic::new(Id::Unreadable, message)));
            return None;
        }
    };
    if bytes.len() > MAX_FILE_BYTES {
        let message = format!("{shown} is larger than 1 MiB, the most that a scenario may have");
        let large = Diagnostic::new(Id::TooLarge, message);
        diagnostics.push(located(large).help("is this the file you meant?"));
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(sources.add(path, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            // The lossy text is equal to the bytes up to `at`, where the first U+FFFD stands.
            let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let byte = error.as_bytes().get(at).copied().unwrap_or_default();
            let file = sources.add(path, lossy);
            let message = format!("{shown} is not UTF-8: byte {at} is 0x{byte:02X}");
            let bad = Diagnostic::new(Id::NotUtf8, message)
                .at(file.span(at..at + char::REPLACEMENT_CHARACTER.len_utf8()), "not UTF-8");
            diagnostics.push(bad.help("save the file as UTF-8"));
            None
        }
    }
}

/// Control characters of a foreign text made harmless.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Where the nesting of `text` first exceeds [`MAX_NESTING`], if it does: the parser and every
/// walk over its tree recurse, so depth is bounded before it is called.
///
/// A cheap scan that knows strings, comments, brackets and dotted keys. On text that is not TOML
/// it may see more depth than there is, never so much less that a walk could overflow.
pub fn too_deep(text: &str) -> Option<usize> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, header: 0, open: Vec::new(), dots: 0 };
    scan.run()
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Parts of the last `[table]` header.
    header: usize,
    /// For each open bracket its closing one, and the dots of the key before it plus one.
    open: Vec<(u8, usize)>,
    /// Dots since the last separator.
    dots: usize,
}

impl Scan<'_> {
    fn run(&mut self) -> Option<usize> {
        let mut line_start = true;
        let mut in_header = false;
        let mut depth = 0;
        while let Some(&byte) = self.bytes.get(self.at) {
            let started = self.at;
            match byte {
                // At the last byte of the text.
                b'"' | b'\'' => self.at = after_string(self.bytes, self.at, byte) - 1,
                b'#' => self.skip_until_newline(),
                b'\n' if self.open.is_empty() => {
                    if in_header {
                        self.header = self.dots + 1;
                        in_header = false;
                    }
                    self.dots = 0;
                }
                b'[' if line_start && self.open.is_empty() => {
                    in_header = true;
                    self.header = 0;
                    self.dots = 0;
                }
                b'[' | b'{' if !in_header => {
                    let close = if byte == b'[' { b']' } else { b'}' };
                    self.open.push((close, self.dots + 1));
                    depth += self.dots + 1;
                    self.dots = 0;
                }
                b']' | b'}' if !in_header => {
                    // A bracket that closes nothing closes nothing: rather too deep than too flat.
                    if let Some((_, levels)) = self.open.pop_if(|(close, _)| *close == byte) {
                        depth -= levels;
                    }
                    self.dots = 0;
                }
                b',' => self.dots = 0,
                b'.' => self.dots += 1,
                _ => {}
            }
            if self.header + depth + self.dots > MAX_NESTING {
                return Some(started);
            }
            line_start = byte == b'\n' || (line_start && matches!(byte, b' ' | b'\t' | b'\r'));
            self.at += 1;
        }
        None
    }

    fn skip_until_newline(&mut self) {
        while self.bytes.get(self.at + 1).is_some_and(|byte| *byte != b'\n') {
            self.at += 1;
        }
    }
}

/// The place after the text in quotes that begins at `at`. One that is not closed ends with its
/// line, as the parser recovers, one of several lines with the file.
pub(super) fn after_string(bytes: &[u8], at: usize, quote: u8) -> usize {
    let long = bytes[at..].starts_with(&[quote; 3]);
    let mut next = at + if long { 3 } else { 1 };
    while let Some(&byte) = bytes.get(next) {
        if byte == b'\\' && quote == b'"' {
            // Only these two are taken with the escape, so that a line still ends a text.
            next += usize::from(matches!(bytes.get(next + 1), Some(b'\\' | b'"')));
        } else if byte == b'\n' && !long {
            return next;
        } else if byte == quote && !long {
            return next + 1;
        } else if byte == quote && bytes[next..].starts_with(&[quote; 3]) {
            // Up to two more quotes belong to the text.
            return next + bytes[next..].iter().take(5).take_while(|&&one| one == quote).count();
        }
        next += 1;
    }
    bytes.len()
}
