//! What a command reports: one result, as text, Markdown, JSON and charts.

use std::path::Path;

use serde::Serialize;

use super::args::Format;
use super::output::Staging;
use super::{Failure, ui};
use crate::report::charts::Chart;

/// The renderings of one kind of result.
pub struct Report<T> {
    /// Name of its files, without the end: `sweep`.
    pub stem: &'static str,
    /// Its charts.
    pub charts: fn(&T) -> Vec<Chart>,
    /// For a terminal.
    pub text: fn(&T) -> String,
    /// For a pull request.
    pub markdown: fn(&T, &[Chart]) -> String,
}

impl<T: Serialize> Report<T> {
    /// Writes all files and puts them into their place.
    pub fn write(&self, mut staging: Staging, result: &T) -> Result<(), Failure> {
        let charts = (self.charts)(result);
        for chart in &charts {
            staging.write(chart.file, &chart.svg.standalone())?;
        }
        staging.write(&format!("{}.md", self.stem), &(self.markdown)(result, &charts))?;
        staging.write(&format!("{}.json", self.stem), &self.json(result)?)?;
        staging.publish()
    }

    /// Prints it. The terminal gets `shown`: the result without what has been said already, with the
    /// command as it was typed.
    pub fn print(
        &self,
        result: &T,
        shown: impl FnOnce() -> T,
        format: Format,
        out: &Path,
    ) -> Result<(), Failure> {
        match format {
            Format::Json => ui::data(&self.json(result)?),
            Format::Markdown => ui::data(&(self.markdown)(result, &(self.charts)(result))),
            Format::Text => {
                let file = out.join(format!("{}.md", self.stem));
                ui::data(&((self.text)(&shown()) + &format!("\nReport: {}\n", file.display())))
            }
        }
    }

    fn json(&self, result: &T) -> Result<String, Failure> {
        let text = serde_json::to_string_pretty(result).map_err(|error| Failure::Write {
            what: format!("{}.json", self.stem),
            source: std::io::Error::other(error),
        })?;
        Ok(text + "\n")
    }
}
