//! What can be wrong with an expression, with the characters it is about.

use std::fmt;
use std::ops::Range;

/// The closed list of kinds; each has an id for people and tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExprErrorKind {
    /// The text does not follow the grammar.
    Syntax,
    /// Longer than the limit, nested deeper, or with too many terms.
    TooLarge,
    /// A binary minus without a space on both sides.
    MinusSpacing,
    /// A word after a number that is not a unit.
    UnknownUnit,
    /// A unit with several readings (`m`).
    AmbiguousUnit,
    /// A bare number where a unit is due.
    MissingUnit,
    /// A quantity of another dimension than the place or the operation needs.
    WrongDimension,
    /// A name that is neither an input nor a `let`.
    UnknownName,
    /// A call of something that is neither a function nor a distribution.
    UnknownFunction,
    /// Too few, too many, or wrongly named arguments.
    WrongArguments,
    /// A distribution where a single number is needed.
    DistributionNotAllowed,
    /// A `let` where its value is not known yet.
    LetNotAllowed,
    /// A `let` inside the parameters of a distribution.
    LetInDistribution,
    /// Parameters that no such distribution has.
    ImpossibleDistribution,
    /// The result is not a finite number.
    NotFinite,
    /// `empirical("file")`: the file cannot be used.
    UnreadableTable,
    /// A metric function that does not take what it was given.
    WrongMetric,
    /// A metric path that the scenario does not have.
    UnknownPath,
    /// A metric that exists per outcome only.
    NeedsOutcome,
    /// A window that the scenario does not have.
    UnknownWindow,
}

impl ExprErrorKind {
    /// Every kind, for registries and documentation.
    pub const ALL: [Self; 20] = [
        Self::Syntax,
        Self::TooLarge,
        Self::MinusSpacing,
        Self::UnknownUnit,
        Self::AmbiguousUnit,
        Self::MissingUnit,
        Self::WrongDimension,
        Self::UnknownName,
        Self::UnknownFunction,
        Self::WrongArguments,
        Self::DistributionNotAllowed,
        Self::LetNotAllowed,
        Self::LetInDistribution,
        Self::ImpossibleDistribution,
        Self::NotFinite,
        Self::UnreadableTable,
        Self::WrongMetric,
        Self::UnknownPath,
        Self::NeedsOutcome,
        Self::UnknownWindow,
    ];

    /// The kebab-case id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Syntax => "expression-syntax",
            Self::TooLarge => "expression-too-large",
            Self::MinusSpacing => "minus-spacing",
            Self::UnknownUnit => "unknown-unit",
            Self::AmbiguousUnit => "ambiguous-unit",
            Self::MissingUnit => "missing-unit",
            Self::WrongDimension => "wrong-dimension",
            Self::UnknownName => "unknown-name",
            Self::UnknownFunction => "unknown-function",
            Self::WrongArguments => "wrong-arguments",
            Self::DistributionNotAllowed => "distribution-not-allowed",
            Self::LetNotAllowed => "let-not-allowed",
            Self::LetInDistribution => "let-in-distribution",
            Self::ImpossibleDistribution => "impossible-distribution",
            Self::NotFinite => "not-finite",
            Self::UnreadableTable => "unreadable-table",
            Self::WrongMetric => "wrong-metric",
            Self::UnknownPath => "unknown-path",
            Self::NeedsOutcome => "needs-outcome",
            Self::UnknownWindow => "unknown-window",
        }
    }
}

/// One error in one expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// What kind of error.
    pub kind: ExprErrorKind,
    /// Bytes of the expression that it is about; on character boundaries, within the text.
    pub span: Range<usize>,
    /// What is: a lower-case phrase with names in backticks, no full stop.
    pub message: String,
    /// Why here: a few words to stand under the span. May be empty.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Text that may replace the span.
    pub replacement: Option<String>,
}

impl ExprError {
    /// An error without label, help or replacement.
    pub fn new(kind: ExprErrorKind, span: Range<usize>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, span, message, label: String::new(), help: None, replacement: None }
    }

    /// With words under the span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With text to put in place of the span.
    #[must_use]
    pub fn replacement(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some(text.into());
        self
    }
}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExprError {}

/// The nearest of `known` names: distance at most a third of the length, at least 1, at most 3.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let limit = (lower.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&candidate.to_lowercase(), &lower), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_kebab_case() {
        for (position, kind) in ExprErrorKind::ALL.iter().enumerate() {
            assert_eq!(ExprErrorKind::ALL.iter().position(|k| k.id() == kind.id()), Some(position));
            assert!(kind.id().chars().all(|c| c.is_ascii_lowercase() || c == '-'));
        }
    }
}
