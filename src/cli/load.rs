//! From what was typed to models: reading, variants, resolving.

use super::args::MessageFormat;
use super::files::Disk;
use super::options::ScenarioOptions;
use super::{Failure, ui};
use crate::diag::{Diagnostic, Diagnostics, Id, Severity, Sources};
use crate::expr::error::{ExprError, ExprErrorKind};
use crate::expr::scope::Tables;
use crate::model::{self, BindProblem, Model};
use crate::scenario::overlay::{beneath_variants, with_text, with_variant};
use crate::scenario::raw::{Node, Value};
use crate::scenario::{self, RawScenario};

/// A scenario that was read.
pub struct Loaded {
    raw: RawScenario,
    disk: Disk,
    format: MessageFormat,
    /// What there is to say so far.
    pub diagnostics: Diagnostics,
}

impl Loaded {
    /// Reads the file. Errors are shown, with what else can be told to be wrong.
    pub fn new(options: &ScenarioOptions) -> Result<Self, Failure> {
        let disk = Disk::new(&options.file);
        let sets: Vec<&str> = options.sets.iter().map(String::as_str).collect();
        let (raw, diagnostics) = scenario::read(&options.file, &sets, &disk);
        let mut loaded = Self { raw, disk, format: options.message_format, diagnostics };
        if loaded.diagnostics.has_errors() {
            let more = model::mistakes(&loaded.raw, &loaded.disk, &loaded.diagnostics);
            loaded.add(&more);
            loaded.diagnostics.sort();
        }
        loaded.unless_errors()?;
        Ok(loaded)
    }

    /// The files.
    pub fn sources(&self) -> &Sources {
        &self.raw.sources
    }

    /// The model of a variant, or of the scenario as it stands. Errors are shown.
    pub fn model(&mut self, variant: Option<&str>) -> Result<Model, Failure> {
        self.resolved(variant, model::resolve)
    }

    /// The same where nothing has to arrive.
    pub fn data(&mut self, variant: Option<&str>) -> Result<Model, Failure> {
        self.resolved(variant, model::resolve_data)
    }

    /// The same with a text merged over it; none if that cannot be. What there is to say of the scenario was
    /// said of itself.
    pub fn data_with(&self, variant: Option<&str>, text: &str) -> Option<Model> {
        let merged = variant.map(|name| with_variant(&self.raw, name).0);
        let (merged, found) = with_text(merged.as_ref().unwrap_or(&self.raw), "<purge>", text);
        if found.has_errors() { None } else { model::resolve_data(&merged, &self.disk).0 }
    }

    fn resolved(
        &mut self,
        variant: Option<&str>,
        resolve: impl Fn(&RawScenario, &dyn Tables) -> (Option<Model>, Diagnostics),
    ) -> Result<Model, Failure> {
        let merged = match variant {
            None => None,
            Some(name) => {
                let (merged, found) = with_variant(&self.raw, name);
                self.add(&found);
                self.unless_errors()?;
                Some(merged)
            }
        };
        let (model, found) = resolve(merged.as_ref().unwrap_or(&self.raw), &self.disk);
        self.add(&found);
        self.unless_errors()?;
        model.ok_or(Failure::Scenario)
    }

    /// Makes the last of `--set` a part of the scenario, which its variants change.
    pub fn beneath_variants(&mut self, count: usize) {
        beneath_variants(&mut self.raw, count);
    }

