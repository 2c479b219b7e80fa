//! plimsoll: a capacity-planning simulator. A design goes in as one TOML file; latency percentiles,
//! saturation, errors and verdicts come out, with intervals.
//!
//! # The way through the house
//!
//! ```text
//! text ── scenario::read ──▶ (RawScenario, Diagnostics)
//!      ── model::resolve ──▶ (Option<Model>, Diagnostics)
//!      ── Model::bind    ──▶ Binding: every number, in one world, at one scaling
//!      ── plan::compile  ──▶ Plan: flat tables of integers and laws
//!      ── sim::run       ──▶ Run: one row of integers per replication
//!      ── experiment     ──▶ Ensemble: worlds and replications, in a fixed order
//!      ── verdict        ──▶ estimates with intervals, objectives and claims judged
//!      ── report         ──▶ Summary ──▶ text, Markdown, JSON, charts
//! ```
//!
//! What queries on tables cost is put into the binding on the way (`access`, by `demand::bind`).
//! Beside this way stand `demand`, which answers by arithmetic on the flows what needs no
//! simulation, and `analytic`, the closed forms that serve as a second opinion.
//!
//! # Floors
//!
//! Modules are rooms on floors, from the bottom to the top in the order of the list below. **A room
//! imports only from rooms above it in that list** (and from its own tree); a test enforces it.
//!
//! # Invariants
//!
//! 1. Only `cli` reads files, the environment, the clock and the terminal. `report` and `plot`
//!    return strings; progress is a callback, cancellation a flag.
//! 2. `scenario::read` and `model::resolve` never fail: they return what they understood, and
//!    diagnostics. No input makes them panic.
//! 3. `plan::compile` cannot fail: what it needs is guaranteed by `Model` and `Binding`.
//! 4. No string, name or span exists in `sim`, only ids. Names return through the plan's catalog.
//! 5. Time is integer nanoseconds; events are ordered by (time, sequence).
//! 6. What a request draws is a function of seed, replication, serial number and the name of the
//!    variable: nothing that happens to it or to others changes it. Stations draw from streams of
//!    their own.
//! 7. `sim` allocates nothing per event in the steady state, and never prints.
//! 8. Same scenario, seed and version: the same bytes, on any number of threads and any platform.
//!    Transcendental functions that reach a result go through `libm`; floating-point reductions
//!    happen in the order of the runs, after the parallel part.
//! 9. The times by place of a request add up to its latency, to the nanosecond.
//! 10. `stats` does not know what a request is; `sim` does not know what a confidence interval is.
//! 11. Inside, times are seconds (`f64`) above the plan and nanoseconds (`u64`) below it, rates are
//!     per second, sizes bytes; outside, every number has a unit.
//! 12. A verdict is computed once, in `verdict`; reports never compare numbers.
//!
//! # How a feature travels
//!
//! Follow the acquire timeout of a pool: the key in [`scenario::keys`], its meaning and default in
//! `model::resolve` ([`model::Pool::acquire_timeout`]), its column in [`plan::PoolPlan`], the timer
//! and what happens when it fires in `sim::pool` and `sim::group`, the tallies `pool.X.wait.timed_out`
//! and `endpoint.X.pool_timeout` in the plan's catalog, the closed form in [`analytic::impatience`],
//! the oracle in `tests/oracle/patience.rs`, the scenario in `scenarios/`. The report shows it
//! because its tables iterate the catalog.

pub mod units;

pub mod dist;

pub mod expr;

pub mod diag;

pub mod stats;

pub mod analytic;

pub mod database;

pub mod growth;

pub mod scenario;

pub mod plot;

pub mod model;

pub mod access;

pub mod demand;

pub mod plan;

pub mod sim;

pub mod experiment;

pub mod verdict;

pub mod study;

pub mod report;

pub mod cli;
