//! Requests by named window: before, during and after.

use super::measure::Measure;
use crate::report::summary::{Number, WindowRow};

/// Each workload in each named window, in the order of the scenario.
pub fn windows(measure: &Measure, named: &[(String, Number, Number)]) -> Vec<WindowRow> {
    let workloads = &measure.evidence.model.workloads;
    let one = |window: &(String, Number, Number), path: String| {
        let (name, from, to) = window;
        let during = |metric: String| measure.value(&format!("during({name}, {metric})"));
        WindowRow {
            window: name.clone(),
            from_s: *from,
            to_s: *to,
            per_second: during(format!("per_second({path})")),
            good: during(format!("share({path}.good)")),
            in_system: during(format!("mean({path}.outstanding)")),
            p50_s: during(format!("p50({path})")),
            p95_s: during(format!("p95({path})")),
            p99_s: during(format!("p99({path})")),
            path,
        }
    };
    let all = |window: &'_ (String, Number, Number)| -> Vec<WindowRow> {
        let paths = workloads.iter().map(|workload| format!("workload.{}", workload.name));
        paths.map(|path| one(window, path)).collect()
    };
    named.iter().flat_map(all).collect()
}
