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
    let all: Vec<&Check> = checks.iter().collect();
    text += &format!("<testsuites name=\"plimsoll\" {}>\n", counts(&all));
    for kind in kinds {
        let of_kind: Vec<&Check> = checks.iter().filter(|check| check.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let name = escape(&format!("{suite}: {}s", kind.word()));
        // The element around all suites has no such count.
        let skipped = count(&of_kind, Outcome::Open);
        text +=
            &format!("  <testsuite name=\"{name}\" {} skipped=\"{skipped}\">\n", counts(&of_kind));
        for check in of_kind {
            text += &case(suite, check);
        }
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

fn counts(checks: &[&Check]) -> String {
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\"",
        checks.len(),
        count(checks, Outcome::Failed)
    )
}

fn count(checks: &[&Check], outcome: Outcome) -> usize {
    checks.iter().filter(|check| check.outcome == outcome).count()
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
            "{open}>\n      <failure type=\"{}\">{message}</failure>\n    </testcase>\n",
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
            // Beyond those that XML forbids also the C1 ones, which it discourages.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
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
<testsuites name="plimsoll" tests="3" failures="1" errors="0">
  <testsuite name="shop.v2: objectives" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="shop v2.objective" name="fast"/>
    <testcase classname="shop v2.objective" name="&lt;slow&gt;">
      <failure type="objective">{said}</failure>
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

    /// What an element may hold and have, by `junit-10.xsd` of Jenkins' xUnit plugin: its name, the
    /// elements in it, the attributes it must have, those it may have, and whether it may hold text.
    type Element = (
        &'static str,
        &'static [&'static str],
        &'static [&'static str],
        &'static [&'static str],
        bool,
    );
    const SCHEMA: [Element; 5] = [
        (
            "testsuites",
            &["testsuite"],
            &[],
            &["name", "time", "tests", "failures", "errors"],
            false,
        ),
        (
            "testsuite",
            &["testsuite", "properties", "testcase", "system-out", "system-err"],
            &["name", "tests", "failures", "errors"],
            &[
                "group",
                "time",
                "skipped",
                "timestamp",
                "hostname",
                "id",
                "package",
                "file",
                "log",
                "url",
            ],
            false,
        ),
        (
            "testcase",
            &["skipped", "error", "failure", "system-out", "system-err"],
            &["name"],
            &["time", "classname", "group"],
            false,
        ),
        ("failure", &[], &[], &["type", "message"], true),
        ("skipped", &[], &[], &["type", "message"], true),
    ];

    /// Reads a document of elements, attributes and text, and finds what the schema does not have.
    fn misfits(document: &str) -> Vec<String> {
        let mut misfits = Vec::new();
        let body = document.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
        let mut open: Vec<&Element> = Vec::new();
        let mut rest = body;
        while let Some((text, after)) = rest.split_once('<') {
            if !text.trim().is_empty() && !open.last().is_some_and(|element| element.4) {
                misfits.push(format!("text `{text}`"));
            }
            let (tag, next) = after.split_once('>').unwrap();
            rest = next;
            if let Some(name) = tag.strip_prefix('/') {
                let ended = open.pop().map(|element| element.0);
                if ended != Some(name) {
                    misfits.push(format!("</{name}> ends {ended:?}"));
                }
                continue;
            }
            let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let allowed = open.last().map_or(&["testsuites"][..], |element| element.1);
            let Some(element) = SCHEMA.iter().find(|one| one.0 == name && allowed.contains(&name))
            else {
                misfits.push(format!("<{name}>"));
                continue;
            };
            let names: Vec<&str> = attributes
                .split("\" ")
                .filter_map(|one| Some(one.split_once("=\"")?.0.trim()))
                .collect();
            let unknown =
                names.iter().filter(|name| !element.2.contains(name) && !element.3.contains(name));
            misfits.extend(unknown.map(|attribute| format!("{name} {attribute}")));
            let missing = element.2.iter().filter(|wanted| !names.contains(wanted));
            misfits.extend(missing.map(|attribute| format!("{name} without {attribute}")));
            if !is_empty {
                open.push(element);
            }
        }
        misfits.extend(open.iter().map(|element| format!("<{}> is open", element.0)));
        misfits
    }

    /// Goal: a build server that checks the schema takes it, whatever names and messages hold.
    #[test]
    fn documents_have_what_the_published_schema_has() {
        let nasty = "a<b>&\"'\u{0}\u{8}\u{1b}[31m]]>\u{ffff}\r\n\t=\" x=\"1";
        let kinds = [Kind::Objective, Kind::Claim, Kind::Regression];
        let outcomes = [Outcome::Passed, Outcome::Failed, Outcome::Open];
        let all: Vec<Check> = kinds
            .iter()
            .flat_map(|&kind| outcomes.map(|outcome| check(kind, nasty, outcome)))
            .map(|one| Check { message: nasty.to_owned(), ..one })
            .collect();
        let document = junit(nasty, &all);
        assert_eq!(misfits(&document), Vec::<String>::new(), "{document}");
        // XML 1.0, section 2.2: of the control characters only these three may stand in a document.
        let forbidden = |c: char| c.is_control() && !"\n\r\t".contains(c) || c == '\u{ffff}';
        assert!(!document.contains(forbidden), "{document}");
        assert_eq!(misfits(&junit("", &[])), Vec::<String>::new());
        // The check finds what is wrong.
        let wrong = document.replace("errors=\"0\">", "errors=\"0\" skipped=\"3\">");
        assert_eq!(misfits(&wrong), ["testsuites skipped"]);
        assert!(!misfits(&document.replace("</testcase>", "")).is_empty());
    }
}
