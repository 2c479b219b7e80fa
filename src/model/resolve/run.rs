//! `[run]`: how to simulate.

use super::Resolver;
use super::numbers::{DURATION, Setting};
use super::section::Section;
use crate::diag::{Diagnostic, Id};
use crate::expr::metric::parse_precision;
use crate::model::{Arrivals, Bounds, PrecisionGoal, RunKind, RunSpec, Service, Shape, Workload};
use crate::scenario::keys::tables as keys;
use crate::scenario::raw::Node;

/// Replications per world, if inputs are uncertain: the worlds themselves are many.
const REPLICATIONS_PER_WORLD: u32 = 2;
/// Most replications per world, if a precision says when to stop: sixteen doubled ten times.
const REPLICATIONS_MAX: u32 = 16_384;
/// Worlds, if inputs are uncertain.
const WORLDS: u32 = 64;
/// Confidence and assurance.
const LEVEL: Bounds = Bounds::real(0.5, 0.9999);

/// The numbers of `[run]` that are no part of the model's slots: they say how much is simulated,
/// not what.
pub(super) struct Settings<'a> {
    pub replications: Option<Setting<'a>>,
    pub worlds: Option<Setting<'a>>,
    pub confidence: Option<Setting<'a>>,
    pub assurance: Option<Setting<'a>>,
    pub in_flight: Option<Setting<'a>>,
    pub events: Option<Setting<'a>>,
}

impl<'a> Resolver<'a> {
    /// How to run, and the numbers in it that are filled in when inputs have values.
    pub(super) fn run(
        &mut self,
        (services, workloads): (&[Service], &[Workload]),
        uncertain: bool,
    ) -> (RunSpec, Settings<'a>) {
        let node = self.raw.value(&["run"]);
        let section = Section::maybe(&keys::RUN, "run".to_owned(), node);
        let limit = section.child("limit").unwrap_or_else(|| section.clone());
        let drained = self.word(&section, "until") == "drained";
        let stated = section.get("replications").is_some();
        let settings = Settings {
            replications: self.replications(&section, uncertain),
            worlds: self.worlds(&section, uncertain),
            confidence: self.setting(&section, "confidence", LEVEL),
            assurance: self.setting(&section, "assurance", LEVEL),
            in_flight: self.setting(&limit, "in_flight", Bounds::count(1.0, 1e8)),
            events: self.setting(&limit, "events", Bounds::count(1.0, 1e15)),
        };
        let run = RunSpec {
            kind: self.kind(&section, drained, (services, workloads)),
            duration: self.quantity(&section, "duration", DURATION),
            warm_up: match section.get("warm_up").and_then(Node::as_str) {
                Some("auto") => None,
                Some(_) => Some(self.quantity(&section, "warm_up", Bounds::TIME)),
                None => {
                    self.no_warm_up(&section);
                    None
                }
            },
            drained,
            replications: 1,
            worlds: 1,
            seed: self.seed(&section),
            confidence: 0.95,
            assurance: 0.9,
            interval: self.quantity_opt(&section, "interval", DURATION),
            limit_in_flight: u32::MAX,
            limit_events: u64::MAX,
            replications_stated: stated,
            worlds_stated: section.get("worlds").is_some(),
            precision: self.precision(&section),
        };
        (run, settings)
    }

    /// Without a text there is either nothing, or a number, which lacks its unit.
    fn no_warm_up(&mut self, section: &Section<'a>) {
        if section.get("warm_up").is_some() {
            self.quantity(section, "warm_up", Bounds::TIME);
        } else {
            self.word(section, "warm_up");
        }
    }

    fn kind(
        &mut self,
        section: &Section<'a>,
        drained: bool,
        (services, workloads): (&[Service], &[Workload]),
    ) -> RunKind {
        let begun = services.iter().any(|service| !service.initial.is_empty());
        let has_an_end = |workload: &Workload| {
            matches!(workload.arrivals, Arrivals::Burst { .. } | Arrivals::Replay { .. })
                || matches!(workload.shape, Some(Shape::Steps(_) | Shape::Ramp { .. }))
        };
        if let Some(node) = section.get("kind") {
            let steady = node.as_str() == Some("steady");
            if steady && drained {
                let message = "a steady run does not end when all requests are finished";
                let found = Diagnostic::new(Id::ExclusiveKeys, message).at(node.span, "steady");
                let found = match section.get("until") {
                    Some(until) => found.and(until.span, "but until drained"),
                    None => found,
                };
                self.push(found.patch(
                    "`until = \"drained\"` is for terminating runs",
                    node.inner_span(),
                    "terminating",
                ));
            }
            return if steady { RunKind::Steady } else { RunKind::Terminating };
        }
        let (kind, word) = if drained || begun || workloads.iter().any(has_an_end) {
            (RunKind::Terminating, "terminating")
        } else {
            (RunKind::Steady, "steady")
        };
        self.assume(section, "kind", word);
        kind
    }

    /// With uncertain inputs another default than the registry's; with a precision the most that
    /// are made.
    fn replications(&mut self, section: &Section<'a>, uncertain: bool) -> Option<Setting<'a>> {
        let bounds = Bounds::count(1.0, 1e6);
        let default = match (section.get("replications"), section.get("precision")) {
            (None, Some(_)) => {
                self.assume(section, "replications", "as many as precision needs");
                REPLICATIONS_MAX
            }
            (None, None) if uncertain => {
                self.assume(section, "replications", &REPLICATIONS_PER_WORLD.to_string());
                REPLICATIONS_PER_WORLD
            }
            _ => return self.setting(section, "replications", bounds),
        };
        Some(Setting::constant(section.at("replications"), f64::from(default), bounds))
    }

    /// One goal, or several that must all be reached.
    fn precision(&mut self, section: &Section<'a>) -> Vec<PrecisionGoal> {
        let Some(node) = section.get("precision") else { return Vec::new() };
        let nodes = node.as_array().unwrap_or(std::slice::from_ref(node));
        let mut goals = Vec::new();
        for node in nodes {
            let Some(text) = node.as_str() else {
                self.malformed(node);
                continue;
            };
            match parse_precision(text) {
                Ok(goal) => goals.push(PrecisionGoal { text: text.to_owned(), goal }),
                Err(error) => self.expression_errors(node, vec![error]),
            }
        }
        goals
    }

    fn worlds(&mut self, section: &Section<'a>, uncertain: bool) -> Option<Setting<'a>> {
        if section.get("worlds").is_none() {
            let worlds = if uncertain { WORLDS } else { 1 };
            self.assume(section, "worlds", &worlds.to_string());
            let bounds = Bounds::count(1.0, 1e6);
            return Some(Setting::constant(section.at("worlds"), f64::from(worlds), bounds));
        }
        self.setting(section, "worlds", Bounds::count(1.0, 1e6))
    }

    fn seed(&mut self, section: &Section<'a>) -> u64 {
        let Some(node) = section.get("seed") else {
            return self.word(section, "seed").parse().unwrap_or(1);
        };
        let seed = node.as_integer().and_then(|seed| u64::try_from(seed).ok());
        seed.unwrap_or_else(|| {
            let found = Diagnostic::new(Id::OutOfRange, "`run.seed` is negative");
            self.push(found.at(node.span, "must be a whole number from 0"));
            1
        })
    }
}
