//! Exit codes: what a script may rely on.

/// The command did what it was asked for, whatever the verdicts.
pub const COMPLETED: u8 = 0;
/// With `--gate`: an objective failed or a claim was refuted.
pub const FAILED: u8 = 1;
/// What was typed, or the scenario, has errors; nothing was simulated, or nothing could be written.
pub const USAGE: u8 = 2;
/// With `--gate`: nothing failed, but something is inconclusive.
pub const INCONCLUSIVE: u8 = 3;
/// A bug in plimsoll.
pub const BUG: u8 = 101;
/// Interrupted; what was complete by then is in the report.
pub const INTERRUPTED: u8 = 130;
