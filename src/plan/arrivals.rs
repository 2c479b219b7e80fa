//! How requests come: at what times, and what each arrival or user asks for.

use crate::dist::Dist;
use crate::model::{Logged, Piece};
use std::sync::Arc;

/// When requests arrive.
#[derive(Debug, Clone)]
pub enum ArrivalPlan {
    /// Unit gaps (mean 1) from a law, stretched by the mean gap.
    Open {
        /// Law of a gap with mean 1; `None`: regular.
        gap: Option<Dist>,
        /// Mean gap in nanoseconds.
        mean_gap: f64,
    },
    /// The same at a rate that changes: unit gaps are stretched by the cumulative rate.
    Shaped {
        /// Law of a gap with mean 1; `None`: regular.
        gap: Option<Dist>,
        /// The rate over time.
        rates: RatePlan,
    },
    /// A number of requests spread uniformly over a time.
    Burst {
        /// How many, a variable.
        count: u32,
        /// When, ns.
        at: u64,
        /// Over how long, ns.
        over: u64,
    },
    /// A log, replayed.
    Replay {
        /// In order of time.
        log: Arc<[Logged]>,
        /// Its times are multiplied by this.
        stretch: f64,
    },
    /// Users who wait for each answer.
    Users {
        /// How many.
        users: u32,
        /// Time before each request or session, a variable.
        think: u32,
    },
}

/// A rate that changes over time.
#[derive(Debug, Clone)]
pub enum RatePlan {
    /// As known beforehand.
    Pieces {
        /// Straight pieces, from 0 s on.
        pieces: Vec<Piece>,
        /// They repeat after so many seconds.
        cycle: Option<f64>,
    },
    /// Rates per second and how long they last (a variable), in turn.
    Phases(Vec<(f64, u32)>),
}

/// Requests that one user makes, each after the answer to the one before.
#[derive(Debug, Clone)]
pub struct SessionPlan {
    /// For each entry of the mix: how many requests, and the time before each of them; variables.
    pub items: Vec<(u32, u32)>,
    /// An error does not end it.
    pub continues: bool,
    /// Level of sessions between their first intended arrival and the end of their last request.
    pub live: u32,
    /// Tally of that time.
    pub length: u32,
}

/// A source of requests.
#[derive(Debug, Clone)]
pub struct WorkloadPlan {
    /// When.
    pub arrivals: ArrivalPlan,
    /// Requests that come together at each arrival, a variable; [`super::NONE`]: one.
    pub batch: u32,
    /// Hash of its name: keys of its requests.
    pub stream: u64,
    /// Endpoints with cumulative weights; the last is 1. Of a session one for each item.
    pub mix: Vec<(u32, f64)>,
    /// What each arrival or user asks for in turn; none: one request of the mix.
    pub session: Option<SessionPlan>,
    /// Endpoints that each user or live session asks for by itself, and the interval, a variable.
    pub background: Vec<(u32, u32)>,
    /// Programs of the client for each entry of the mix, or empty: requests go straight in.
    pub client: Vec<u32>,
    /// First of ten tallies, one per outcome; equal to the endpoint's where the two views are one.
    pub tallies: u32,
    /// The endpoint's tallies are this workload's too: record once.
    pub shared_tallies: bool,
    /// Level of requests that clients wait for.
    pub outstanding: u32,
    /// Counter of attempts; the same as `intended` where there is no client.
    pub attempts: u32,
    /// Counter of intended requests.
    pub intended: u32,
}
