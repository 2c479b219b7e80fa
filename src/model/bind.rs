//! Binding: every number of a model evaluated at one world and one scaling.

use super::slot::{Bounds, ConditionId, Origin, QuantityId, VariateId};
use super::{Model, Workload};
use crate::dist::{Draw, child_key, mix64};
use crate::expr::checked::Test;
use crate::expr::formula::{Formula, Variate};
use crate::units::count::rounded_up;

/// One draw of all uncertain inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// Values of the inputs, in base units, by input.
    pub inputs: Vec<f64>,
    /// By input: where in (0, 1) its value was read off its law; `None` where that says nothing of
    /// the value, which is fixed or was drawn otherwise.
    pub coordinates: Vec<Option<f64>>,
}

/// What a study changes besides the scenario's own numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// Multiple of the stated load.
    pub load: f64,
    /// Speeds of stations: path (`service.api`, `database.pg`) and factor.
    pub speeds: Vec<(String, f64)>,
    /// Number of this point among those of a study; 0: the scenario as it is written.
    pub point: u32,
}

impl Default for Scaling {
    /// As stated.
    fn default() -> Self {
        Self { load: 1.0, speeds: Vec::new(), point: 0 }
    }
}

/// A number that cannot be: found only when the inputs have values.
#[derive(Debug, Clone)]
pub struct BindProblem {
    /// Which number.
    pub origin: Origin,
    /// What is wrong: a lower-case phrase.
    pub message: String,
}

/// All numbers of a model, evaluated.
#[derive(Debug, Clone)]
pub struct Binding {
    quantities: Vec<f64>,
    variates: Vec<(Variate, Bounds)>,
    conditions: Vec<Test>,
    /// The scaling that it was made for.
    pub scaling: Scaling,
    /// Hash of everything that was evaluated: identity of what is simulated.
    pub identity: u64,
}

impl Binding {
    /// A plain number, in base units.
    pub fn get(&self, id: QuantityId) -> f64 {
        self.quantities[id.0 as usize]
    }

    /// A number of things.
    pub fn count(&self, id: QuantityId) -> u32 {
        // Bounds keep counts below 2³².
        self.get(id) as u32
    }

    /// What the load of a workload is multiplied with: by the scaling, and by its growth.
    pub fn load(&self, workload: &Workload) -> f64 {
        let grown = workload.growth.as_ref().map_or(1.0, |growth| self.get(growth.now));
        self.scaling.load * grown
    }

    /// A number that may vary, with its bounds.
    pub fn variate(&self, id: VariateId) -> (&Variate, Bounds) {
        let (variate, bounds) = &self.variates[id.0 as usize];
        (variate, *bounds)
    }

    /// Puts in a number that has been worked out: what a query on a table takes.
    pub fn put(&mut self, id: VariateId, value: Variate) {
        let mut identity = Identity(self.identity);
        identity.add("", &(id.0, &value));
        self.identity = identity.0;
        self.variates[id.0 as usize].0 = value;
    }

    /// States a plain number anew: the rows of a table at another date.
    pub fn restate(&mut self, id: QuantityId, value: f64) {
        let mut identity = Identity(self.identity);
        identity.add("", &(id.0, value));
        self.identity = identity.0;
        self.quantities[id.0 as usize] = value;
    }

    /// Whether a number is none, whatever is drawn.
    pub fn is_nothing(&self, id: VariateId) -> bool {
        self.variate(id).0.evaluate_fixed() == Some(0.0)
    }

    /// A condition over registers.
    pub fn condition(&self, id: ConditionId) -> &Test {
        &self.conditions[id.0 as usize]
    }
}

impl Model {
    /// Whether any input is uncertain.
    pub fn is_uncertain(&self) -> bool {
        self.inputs.iter().any(|input| input.uncertain)
    }

    /// Whether it is a variant that nobody can choose.
    pub fn is_counterfactual(&self) -> bool {
        let of =
            self.variants.iter().find(|one| Some(one.name.as_str()) == self.variant.as_deref());
        of.is_some_and(|one| one.is_counterfactual)
    }

