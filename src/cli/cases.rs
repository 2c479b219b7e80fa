//! What a command is about: the scenario as it stands or a variant, with the other variants that its
//! claims and objectives speak of.

use super::Failure;
use super::load::Loaded;
use crate::expr::metric::{Condition, MetricExpr, MetricKind, Relation};
use crate::model::{Claim, Model};
use crate::study::Alternative;
use crate::verdict;

/// Reads, resolves, binds and compiles.
pub fn prepare(loaded: &mut Loaded, variant: Option<&str>) -> Result<Alternative, Failure> {
    let model = loaded.model(variant)?;
    loaded.bound(|| Alternative::new(variant.map(str::to_owned), model, &[]))
}

/// The other variants that claims and objectives speak of, in the order of the file; those that the
/// objectives of these speak of included.
pub fn others(loaded: &mut Loaded, main: &Alternative) -> Result<Vec<Alternative>, Failure> {
    let mut others: Vec<Alternative> = Vec::new();
    loop {
        let known = || std::iter::once(main).chain(&others);
        let named: Vec<&str> = known().flat_map(|one| named(main, one)).collect();
        let is_new = |name: &&str| known().all(|one| one.name.as_deref() != Some(*name));
        let variants = main.model.variants.iter().map(|variant| variant.name.as_str());
        let Some(next) = variants.filter(|name| named.contains(name)).find(is_new) else { break };
        let model = on_luck_of(main, loaded, next)?;
        others.push(loaded.bound(|| Alternative::new(Some(next.to_owned()), model, &[]))?);
    }
    let at = |one: &Alternative| {
        let mut variants = main.model.variants.iter();
        variants.position(|variant| one.name.as_deref() == Some(variant.name.as_str()))
    };
    others.sort_by_key(at);
    Ok(others)
}

/// The variants that the objectives of a design speak of, but itself and those that are `known`: they
/// are run beside it. What is asked of the design is measured of them.
pub fn beside(
    loaded: &mut Loaded,
    design: &Alternative,
    known: &dyn Fn(&str) -> bool,
) -> Result<Vec<Alternative>, Failure> {
    let mut beside = Vec::new();
    for name in spoken_of(&design.model) {
        if !known(name) {
            let mut model = on_luck_of(design, loaded, name)?;
            model.objectives.clone_from(&design.model.objectives);
            beside.push(loaded.bound(|| Alternative::new(Some(name.to_owned()), model, &[]))?);
        }
    }
    Ok(beside)
}

/// A variant that stands beside a design, with the luck of that one, whatever it states itself.
fn on_luck_of(design: &Alternative, loaded: &mut Loaded, name: &str) -> Result<Model, Failure> {
    let mut model = loaded.model(Some(name))?;
    model.run.seed = design.model.run.seed;
    Ok(model)
}

/// Variants that the conditions of a case speak of; claims are judged from the main one.
fn named<'a>(main: &'a Alternative, one: &'a Alternative) -> Vec<&'a str> {
    let mut named: Vec<&str> = Vec::new();
    if std::ptr::eq(main, one) {
        for claim in judged(main.name.as_deref(), &main.model) {
            named.extend(claim.variant.as_deref());
            in_condition(&claim.that, &mut named);
        }
    }
    for objective in &one.model.objectives {
        in_condition(&objective.that, &mut named);
    }
    named
}

/// Variants that the objectives of a model speak of, but itself, in the order of the file.
pub fn spoken_of(model: &Model) -> Vec<&str> {
    let mut named: Vec<&str> = Vec::new();
    for objective in &model.objectives {
        in_condition(&objective.that, &mut named);
    }
    let own = model.variant.as_deref();
    let names = model.variants.iter().map(|variant| variant.name.as_str());
    names.filter(|name| named.contains(name) && own != Some(name)).collect()
}

/// Claims that speak of what is run: all of them beside the scenario as it stands, or those of the
/// variant.
pub fn judged<'a>(main: Option<&str>, model: &'a Model) -> impl Iterator<Item = &'a Claim> {
    let main = main.map(str::to_owned);
    model.claims.iter().filter(move |claim| main.is_none() || claim.variant == main)
}

