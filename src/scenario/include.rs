//! Includes: files that share parts, merged below what includes them.
use super::overlay::{self, Level};
use super::parse;
use super::raw::{Node, Table, Value};
use super::source::{self, Loader, MAX_INCLUDE_DEPTH, MAX_INCLUDES};
use crate::diag::{Diagnostic, Diagnostics, FileId, Id, Sources, Span, name};

/// Reads the file at `path` and everything that it includes into one tree.
///
/// What a file says itself stands over what it includes; of two includes the later one stands.
/// The paths of includes are relative to their file, written with `/`, and stay below the folder
/// of `path`.
pub fn read(
    path: &str,
    loader: &dyn Loader,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Table {
    let split = path.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
    let (folder, file) = path.split_at(split);
    let mut reading = Reading { folder, loader, sources, diagnostics, open: Vec::new(), count: 0 };
    reading.file(file, None)
}

struct Reading<'a> {
    /// The scenario's folder with its final slash; empty for the current one.
    folder: &'a str,
    loader: &'a dyn Loader,
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    /// The files being read, outermost first, relative to the folder.
    open: Vec<String>,
    count: usize,
}

impl Reading<'_> {
    fn file(&mut self, relative: &str, asked: Option<Span>) -> Table {
        let path = format!("{}{relative}", self.folder);
        let loaded = source::load(&path, asked, self.loader, self.sources, self.diagnostics);
        let Some(file) = loaded else { return Table::default() };
        let mut own = parse::parse(file, self.sources, self.diagnostics);
        let Some((_, include)) = own.remove("include") else { return own };
        self.open.push(relative.to_string());
        let mut merged = Table::default();
        for (text, span) in self.paths(&include, file) {
            if let Some(included) = self.include(&text, span) {
                overlay::merge(&mut merged, &included, Level::Root);
            }
        }
        self.open.pop();
        overlay::merge(&mut merged, &own, Level::Root);
        merged
    }

    /// The paths of an `include`, with their places.
    fn paths(&mut self, include: &Node, file: FileId) -> Vec<(String, Span)> {
        let wrong = |node: &Node| {
            let found = node.value.type_name();
            let message = format!("`include` is a list of paths, not {found}");
            Diagnostic::new(Id::WrongType, message).at(node.span, found)
        };
        let items = match &include.value {
            Value::Array(items) => items,
            Value::Invalid => return Vec::new(),
            Value::String(path) => {
                let text = self.sources.text(file.span(include.span.range()));
                let patch = format!("[{text}]");
                let found = wrong(include).patch("put it into a list", include.span, patch);
                self.diagnostics.push(found);
                return vec![(path.clone(), include.span)];
            }
            _ => {
                self.diagnostics.push(wrong(include));
                return Vec::new();
            }
        };
        let mut paths = Vec::new();
        for item in items {
            match &item.value {
                Value::String(path) => paths.push((path.clone(), item.span)),
                Value::Invalid => {}
                _ => self.diagnostics.push(wrong(item)),
            }
        }
        paths
    }

    fn include(&mut self, text: &str, span: Span) -> Option<Table> {
        let including = self.open.last().map_or("", String::as_str);
        let Some(relative) = resolve(including, text) else {
            let message = format!("{} leads out of the scenario's folder", name(text));
            self.diagnostics.push(
                Diagnostic::new(Id::IncludeOutside, message)
                    .at(span, "outside")
                    .help("give a path below the folder of the scenario, with `/` between folders"),
            );
            return None;
        };
        if self.open.contains(&relative) {
            let chain: Vec<&str> = self
                .open
                .iter()
                .map(String::as_str)
                .skip_while(|open| *open != relative)
                .chain([relative.as_str()])
                .collect();
            let message = format!("{} includes itself", name(&relative));
            let mut found = Diagnostic::new(Id::IncludeCycle, message).at(span, "here again");
            if chain.len() > 2 {
                let shown: Vec<String> = chain.iter().map(|file| name(file)).collect();
                found = found.help(format!("the circle is {}", shown.join(" -> ")));
            }
            self.diagnostics.push(found);
            return None;
        }
        self.count += 1;
        let too_many = if self.open.len() > MAX_INCLUDE_DEPTH {
            format!("includes nest more than {MAX_INCLUDE_DEPTH} deep")
        } else if self.count == MAX_INCLUDES + 1 {
            format!("more than {MAX_INCLUDES} files are included")
        } else if self.count > MAX_INCLUDES {
            return None;
        } else {
            return Some(self.file(&relative, Some(span)));
        };
        let found = Diagnostic::new(Id::TooManyIncludes, too_many);
        self.diagnostics.push(found.at(span, "one too many"));
        None
    }
}

/// `path` as seen from the folder of `including`, both relative to the scenario's folder; `None`
/// if it leads out of it.
fn resolve(including: &str, path: &str) -> Option<String> {
    // A backslash or a colon would mean other places on other systems.
    if path.is_empty() || path.starts_with('/') || path.contains(['\\', ':', '\0']) {
        return None;
    }
    let mut parts: Vec<&str> = including.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
