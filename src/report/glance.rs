//! A result at a glance: what is shown of it while better ones are made.

use super::phrase::{self, counted};
use super::summary::{Summary, Unit};
use super::table::wrap;
use super::text::WIDTH;

/// Percentiles that are shown.
const PERCENTILES: [f64; 3] = [0.5, 0.95, 0.99];

/// Replications, headline, and the main percentiles of the requests that the result speaks of first.
pub fn glance(summary: &Summary) -> String {
    let replications = counted(u64::from(summary.run.replications), "replication");
    let mut text = format!("{replications}\n");
    let mut paragraph = |said: &str| text += &(wrap(said, WIDTH, 2).join("\n") + "\n");
    paragraph(&summary.headline);
    if let Some(requests) = summary.main_requests() {
        let main = requests.percentiles.iter().filter(|one| PERCENTILES.contains(&one.quantile.0));
        let said: Vec<String> = main
            .map(|one| {
                let value = phrase::value(&one.seconds, Unit::Seconds);
                format!("{} {value}", phrase::percentile(one.quantile))
            })
            .collect();
        if !said.is_empty() {
            paragraph(&format!("{}: {}", requests.path, said.join(", ")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::fixture;
    use super::*;

    #[test]
    fn a_glance_has_the_sentence_and_three_percentiles() {
        assert_eq!(
            glance(&fixture::browse()),
            "16 replications\n  At 8,333/s, browse meets its objective: p95 is 150 ms (149–151) against \
             500 ms; pool.api_pg is the\n  busiest, 83.3 % in use.\n  workload.viewers: p50 35 ms (34–36), \
             p95 150 ms (149–151), p99 230 ms (229–231)\n"
        );
    }
}
