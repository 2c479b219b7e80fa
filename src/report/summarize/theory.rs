//! What queueing theory says of the same system, beside what was simulated.

use super::measure::Measure;
use crate::demand::Demand;
use crate::report::phrase::percentile;
use crate::report::summary::{Number, Regime, Theory, Unit};

/// Rows for what theory knows; nothing where the system has no steady state, because theory speaks
/// of nothing else.
pub fn theory(measure: &Measure, demand: &Demand, regime: Regime) -> Vec<Theory> {
    if regime != Regime::Stable {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for known in &demand.textbook {
        let Some(response) = &known.response else { continue };
        let path = format!("endpoint.{}.good", known.endpoint);
        let assumes = format!("{}: {}", known.system, known.theorem);
        let mut row = |what: String, metric: String, theory: f64| {
            rows.push(Theory {
                what,
                unit: Unit::Seconds,
                theory: Number(theory),
                simulated: measure.value(&metric),
                assumes: assumes.clone(),
            });
        };
        let name = &known.endpoint;
        row(format!("{name}: mean"), format!("mean({path})"), response.mean_s);
        for &(q, seconds) in &response.quantiles {
            let word = percentile(Number(q));
            row(format!("{name}: {word}"), format!("{word}({path})"), seconds);
        }
    }
    for station in &demand.stations {
        let (name, Some(utilization)) = (&station.name, station.utilization) else { continue };
        let simulated = measure.value(&format!("utilization({name})"));
        if station.visits_per_s > 0.0 && simulated.is_some() {
            rows.push(Theory {
                what: format!("{name}: in use"),
                unit: Unit::Share,
                theory: Number(utilization),
                simulated,
                assumes: "utilization law; no errors, no waiting while held".to_owned(),
            });
        }
    }
    rows
}
