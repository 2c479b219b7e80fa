//! Workloads, clients and retries.

use super::numbers::{ANY_COUNT, DURATION, RATE, expectation};
use super::section::Section;
use super::{MAX_WORKLOADS, Resolver};
use crate::diag::{Diagnostic, Id, name};
use crate::model::{
    Arrivals, Backoff, Bounds, Cancel, Client, Gaps, Jitter, Outcome, OutcomeSet, QuantityId,
    RetryPolicy, Workload,
};
use crate::scenario::keys::load::WORKLOAD;
use crate::scenario::raw::{Node, Value};

/// Tries of one request.
const ATTEMPTS: Bounds = Bounds::count(1.0, 1e6);
/// Growth of a backoff per retry.
const FACTOR: Bounds = Bounds::real(1.0, 1e3);
/// How much faster a log is replayed than it was written.
const FACTOR_OF_TIME: Bounds = Bounds::real(1e-6, 1e6);
/// Users of a closed workload.
const USERS: Bounds = Bounds::count(1.0, 1e7);
/// Mean over a week as a share of the stated rate.
const MEAN_SHARE: Bounds = Bounds::real(1e-9, 1.0);
/// Weight of an endpoint in a mix.
const WEIGHT: Bounds = Bounds::real(0.0, 1e9);

impl<'a> Resolver<'a> {
    pub(super) fn workloads(&mut self) -> Vec<Workload> {
        let mut workloads = Vec::new();
        for (index, entity) in self.raw.entities("workload").enumerate() {
            if !self.is_within(index, MAX_WORKLOADS, "workloads", entity.name_span) {
                break;
            }
            let section = Section::of(&WORKLOAD, entity);
            let arrivals = self.arrivals(&section);
            let shape = self.shape(&section);
            self.mean_share_beside(&section, shape.as_ref());
            let (mut log, mut session) = (Vec::new(), None);
            let mix = if let Some(node) = section.get("replay") {
                let (mix, requests) = self.replay(&section, node);
                log = requests;
                mix
            } else if let Some(node) = section.get("session") {
                let (mix, items) = self.session(&section, node);
                session = Some(items);
                mix
            } else {
                self.mix(&section)
            };
            workloads.push(Workload {
                name: entity.name.to_owned(),
                arrivals,
                log: log.into(),
                shape,
                mean_share: self.quantity_opt(&section, "mean_share", MEAN_SHARE),
                growth: self.growth_of_load(&section),
                batch: self.variate_opt(&section, "batch", ANY_COUNT),
                mix,
                session,
                background: self.background(&section),
                client: self.client(&section),
            });
        }
        workloads
    }

    fn arrivals(&mut self, section: &Section<'a>) -> Arrivals {
        if section.get("burst").is_some()
            && let Some(burst) = section.child("burst")
        {
            return Arrivals::Burst {
                count: self.variate(&burst, "count", ANY_COUNT),
                at: self.quantity(&burst, "at", Bounds::TIME),
                over: self.quantity(&burst, "over", Bounds::TIME),
            };
        }
        if section.get("replay").is_some() {
            return Arrivals::Replay { speed: self.quantity(section, "speed", FACTOR_OF_TIME) };
        }
        if let Some(node) = section.get("users") {
            self.drained_with_users(node);
            return Arrivals::Users {
                users: self.quantity(section, "users", USERS),
                think: self.variate(section, "think", Bounds::TIME),
            };
        }
        let gaps = match section.get("arrivals").and_then(Node::as_str) {
            Some("regular") => Gaps::Regular,
            Some("poisson") => Gaps::Poisson,
            // A number lacks its unit, which is reported there.
            _ if section.get("arrivals").is_some() => {
                Gaps::Law(self.variate(section, "arrivals", DURATION))
            }
            _ => {
                self.word(section, "arrivals");
                Gaps::Poisson
            }
        };
        let rate = section.get("rate").map(|_| self.quantity(section, "rate", RATE));
        let by_shape = section.get("shape").is_some();
        if rate.is_none() && !by_shape && !matches!(gaps, Gaps::Law(_)) {
            self.missing(section, "rate");
        }
        Arrivals::Open { rate, gaps }
    }

