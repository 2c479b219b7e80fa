//! The summary for programs.

use super::summary::Summary;

/// `summary.json`: pretty, keys in the order of [`Summary`], numbers as the shortest text that
/// reads back exactly. The same summary gives the same bytes on every platform.
///
/// # Errors
/// None that a summary can cause: every number is mapped (see [`super::summary::Number`]) and every
/// key is a string; the type is what `serde_json` asks for.
pub fn render(summary: &Summary) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(summary).map(|text| text + "\n")
}
