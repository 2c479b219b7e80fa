//! Numbers, words and tests of a scenario, checked and put into slots.

use super::Resolver;
use super::section::Section;
use crate::diag::{Diagnostic, Id, name};
use crate::expr::check::{check, check_number, check_test};
use crate::expr::checked::Checked;
use crate::expr::error::{ExprError, ExprErrorKind};
use crate::expr::formula::Variate;
use crate::expr::scope::{Absence, Expectation, NoTables, Scope};
use crate::model::bind;
use crate::model::{Assumption, Bounds, ConditionId, Origin, QuantityId, VariateId};
use crate::scenario::keys::{self, Default, KeySpec, Kind};
use crate::scenario::raw::{Node, Value};
use crate::units::show;
use crate::units::{Dimension, Quantity};

/// A positive time: at least a nanosecond, the resolution of the clock.
pub(super) const DURATION: Bounds = Bounds::real(1e-9, Bounds::TIME.max);
/// A rate per second: from one event in 30,000 years.
pub(super) const RATE: Bounds = Bounds::real(1e-12, 1e9);
/// A share of a whole.
pub(super) const SHARE: Bounds = Bounds::real(0.0, 1.0);
/// Cores of a machine: from a thousandth.
pub(super) const CORES: Bounds = Bounds::real(1e-3, 1e6);
/// Things of which there is at least one.
pub(super) const SOME: Bounds = Bounds::count(1.0, 1e6);
/// Things of which there may be none.
pub(super) const ANY_COUNT: Bounds = Bounds::count(0.0, 1e9);
/// Whatever is finite.
pub(super) const ANY: Bounds = Bounds::real(-f64::MAX, f64::MAX);

/// In place of a number that is wrong. Nobody looks it up: the model is dropped.
pub(super) const NO_QUANTITY: QuantityId = QuantityId(u32::MAX);
/// The same of a number that may vary.
pub(super) const NO_VARIATE: VariateId = VariateId(u32::MAX);
/// The same of a condition.
const NO_CONDITION: ConditionId = ConditionId(u32::MAX);

/// What the slots do not keep: where each number is written, and what it measures.
#[derive(Debug, Default)]
pub(super) struct Written<'a> {
    pub quantities: Vec<(Option<&'a Node>, Dimension)>,
    pub variates: Vec<(Option<&'a Node>, Dimension)>,
    pub conditions: Vec<&'a Node>,
}

/// A number outside the tables: how often to run and the like, known before any world.
pub(super) struct Setting<'a> {
    pub origin: Origin,
    pub node: Option<&'a Node>,
    pub checked: Checked,
    pub bounds: Bounds,
}

impl Setting<'_> {
    /// A number that depends on nothing.
    pub fn constant(path: String, value: f64, bounds: Bounds) -> Self {
        let origin = Origin { path, span: None };
        Self { origin, node: None, checked: Checked::from_number(value), bounds }
    }
}

/// What the place of a key needs.
pub(super) fn expectation(kind: &Kind) -> Option<Expectation> {
    let dimension = |dimension: &keys::Dimension| match dimension {
        keys::Dimension::Count | keys::Dimension::Number | keys::Dimension::Ratio => {
            Some(Dimension::COUNT)
        }
        keys::Dimension::Time => Some(Dimension::TIME),
        keys::Dimension::Rate => Some(Dimension::RATE),
        keys::Dimension::Bytes => Some(Dimension::BYTES),
        keys::Dimension::Bandwidth => Some(Dimension::BANDWIDTH),
        keys::Dimension::Money => Some(Dimension::MONEY),
        keys::Dimension::Spending => Some(Dimension::SPENDING),
        keys::Dimension::BytePrice => Some(Dimension::BYTE_PRICE),
        keys::Dimension::StoragePrice => Some(Dimension::STORAGE_PRICE),
        keys::Dimension::Any => None,
    };
    match kind {
        Kind::Quantity(d) => Some(Expectation { dimension: dimension(d), ..Expectation::ANY }),
        Kind::Varying(d) => {
            Some(Expectation { dimension: dimension(d), ..Expectation::varying(Dimension::COUNT) })
        }
        Kind::OneOf(kinds) => kinds.iter().find_map(expectation),
        Kind::Map(_, kind) => expectation(kind),
        _ => None,
    }
}

