//! Checks as workflow commands of GitHub's actions, which show them at the lines of the scenario.
//!
//! Source of the format and its escapes: "Workflow commands for GitHub Actions" in GitHub's
//! documentation, and `packages/core/src/command.ts` of `actions/toolkit`, which writes them.

use super::checks::{Check, Outcome};

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as its path was typed.
    pub file: String,
    /// Line, from 1; none: the file as a whole.
    pub line: Option<usize>,
}

/// An error for each check that failed, a warning for each that is open, and the result in a
/// sentence; `place` tells where a check stands.
pub fn annotations(
    headline: &str,
    checks: &[Check],
    place: &dyn Fn(&Check) -> Option<Place>,
) -> String {
    let mut text = String::new();
    for check in checks {
        let command = match check.outcome {
            Outcome::Passed => continue,
            Outcome::Failed => "error",
            Outcome::Open => "warning",
        };
        let mut properties = Vec::new();
        if let Some(Place { file, line }) = place(check) {
            properties.push(format!("file={}", property(&file)));
            properties.extend(line.map(|line| format!("line={line}")));
        }
        let variant = check.variant.as_ref().map_or(String::new(), |name| format!(" on {name}"));
        let ended = if check.outcome == Outcome::Open { " is inconclusive" } else { "" };
        let title = format!("{} {}{variant}{ended}", check.kind.word(), check.name);
        properties.push(format!("title={}", property(&title)));
        text += &format!("::{command} {}::{}\n", properties.join(","), data(&check.message));
    }
    text + &format!("::notice title=plimsoll::{}\n", data(headline))
}

/// Text after the second pair of colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::checks::Kind;
    use super::*;

    fn check(outcome: Outcome) -> Check {
        Check {
            kind: Kind::Claim,
            name: "shop/2: a, b".to_owned(),
            variant: Some("short".to_owned()),
            outcome,
            message: "39 %::\nmore: yes, 5".to_owned(),
        }
    }

    /// As `command.ts` writes them: data escapes %, CR and LF, properties also colons and commas.
    #[test]
    fn commands_are_escaped_as_github_reads_them() {
        let place = |_: &Check| Some(Place { file: "a,b/shop.toml".to_owned(), line: Some(7) });
        let all = [check(Outcome::Passed), check(Outcome::Failed), check(Outcome::Open)];
        let found = annotations("1 of 3, 50 % off", &all, &place);
        let lines: Vec<&str> = found.lines().collect();
        assert_eq!(
            lines,
            [
                "::error file=a%2Cb/shop.toml,line=7,title=claim shop/2%3A a%2C b on short::39 %25::%0Amore: yes, 5",
                "::warning file=a%2Cb/shop.toml,line=7,title=claim shop/2%3A a%2C b on short is inconclusive::39 %25::%0Amore: yes, 5",
                "::notice title=plimsoll::1 of 3, 50 %25 off",
            ]
        );
        let nowhere = annotations("", &[check(Outcome::Failed)], &|_| None);
        assert!(nowhere.starts_with("::error title=claim"), "{nowhere}");
    }
}
