//! The summary for programs.

use super::summary::Summary;

/// Opens an array of numbers by world: as many as there are worlds, too many for a line each.
const BY_WORLD: &str = "\"by_world\": [";

/// `summary.json`: pretty, numbers by world on one line, keys in the order of [`Summary`], numbers as
/// the shortest text that reads back exactly. The same summary gives the same bytes on every platform.
///
/// # Errors
/// None that a summary can cause: every number is mapped (see [`super::summary::Number`]) and every
/// key is a string; the type is what `serde_json` asks for.
pub fn render(summary: &Summary) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(summary).map(|text| joined(&text))
}

/// Pretty JSON with the numbers by world on one line each. No string can be taken for a key or hold a
/// line break: quotes and line breaks within are escaped.
fn joined(pretty: &str) -> String {
    let mut text = String::with_capacity(pretty.len());
    let mut lines = pretty.lines();
    while let Some(line) = lines.next() {
        text.push_str(line);
        if line.trim_start() == BY_WORLD {
            for value in lines.by_ref().map(str::trim_start) {
                text.push_str(value);
                if value.starts_with(']') {
                    break;
                }
                if value.ends_with(',') {
                    text.push(' ');
                }
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::joined;
    use serde_json::{Value, json};

    /// By hand; and what is read back is what was written.
    #[test]
    fn numbers_by_world_stand_on_one_line() {
        let value = json!({
            "by_world": [1.5, null, "infinity"],
            "empty": { "by_world": [] },
            "z": [1, "\"by_world\": [", [2]],
        });
        let text = joined(&serde_json::to_string_pretty(&value).unwrap());
        assert!(text.contains("\n  \"by_world\": [1.5, null, \"infinity\"],\n"), "{text}");
        assert!(text.contains("\n    \"by_world\": []\n"), "{text}");
        assert_eq!(text.lines().count(), 13, "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
