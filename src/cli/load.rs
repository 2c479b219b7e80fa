//! From what was typed to models: reading, variants, resolving.

use super::files::Disk;
use super::options::ScenarioOptions;
use super::{Failure, ui};
use crate::diag::{Diagnostics, Sources};
use crate::model::{self, Model};
use crate::scenario::overlay::with_variant;
use crate::scenario::{self, RawScenario};

/// A scenario that was read.
pub struct Loaded {
    raw: RawScenario,
    disk: Disk,
    /// What there is to say so far.
    pub diagnostics: Diagnostics,
}

impl Loaded {
    /// Reads the file. Errors are shown.
    pub fn new(options: &ScenarioOptions) -> Result<Self, Failure> {
        let disk = Disk::new(&options.file);
        let sets: Vec<&str> = options.sets.iter().map(String::as_str).collect();
        let (raw, diagnostics) = scenario::read(&options.file, &sets, &disk);
        let loaded = Self { raw, disk, diagnostics };
        loaded.unless_errors()?;
        Ok(loaded)
    }

    /// The files.
    pub fn sources(&self) -> &Sources {
        &self.raw.sources
    }

    /// The model of a variant, or of the scenario as it stands. Errors are shown.
    pub fn model(&mut self, variant: Option<&str>) -> Result<Model, Failure> {
        let merged = match variant {
            None => None,
            Some(name) => {
                let (merged, found) = with_variant(&self.raw, name);
                self.add(found);
                self.unless_errors()?;
                Some(merged)
            }
        };
        let (model, found) = model::resolve(merged.as_ref().unwrap_or(&self.raw), &self.disk);
        self.add(found);
        self.unless_errors()?;
        model.ok_or(Failure::Scenario)
    }

    /// Adds what has not been said yet: a variant repeats what the scenario says.
    pub fn add(&mut self, found: Diagnostics) {
        for diagnostic in &found {
            if !self.diagnostics.iter().any(|known| known == diagnostic) {
                self.diagnostics.push(diagnostic.clone());
            }
        }
    }

    /// Shows everything and fails if there is an error.
    pub fn unless_errors(&self) -> Result<(), Failure> {
        if self.diagnostics.has_errors() {
            ui::diagnostics(&self.diagnostics, self.sources());
            return Err(Failure::Scenario);
        }
        Ok(())
    }

    /// Shows warnings and advice.
    pub fn show(&self) {
        ui::diagnostics(&self.diagnostics, self.sources());
    }
}
