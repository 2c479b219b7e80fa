//! How an uncertain input can be measured in a running system: by what it feeds in the model.

use crate::model::Model;
use crate::report::summary::Way;
use crate::study::sensitivity::Input;

/// Commands that measure an input; none where the place of its use does not say how.
pub fn how(model: &Model, input: &Input) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for path in &input.uses {
        if let Some(way) = way(model, path)
            && !ways.iter().any(|known| known.command == way.command)
        {
            ways.push(way);
        }
    }
    ways
}

/// What shows the number at a path.
fn way(model: &Model, path: &str) -> Option<Way> {
    let mut segments = path.splitn(3, '.');
    let (kind, name, key) = (segments.next()?, segments.next()?, segments.next()?);
    let (what, command) = match (kind, key) {
        ("workload", "rate") => (
            "at the busiest of a week, in PromQL".to_owned(),
            "max_over_time(sum(rate(http_requests_total[5m]))[7d:5m])".to_owned(),
        ),
        ("query", "cpu" | "time") => (
            "in SQL, with pg_stat_statements".to_owned(),
            "select query, calls, mean_exec_time from pg_stat_statements \
             order by total_exec_time desc limit 20"
                .to_owned(),
        ),
        ("table", "rows") => (
            "in SQL".to_owned(),
            format!("select reltuples::bigint from pg_class where relname = '{name}'"),
        ),
        ("table", "row") => (
            "in SQL".to_owned(),
            format!(
                "select pg_relation_size(oid) / nullif(reltuples, 0) from pg_class \
                 where relname = '{name}'"
            ),
        ),
        ("endpoint", key) if key.ends_with("].cpu") => {
            let endpoint = model.endpoints.iter().find(|one| one.name == name)?;
            let service = &model.services.get(endpoint.service)?.name;
            (
                format!("CPU of {service} per request, in PromQL"),
                "sum(rate(process_cpu_seconds_total[5m])) / sum(rate(http_requests_total[5m]))"
                    .to_owned(),
            )
        }
        _ => return None,
    };
    Some(Way { gives: format!("It is part of {path}; {what}"), command })
}
