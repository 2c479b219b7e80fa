//! The closed list of diagnostic ids.
//!
//! An id is a promise: its name appears in output and in `plimsoll explain ID`, so it is renamed
//! only with a note in the changelog. Its page says in one paragraph why the finding exists and
//! shows a scenario fragment that causes it beside one that does not.
mod advice;
mod data;
mod expression;
mod growth;
mod model;
mod reading;
mod slips;
mod warnings;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The scenario has no meaning as it stands; nothing is simulated.
    Error,
    /// The scenario means something, but probably not what was intended, or its results mislead.
    Warning,
    /// Worth knowing; no action needed.
    Advice,
}

impl Severity {
    /// `error`, `warning` or `advice`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

/// What `plimsoll explain` says about an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// One paragraph: what it means and why it is reported.
    pub text: &'static str,
    /// A fragment of a scenario (or a command) that causes it.
    pub wrong: &'static str,
    /// The same, mended.
    pub mended: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $severity:ident;)*) => {
        /// The kind of a finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Id {
            $($(#[$doc])* $variant,)*
        }

        const ALL: &[Id] = &[$(Id::$variant,)*];

        impl Id {
            /// The name in kebab-case, as printed.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How bad findings of this kind are.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }
        }
    };
}

ids! {
    // Reading files.
    /// A file is not there.
    NotFound = "not-found", Error;
    /// A file is there but cannot be read.
    Unreadable = "unreadable", Error;
    /// A file is not text in UTF-8.
    NotUtf8 = "not-utf8", Error;
    /// A file is larger than any scenario.
    TooLarge = "too-large", Error;
    /// Tables or arrays nest too deep.
    TooDeep = "too-deep", Error;
    /// Too many keys in a file or in one table.
    TooManyKeys = "too-many-keys", Error;
    /// An array has too many items.
    TooManyItems = "too-many-items", Error;
    /// There is nothing in the scenario.
    EmptyScenario = "empty-scenario", Error;
    /// The text is not TOML.
    TomlSyntax = "toml-syntax", Error;
    /// A key or table is defined twice.
    DuplicateKey = "duplicate-key", Error;
    /// An include leaves the scenario's folder.
    IncludeOutside = "include-outside", Error;
    /// A file includes itself, directly or through others.
    IncludeCycle = "include-cycle", Error;
    /// Includes nest too deep or are too many.
    TooManyIncludes = "too-many-includes", Error;
    /// A `--set` is not of the form PATH=VALUE.
    BadSet = "bad-set", Error;
    // The shape of a scenario: tables, keys, types of values.
    /// A table of this name is not part of the language.
    UnknownTable = "unknown-table", Error;
    /// A key of this name does not belong into this table.
    UnknownKey = "unknown-key", Error;
    /// A path of `--set` or `remove` leads nowhere.
    UnknownPath = "unknown-path", Error;
    /// A word of a later release.
    ReservedWord = "reserved-word", Error;
    /// A value is of the wrong type.
    WrongType = "wrong-type", Error;
    /// A key without default is not there.
    MissingKey = "missing-key", Error;
    /// Keys that exclude each other stand side by side.
    ExclusiveKeys = "exclusive-keys", Error;
    /// Not one of the allowed words.
    UnknownWord = "unknown-word", Error;
    /// An entity's or an input's name has characters that it may not have.
    BadName = "bad-name", Error;
    /// Not a date.
    BadDate = "bad-date", Error;
    /// A step says no verb.
    NoVerb = "no-verb", Error;
    /// A step says two verbs.
    DuplicateVerb = "duplicate-verb", Error;
    /// A step says a verb that there is not.
    UnknownVerb = "unknown-verb", Error;
    /// A modifier does not go with its verb.
    ModifierNotAllowed = "modifier-not-allowed", Error;
    /// A variant of this name is not there.
    UnknownVariant = "unknown-variant", Error;
    /// A variant extends itself, directly or through others.
    VariantCycle = "variant-cycle", Error;
    // Expressions.
    /// An expression cannot be read.
    Syntax = "syntax", Error;
    /// A unit that there is not.
    UnknownUnit = "unknown-unit", Error;
    /// A unit with two readings.
    AmbiguousUnit = "ambiguous-unit", Error;
    /// A bare number where a unit is due.
    MissingUnit = "missing-unit", Error;
    /// A quantity of another dimension than the place needs.
    WrongDimension = "wrong-dimension", Error;
    /// A name that is neither an input nor a `let`.
    UnknownName = "unknown-name", Error;
    /// A function or distribution that there is not.
    UnknownFunction = "unknown-function", Error;
    /// Arguments that a function does not take.
    BadArguments = "bad-arguments", Error;
    /// Parameters that no distribution has.
    ImpossibleDistribution = "impossible-distribution", Error;
    /// A distribution where one number is needed.
    DistributionNotAllowed = "distribution-not-allowed", Error;
    /// A `let` among the parameters of a distribution.
    LetInDistribution = "let-in-distribution", Error;
    /// An expression beyond the limits.
    TooComplex = "too-complex", Error;
    /// An expression whose value is not a finite number.
    NotFinite = "not-finite", Error;
    // The meaning of a scenario.
    /// A reference to an entity that is not there.
    UnknownReference = "unknown-reference", Error;
    /// `--set` or an overlay of an input that is not there.
    UnknownInput = "unknown-input", Error;
    /// A metric that this scenario does not have.
    UnknownMetric = "unknown-metric", Error;
    /// A metric that exists per outcome only.
    MetricNeedsOutcome = "metric-needs-outcome", Error;
    /// A window that is not there.
    UnknownWindow = "unknown-window", Error;
    /// CPU work where no cores are stated.
    NoCores = "no-cores", Error;
    /// A bounded line without workers to wait for.
    LineWithoutWorkers = "line-without-workers", Error;
    /// A query that could take either of two pools.
    AmbiguousPool = "ambiguous-pool", Error;
    /// A query without a pool from its service to its database.
    NoPool = "no-pool", Error;
    /// Flows or calls that lead back to themselves.
    RecursiveFlow = "recursive-flow", Error;
    /// Inputs that use each other in a circle.
    InputCycle = "input-cycle", Error;
    /// Probabilities that do not sum to 1.
    Probabilities = "probabilities", Error;
    /// A number beyond what is possible or supported.
    OutOfRange = "out-of-range", Error;
    /// No workload, or no endpoint.
    NothingToRun = "nothing-to-run", Error;
    /// A line of a log that is not a request.
    BadLog = "bad-log", Error;
    /// A table has no column of this name.
    UnknownColumn = "unknown-column", Error;
    /// Not a type of a column.
    BadColumnType = "bad-column-type", Error;
    /// Nothing tells how many rows match.
    UnknownMatches = "unknown-matches", Error;
    /// Something grows by an amount without a time.
    GrowthWithoutTime = "growth-without-time", Error;
    /// A share per time where a rate is due.
    CompoundAsRate = "compound-as-rate", Error;
    /// A date of a forecast after the end of its calendar.
    HorizonBeyondCalendar = "horizon-beyond-calendar", Error;
    /// A run until drained with users who never leave.
    DrainedWithUsers = "drained-with-users", Error;
    // Doubts.
    /// More work is offered to a station than it can do.
    OverloadedStation = "overloaded-station", Warning;
    /// More work is offered to a station than it can do, for a time.
    OverloadedAtPeak = "overloaded-at-peak", Warning;
    /// Users who ask for ever at one moment.
    NoTimePasses = "no-time-passes", Warning;
    /// Pools may open more connections than the server accepts.
    PoolExceedsServer = "pool-exceeds-server", Warning;
    /// Retries around retries.
    NestedRetries = "nested-retries", Warning;
    /// A callee waits longer than its caller.
    CalleeTimeoutLonger = "callee-timeout-longer", Warning;
    /// A connection is asked for while one is held.
    SecondConnection = "second-connection-while-holding-one", Warning;
    /// Requests can wait for each other in a circle.
    DeadlockPossible = "deadlock-possible", Warning;
    /// A connection is held while another service is called.
    HeldAcrossCall = "connection-held-across-call", Advice;
    /// A connection is held while a lock is waited for.
    HeldOverLock = "connection-held-over-lock", Advice;
    /// Timeouts one after another are longer than the client waits.
    TimeoutsAddUp = "timeouts-add-up", Advice;
    /// A line without a limit in which nobody gives up.
    UnboundedLine = "unbounded-line", Advice;
    /// A far percentile of times that do not vary.
    NoVariation = "no-variation", Advice;
    /// A law whose mean or variance is infinite.
    HeavyTail = "heavy-tail", Warning;
    /// An entity that nothing uses.
    UnusedEntity = "unused-entity", Warning;
    /// A law under `[inputs]` where each request was most likely to draw.
    DrawnOnce = "drawn-once", Warning;
    /// The function `exp` of a number where the distribution was most likely meant.
    ExpOfNumber = "exp-of-number", Warning;
    /// More rows match than there are.
    TooManyMatches = "too-many-matches", Warning;
    /// A query asks for rows that are no longer kept.
    RetentionTooShort = "retention-too-short", Warning;
    /// What lies in a storage costs nothing.
    StorageWithoutTier = "storage-without-tier", Warning;
    /// The stated rate of a workload is taken for the mean of a week.
    PeakAllDay = "peak-all-day", Warning;
    /// A table that grows by traffic that nothing brings.
    GrowthWithoutTraffic = "growth-without-traffic", Warning;
    /// A partial index whose condition no query states.
    PartialIndexNotImplied = "partial-index-not-implied", Warning;
    /// An index that no query uses.
    UnusedIndex = "unused-index", Advice;
    /// An index that is the beginning of another one.
    RedundantIndex = "redundant-index", Advice;
    /// A function around a column that has an index.
    FunctionOnColumn = "function-on-column", Advice;
    /// A lock that protects nothing.
    LockAroundNothing = "lock-around-nothing", Warning;
    /// A transaction that asks the database for nothing.
    TransactionWithoutQuery = "transaction-without-query", Warning;
    /// A retry that counts one attempt.
    SingleAttempt = "single-attempt", Advice;
    /// Priorities on the cores, and none in the line before them.
    PriorityAtWorkers = "priority-at-workers", Advice;
    /// An input that nothing uses.
    UnusedInput = "unused-input", Advice;
    /// A fractional number of things is rounded up.
    RoundedUp = "rounded-up", Advice;
    /// `for T` is no whole number of intervals.
    StretchRounded = "stretch-rounded", Advice;
    /// `for T` in a shorter run.
    StretchTooLong = "stretch-too-long", Warning;
    /// A window that reaches beyond the end of the run.
    WindowBeyondEnd = "window-beyond-end", Warning;
    /// A retry draws other values than the first attempt.
    RedrawnOnRetry = "redrawn-on-retry", Advice;
    /// Too few replications for what is asked of percentiles.
    FewReplications = "few-replications", Warning;
    /// Too few samples for a percentile.
    FewSamples = "few-samples", Warning;
    /// Fewer replications than asked for.
    CutReplications = "cut-replications", Warning;
    /// A steady state was not reached.
    NotSettled = "not-settled", Warning;
    /// A verdict that flips with a small change.
    OnTheCliff = "on-the-cliff", Warning;
    /// The run ended at a limit.
    RunLimit = "run-limit", Warning;
}

impl Id {
    /// Every id, in the order of the reference.
    pub fn all() -> &'static [Self] {
        ALL
    }

    /// The id of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|id| id.name() == name)
    }

    /// What there is to say about it.
    pub fn page(self) -> Page {
        [
            reading::PAGES,
            expression::PAGES,
            model::PAGES,
            warnings::PAGES,
            advice::PAGES,
            slips::PAGES,
            data::PAGES,
            growth::PAGES,
        ]
        .into_iter()
        .flatten()
        .find(|(id, _)| *id == self)
        .map_or(Page { text: "", wrong: "", mended: "" }, |(_, page)| *page)
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
