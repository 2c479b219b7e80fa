//! Diagnostics for people: with the source lines ([`full`]) or one line each ([`concise`]).
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, FileId, Severity, Sources, Span};

/// Width to which long source lines are cut: what fits beside a report of 100 columns.
const WIDTH: usize = 100;

/// Longest text, in bytes, in which a patch is shown; in longer lines it is told in words.
const MAX_PATCHED: usize = 1_000;

/// All diagnostics with the source lines they speak of, a blank line between them and a count at
/// the end. ASCII but for the user's own text; complete without color.
pub fn full(diagnostics: &Diagnostics, sources: &Sources, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH);
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&groups(diagnostic, sources)));
        text.push_str("\n\n");
    }
    text.push_str(&summary(diagnostics));
    text
}

/// One line each: `path:line:col: error[id]: message`.
pub fn concise(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        if let Some(span) = diagnostic.position() {
            let at = sources.position(span.file, span.start);
            let _ = write!(text, "{}:{}:{}: ", sources.path(span.file), at.line, at.column);
        }
        let severity = diagnostic.severity.name();
        let _ = writeln!(text, "{severity}[{}]: {}", diagnostic.id.name(), diagnostic.message);
    }
    text
}

/// "2 errors, 1 warning, 3 pieces of advice", with what was not kept; empty if there is nothing.
pub fn summary(diagnostics: &Diagnostics) -> String {
    let mut parts = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
        let count = diagnostics.iter().filter(|d| d.severity == severity).count();
        if count > 0 {
            let plural = if count > 1 { "s" } else { "" };
            parts.push(match severity {
                Severity::Advice => format!("{count} piece{plural} of advice"),
                _ => format!("{count} {}{plural}", severity.name()),
            });
        }
    }
    if diagnostics.omitted() > 0 {
        parts.push(format!("{} more not shown", diagnostics.omitted()));
    }
    if parts.is_empty() { String::new() } else { format!("{}\n", parts.join(", ")) }
}

fn groups<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Advice => Level::INFO.with_name("advice"),
    };
    let title = level.primary_title(&*diagnostic.message).id(diagnostic.id.name());
    let mut main = Group::with_title(title);
    for file in files(diagnostic) {
        main = main.element(labels(diagnostic, file, sources));
    }
    let mut groups = Vec::new();
    for help in &diagnostic.helps {
        match &help.patch {
            None => main = main.element(Level::HELP.message(&*help.text)),
            Some(patch) => {
                let window = Window::around(sources, patch.span.file, &[patch.span]);
                // A patch is shown with its whole lines, twice.
                if window.range.len() > MAX_PATCHED {
                    let text = format!("{}: `{}`", help.text, patch.replacement);
                    main = main.element(Level::HELP.message(text));
                    continue;
                }
                let change = Patch::new(window.range(sources, patch.span), &*patch.replacement);
                let title = Level::HELP.secondary_title(&*help.text);
                groups.push(title.element(window.snippet(sources).patch(change)));
            }
        }
    }
    groups.insert(0, main);
    groups
}

/// The files of a diagnostic, that of its position first.
fn files(diagnostic: &Diagnostic) -> Vec<FileId> {
    let mut files: Vec<FileId> = diagnostic.position().map(|span| span.file).into_iter().collect();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
}

fn labels<'a>(
    diagnostic: &'a Diagnostic,
    file: FileId,
    sources: &'a Sources,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let here: Vec<_> = diagnostic.labels.iter().filter(|l| l.span.file == file).collect();
    let spans: Vec<Span> = here.iter().map(|label| label.span).collect();
    let window = Window::around(sources, file, &spans);
    let mut snippet = window.snippet(sources);
    for label in here {
        let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(window.range(sources, label.span));
        snippet = snippet.annotation(if label.text.is_empty() {
            annotation
        } else {
            annotation.label(&*label.text)
        });
    }
    snippet
}

/// The lines of a source that some spans touch: rendering cost stays with the mistake, not with
/// the size of the file.
struct Window {
    file: FileId,
    range: Range<usize>,
    line: usize,
}

impl Window {
    fn around(sources: &Sources, file: FileId, spans: &[Span]) -> Self {
        let text = sources.get(file).map_or("", |source| source.text.as_str());
        let ranges: Vec<Range<usize>> = spans.iter().map(|span| sources.clamp(*span)).collect();
        let first = ranges.iter().map(|range| range.start).min().unwrap_or(0);
        let last = ranges.iter().map(|range| range.end).max().unwrap_or(0);
        let start = text[..first].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[last..].find('\n').map_or(text.len(), |newline| last + newline);
        Self { file, range: start..end, line: sources.position(file, start).line }
    }

    fn range(&self, sources: &Sources, span: Span) -> Range<usize> {
        let range = sources.clamp(span);
        range.start - self.range.start..range.end - self.range.start
    }

    fn snippet<'a, T: Clone>(&self, sources: &'a Sources) -> Snippet<'a, T> {
        let text = sources.get(self.file).map_or("", |source| source.text.as_str());
        Snippet::source(&text[self.range.clone()])
            .path(sources.path(self.file))
            .line_start(self.line)
    }
}
