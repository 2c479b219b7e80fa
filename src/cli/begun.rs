//! A run that is ready to be made, and what is said of it when it has been.

use super::cases::{self, judged};
use super::load::Loaded;
use super::options::RunOptions;
use super::{Failure, bug};
use crate::demand::{self, Demand};
use crate::model::{Claim, Model, Scaling};
use crate::report::summarize::{self, Case};
use crate::report::summary::Summary;
use crate::study::sensitivity::{Judged, Sensitivity};
use crate::study::{self, Alternative, Ran};
use crate::verdict::Judgement;

/// A scenario that was read and found to be without errors.
pub struct Begun {
    /// The files.
    pub loaded: Loaded,
    demand: Option<Demand>,
}

impl Begun {
    /// Reads a scenario and prepares the main design and the others that claims and objectives speak
    /// of. Errors are shown.
    pub fn new(options: &RunOptions) -> Result<(Self, Alternative, Vec<Alternative>), Failure> {
        let scenario = &options.study.scenario;
        let mut loaded = Loaded::new(scenario)?;
        let main = cases::prepare(&mut loaded, scenario.variant.as_deref())?;
        let run = &main.model.run;
        bug::remember(&options.reproduce(&scenario.file, run.seed, run.replications, &[]));
        let others = cases::others(&mut loaded, &main)?;
        cases::conditions(&mut loaded, &main, &others);
        loaded.unless_errors()?;
        let demand = arithmetic(&mut loaded, &main.model)?;
        Ok((Self { loaded, demand }, main, others))
    }

    /// What is reported of the runs, the main design first; `None` if there is none.
    pub fn summary(&self, all: &[Ran], reproduce: String) -> Option<Summary> {
        let (main, others) = all.split_first()?;
        let (own, claims) = (case(main, all), claims(main, all));
        let sensitivity = sensitivity(main, all, &own, &claims);
        Some(summarize::summarize(&summarize::Study {
            claims,
            main: own,
            sensitivity: sensitivity.as_ref(),
            others: others.iter().map(|other| case(other, all)).collect(),
            demand: self.demand.as_ref(),
            warnings: self.loaded.warnings(),
            reproduce,
        }))
    }
}

/// What arithmetic says, with its warnings.
fn arithmetic(loaded: &mut Loaded, model: &Model) -> Result<Option<Demand>, Failure> {
    let binding = loaded.bound(|| {
        let world = model.nominal_world().map_err(|problem| vec![problem])?;
        demand::bind(model, &world, Scaling::default())
    })?;
    let demand = demand::analyze(model, &binding);
    loaded.add(&demand::warnings(model, &binding, &demand));
    Ok(Some(demand))
}

/// A design that was run, with its objectives judged.
fn case<'a>(ran: &'a Ran, all: &[Ran]) -> Case<'a> {
    Case {
        name: ran.name.as_deref(),
        model: &ran.model,
        ensemble: &ran.ensemble,
        objectives: study::objectives(ran, all),
    }
}

/// The claims, each judged on the variant that it speaks of.
fn claims<'a>(main: &'a Ran, all: &[Ran]) -> Vec<(&'a Claim, Option<Judgement>)> {
    judged(main.name.as_deref(), &main.model)
        .map(|claim| {
            let on =
                claim.variant.as_deref().map_or(Some(main), |name| study::find(main, all, name));
            (claim, on.and_then(|on| study::judge(&claim.that, on, all)))
        })
        .collect()
}

/// What hangs on the uncertain inputs of a design; `None` with one world.
fn sensitivity(
    main: &Ran,
    all: &[Ran],
    case: &Case,
    claims: &[(&Claim, Option<Judgement>)],
) -> Option<Sensitivity> {
    let objectives = main.model.objectives.iter().zip(&case.objectives);
    let objectives = objectives.filter_map(|(one, judged)| {
        let verdict = judged.as_ref()?.verdict;
        Some(Judged { name: &one.name, text: &one.text, that: &one.that, variant: None, verdict })
    });
    let claims = claims.iter().filter_map(|(one, judged)| {
        let verdict = judged.as_ref()?.verdict;
        let variant = one.variant.as_deref();
        Some(Judged { name: &one.id, text: &one.text, that: &one.that, variant, verdict })
    });
    let judged: Vec<Judged> = objectives.chain(claims).collect();
    study::sensitivity::sensitivity(main, all, &judged)
}
