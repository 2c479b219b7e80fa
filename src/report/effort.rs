//! What a run will cost, before it is made: in events, because how many of them a machine does in a
//! second is not known here.

use super::phrase::counted;
use crate::units::show;

/// From so many events on a run is worth being drafted first: seconds, not moments.
const LONG: f64 = 2e7;

/// Replications of a draft: percentiles have intervals from five on.
const DRAFT: u32 = 5;

/// What `run` will make of a scenario, or one of its variants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Draws of the uncertain inputs.
    pub worlds: u32,
    /// Replications per world.
    pub replications: u32,
    /// Predicted events of one replication.
    pub events: f64,
}

impl Effort {
    fn runs(&self) -> f64 {
        f64::from(self.worlds) * f64::from(self.replications)
    }

    fn total(&self) -> f64 {
        self.runs() * self.events
    }
}

/// The effort of what is run and of the variants that its conditions speak of, in words, with what a
/// draft can do without. `shortens`: a shorter run is the same in less time, not one whose dates
/// come too late.
pub fn sentences(main: &Effort, others: &[Effort], shortens: bool) -> String {
    let all = main.total() + others.iter().map(Effort::total).sum::<f64>();
    if !all.is_finite() || all <= 0.0 {
        return String::new();
    }
    let runs = counted(u64::from(main.replications), "replication");
    let each = if main.worlds > 1 {
        format!("{} of {runs}", counted(u64::from(main.worlds), "world"))
    } else {
        runs
    };
    let beside = match others.len() {
        0 => String::new(),
        1 => ", with the variant that it is compared with".to_owned(),
        n => format!(", with the {} that it is compared with", counted(n as u64, "variant")),
    };
    let mut said = format!(
        "A run is {each} of about {} events{beside}: about {} events in all.",
        rough(main.events),
        rough(all)
    );
    if all >= LONG {
        let most = |one: &Effort| {
            let few = if one.worlds > 1 { 1 } else { DRAFT };
            f64::from(one.worlds) * f64::from(one.replications.min(few)) * one.events
        };
        let draft = most(main) + others.iter().map(most).sum::<f64>();
        let few = if main.worlds > 1 { 1 } else { DRAFT };
        let fewer = format!("--replications {few} makes about {}", rough(draft));
        said += &match (draft < 0.9 * all, shortens) {
            (true, true) => {
                format!(" For a draft, {fewer}; a tenth of run.duration, a tenth of that.")
            }
            (true, false) => format!(" For a draft, {fewer}."),
            (false, true) => {
                " For a draft, a tenth of run.duration makes a tenth of that.".to_owned()
            }
            (false, false) => String::new(),
        };
    }
    said
}

/// `about` so many: two digits.
fn rough(events: f64) -> String {
    if events >= 1e6 {
        let millions = events / 1e6;
        let digit = if millions >= 10.0 { 1.0 } else { 0.1 };
        return format!("{} million", show::number((millions / digit).round() * digit));
    }
    if events < 10.0 {
        return show::count(events.ceil());
    }
    let digit = libm::pow(10.0, libm::floor(libm::log10(events)) - 1.0);
    show::count((events / digit).round() * digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: events in all are those of each run times the runs of everything. Source: by hand.
    #[test]
    fn events_add_up_and_a_draft_has_fewer() {
        let main = Effort { worlds: 1, replications: 16, events: 2_440_000.0 };
        let small = Effort { worlds: 1, replications: 16, events: 1_230.0 };
        assert_eq!(
            sentences(&small, &[], true),
            "A run is 16 replications of about 1,200 events: about 20,000 events in all."
        );
        assert_eq!(
            sentences(&main, &[main, main], true),
            "A run is 16 replications of about 2.4 million events, with the 2 variants that it is \
             compared with: about 117 million events in all. For a draft, --replications 5 makes \
             about 37 million; a tenth of run.duration, a tenth of that."
        );
        assert_eq!(
            sentences(&small, &[small], true),
            "A run is 16 replications of about 1,200 events, with the variant that it is compared \
             with: about 39,000 events in all."
        );
        let few = Effort { replications: 5, events: 1e7, ..main };
        assert_eq!(
            sentences(&few, &[], true),
            "A run is 5 replications of about 10 million events: about 50 million events in all. \
             For a draft, a tenth of run.duration makes a tenth of that."
        );
        // Where dates stand in the scenario a shorter run is another one.
        assert!(
            sentences(&main, &[], false).ends_with(" --replications 5 makes about 12 million.")
        );
        assert!(sentences(&few, &[], false).ends_with(" events in all."));
        let worlds = Effort { worlds: 64, replications: 2, events: 1e6 };
        assert!(
            sentences(&worlds, &[], true).ends_with(
                "64 worlds of 2 replications of about 1 million events: about 128 million events \
                 in all. For a draft, --replications 1 makes about 64 million; a tenth of \
                 run.duration, a tenth of that."
            ),
            "{}",
            sentences(&worlds, &[], true)
        );
        assert_eq!(sentences(&Effort { events: 0.0, ..main }, &[], true), "");
    }
}
