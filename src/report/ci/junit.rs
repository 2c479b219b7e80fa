//! Checks as XML in the layout of `JUnit`: what GitLab, Jenkins and most build servers read.
//!
//! The layout is the common subset of what is published of the format: the schema of Jenkins' xUnit
//! plugin (`junit-10.xsd`), the description by Ant's `JUnitReport` task, and what GitLab documents of
//! its unit test reports (`classname`, `name`, `failure`, `skipped`). There is no time in it: the
//! same result is the same bytes.

use super::checks::{Check, Kind, Outcome};

/// The document. `suite` is the name of the whole: the scenario and its variant.
pub fn junit(suite: &str, checks: &[Check]) -> String {
    let kinds = [Kind::Objective, Kind::Claim, Kind::Regression];
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    text +=
        &format!("<testsuites name=\"plimsoll\" {}>\n", counts(&checks.iter().collect::<Vec<_>>()));
    for kind in kinds {
        let of_kind: Vec<&Check> = checks.iter().filter(|check| check.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let name = escape(&format!("{suite}: {}s", kind.word()));
        text += &format!("  <testsuite name=\"{name}\" {}>\n", counts(&of_kind));
        for check in of_kind {
            text += &case(suite, check);
        }
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

fn counts(checks: &[&Check]) -> String {
    let count = |outcome: Outcome| checks.iter().filter(|check| check.outcome == outcome).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
        checks.len(),
        count(Outcome::Failed),
        count(Outcome::Open)
    )
}

fn case(suite: &str, check: &Check) -> String {
    let variant = check.variant.as_ref().map_or(String::new(), |name| format!(" on {name}"));
    let name = escape(&format!("{}{variant}", check.name));
    // Servers group by the part before the last dot, so the scenario's own dots must not be there.
    let class = escape(&format!("{}.{}", suite.replace('.', " "), check.kind.word()));
    let message = escape(&check.message);
    let open = format!("    <testcase classname=\"{class}\" name=\"{name}\"");
    match check.outcome {
        Outcome::Passed => format!("{open}/>\n"),
        Outcome::Failed => format!(
            "{open}>\n      <failure type=\"{}\" message=\"{message}\">{message}</failure>\n    \
             </testcase>\n",
            check.kind.word()
        ),
        Outcome::Open => {
            format!("{open}>\n      <skipped message=\"{message}\"/>\n    </testcase>\n")
        }
    }
}

/// Text for an attribute or an element (XML 1.0, sections 2.2 and 2.4): what no document may hold is
/// replaced, line ends are kept.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&apos;",
            '\n' | '\r' | '\t' => escaped += &format!("&#{};", u32::from(c)),
            c if (c as u32) < 0x20 || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}');
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, name: &str, outcome: Outcome) -> Check {
        let message = "p95 < 200ms: found \"none\" & more".to_owned();
        Check { kind, name: name.to_owned(), variant: None, outcome, message }
    }

    /// The format as it is published, written out by hand.
    #[test]
    fn each_kind_is_a_suite_and_open_ones_are_skipped() {
        let found = junit(
            "shop.v2",
            &[
                check(Kind::Objective, "fast", Outcome::Passed),
                check(Kind::Objective, "<slow>", Outcome::Failed),
                check(Kind::Claim, "a\n\u{1}", Outcome::Open),
            ],
        );
        let said = "p95 &lt; 200ms: found &quot;none&quot; &amp; more";
        let expected = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="plimsoll" tests="3" failures="1" errors="0" skipped="1">
  <testsuite name="shop.v2: objectives" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="shop v2.objective" name="fast"/>
    <testcase classname="shop v2.objective" name="&lt;slow&gt;">
      <failure type="objective" message="{said}">{said}</failure>
    </testcase>
  </testsuite>
  <testsuite name="shop.v2: claims" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="shop v2.claim" name="a&#10;{}">
      <skipped message="{said}"/>
    </testcase>
  </testsuite>
</testsuites>
"#,
            '\u{fffd}'
        );
        assert_eq!(found, expected);
    }
}
