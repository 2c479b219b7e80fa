//! Designs that differ from a scenario by the values of some keys.

use super::load::Loaded;
use super::options::{ScenarioOptions, StudyOptions};
use super::{Failure, cases};
use crate::expr::metric::{MetricExpr, parse_condition};
use crate::model::Objective;
use crate::study::Alternative;
use crate::study::measured::{Measured, measured};
use crate::study::range::Setting;
use crate::verdict;

/// What candidates are made from.
pub struct Candidates {
    scenario: ScenarioOptions,
    asked: Vec<Measured>,
    warnings: Vec<String>,
    check: String,
    until: Option<Objective>,
}

impl Candidates {
    /// Checks the metrics that were typed.
    pub fn new(study: &StudyOptions, metrics: &[String]) -> Result<Self, Failure> {
        let asked = asked(metrics)?;
        let (scenario, check) = (study.scenario.clone(), study.check());
        Ok(Self { scenario, asked, warnings: Vec::new(), check, until: None })
    }

    /// The same with this objective (`--until`) in the place of the scenario's own.
    pub fn until(self, text: Option<&str>) -> Result<Self, Failure> {
        let Some(text) = text else { return Ok(self) };
        let that = parse_condition(text)
            .map_err(|error| Failure::Usage(format!("--until `{text}`: {}", error.message)))?;
        let (name, text) = ("until".to_owned(), text.trim().to_owned());
        Ok(Self { until: Some(Objective { name, text, that, span: None }), ..self })
    }

    /// Makes candidates in so many worlds.
    pub fn set_worlds(&mut self, worlds: u32) {
        self.scenario.sets.push(format!("run.worlds={worlds}"));
    }

    /// Adds a warning about the study itself.
    pub fn warn(&mut self, warning: String) {
        super::ui::aside(&format!("warning: {warning}\n"));
        self.warnings.push(warning);
    }

    /// The design that candidates differ from. What is wrong with it is said, and its warnings.
    pub fn base(&mut self) -> Result<Alternative, Failure> {
        let mut loaded = Loaded::new(&self.scenario)?;
        let base = self.alternative(&mut loaded, None)?;
        for one in &self.asked {
            known(one, &base)?;
        }
        loaded.show_warnings(&self.check);
        self.warnings = loaded.warnings();
        Ok(base)
    }

    /// What a key is set to, as text; `None` if the scenario does not say it as a number.
    pub fn value(&self, key: &str) -> Result<Option<String>, Failure> {
        let loaded = Loaded::new(&self.scenario)?;
        Ok(loaded.number_at(key))
    }

    /// The candidate with these values of the keys. What is wrong with it is said; its warnings are
    /// not, because they would be those of the base once more.
    pub fn at(&self, keys: &[String], values: &[Setting]) -> Result<Alternative, Failure> {
        let pairs = keys.iter().zip(values);
        let sets: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", value.text)).collect();
        let mut scenario = self.scenario.clone();
        scenario.sets.extend(sets.iter().cloned());
        let mut loaded = Loaded::new(&scenario)?;
        self.alternative(&mut loaded, Some((sets.join(", "), sets.len())))
    }

    /// The scenario, or with its name a candidate of so many values.
    fn alternative(
        &self,
        loaded: &mut Loaded,
        candidate: Option<(String, usize)>,
    ) -> Result<Alternative, Failure> {
        let metrics: Vec<MetricExpr> = self.asked.iter().map(|one| one.metric.clone()).collect();
        let mut model = loaded.model(self.scenario.variant.as_deref())?;
        if let Some(until) = &self.until {
            model.objectives = vec![until.clone()];
        }
        let (name, values) = candidate.unzip();
        let mut made = loaded.bound(|| Alternative::new(name, model, &metrics))?;
        // A variant that is spoken of is that of the candidate: what it says itself it keeps.
        loaded.beneath_variants(values.unwrap_or(0));
        made.beside = cases::beside(loaded, &made, &|_| false)?;
        for objective in &made.model.objectives {
            let other = |name: &str| {
                let named = |one: &&Alternative| one.name.as_deref() == Some(name);
                made.beside.iter().find(named).map(|one| &one.study)
            };
            let found = verdict::resolve(&made.model, &made.study, &objective.that, &other);
            if self.until.is_some() {
                found.map_err(|errors| {
                    let said: Vec<String> = errors.into_iter().map(|error| error.message).collect();
                    Failure::Usage(format!("--until `{}`: {}", objective.text, said.join("; ")))
                })?;
            } else {
                loaded.misjudged(&["objective", objective.name.as_str(), "that"], found);
            }
        }
        loaded.unless_errors()?;
        Ok(made)
    }

    /// What is measured of each.
    pub fn measured(&self, base: &Alternative) -> Vec<Measured> {
        measured(&base.model, base.study.catalog(), &self.asked)
    }

    /// The warnings about the base.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }
}

/// The metrics that were typed.
pub fn asked(metrics: &[String]) -> Result<Vec<Measured>, Failure> {
    let one = |text: &String| {
        Measured::new(text)
            .map_err(|error| Failure::Usage(format!("--metric `{text}`: {}", error.message)))
    };
    metrics.iter().map(one).collect()
}

/// Whether a design has a metric.
pub fn known(one: &Measured, design: &Alternative) -> Result<(), Failure> {
    let found = verdict::resolve_metric(&design.model, &design.study, &one.metric);
    found.map_err(|errors| {
        let said: Vec<String> = errors.into_iter().map(|error| error.message).collect();
        Failure::Usage(format!("--metric `{}`: {}", one.text, said.join("; ")))
    })
}
