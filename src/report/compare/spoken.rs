//! Of which designs a headline may speak: those that were measured, and judged on the same.

use super::facts::{Design, Metric};
use crate::report::phrase;
use crate::report::summary::Verdict;

/// Designs that have a value of a metric.
pub fn valued<'a>(metric: &Metric, designs: &[&'a Design]) -> Vec<&'a Design> {
    let has = |design: &&Design| {
        metric.rows.iter().any(|row| row.design == design.name && row.value.is_some())
    };
    designs.iter().copied().filter(has).collect()
}

/// `; bare has no value of it`: designs of which a ranking says nothing. Empty if there are none, or
/// nothing else.
pub fn without(metric: &Metric, designs: &[&Design]) -> String {
    let valued = valued(metric, designs);
    let is_without = |design: &&&Design| !valued.iter().any(|one| one.name == design.name);
    let names: Vec<String> =
        designs.iter().filter(is_without).map(|design| design.name.clone()).collect();
    match names.len() {
        0 => String::new(),
        _ if valued.is_empty() => String::new(),
        1 => format!("; {} has no value of it", names[0]),
        _ => format!("; {} have no value of it", phrase::list(&names)),
    }
}

/// `; every design meets every objective`: about the objectives of the first design that has any.
/// A design that was judged on others, or on none, is named as such.
pub fn objectives(designs: &[&Design]) -> String {
    let Some(asked) = designs.iter().find(|design| !design.objectives.is_empty()) else {
        return String::new();
    };
    let is_judged = |design: &&&Design| {
        asked.objectives.iter().all(|objective| {
            let said = (&objective.name, &objective.that);
            design.objectives.iter().any(|one| (&one.name, &one.that) == said)
        })
    };
    let (judged, others): (Vec<&&Design>, Vec<&&Design>) = designs.iter().partition(is_judged);
    let named =
        |of: &[&&Design]| of.iter().map(|design| design.name.clone()).collect::<Vec<String>>();
    let meets =
        |design: &&&&Design| design.objectives.iter().all(|one| one.verdict == Verdict::Pass);
    let met: Vec<&&Design> = judged.iter().filter(meets).copied().collect();
    let (met, others) = (named(&met), named(&others));
    let whose = if others.is_empty() {
        "every objective".to_owned()
    } else {
        format!("every objective of {}", asked.name)
    };
    let said = match met.len() {
        0 => format!("; no design is shown to meet {whose}"),
        all if all == designs.len() => "; every design meets every objective".to_owned(),
        1 => format!("; only {} is shown to meet {whose}", met[0]),
        _ => format!("; {} are shown to meet {whose}", phrase::list(&met)),
    };
    match others.len() {
        0 => said,
        1 => format!("{said}, {} was not judged on them", others[0]),
        _ => format!("{said}, {} were not judged on them", phrase::list(&others)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::compare::facts::{Comparison, Row};
    use crate::report::compare::sentences::headline;
    use crate::report::summary::{Judgment, Value};
    use crate::stats::multiple::Better;

    fn design(name: &str, objectives: &[(&str, Verdict)]) -> Design {
        let judged = |(that, verdict): &(&str, Verdict)| Judgment {
            name: "fast".to_owned(),
            says: None,
            that: (*that).to_owned(),
            variant: None,
            verdict: *verdict,
            because: None,
            worlds: None,
            parts: Vec::new(),
        };
        let objectives = objectives.iter().map(judged).collect();
        Design { name: name.to_owned(), objectives, ..Design::default() }
    }

    /// Rows in the order of the designs: value, and place.
    fn compared(designs: Vec<Design>, rows: &[(Option<f64>, Option<u32>)]) -> String {
        let row = |(design, (value, place)): (&Design, &(Option<f64>, Option<u32>))| Row {
            design: design.name.clone(),
            value: value.map(Value::plain),
            place: *place,
            ..Row::default()
        };
        let metric = Metric {
            metric: "p50(endpoint.r)".to_owned(),
            better: Some(Better::Smaller),
            rows: designs.iter().zip(rows).map(row).collect(),
            ..Metric::default()
        };
        headline(&Comparison { designs, metrics: vec![metric], ..Comparison::default() })
    }

    #[test]
    fn one_that_was_measured_alone_is_not_best() {
        let two = vec![design("as it stands", &[]), design("old (saved)", &[])];
        let said = compared(two, &[(Some(3.0), Some(1)), (None, None)]);
        assert_eq!(
            said,
            "Only as it stands has a value of p50(endpoint.r) with 3; old (saved) has no value of it."
        );
        let three = vec![design("a", &[]), design("b", &[]), design("c", &[])];
        let said = compared(three, &[(Some(3.0), Some(1)), (Some(4.0), Some(2)), (None, None)]);
        assert!(said.contains("a is best") && said.ends_with("; c has no value of it."), "{said}");
    }

    #[test]
    fn what_was_judged_on_other_objectives_does_not_meet_these() {
        let said = |other: &[(&str, Verdict)]| {
            let first = design("as it stands", &[("p99(x) < 1 s", Verdict::Pass)]);
            objectives(&[&first, &design("saved", other)])
        };
        let unjudged = "; only as it stands is shown to meet every objective of as it stands, saved was not \
             judged on them";
        assert_eq!(said(&[("p50(y) < 1 s", Verdict::Pass)]), unjudged);
        assert_eq!(said(&[]), unjudged);
        assert_eq!(
            said(&[("p99(x) < 1 s", Verdict::Pass)]),
            "; every design meets every objective"
        );
        assert_eq!(
            said(&[("p99(x) < 1 s", Verdict::Fail)]),
            "; only as it stands is shown to meet every objective"
        );
        assert_eq!(objectives(&[&design("a", &[])]), "");
    }
}
