//! Calls: functions of numbers, and distributions.

use super::check::{Checker, Type, missing_unit};
use super::error::{ExprError, ExprErrorKind, nearest};
use super::formula::{Binary, LawCall, Op, Unary};
use super::habits;
use super::law::{LawKind, Role, SIGNATURES, Signature, names, quantile};
use super::tree::{Argument, Form, NodeId, NodeKind};
use crate::units::{Dimension, table};
use std::ops::Range;

/// Functions of numbers, without `exp`, which is also a distribution.
pub const FUNCTIONS: [&str; 8] = ["min", "max", "ceil", "floor", "round", "sqrt", "ln", "pow"];

/// Words that join the parts of a condition.
pub const KEYWORDS: [&str; 6] = super::parser::KEYWORDS;

/// Names of the distributions.
pub fn distributions() -> impl Iterator<Item = &'static str> {
    names()
}

/// Whether a word has a meaning of its own, and so cannot name an input or a `let`: a unit, a
/// function, a distribution (also one reserved for later) or a keyword of conditions.
pub fn is_reserved(name: &str) -> bool {
    FUNCTIONS.contains(&name)
        || KEYWORDS.contains(&name)
        || name == "histogram"
        || names().any(|known| known == name)
        || table::find(name).is_some()
}

/// Distributions say themselves what is wrong with a text or list; `exp` may be a function.
pub(super) fn takes_texts_and_lists(name: &str) -> bool {
    name != "exp" && names().any(|known| known == name)
}