/// What a key needs.
fn expectation_of(key: &KeySpec) -> Option<Expectation> {
    let word = match &key.kind {
        Kind::OneOf(kinds) => kinds.iter().find_map(|kind| match kind {
            Kind::Word(words) => {
                words.iter().copied().find(|word| ["none", "unlimited"].contains(word))
            }
            _ => None,
        }),
        _ => None,
    };
    let absence = match (word, key.default) {
        (Some(word), _) => Absence::Word(word),
        (None, Default::Absent(_)) => Absence::Nothing,
        (None, Default::Is(_) | Default::Required) => Absence::Number,
    };
    expectation(&key.kind).map(|wanted| Expectation { absence, ..wanted })
}

impl<'a> Resolver<'a> {
    /// A plain number; without it the registry's default, which is listed.
    pub(super) fn quantity(
        &mut self,
        section: &Section<'a>,
        key: &str,
        bounds: Bounds,
    ) -> QuantityId {
        let Some(node) = section.get(key) else {
            let checked = self.default_of(section, key);
            return self.add_quantity(section.at(key), None, checked, bounds);
        };
        let wanted = section.key(key).and_then(expectation_of);
        self.quantity_at(node, section.at(key), wanted, bounds)
    }

    /// A plain number that need not be there.
    pub(super) fn quantity_opt(
        &mut self,
        section: &Section<'a>,
        key: &str,
        bounds: Bounds,
    ) -> Option<QuantityId> {
        if section.get(key).is_none() {
            self.assume_absent(section, key);
            return None;
        }
        Some(self.quantity(section, key, bounds))
    }

    /// A plain number at a node.
    pub(super) fn quantity_at(
        &mut self,
        node: &'a Node,
        path: String,
        wanted: Option<Expectation>,
        bounds: Bounds,
    ) -> QuantityId {
        let wanted = wanted.map(|wanted| Expectation {
            distribution_allowed: false,
            lets_allowed: false,
            ..wanted
        });
        match self.checked(node, wanted) {
            Some(checked) => self.add_quantity(path, Some(node), checked, bounds),
            None => NO_QUANTITY,
        }
    }

    /// A number that may vary; without it the registry's default.
    pub(super) fn variate(
        &mut self,
        section: &Section<'a>,
        key: &str,
        bounds: Bounds,
    ) -> VariateId {
        let Some(node) = section.get(key) else {
            let checked = self.default_of(section, key);
            return self.add_variate(section.at(key), None, checked, bounds);
        };
        let wanted = section.key(key).and_then(expectation_of);
        self.variate_at(node, section.at(key), wanted, bounds)
    }

    /// A number that may vary and need not be there.
    pub(super) fn variate_opt(
        &mut self,
        section: &Section<'a>,
        key: &str,
        bounds: Bounds,
    ) -> Option<VariateId> {
        if section.get(key).is_none() {
            self.assume_absent(section, key);
            return None;
        }
        Some(self.variate(section, key, bounds))
    }

    /// A number at a node that may vary.
    pub(super) fn variate_at(
        &mut self,
        node: &'a Node,
        path: String,
        wanted: Option<Expectation>,
        bounds: Bounds,
    ) -> VariateId {
        // Inside a request its registers are known, also where no draw is wanted.
        let wanted = wanted.map(|wanted| Expectation { lets_allowed: true, ..wanted });
        match self.checked(node, wanted) {
            Some(checked) => self.add_variate(path, Some(node), checked, bounds),
            None => NO_VARIATE,
        }
    }

