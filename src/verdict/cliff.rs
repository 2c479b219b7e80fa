//! Is a station so near its capacity that milliseconds mean little?

use super::expression::{Node, Slices};
use super::interval::{Found, of_one};
use super::statistic::{Quantity, Statistic};
use crate::experiment::{Ensemble, State};
use crate::plan::Source;
use crate::stats::estimate::Estimate as Number;

/// The station that stands at its capacity.
#[derive(Debug, Clone, PartialEq)]
pub struct Cliff {
    /// Path of its servers, such as `pool.api_pg`.
    pub path: String,
    /// Offered load over capacity, with an interval that contains 1.
    pub load: Number,
}

/// The busiest station, if the interval of its offered load over its capacity contains 1. One run
/// has no interval, and nothing is said of it.
///
/// Judged in the first world; what is overloaded is beyond the cliff and is not reported here.
pub fn on_the_cliff(ensemble: &Ensemble) -> Option<Cliff> {
    if ensemble.state == State::Overloaded {
        return None;
    }
    let plan = ensemble.plans.first()?;
    let slices = Slices(vec![ensemble.rows_of(0)]);
    let mut busiest: Option<Cliff> = None;
    for path in plan.catalog.capacities() {
        let Some(capacity) = plan.catalog.capacity(path) else { continue };
        let entry = plan.catalog.get(&capacity.busy).map(|entry| &entry.source);
        let Some(Source::Level { sum, unit, capacity: Some(limit), .. }) = entry else { continue };
        let quantity = match capacity.grants {
            Some(grants) => {
                let asked = capacity.asked.clone();
                Quantity::OfferedLoad { asked, busy: *sum, unit: unit / limit, grants }
            }
            None => Quantity::Level {
                levels: vec![*sum],
                unit: unit / limit,
                bounded: true,
                is_share: false,
            },
        };
        let span = Statistic::span_of(plan, 0);
        let measured_to = plan.window_end();
        let interval = None;
        let one = Statistic { quantity, window: 0, ensemble: 0, span, measured_to, interval };
        let node = Node::Leaf(one);
        if let Found::Number(load) = of_one(&node, &slices, ensemble.confidence)
            && busiest.as_ref().is_none_or(|other| load.point > other.load.point)
        {
            busiest = Some(Cliff { path: path.to_owned(), load });
        }
    }
    busiest.filter(|Cliff { load, .. }| {
        load.standard_error.is_finite() && load.lower <= 1.0 && 1.0 <= load.upper
    })
}
