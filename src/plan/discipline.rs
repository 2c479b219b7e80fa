//! How those who wait are served: on cores, in lines.

/// What serves CPU work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cores {
    /// First come, first served on `servers` servers.
    Fifo {
        /// Servers.
        servers: u32,
    },
    /// On `servers` servers, taken away from jobs that are not done.
    Preemptive {
        /// Servers.
        servers: u32,
        /// Time on a server after which the next in line has it, ns; [`Cores::BY_PRIORITY`]: the
        /// endpoints' classes decide.
        slice: u64,
        /// Universal scalability law: serial share.
        serial: f64,
        /// Universal scalability law: crosstalk.
        crosstalk: f64,
    },
    /// Processor sharing on `cores` cores among at most `limit` jobs; others wait in line.
    Sharing {
        /// Cores, may be fractional.
        cores: f64,
        /// Jobs served at once; `u32::MAX`: all.
        limit: u32,
        /// Universal scalability law: serial share.
        serial: f64,
        /// Universal scalability law: crosstalk.
        crosstalk: f64,
    },
}

impl Cores {
    /// No slice: classes decide.
    pub const BY_PRIORITY: u64 = u64::MAX;
}

/// Who is next in a waiting line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The first comer.
    Fifo,
    /// The last comer.
    Lifo,
    /// By the endpoints' classes, in order of arrival within one.
    Classes,
    /// The last comer while more than so many wait, else the first.
    AdaptiveLifo {
        /// How many.
        above: u32,
    },
}

/// Who leaves a line without having been served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drop {
    /// Nobody.
    Nobody,
    /// At its turn, whoever comes from a caller whose timeout has passed.
    Late,
    /// Whoever has waited too long.
    Delay {
        /// The limit for those who come when the line has not been empty for `interval.0`, ns, and
        /// its lane.
        target: (u64, u32),
        /// The limit for the others, ns, and its lane.
        interval: (u64, u32),
    },
}
