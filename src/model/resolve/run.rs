//! `[run]`: how to simulate.

use super::Resolver;
use super::numbers::{DURATION, Setting};
use super::section::Section;
use crate::diag::{Diagnostic, Id};
use crate::model::{Arrivals, Bounds, RunKind, RunSpec, Service, Workload};
use crate::scenario::keys::tables as keys;
use crate::scenario::raw::Node;

/// Replications per world, if inputs are uncertain: the worlds themselves are many.
const REPLICATIONS_PER_WORLD: u32 = 2;
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
            replications: self.how_many(
                &section,
                "replications",
                uncertain,
                REPLICATIONS_PER_WORLD,
            ),
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
        let burst = |workload: &Workload| matches!(workload.arrivals, Arrivals::Burst { .. });
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
        let (kind, word) = if drained || begun || workloads.iter().any(burst) {
            (RunKind::Terminating, "terminating")
        } else {
            (RunKind::Steady, "steady")
        };
        self.assume(section, "kind", word);
        kind
    }

    /// A number of runs; with uncertain inputs another default than the registry's.
    fn how_many(
        &mut self,
        section: &Section<'a>,
        key: &str,
        uncertain: bool,
        default: u32,
    ) -> Option<Setting<'a>> {
        let bounds = Bounds::count(1.0, 1e6);
        if uncertain && section.get(key).is_none() {
            self.assume(section, key, &default.to_string());
            return Some(Setting::constant(section.at(key), f64::from(default), bounds));
        }
        self.setting(section, key, bounds)
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