    /// The number (perhaps with a unit) that a dotted path is set to, as text.
    pub fn number_at(&self, path: &str) -> Option<String> {
        let keys: Vec<&str> = path.split('.').collect();
        match &self.raw.value(&keys)?.value {
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) => Some(number.to_string()),
            Value::String(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// What was bound or compiled. Numbers that cannot be are shown.
    pub fn bound<T>(
        &mut self,
        bind: impl FnOnce() -> Result<T, Vec<BindProblem>>,
    ) -> Result<T, Failure> {
        bind().map_err(|problems| {
            for problem in &problems {
                let message = format!("{}: {}", problem.origin.path, problem.message);
                let found = Diagnostic::new(Id::OutOfRange, message);
                self.diagnostics.push(match problem.origin.span {
                    Some(span) => found.at(span, "this number"),
                    None => found,
                });
            }
            self.show();
            Failure::Scenario
        })
    }

    /// Adds what is wrong with the condition or metric at a path; of a list the item of that number.
    pub fn misjudged(&mut self, path: &[&str], found: Result<(), Vec<ExprError>>) {
        let list = path.split_last().and_then(|(at, list)| Some((at, self.raw.value(list)?)));
        let item = list.and_then(|(at, list)| list.as_array()?.get(at.parse::<usize>().ok()?));
        let node = self.raw.value(path).or(item).or(list.map(|(_, list)| list));
        let mut wrong = Diagnostics::default();
        for error in found.err().unwrap_or_default() {
            wrong.push(located(node, error));
        }
        self.add(&wrong);
    }

    /// File and line of a value, in a variant if one is named; none: it is in no file.
    pub fn line(&self, variant: Option<&str>, path: &[&str]) -> Option<(String, usize)> {
        let merged = variant.map(|name| with_variant(&self.raw, name).0);
        let span = merged.as_ref().unwrap_or(&self.raw).value(path)?.span;
        let file = self.sources().path(span.file);
        let line = self.sources().position(span.file, span.start).line;
        // What was typed behind `--set` has a name that no file has.
        (!file.starts_with('<')).then(|| (file.to_owned(), line))
    }

    /// The warnings so far, one line each.
    pub fn warnings(&self) -> Vec<String> {
        let warnings = self.diagnostics.iter().filter(|d| d.severity == Severity::Warning);
        warnings.map(|warning| warning.message.clone()).collect()
    }

    /// Adds what has not been said yet: a variant repeats what the scenario says.
    pub fn add(&mut self, found: &Diagnostics) {
        for diagnostic in found {
            if !self.diagnostics.iter().any(|known| known == diagnostic) {
                self.diagnostics.push(diagnostic.clone());
            }
        }
    }

    /// Shows everything and fails if there is an error.
    pub fn unless_errors(&self) -> Result<(), Failure> {
        if self.diagnostics.has_errors() {
            ui::diagnostics(&self.diagnostics, self.sources(), self.format);
            return Err(Failure::Scenario);
        }
        Ok(())
    }

    /// Shows warnings, and that the command `check` shows advice. Programs get everything.
    pub fn show_warnings(&self, check: &str) {
        let is_advice = |one: &&Diagnostic| one.severity == Severity::Advice;
        let count = self.diagnostics.iter().filter(is_advice).count();
        if count == 0 || self.format == MessageFormat::Json || self.diagnostics.omitted() > 0 {
            self.show();
            return;
        }
        let mut warnings = Diagnostics::default();
        warnings.extend(self.diagnostics.iter().filter(|one| !is_advice(one)).cloned());
        ui::diagnostics(&warnings, self.sources(), self.format);
        let pieces = if count == 1 { "piece" } else { "pieces" };
        ui::aside(&format!("{count} {pieces} of advice: {check}\n"));
    }

    /// Shows warnings and advice.
    pub fn show(&self) {
        ui::diagnostics(&self.diagnostics, self.sources(), self.format);
    }
}

/// An error of a condition or metric, in the file.
fn located(node: Option<&Node>, error: ExprError) -> Diagnostic {
    let id = match error.kind {
        ExprErrorKind::WrongDimension => Id::WrongDimension,
        ExprErrorKind::UnknownName => Id::UnknownName,
        ExprErrorKind::MissingUnit => Id::MissingUnit,
        ExprErrorKind::NotFinite => Id::NotFinite,
        ExprErrorKind::NeedsOutcome => Id::MetricNeedsOutcome,
        ExprErrorKind::UnknownWindow => Id::UnknownWindow,
        _ => Id::UnknownMetric,
    };
    let found = Diagnostic::new(id, error.message);
    let Some(node) = node else { return found };
    let span = node.sub_span(error.span);
    let found = found.at(span, error.label);
    // A patch is safe only where the text stands in the file letter by letter.
    match (error.replacement.filter(|_| node.is_exact()), error.help) {
        (Some(text), help) => {
            found.patch(help.unwrap_or_else(|| "write this instead".to_owned()), span, text)
        }
        (None, Some(help)) => found.help(help),
        (None, None) => found,
    }
}