    /// A number that is fixed before any world is drawn.
    pub(super) fn setting(
        &mut self,
        section: &Section<'a>,
        key: &str,
        bounds: Bounds,
    ) -> Option<Setting<'a>> {
        let node = section.get(key);
        let checked = match node {
            Some(node) => {
                let wanted = section.key(key).and_then(expectation_of);
                self.checked(node, wanted)?
            }
            None => self.default_of(section, key),
        };
        let path = section.at(key);
        self.check_now(&path, node, &checked, bounds);
        let origin = Origin { path, span: node.map(|node| node.span) };
        Some(Setting { origin, node, checked, bounds })
    }

    /// One of the words of a key; its default is listed.
    pub(super) fn word(&mut self, section: &Section<'a>, key: &str) -> &'a str {
        if let Some(node) = section.get(key) {
            return node.as_str().unwrap_or_else(|| {
                self.malformed(node);
                ""
            });
        }
        let default = section.key(key).map(|key| key.default);
        let Some(Default::Is(word)) = default else { return "" };
        self.assume(section, key, word);
        word
    }

    /// A test over values.
    pub(super) fn condition(&mut self, node: &'a Node, path: String) -> ConditionId {
        let Some(text) = node.as_str() else {
            self.malformed(node);
            return NO_CONDITION;
        };
        match check_test(text, &self.scope, true) {
            Ok(test) => {
                for side in test.comparisons.iter().flat_map(|c| [&c.left, &c.right]) {
                    self.used_lets.extend(&side.lets);
                }
                self.written.conditions.push(node);
                self.slots.condition(Origin { path, span: Some(node.span) }, test)
            }
            Err(errors) => {
                self.expression_errors(node, errors);
                NO_CONDITION
            }
        }
    }

    /// Lists a default.
    pub(super) fn assume(&mut self, section: &Section<'a>, key: &str, value: &str) {
        if !section.is_step() {
            self.assumptions.push(Assumption { path: section.at(key), value: value.to_owned() });
        }
    }

    fn assume_absent(&mut self, section: &Section<'a>, key: &str) {
        if let Some(Default::Absent(meaning)) = section.key(key).map(|key| key.default)
            && meaning != "-"
        {
            self.assume(section, key, meaning);
        }
    }

    fn default_of(&mut self, section: &Section<'a>, key: &str) -> Checked {
        let spec = section.key(key);
        if let Some(spec) = spec
            && let Default::Is(text) = spec.default
            && let Some(wanted) = expectation(&spec.kind)
            && let Ok(checked) = check(text, &Scope::default(), &NoTables, wanted)
        {
            self.assume(section, key, text);
            return checked;
        }
        self.missing(section, key);
        Checked::from_number(0.0)
    }

    /// Checks an expression in the scope of the moment.
    pub(super) fn checked(
        &mut self,
        node: &'a Node,
        wanted: Option<Expectation>,
    ) -> Option<Checked> {
        let Some(wanted) = wanted else {
            self.malformed(node);
            return None;
        };
        let result = match &node.value {
            Value::String(text) => check(text, &self.scope, self.tables, wanted),
            Value::Integer(_) | Value::Float(_) => {
                let text = self.raw.sources.text(node.span);
                check_number(node.as_number().unwrap_or(f64::NAN), text, wanted)
            }
            _ => {
                self.malformed(node);
                return None;
            }
        };
        match result {
            Ok(checked) => {
                self.used_lets.extend(&checked.lets);
                if wanted.distribution_allowed {
                    self.doubtful_law(node, &checked);
                }
                Some(checked)
            }
            Err(errors) => {
                self.expression_errors(node, errors);
                None
            }
        }
    }

    pub(super) fn add_quantity(
        &mut self,
        path: String,
        node: Option<&'a Node>,
        checked: Checked,
        bounds: Bounds,
    ) -> QuantityId {
        self.check_now(&path, node, &checked, bounds);
        self.written.quantities.push((node, checked.dimension));
        let origin = Origin { path, span: node.map(|node| node.span) };
        self.slots.quantity(origin, checked.formula, bounds)
    }

    pub(super) fn add_variate(
        &mut self,
        path: String,
        node: Option<&'a Node>,
        checked: Checked,
        bounds: Bounds,
    ) -> VariateId {
        self.check_now(&path, node, &checked, bounds);
        self.written.variates.push((node, checked.dimension));
        let origin = Origin { path, span: node.map(|node| node.span) };
        self.slots.variate(origin, checked.formula, bounds)
    }

    /// What needs no input is held against its bounds at once, beside the other mistakes.
    fn check_now(&mut self, path: &str, node: Option<&'a Node>, checked: &Checked, bounds: Bounds) {
        if !checked.uses_inputs()
            && let Ok(Variate::Fixed(value)) = checked.formula.bind(&[])
        {
            self.check_range(path, node, Quantity::new(value, checked.dimension), bounds);
        }
    }

    /// Reports a value out of its bounds.
    pub(super) fn check_range(
        &mut self,
        path: &str,
        node: Option<&Node>,
        value: Quantity,
        bounds: Bounds,
    ) {
        if bind::within(value.value, bounds) {
            return;
        }
        let limit = |limit: f64| match value.dimension {
            // In full: a limit of 0.9999 is not 1.
            Dimension::COUNT if limit.fract() != 0.0 => format!("{limit}"),
            dimension => show::quantity(Quantity::new(limit, dimension)),
        };
        let rule = if value.value > bounds.max {
            format!("at most {}", limit(bounds.max))
        } else if bounds.min > 0.0 && value.value <= 0.0 && !bounds.whole {
            "more than 0".to_owned()
        } else {
            format!("at least {}", limit(bounds.min))
        };
        let message = format!("{} is {}", name(path), limit(value.value));
        let found = Diagnostic::new(Id::OutOfRange, message);
        let label = format!("must be {rule}");
        self.push(match node {
            Some(node) => found.at(node.inner_span(), label),
            None => found.help(label),
        });
    }

    /// Reports what is wrong with the expression at `node`.
    pub(super) fn expression_errors(&mut self, node: &Node, errors: Vec<ExprError>) {
        let poisoned = |error: &ExprError| {
            let text = node.as_str().and_then(|text| text.get(error.span.clone()));
            error.kind == ExprErrorKind::UnknownName
                && text.is_some_and(|text| self.poisoned.contains(text))
        };
        let errors: Vec<ExprError> = errors.into_iter().filter(|error| !poisoned(error)).collect();
        for error in errors {
            self.push(expression_error(node, error));
        }
    }

    /// A key that is not there and has no default.
    pub(super) fn missing(&mut self, section: &Section<'a>, key: &str) {
        let message = format!("{} has no `{key}`", name(&section.path));
        let found = Diagnostic::new(Id::MissingKey, message);
        self.push(match section.span {
            Some(span) => found.at(span, format!("`{key}` is required")),
            None => found,
        });
    }

    /// A value of a type that its key does not take. The reader has said so in better words; here
    /// it only keeps the model from coming into being.
    pub(super) fn malformed(&mut self, node: &Node) {
        let message = format!("{} cannot stand here", node.value.type_name());
        self.push(Diagnostic::new(Id::WrongType, message).at(node.span, "of the wrong type"));
    }
}