/// Checks what objectives and claims say against what is measured, before anything is run: each
/// against the variant that it is judged on, `in(variant, …)` against that one's own.
pub fn conditions(loaded: &mut Loaded, main: &Alternative, others: &[Alternative]) {
    let find = |name: &str| {
        std::iter::once(main).chain(others).find(|one| one.name.as_deref() == Some(name))
    };
    let study = |name: &str| find(name).map(|one| &one.study);
    for one in std::iter::once(main).chain(others) {
        for objective in &one.model.objectives {
            let path = ["objective", objective.name.as_str(), "that"];
            let found = verdict::resolve(&one.model, &one.study, &objective.that, &study);
            loaded.misjudged(&path, found);
        }
    }
    for claim in judged(main.name.as_deref(), &main.model) {
        let on = claim.variant.as_deref().map_or(Some(main), find);
        let Some(on) = on else { continue };
        let found = verdict::resolve(&on.model, &on.study, &claim.that, &study);
        loaded.misjudged(&["claim", &claim.id, "that"], found);
    }
    for (at, precision) in main.model.run.precision.iter().enumerate() {
        let found = verdict::resolve_metric(&main.model, &main.study, &precision.goal.metric);
        loaded.misjudged(&["run", "precision", &at.to_string()], found);
    }
}

/// Variants in `in(variant, …)`.
fn in_condition<'a>(condition: &'a Condition, named: &mut Vec<&'a str>) {
    for comparison in &condition.comparisons {
        in_expression(&comparison.left, named);
        match &comparison.relation {
            Relation::Compare(_, right) | Relation::Within(_, right) => in_expression(right, named),
            Relation::Between(low, high) => {
                in_expression(low, named);
                in_expression(high, named);
            }
        }
    }
}

fn in_expression<'a>(metric: &'a MetricExpr, named: &mut Vec<&'a str>) {
    match &metric.kind {
        MetricKind::InVariant(name, inner) => {
            named.push(&name.text);
            in_expression(inner, named);
        }
        MetricKind::Binary(_, left, right) | MetricKind::Chance(left, _, right) => {
            in_expression(left, named);
            in_expression(right, named);
        }
        MetricKind::Negate(inner)
        | MetricKind::At(_, inner)
        | MetricKind::During(_, inner)
        | MetricKind::WorstInstance(inner) => in_expression(inner, named),
        MetricKind::Literal(..)
        | MetricKind::Name(_)
        | MetricKind::Amount(_)
        | MetricKind::Of(..)
        | MetricKind::ShareBeyond(..)
        | MetricKind::ShareOf(_)
        | MetricKind::TimeUntil { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::MessageFormat;
    use crate::cli::options::ScenarioOptions;

    /// Goal: variants that conditions speak of meet the luck of what is run, also where they state another,
    /// so that differences are the design's.
    #[test]
    fn variants_beside_a_design_meet_its_luck() {
        let text = include_str!("../../tests/it/cli/shop.toml").to_owned()
            + "\n[variant.luck]\nrun.seed = 5\n\n[claim.c]\nthat = \"in(luck, p50(endpoint.buy)) < 1s\"\n";
        let file = std::env::temp_dir().join(format!("plimsoll-cases-{}.toml", std::process::id()));
        std::fs::write(&file, text).unwrap();
        let options = ScenarioOptions {
            file: file.to_str().unwrap().to_owned(),
            sets: Vec::new(),
            variant: None,
            message_format: MessageFormat::Concise,
        };
        let seeds = |variant: Option<&str>| -> Vec<u64> {
            let mut loaded = Loaded::new(&options).unwrap_or_else(|_| panic!("not read"));
            let main = prepare(&mut loaded, variant).unwrap_or_else(|_| panic!("not bound"));
            let others = others(&mut loaded, &main).unwrap_or_else(|_| panic!("not bound"));
            std::iter::once(&main).chain(&others).map(|one| one.model.run.seed).collect()
        };
        // As it stands, with `short`, of which the shop's own claim speaks, and `luck`.
        assert_eq!(seeds(None), [1, 1, 1]);
        assert_eq!(seeds(Some("luck")), [5]);
        std::fs::remove_file(&file).unwrap();
    }
}
