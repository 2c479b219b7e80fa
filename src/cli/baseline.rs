//! Saved summaries, which others are held against.

use std::fs;
use std::path::Path;

use super::Failure;
use crate::model::Model;
use crate::report::summary::{Saved, read};

/// A summary that was saved.
pub struct Baseline {
    /// What is in it.
    pub saved: Saved,
    /// The file, as it is.
    pub text: String,
}

impl Baseline {
    /// Reads a file; `option` is what it was typed for.
    pub fn read(path: &Path, option: &str) -> Result<Self, Failure> {
        let wrong = |why: String| Failure::Usage(format!("{option} `{}`: {why}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let saved = read(&text).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { saved, text })
    }

    /// Fails if it is of another scenario or variant.
    pub fn unless_another(&self, model: &Model, variant: Option<&str>) -> Result<(), Failure> {
        let saved = &self.saved;
        let (then, now) = if saved.name == model.name {
            let named = |variant: Option<&str>| match variant {
                Some(name) => format!("variant `{name}`"),
                None => "the scenario as it stands".to_owned(),
            };
            if saved.variant.as_deref() == variant {
                return Ok(());
            }
            (named(saved.variant.as_deref()), named(variant))
        } else {
            (format!("`{}`", saved.name), format!("`{}`", model.name))
        };
        Err(Failure::Usage(format!(
            "the baseline is of {then}, not of {now}; `plimsoll compare FILE SUMMARY.json` holds \
             them against each other"
        )))
    }
}
