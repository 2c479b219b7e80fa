//! A hook that sees what happens to jobs. [`NoTrace`] costs nothing: its calls vanish when
//! compiled.

use crate::model::Outcome;

/// Something that happened to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceEvent {
    /// It was born; the parent, if it has one.
    Born {
        /// Parent's slot.
        parent: Option<u32>,
    },
    /// It came to a station with a demand.
    Arrived {
        /// Station.
        station: u32,
        /// Demand, ns at nominal speed.
        demand: u64,
    },
    /// Its service there began.
    Started {
        /// Station.
        station: u32,
    },
    /// Its service there ended.
    Served {
        /// Station.
        station: u32,
    },
    /// It asked for a connection.
    Asked {
        /// Pool of an instance.
        pool: u32,
    },
    /// It got one.
    Granted {
        /// Pool of an instance.
        pool: u32,
    },
    /// It gave one back.
    Returned {
        /// Pool of an instance.
        pool: u32,
    },
    /// It ended.
    Ended {
        /// How.
        outcome: Outcome,
    },
}

/// A receiver of trace events.
pub trait Trace {
    /// Whether it looks at all; where it does not, nothing is made ready for it.
    const LOOKS: bool = true;

    /// Job in slot `job` (of its generation) did something at `now` ns.
    fn event(&mut self, now: u64, job: u32, generation: u32, event: TraceEvent);
}

/// Sees nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTrace;

impl Trace for NoTrace {
    const LOOKS: bool = false;

    #[inline(always)]
    fn event(&mut self, _now: u64, _job: u32, _generation: u32, _event: TraceEvent) {}
}