/// `12h + 30min` of a time of the day, `12:30`.
fn since_midnight(text: &str) -> Option<String> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |text: &str, most: u32| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        text.parse::<u32>().ok().filter(|&number| digits && number <= most)
    };
    Some(match (number(hours, 24)?, number(minutes, 59)?) {
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h + {minutes}min"),
    })
}

/// An error of an expression as a diagnostic in the file.
pub(super) fn expression_error(node: &Node, error: ExprError) -> Diagnostic {
    let id = match error.kind {
        ExprErrorKind::Syntax | ExprErrorKind::MinusSpacing => Id::Syntax,
        ExprErrorKind::TooLarge => Id::TooComplex,
        ExprErrorKind::UnknownUnit => Id::UnknownUnit,
        ExprErrorKind::AmbiguousUnit => Id::AmbiguousUnit,
        ExprErrorKind::MissingUnit => Id::MissingUnit,
        ExprErrorKind::WrongDimension => Id::WrongDimension,
        ExprErrorKind::UnknownName => Id::UnknownName,
        ExprErrorKind::UnknownFunction => Id::UnknownFunction,
        ExprErrorKind::WrongArguments => Id::BadArguments,
        ExprErrorKind::DistributionNotAllowed | ExprErrorKind::LetNotAllowed => {
            Id::DistributionNotAllowed
        }
        ExprErrorKind::LetInDistribution => Id::LetInDistribution,
        ExprErrorKind::ImpossibleDistribution => Id::ImpossibleDistribution,
        ExprErrorKind::NotFinite => Id::NotFinite,
        ExprErrorKind::UnreadableTable => Id::Unreadable,
        ExprErrorKind::WrongMetric | ExprErrorKind::UnknownPath => Id::UnknownMetric,
        ExprErrorKind::NeedsOutcome => Id::MetricNeedsOutcome,
        ExprErrorKind::UnknownWindow => Id::UnknownWindow,
    };
    let span = node.sub_span(error.span);
    let found = Diagnostic::new(id, error.message).at(span, error.label);
    // A patch of a part is safe only where the text stands in the file letter by letter.
    let safe = node.is_exact() || node.as_str().is_none();
    if let Some(text) = node.as_str().and_then(since_midnight).filter(|_| id == Id::Syntax && safe)
    {
        let help = "dates count from the start of the run; if that is midnight, this is";
        return found.patch(help, node.inner_span(), text);
    }
    match (error.replacement, error.help) {
        (Some(text), help) if safe => {
            found.patch(help.unwrap_or_else(|| "write this instead".to_owned()), span, text)
        }
        (Some(text), help) => {
            found.help(help.unwrap_or_else(|| format!("write {} instead", name(&text))))
        }
        (None, Some(help)) => found.help(help),
        (None, None) => found,
    }
}
