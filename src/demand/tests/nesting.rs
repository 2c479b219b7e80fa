//! What can wait for what in a circle.

use super::sketch::{Sketch, browse, step};
use crate::demand::{Nesting, Thing};
use crate::diag::Id;
use crate::model::{Cancel, LockMode, LockScope, Step, Verb};

fn lock(lock: usize, mode: LockMode, steps: Vec<Step>) -> Step {
    step(Verb::Lock { lock, key: None, mode, steps })
}

fn things(sketch: &Sketch) -> Vec<Thing> {
    Nesting::of(&sketch.model, None).things().collect()
}

fn warned(sketch: &Sketch) -> bool {
    sketch.warnings().iter().any(|diagnostic| diagnostic.id == Id::DeadlockPossible)
}

/// Source: by hand. One order everywhere is no circle, two orders are.
#[test]
fn two_orders_of_two_locks_are_a_circle() {
    let mut sketch = browse(1.0, 10.0, 100.0, 0.0);
    let (a, b) = (sketch.lock(LockScope::Global), sketch.lock(LockScope::Global));
    let nested = |x, y| lock(x, LockMode::Write, vec![lock(y, LockMode::Write, Vec::new())]);
    sketch.endpoint(0, Vec::new(), vec![nested(a, b), nested(a, b)]);
    assert_eq!(things(&sketch), []);
    assert!(!warned(&sketch));
    sketch.endpoint(0, Vec::new(), vec![nested(b, a)]);
    assert_eq!(things(&sketch), [Thing::Lock(a), Thing::Lock(b)]);
    assert!(warned(&sketch));
}

/// Source: by hand. A lock in itself passes, unless a reader asks to write, or a block beside the
/// request asks.
#[test]
fn a_lock_in_itself_is_a_circle_for_others() {
    for (outer, inner, beside, circle) in [
        (LockMode::Write, LockMode::Write, false, false),
        (LockMode::Read, LockMode::Read, false, false),
        (LockMode::Write, LockMode::Read, false, false),
        (LockMode::Read, LockMode::Write, false, true),
        (LockMode::Write, LockMode::Write, true, true),
    ] {
        let mut sketch = browse(1.0, 10.0, 100.0, 0.0);
        let l = sketch.lock(LockScope::Global);
        let mut steps = vec![lock(l, inner, Vec::new())];
        if beside {
            let after = sketch.time("1s");
            steps = vec![step(Verb::Timeout { after, cancel: Cancel::None, steps })];
        }
        sketch.endpoint(0, Vec::new(), vec![lock(l, outer, steps)]);
        assert_eq!(things(&sketch).len(), usize::from(circle), "{outer:?} {inner:?} {beside}");
        assert_eq!(warned(&sketch), circle, "{outer:?} {inner:?} {beside}");
    }
}

/// Source: by hand. A connection under a worker is no circle; a call to a service with workers
/// under a connection, whose pool its requests use, is one of two.
#[test]
fn a_connection_held_across_a_call_is_a_circle() {
    let mut sketch = browse(1.0, 10.0, 100.0, 0.0);
    assert_eq!(things(&sketch), []);
    sketch.workers(0, 5.0);
    let call = step(Verb::Call { endpoint: 0, with: Vec::new() });
    let query = sketch.query(0, None, Some("1ms"));
    let steps = vec![query, call];
    sketch.endpoint(0, Vec::new(), vec![step(Verb::Transaction { pool: Some(0), steps })]);
    assert_eq!(things(&sketch), [Thing::Workers(0), Thing::Pool(0)]);
    // Each is a circle of its own: the resolver says so of the pool.
    assert!(!warned(&sketch));
}
