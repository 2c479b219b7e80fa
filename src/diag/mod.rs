//! Diagnostics: what is wrong or doubtful in a scenario, where, and what to do about it.
//!
//! No IO and no knowledge of scenarios here. A diagnostic is built in one expression,
//!
//! ```
//! use plimsoll::diag::{Diagnostic, Diagnostics, Id, Sources, render};
//!
//! let mut sources = Sources::default();
//! let file = sources.add("shop.toml", "coers = 2\n");
//! let mut diagnostics = Diagnostics::default();
//! diagnostics.push(
//!     Diagnostic::new(Id::UnknownKey, "unknown key `coers` in `service.api`")
//!         .at(file.span(0..5), "not a key of a service")
//!         .did_you_mean("key", file.span(0..5), "coers", ["cores", "workers"]),
//! );
//! assert!(render::full(&diagnostics, &sources, false).contains("error[unknown-key]"));
//! ```
//!
//! and rendered by one of [`render::full`] (for people), [`render::concise`] (for editors) and
//! [`json::render`] (for machines).
//!
//! House style: the message is one lower-case phrase that says *what is*, without a full stop;
//! the primary label says *why here*; a help says *what to do*, as a patch where it is mechanical.
pub mod ids;
pub mod json;
pub mod render;
pub mod sources;
pub mod suggest;
#[cfg(test)]
mod tests;

pub use ids::{Id, Page, Severity};
pub use sources::{FileId, Sources, Span};

/// One finding: an error, a warning or an advice, with the places it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding it is; `plimsoll explain ID` expands it.
    pub id: Id,
    /// How bad it is; by default [`Id::severity`].
    pub severity: Severity,
    /// One lower-case phrase, names in backticks, no full stop.
    pub message: String,
    /// Places in the sources. The first primary one gives the position of the diagnostic.
    pub labels: Vec<Label>,
    /// What to do, most promising first.
    pub helps: Vec<Help>,
}

/// A marked place in a source with what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be said about it; may be empty.
    pub text: String,
    /// Whether the finding is here (`^^^`), or this is the other side of it (`---`).
    pub primary: bool,
}

/// An advice, possibly with the change that carries it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// What to do: a lower-case phrase.
    pub text: String,
    /// The change of the source that does it.
    pub patch: Option<Patch>,
}

/// A mechanical change: the text of `span` becomes `replacement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The text to replace; empty to insert.
    pub span: Span,
    /// What stands there afterwards; empty to delete.
    pub replacement: String,
}

impl Diagnostic {
    /// A diagnostic with the severity that `id` has, without a place yet.
    pub fn new(id: Id, message: impl Into<String>) -> Self {
        Self {
            id,
            severity: id.severity(),
            message: message.into(),
            labels: Vec::new(),
            helps: Vec::new(),
        }
    }

    /// Adds the place where the finding is.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: true });
        self
    }

    /// Adds a place that is the other side of the finding.
    #[must_use]
    pub fn and(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// Adds an advice in words.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(Help { text: text.into(), patch: None });
        self
    }

    /// Adds an advice with the change that carries it out.
    #[must_use]
    pub fn patch(
        mut self,
        text: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        let patch = Patch { span, replacement: replacement.into() };
        self.helps.push(Help { text: text.into(), patch: Some(patch) });
        self
    }

    /// Adds a patch to the closest of `allowed` if one is close, else the list if it is short.
    ///
    /// `kind` is the singular word for what is listed ("key", "pool"); `span` is the text of
    /// `word` alone, without quotes.
    #[must_use]
    pub fn did_you_mean<'a>(
        self,
        kind: &str,
        span: Span,
        word: &str,
        allowed: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let allowed: Vec<&str> = allowed.into_iter().collect();
        if let Some(close) = suggest::closest(word, allowed.iter().copied()) {
            let text = format!("{} {kind} with a similar name exists", suggest::article(kind));
            return self.patch(text, span, close);
        }
        match suggest::listing(kind, &allowed) {
            Some(text) => self.help(text),
            None => self,
        }
    }

    /// The place that decides order and position: the first primary label, else the first label.
    pub fn position(&self) -> Option<Span> {
        let primary = self.labels.iter().find(|label| label.primary);
        primary.or(self.labels.first()).map(|label| label.span)
    }
}

/// A growing list of diagnostics; phases return `(value, Diagnostics)` and never fail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
    omitted: usize,
}

impl Diagnostics {
    /// At most so many are kept; the rest is only counted, so that a file of a hundred thousand
    /// mistakes costs neither memory nor patience.
    pub const MAX_KEPT: usize = 200;

    /// Adds a diagnostic, unless the same one is there.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        // Variants are checked one by one, so that a mistake of the base comes once for each.
        if self.items.contains(&diagnostic) {
            return;
        }
        // An error is never crowded out by warnings: the verdict `has_errors` depends on it.
        if self.items.len() < Self::MAX_KEPT
            || (diagnostic.severity == Severity::Error && !self.has_errors())
        {
            self.items.push(diagnostic);
        } else {
            self.omitted += 1;
        }
    }

    /// Adds all of `other`.
    pub fn append(&mut self, other: Self) {
        self.omitted += other.omitted;
        for diagnostic in other.items {
            self.push(diagnostic);
        }
    }

    /// Whether there is an error, so that the next phase cannot start.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether the limit is reached, so that looking further is of no use.
    pub fn is_full(&self) -> bool {
        self.items.len() >= Self::MAX_KEPT
    }

    /// How many were found beyond [`Self::MAX_KEPT`].
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// The diagnostics, in order of pushing or, after [`Self::sort`], of place.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }

    /// Orders by file and place, those without a place first.
    pub fn sort(&mut self) {
        self.items.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.position(), d.severity, d.id);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        for diagnostic in iter {
            self.push(diagnostic);
        }
    }
}

/// A name out of a scenario, fit for a message: in backticks, control characters escaped (a key
/// may hold any character, also one that repaints a terminal), at most 64 characters.
pub fn name(text: &str) -> String {
    const MAX_CHARS: usize = 64;
    let mut shown = String::with_capacity(text.len().min(MAX_CHARS) + 2);
    shown.push('`');
    for (count, c) in text.chars().enumerate() {
        if count == MAX_CHARS {
            shown.push_str("...");
            break;
        }
        if c.is_control() || suggest::is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown.push('`');
    shown
}