    /// The inputs of a world: `uniform` gives a number in (0, 1) for each uncertain input, by
    /// number of the input.
    pub fn world(&self, uniform: &dyn Fn(usize) -> f64) -> Result<World, BindProblem> {
        let mut inputs: Vec<f64> = Vec::with_capacity(self.inputs.len());
        let mut coordinates = Vec::with_capacity(self.inputs.len());
        for (index, input) in self.inputs.iter().enumerate() {
            let slot = &self.slots.variates[input.value.0 as usize];
            let variate = bind_formula(&slot.formula, &inputs, &slot.origin)?;
            let u = uniform(index);
            let quantile = match &variate {
                Variate::Law(law) => law.quantile(u),
                _ => None,
            };
            let value = match (&variate, quantile) {
                (Variate::Fixed(value), _) => *value,
                (_, Some(value)) => value,
                (other, None) => {
                    let key = child_key(mix64(u.to_bits()), index as u64, 0);
                    other.sample(&[], &mut Draw::new(key, index as u64))
                }
            };
            inputs.push(value);
            coordinates.push(quantile.map(|_| u));
        }
        Ok(World { inputs, coordinates })
    }

    /// The world in which every uncertain input has its median.
    pub fn nominal_world(&self) -> Result<World, BindProblem> {
        self.world(&|_| 0.5)
    }

    /// Evaluates every number at a world and a scaling.
    ///
    /// All problems are reported, not only the first: a value out of its bounds, a law that does
    /// not exist, a result that is not finite.
    pub fn bind(&self, world: &World, scaling: Scaling) -> Result<Binding, Vec<BindProblem>> {
        let mut problems = Vec::new();
        let mut identity = Identity::default();
        let mut quantities = Vec::with_capacity(self.slots.quantities.len());
        for slot in &self.slots.quantities {
            let bound = bind_formula(&slot.formula, &world.inputs, &slot.origin)
                .and_then(|variate| check(variate.at_means(&[]), slot.bounds, &slot.origin));
            match bound {
                Ok(value) => {
                    identity.add(&slot.origin.path, &value);
                    quantities.push(value);
                }
                Err(problem) => problems.push(problem),
            }
        }
        let mut variates = Vec::with_capacity(self.slots.variates.len());
        for slot in &self.slots.variates {
            match bind_formula(&slot.formula, &world.inputs, &slot.origin).and_then(|variate| {
                let Variate::Fixed(value) = variate else { return Ok(variate) };
                Ok(Variate::Fixed(check(value, slot.bounds, &slot.origin)?))
            }) {
                Ok(variate) => {
                    identity.add(&slot.origin.path, &variate);
                    variates.push((variate, slot.bounds));
                }
                Err(problem) => problems.push(problem),
            }
        }
        let mut conditions = Vec::with_capacity(self.slots.conditions.len());
        for slot in &self.slots.conditions {
            match slot.test.bind(&world.inputs) {
                Ok(test) => conditions.push(test),
                Err(error) => problems
                    .push(BindProblem { origin: slot.origin.clone(), message: error.message }),
            }
        }
        identity.add("scaling", &(scaling.load, &scaling.speeds));
        if problems.is_empty() {
            Ok(Binding { quantities, variates, conditions, scaling, identity: identity.0 })
        } else {
            Err(problems)
        }
    }
}

/// A running hash of names and values.
#[derive(Debug, Default)]
struct Identity(u64);

impl Identity {
    fn add(&mut self, path: &str, value: &dyn std::fmt::Debug) {
        // The debug form of numbers and laws is exact: shortest digits that give the same bits.
        let text = format!("{path}={value:?}");
        self.0 = mix64(self.0 ^ crate::dist::hash_name(&text)).wrapping_add(1);
    }
}

fn bind_formula(
    formula: &Formula,
    inputs: &[f64],
    origin: &Origin,
) -> Result<Variate, BindProblem> {
    formula
        .bind(inputs)
        .map_err(|error| BindProblem { origin: origin.clone(), message: error.message })
}

/// Whether a value, rounded up if it counts things, lies within bounds.
pub(super) fn within(value: f64, bounds: Bounds) -> bool {
    let value = if bounds.whole { rounded_up(value) } else { value };
    value >= bounds.min && value <= bounds.max
}

/// Rounds a count up and checks the bounds.
fn check(value: f64, bounds: Bounds, origin: &Origin) -> Result<f64, BindProblem> {
    let value = if bounds.whole { rounded_up(value) } else { value };
    let problem = |message| Err(BindProblem { origin: origin.clone(), message });
    if !value.is_finite() {
        return problem("the value is not finite".to_owned());
    }
    if value < bounds.min || value > bounds.max {
        let (low, high) =
            (crate::units::show::number(bounds.min), crate::units::show::number(bounds.max));
        let value = crate::units::show::number(value);
        return problem(format!("the value is {value}, and must lie between {low} and {high}"));
    }
    Ok(value)
}
