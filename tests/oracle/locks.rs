//! Locks that readers share: every request ends when a recursion says.

use crate::harness::plan;
use plimsoll::sim::{NoTrace, RunId, run};
use proptest::prelude::*;
use std::sync::atomic::AtomicBool;

/// A request: gap since the one before and time under the lock, µs; whether it writes.
type Asked = (u64, u64, bool);

/// When each ends, µs. In order of arrival nobody starts before the one ahead; a reader besides
/// waits for every writer ahead to end, a writer for everybody.
fn reference(asked: &[Asked]) -> Vec<u64> {
    let (mut now, mut started, mut all, mut writers) = (0, 0, 0, 0);
    let mut ends = Vec::new();
    for &(gap, hold, write) in asked {
        now += gap;
        started = now.max(started).max(if write { all } else { writers });
        let end = started + hold;
        all = all.max(end);
        if write {
            writers = writers.max(end);
        }
        ends.push(end);
    }
    ends
}

fn simulated(asked: &[Asked]) -> Vec<u64> {
    let mut text = "[run]\nuntil = \"drained\"\nduration = \"10s\"\nreplications = 1\n\
                    [service.app]\nround_trip = \"0s\"\n[lock.l]\n"
        .to_owned();
    let mut now = 0;
    for (index, (gap, hold, write)) in asked.iter().enumerate() {
        now += gap;
        let mode = if *write { "write" } else { "read" };
        text += &format!(
            "[endpoint.e{index}]\nservice = \"app\"\n\
             steps = [{{ lock = \"l\", mode = \"{mode}\", do = [{{ delay = \"{hold}us\" }}] }}]\n\
             [workload.w{index}]\nburst = {{ count = 1, at = \"{now}us\" }}\nmix = {{ e{index} = 1 }}\n"
        );
    }
    let plan = plan(&text);
    let id = RunId { world: 0, replication: 0 };
    let run = run(&plan, id, &AtomicBool::new(false), &mut NoTrace);
    let mut arrived = 0;
    let mut ends = Vec::new();
    for (endpoint, (gap, _, _)) in plan.endpoints.iter().zip(asked) {
        arrived += gap;
        ends.push(arrived + run.tallies[endpoint.tallies as usize].sums().max / 1_000);
    }
    ends
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn readers_share_and_nobody_overtakes(
        asked in proptest::collection::vec((1_u64..3_000, 1_u64..9_000, any::<bool>()), 1..30)
    ) {
        prop_assert_eq!(simulated(&asked), reference(&asked));
    }
}

/// The recursion can be violated: with readers who overtake a waiting writer it gives other ends.
#[test]
fn the_recursion_tells_fair_from_unfair() {
    let asked = [(1, 100, false), (1, 100, true), (1, 100, false)];
    assert_eq!(reference(&asked), [101, 201, 301]);
    assert_eq!(simulated(&asked), [101, 201, 301]);
}