    /// Users start over after each answer.
    fn drained_with_users(&mut self, users: &Node) {
        let until = self.raw.value(&["run", "until"]);
        if let Some(until) = until.filter(|node| node.as_str() == Some("drained")) {
            let message = "a run until drained would never end: its users start over";
            let found = Diagnostic::new(Id::DrainedWithUsers, message);
            let found = found.at(until.inner_span(), "until drained").and(users.span, "users");
            self.push(found.help("end the run by its `duration`"));
        }
    }

    fn mix(&mut self, section: &Section<'a>) -> Vec<(usize, QuantityId)> {
        let Some(node) = section.get("mix") else {
            self.missing(section, "mix");
            return Vec::new();
        };
        let Some(table) = node.as_table() else {
            self.malformed(node);
            return Vec::new();
        };
        if table.is_empty() {
            let message = format!("the mix of {} is empty", name(&section.path));
            let found = Diagnostic::new(Id::NothingToRun, message);
            self.push(found.at(node.span, "names no endpoint"));
        }
        let wanted = section.key("mix").and_then(|key| expectation(&key.kind));
        let mut mix = Vec::new();
        for (key, weight) in table {
            let endpoint = self.named("endpoint", &key.text, key.span);
            self.usage.endpoint(endpoint);
            let path = format!("{}.{}", section.at("mix"), key.text);
            mix.push((endpoint, self.quantity_at(weight, path, wanted, WEIGHT)));
        }
        mix
    }

    fn client(&mut self, section: &Section<'a>) -> Option<Client> {
        if section.get("client").is_none() {
            self.assume(section, "client", "waits for ever");
            return None;
        }
        let client = section.child("client")?;
        Some(Client {
            timeout: self.variate_opt(&client, "timeout", Bounds::TIME),
            retry: self.retry(&client, "retry"),
            cancel: self.cancel(&client),
        })
    }

    /// What becomes of work that nobody waits for.
    pub(super) fn cancel(&mut self, section: &Section<'a>) -> Cancel {
        match self.word(section, "cancel") {
            "waiting" => Cancel::Waiting,
            "all" => Cancel::All,
            _ => Cancel::None,
        }
    }

    /// The retry policy under a key, if there is one.
    pub(super) fn retry(&mut self, section: &Section<'a>, key: &str) -> Option<RetryPolicy> {
        let node = section.get(key)?;
        let retry = section.child(key)?;
        if node.as_table().is_none() {
            self.malformed(node);
        }
        self.single_attempt(&retry);
        let unlimited = retry.get("attempts").and_then(Node::as_str) == Some("unlimited");
        let attempts = (!unlimited).then(|| self.variate(&retry, "attempts", ATTEMPTS));
        let grows = retry.get("backoff").is_some_and(|node| node.as_table().is_some());
        let backoff = match retry.child("backoff").filter(|_| grows) {
            Some(backoff) => Backoff::Growing {
                first: self.variate(&backoff, "first", Bounds::TIME),
                factor: self.quantity(&backoff, "factor", FACTOR),
                max: self.quantity_opt(&backoff, "max", Bounds::TIME),
            },
            None => Backoff::Plain(self.variate(&retry, "backoff", Bounds::TIME)),
        };
        let (Backoff::Plain(id) | Backoff::Growing { first: id, .. }) = backoff;
        self.retries.insert(id, node.span);
        let jitter = match self.word(&retry, "jitter") {
            "full" => Jitter::Full,
            "equal" => Jitter::Equal,
            _ => Jitter::None,
        };
        let on = self.outcomes(retry.get("on"));
        Some(RetryPolicy { attempts, backoff, jitter, on })
    }

    /// The errors that are meant: all, or those listed.
    pub(super) fn outcomes(&mut self, node: Option<&'a Node>) -> OutcomeSet {
        let Some(node) = node else { return OutcomeSet::ERRORS };
        let Value::Array(items) = &node.value else {
            self.malformed(node);
            return OutcomeSet::ERRORS;
        };
        let mut set = OutcomeSet(0);
        for item in items {
            match item.as_str().and_then(Outcome::from_word) {
                Some(outcome) => set = set.with(outcome),
                None => self.malformed(item),
            }
        }
        set
    }
}