impl Checker<'_> {
    pub(super) fn call(&mut self, id: NodeId, name: Range<usize>, arguments: Range<usize>) -> Type {
        let word = &self.text[name.clone()];
        if FUNCTIONS.contains(&word) || (word == "exp" && !self.is_exponential(id, &arguments)) {
            return self.function(id, word, &arguments);
        }
        if !names().any(|known| known == word) {
            let message = format!("unknown function `{word}`");
            let error = ExprError::new(ExprErrorKind::UnknownFunction, name, message)
                .label("neither a function nor a distribution");
            if let Some(known) = habits::law(word) {
                self.errors.push(error.help(format!("here it is `{known}`")).replacement(known));
                return Type::default();
            }
            self.errors.push(match nearest(word, FUNCTIONS.into_iter().chain(names())) {
                Some(known) => error.help(format!("perhaps `{known}`")).replacement(known),
                None => error,
            });
            return Type::default();
        }
        let found = self.law(id, word, &arguments);
        if self.expectation.distribution_allowed {
            return found;
        }
        let message = format!("a distribution, `{word}(...)`, where one number is needed");
        let error = ExprError::new(ExprErrorKind::DistributionNotAllowed, name, message)
            .label("varies from use to use")
            .help("distributions stand under `[inputs]` and in times, sizes and counts of steps");
        self.errors.push(error);
        Type::default()
    }

    /// `exp(x)` is the distribution if x has a dimension, if it is given as `mean = x`, or if the
    /// call is the whole value (or a whole part of a mixture) where a distribution may stand.
    fn is_exponential(&self, id: NodeId, arguments: &Range<usize>) -> bool {
        let whole = self.expectation.distribution_allowed && self.whole[id.0 as usize];
        self.tree.arguments[arguments.clone()].iter().any(|argument| {
            let dimension = self.type_of(argument.value).dimension;
            matches!(argument.form, Form::Named(_)) || dimension.is_some_and(|d| !d.is_count())
        }) || whole
    }

    fn function(&mut self, id: NodeId, word: &str, arguments: &Range<usize>) -> Type {
        let span = self.span_of(id);
        let ids: Vec<NodeId> =
            self.tree.arguments[arguments.clone()].iter().map(|argument| argument.value).collect();
        let (least, most) = match word {
            "min" | "max" => (1, usize::MAX),
            "pow" => (2, 2),
            _ => (1, 1),
        };
        if ids.len() < least || ids.len() > most || !self.all_positional(arguments) {
            let wanted = match word {
                "min" | "max" => "one or more values",
                "pow" => "a base and an exponent",
                _ => "one value",
            };
            let message = format!("`{word}` takes {wanted}");
            return self.fail(ExprErrorKind::WrongArguments, span, &message);
        }
        let op = match word {
            "min" => Op::Least(ids.len()),
            "max" => Op::Greatest(ids.len()),
            "pow" => Op::Binary(Binary::Power),
            "ceil" => Op::Unary(Unary::Ceil),
            "floor" => Op::Unary(Unary::Floor),
            "round" => Op::Unary(Unary::Round),
            "sqrt" => Op::Unary(Unary::Sqrt),
            "ln" => Op::Unary(Unary::Ln),
            _ => Op::Unary(Unary::Exp),
        };
        self.formula.push(op, span.clone());
        let dimension = match word {
            "min" | "max" => self.common_dimension(&ids),
            "sqrt" => self.root(ids[0]),
            _ => self.plain(word, &ids),
        };
        let law = ids.iter().any(|id| self.type_of(*id).law);
        let uses_let = ids.iter().any(|id| self.type_of(*id).uses_let);
        Type { dimension, law, uses_let }
    }

    /// Every argument must be a count or ratio.
    fn plain(&mut self, word: &str, ids: &[NodeId]) -> Option<Dimension> {
        let mut result = Some(Dimension::COUNT);
        for id in ids {
            let dimension = self.type_of(*id).dimension;
            if let Some(found) = dimension.filter(|d| !d.is_count()) {
                let message = format!("`{word}` takes a count, found {}", found.name());
                let error =
                    ExprError::new(ExprErrorKind::WrongDimension, self.span_of(*id), message)
                        .label(format!("this is {}", found.name()))
                        .help("divide by a unit first: `x / 1s`");
                self.errors.push(error);
            }
            result = result.filter(|_| dimension == Some(Dimension::COUNT));
        }
        result
    }

    fn root(&mut self, id: NodeId) -> Option<Dimension> {
        let found = self.type_of(id).dimension?;
        let root = found.root();
        if root.is_none() {
            let message = format!("{} has no square root", found.name());
            self.fail(ExprErrorKind::WrongDimension, self.span_of(id), &message);
        }
        root
    }

    /// The dimension that all share; bare numbers beside quantities lack their unit.
    fn common_dimension(&mut self, ids: &[NodeId]) -> Option<Dimension> {
        if ids.iter().any(|id| self.type_of(*id).dimension.is_none()) {
            return None;
        }
        let model = ids.iter().find(|id| !self.tree.is_bare_number(**id)).or(ids.first())?;
        let wanted = self.type_of(*model).dimension?;
        let before = self.errors.len();
        for id in ids {
            let found = self.type_of(*id).dimension?;
            if found == wanted {
                continue;
            }
            let span = self.span_of(*id);
            let error = if self.tree.is_bare_number(*id) {
                missing_unit(&self.text[span.clone()], span, wanted)
            } else {
                let message = format!("expected {}, found {}", wanted.describe(), found.name());
                ExprError::new(ExprErrorKind::WrongDimension, span, message)
                    .label(format!("this is {}", found.name()))
            };
            self.errors.push(error);
        }
        (self.errors.len() == before).then_some(wanted)
    }

    /// The arguments of a distribution that have its own dimension.
    pub(super) fn scale_arguments(&self, id: NodeId) -> Vec<NodeId> {
        let NodeKind::Call { name, arguments } = &self.tree.node(id).kind else { return vec![] };
        let word = &self.text[name.clone()];
        let arguments = &self.tree.arguments[arguments.clone()];
        let signature = SIGNATURES.iter().find(|signature| signature.name == word);
        let mut ids = Vec::new();
        for (place, argument) in arguments.iter().enumerate() {
            let role = match (&argument.form, signature) {
                (Form::Named(name), Some(signature)) => {
                    let name = &self.text[name.clone()];
                    let found = signature.parameters.iter().find(|(known, _)| *known == name);
                    found.map_or(Role::Scale, |(_, role)| *role)
                }
                (Form::Positional, Some(signature)) => {
                    signature.parameters.get(place).map_or(Role::Plain, |(_, role)| *role)
                }
                _ => Role::Scale,
            };
            match &self.tree.node(argument.value).kind {
                _ if role == Role::Plain => {}
                NodeKind::List(elements) => {
                    ids.extend(self.tree.arguments[elements.clone()].iter().map(|e| e.value));
                }
                _ => ids.push(argument.value),
            }
        }
        ids
    }

    fn law(&mut self, id: NodeId, word: &str, arguments: &Range<usize>) -> Type {
        let given = &self.tree.arguments[arguments.clone()];
        let weighted = given.iter().any(|argument| matches!(argument.form, Form::Weighted(_)));
        if !self.parameters_are_known(id, word, arguments) {
            return Type::default();
        }
        let call = match word {
            "empirical" => return self.empirical(id, given),
            "mixture" if weighted => self.weighted(id, given, LawKind::Mixture),
            "choice" if weighted => self.weighted(id, given, LawKind::Choice { weighted: true }),
            "hyperexp" if weighted => self.weighted(id, given, LawKind::HyperexpPhases),
            "choice" => self.listed(id, given),
            "lognormal" | "gamma" | "weibull" if self.is_by_quantiles(given) => {
                self.quantiles(id, word, given)
            }
            _ => match SIGNATURES.iter().find(|signature| signature.name == word) {
                Some(signature) => self.by_signature(id, signature, given),
                None => self.wrong_arguments(
                    id,
                    "`mixture(DIST: p, ...)` takes distributions with their probabilities",
                ),
            },
        };
        let Some((mut call, dimension)) = call else { return Type::default() };
        if let LawKind::Normal { truncated } = &mut call.kind {
            let wanted = dimension.filter(|d| !d.is_count()).or(self.expectation.dimension);
            *truncated = wanted == Some(Dimension::TIME);
        }
        self.formula.push(Op::Law(Box::new(call)), self.span_of(id));
        Type { dimension, law: true, uses_let: false }
    }

    /// Parameters are numbers known before the run; only a mixture takes distributions.
    fn parameters_are_known(&mut self, id: NodeId, word: &str, arguments: &Range<usize>) -> bool {
        let mut ids = Vec::new();
        for argument in &self.tree.arguments[arguments.clone()] {
            let takes_laws = word == "mixture" && argument.form != Form::Positional;
            match &self.tree.node(argument.value).kind {
                NodeKind::List(elements) => ids.extend(
                    self.tree.arguments[elements.clone()].iter().map(|e| (e.value, takes_laws)),
                ),
                _ => ids.push((argument.value, takes_laws)),
            }
            if let Form::Weighted(weight) = argument.form {
                ids.push((weight, false));
            }
        }
        let before = self.errors.len();
        for (argument, takes_laws) in ids {
            let found = self.type_of(argument);
            let span = self.span_of(argument);
            if found.uses_let {
                let name = &self.text[span.clone()];
                let call = &self.text[self.span_of(id)];
                let is_sum = name.contains([' ', '+']) && name.contains(['+', '-']);
                let factor = if is_sum { format!("({name})") } else { name.to_owned() };
                let message = format!("`{name}` is known only while a request runs");
                let error = ExprError::new(ExprErrorKind::LetInDistribution, span, message)
                    .label(format!("a `let` inside `{call}`"))
                    .help(format!(
                        "scale it from outside instead: `{factor} * {word}({})`, with only numbers \
                         and inputs inside",
                        if word == "exp" { "mean = 1" } else { "..." }
                    ));
                self.errors.push(error);
            } else if found.law && !takes_laws {
                let message = "a distribution as a parameter of a distribution";
                self.fail(ExprErrorKind::DistributionNotAllowed, span, message);
            }
        }
        self.errors.len() == before
    }

    fn wrong_arguments(
        &mut self,
        id: NodeId,
        message: &str,
    ) -> Option<(LawCall, Option<Dimension>)> {
        self.fail(ExprErrorKind::WrongArguments, self.span_of(id), message);
        None
    }

    fn weighted(
        &mut self,
        id: NodeId,
        given: &[Argument],
        kind: LawKind,
    ) -> Option<(LawCall, Option<Dimension>)> {
        let mut values = Vec::new();
        let mut weights = Vec::new();
        for argument in given {
            let Form::Weighted(weight) = argument.form else {
                return self.wrong_arguments(id, "every value needs its probability: `a: p, b: q`");
            };
            if let NodeKind::List(_) | NodeKind::Text = self.tree.node(argument.value).kind {
                return self.wrong_arguments(id, "a list or a text cannot have a probability");
            }
            values.push(argument.value);
            weights.push(weight);
        }
        self.plain("a probability", &weights)?;
        let dimension = self.common_dimension(&values)?;
        Some((LawCall { kind, taken: 2 * values.len(), slots: vec![], dimension }, Some(dimension)))
    }

    /// `choice([a, b, c])`
    fn listed(&mut self, id: NodeId, given: &[Argument]) -> Option<(LawCall, Option<Dimension>)> {
        let wanted = "`choice` takes a list, `choice([1, 2, 3])`, or values with their probabilities, `choice(200: 0.9, 500: 0.1)`";
        let [Argument { form: Form::Positional, value }] = given else {
            return self.wrong_arguments(id, wanted);
        };
        let NodeKind::List(elements) = &self.tree.node(*value).kind else {
            return self.wrong_arguments(id, wanted);
        };
        let elements = &self.tree.arguments[elements.clone()];
        if elements.is_empty() || elements.iter().any(|e| e.form != Form::Positional) {
            return self.wrong_arguments(id, wanted);
        }
        let values: Vec<NodeId> = elements.iter().map(|element| element.value).collect();
        let dimension = self.common_dimension(&values)?;
        let kind = LawKind::Choice { weighted: false };
        Some((LawCall { kind, taken: values.len(), slots: vec![], dimension }, Some(dimension)))
    }

    /// Values of a file, in base units of the place if it is the whole value, else counts (so
    /// that `1ms * empirical("file.csv")` says what they are).
    fn empirical(&mut self, id: NodeId, given: &[Argument]) -> Type {
        let file = match given {
            [Argument { form: Form::Positional, value }] => Some(*value),
            _ => None,
        };
        let file = file.filter(|value| self.tree.node(*value).kind == NodeKind::Text);
        let Some(file) = file else {
            self.wrong_arguments(
                id,
                "`empirical` takes the name of a file: `empirical(\"file.csv\")`",
            );
            return Type::default();
        };
        let span = self.span_of(file);
        let values = match self.tables.empirical(&self.text[span.clone()]) {
            Ok(values) => values,
            Err(reason) => {
                let message = format!("cannot read `{}`: {reason}", &self.text[span.clone()]);
                return self.fail(ExprErrorKind::UnreadableTable, span, &message);
            }
        };
        let kind = LawKind::Empirical(values.into());
        let whole = self.expectation.dimension.filter(|_| self.whole[id.0 as usize]);
        let dimension = whole.unwrap_or(Dimension::COUNT);
        let call = LawCall { kind, taken: 0, slots: vec![], dimension };
        self.formula.push(Op::Law(Box::new(call)), self.span_of(id));
        Type { dimension: Some(dimension), law: true, uses_let: false }
    }

    fn is_by_quantiles(&self, given: &[Argument]) -> bool {
        given.iter().any(|argument| match &argument.form {
            Form::Named(name) => quantile(&self.text[name.clone()]).is_some(),
            _ => false,
        })
    }

    /// `lognormal(p50 = a, p99 = b)`
    fn quantiles(
        &mut self,
        id: NodeId,
        word: &str,
        given: &[Argument],
    ) -> Option<(LawCall, Option<Dimension>)> {
        let mut levels = Vec::new();
        for argument in given {
            if let Form::Named(name) = &argument.form {
                levels.extend(quantile(&self.text[name.clone()]));
            }
        }
        let [p, q] = levels[..] else {
            let message =
                format!("`{word}` takes two quantiles, `p50 = a, p99 = b`, or `mean = a, cv = b`");
            return self.wrong_arguments(id, &message);
        };
        if given.len() != 2 {
            let message = format!("`{word}` takes two quantiles and nothing else");
            return self.wrong_arguments(id, &message);
        }
        let values: Vec<NodeId> = given.iter().map(|argument| argument.value).collect();
        let dimension = self.common_dimension(&values)?;
        let kind = match word {
            "lognormal" => LawKind::LognormalQuantiles(p, q),
            "gamma" => LawKind::GammaQuantiles(p, q),
            _ => LawKind::WeibullQuantiles(p, q),
        };
        Some((
            LawCall { kind, taken: 2, slots: vec![Some(0), Some(1)], dimension },
            Some(dimension),
        ))
    }

    fn by_signature(
        &mut self,
        id: NodeId,
        signature: &Signature,
        given: &[Argument],
    ) -> Option<(LawCall, Option<Dimension>)> {
        let slots = self.slots(id, signature, given)?;
        let mut scales = Vec::new();
        let mut plains = Vec::new();
        for (slot, (_, role)) in slots.iter().zip(signature.parameters) {
            let Some(place) = slot else { continue };
            let value = given[*place].value;
            if let NodeKind::List(_) | NodeKind::Text = self.tree.node(value).kind {
                return self.wrong_arguments(id, "a list or a text where a number is needed");
            }
            match role {
                Role::Scale => scales.push(value),
                Role::Plain => plains.push(value),
            }
        }
        let plain = self.plain(signature.name, &plains);
        let dimension =
            if scales.is_empty() { Some(Dimension::COUNT) } else { self.common_dimension(&scales) };
        plain?;
        let dimension = dimension?;
        let call = LawCall { kind: signature.kind.clone(), taken: given.len(), slots, dimension };
        Some((call, Some(dimension)))
    }

    /// Which argument is which parameter.
    fn slots(
        &mut self,
        id: NodeId,
        signature: &Signature,
        given: &[Argument],
    ) -> Option<Vec<Option<usize>>> {
        let mut slots = vec![None; signature.parameters.len()];
        for (place, argument) in given.iter().enumerate() {
            let slot = match &argument.form {
                Form::Positional => Some(place).filter(|place| *place < slots.len()),
                Form::Named(name) => {
                    let name = &self.text[name.clone()];
                    signature.parameters.iter().position(|(known, _)| *known == name)
                }
                Form::Weighted(_) => None,
            };
            match slot.filter(|slot| slots[*slot].is_none()) {
                Some(slot) => slots[slot] = Some(place),
                None => return self.usage(id, signature),
            }
        }
        if slots.iter().take(signature.required).any(Option::is_none) {
            return self.usage(id, signature);
        }
        Some(slots)
    }

    /// The error that says what the distribution takes.
    fn usage<T>(&mut self, id: NodeId, signature: &Signature) -> Option<T> {
        let names: Vec<&str> = signature.parameters.iter().map(|(name, _)| *name).collect();
        let optional =
            if signature.required < names.len() { " (the last may be left out)" } else { "" };
        let message = format!("`{0}` takes `{0}({1})`{optional}", signature.name, names.join(", "));
        self.wrong_arguments(id, &message);
        // What the others take is plain from its name; an exponent is not.
        if signature.name == "zipf"
            && let Some(error) = self.errors.last_mut()
        {
            let help = "of n, the k-th is drawn with probability proportional to 1 / k^s: \
                        `zipf(1_000, 1)`, evenly by `zipf(1_000, 0)`";
            error.help = Some(help.to_owned());
        }
        None
    }
}
