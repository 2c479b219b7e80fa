//! Raw to meaning: names become indices, defaults are filled in, expressions are checked.
//!
//! Like every phase before the plan, this one never fails: [`resolve`] reports all independent
//! mistakes at once and gives a [`Model`] if there were none. After a mistake it goes on with
//! placeholders, which nobody sees, because the model is dropped.
//!
//! 1. [`inputs`]: in the order of use.
//! 2. [`entities`], [`data`], [`reads`] and [`workload`]: tables into entities, numbers into slots
//!    ([`numbers`]).
//! 3. [`endpoint`], [`flow`], [`modifiers`], [`spare`]: steps; flows are written out, modifiers
//!    nest.
//! 4. [`nominal`]: every number at the median of all inputs, and what only numbers tell.
//! 5. [`warnings`] and [`calls`]: doubts about the whole; [`slips`]: about what is seldom meant.
//!
//! Of a scenario that was read with errors, [`mistakes`] tells what else is wrong ([`follow`]).
//!
//! Rejected: a second set of types with "maybe" in every field for what could not be resolved.

mod backup;
mod balancing;
mod calls;
mod data;
mod disk;
mod endpoint;
mod entities;
mod extent;
mod flow;
mod follow;
mod growth;
mod indexes;
mod inputs;
mod locks;
mod modifiers;
mod names;
mod nominal;
mod numbers;
mod patience;
mod reads;
mod redrawn;
mod replay;
mod run;
mod section;
mod session;
mod shape;
mod slips;
mod spare;
mod stretch;
#[cfg(test)]
mod tests;
mod usage;
mod warnings;
mod workload;

use super::{
    Assumption, Claim, Model, Objective, QuantityId, Slots, VariantName, VariateId, WINDOWS_MAX,
    Window,
};
use crate::diag::{Diagnostic, Diagnostics, Id, Span};
use crate::expr::metric::{Condition, parse_condition};
use crate::expr::scope::{Scope, Tables};
use crate::scenario::keys::tables as keys;
use crate::scenario::raw::Node;
use crate::scenario::{RawScenario, overlay};
pub use follow::mistakes;
use names::Names;
use numbers::Written;
use section::Section;
use std::collections::{BTreeMap, BTreeSet};

/// Most endpoints of a scenario.
pub const MAX_ENDPOINTS: usize = 1000;
/// Most workloads of a scenario.
pub const MAX_WORKLOADS: usize = 1000;
/// Most inputs of a scenario.
pub const MAX_INPUTS: usize = 2000;
/// Most names in the `let` of an endpoint.
pub const MAX_LETS: usize = 1000;
/// Most steps of all endpoints, flows written out.
pub const MAX_STEPS: usize = 10_000;
/// Deepest nesting of steps, flows written out.
pub const MAX_DEPTH: usize = 64;

/// Gives a raw scenario its meaning.
///
/// `tables` loads the files of `empirical(...)`. The model is there unless a diagnostic is an
/// error. A scenario that was read with errors gives errors here too, but no panic.
pub fn resolve(raw: &RawScenario, tables: &dyn Tables) -> (Option<Model>, Diagnostics) {
    meaning(Resolver::new(raw, tables))
}

/// The same for a scenario that need not have requests: only its data are asked about, and what
/// they are not used for is no doubt.
pub fn resolve_data(raw: &RawScenario, tables: &dyn Tables) -> (Option<Model>, Diagnostics) {
    let mut resolver = Resolver::new(raw, tables);
    resolver.needs_load = false;
    meaning(resolver)
}

fn meaning(mut resolver: Resolver<'_>) -> (Option<Model>, Diagnostics) {
    let model = resolver.model();
    let mut diagnostics = resolver.diagnostics;
    diagnostics.sort();
    let model = if diagnostics.has_errors() { None } else { Some(model) };
    (model, diagnostics)
}

/// What is shared while a scenario is resolved.
struct Resolver<'a> {
    raw: &'a RawScenario,
    tables: &'a dyn Tables,
    diagnostics: Diagnostics,
    names: Names<'a>,
    /// Names that expressions may use at the moment: inputs, and inside an endpoint its `let`.
    scope: Scope,
    /// Inputs and `let` whose own value is wrong: said once, not at each use.
    poisoned: BTreeSet<&'a str>,
    /// Registers that the expressions checked so far use, since it was last cleared.
    used_lets: BTreeSet<u16>,
    /// Inputs that are laws.
    once: slips::Once<'a>,
    slots: Slots,
    written: Written<'a>,
    assumptions: Vec<Assumption>,
    failures: Vec<String>,
    /// Where each retry is written, by its backoff.
    retries: BTreeMap<VariateId, Span>,
    usage: usage::Usage,
    /// Probabilities of each `choose`, and where they are written.
    choices: Vec<(Vec<VariateId>, &'a Node)>,
    /// Entities of which it has been said that they have no cores.
    without_cores: BTreeSet<(&'static str, String)>,
    /// Ranges of time that queries ask for, with their tables.
    ranges: Vec<(QuantityId, String, &'a Node)>,
    /// Steps that write, each kind once.
    writes: Vec<reads::Written<'a>>,
    /// Tables whose rows a step changes by `key`, and the locks of those rows by table.
    keyed: BTreeSet<&'a str>,
    row_locks: BTreeMap<usize, usize>,
    /// The query that ends a transaction which writes, by database.
    commit_of: Vec<Option<usize>>,
    /// Steps so far.
    steps: usize,
    /// Whether requests have to arrive.
    needs_load: bool,
    /// Whether reading found errors, so that what was read is not the whole scenario.
    is_faulty: bool,
}

impl<'a> Resolver<'a> {
    fn new(raw: &'a RawScenario, tables: &'a dyn Tables) -> Self {
        Self {
            raw,
            tables,
            diagnostics: Diagnostics::default(),
            names: Names::new(raw),
            scope: Scope::default(),
            poisoned: BTreeSet::new(),
            used_lets: BTreeSet::new(),
            once: BTreeMap::new(),
            slots: Slots::default(),
            written: Written::default(),
            assumptions: Vec::new(),
            failures: Vec::new(),
            retries: BTreeMap::new(),
            usage: usage::Usage::default(),
            choices: Vec::new(),
            without_cores: BTreeSet::new(),
            ranges: Vec::new(),
            writes: Vec::new(),
            keyed: BTreeSet::new(),
            row_locks: BTreeMap::new(),
            commit_of: Vec::new(),
            steps: 0,
            needs_load: true,
            is_faulty: false,
        }
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn model(&mut self) -> Model {
        let inputs = self.inputs();
        let services = self.services();
        self.note_writes();
        let databases = self.databases();
        let pools = self.pools();
        let mut tables = self.data();
        let mut queries = self.queries(&databases, &mut tables);
        self.writes(&databases, &tables, &mut queries);
        let locks = self.locks(&databases, &tables);
        let endpoints = self.endpoints(&services, &databases, &pools, &queries);
        let workloads = self.workloads();
        let windows = self.windows();
        self.something_to_run(endpoints.is_empty(), workloads.is_empty());
        let (run, settings) =
            self.run((&services, &workloads), inputs.iter().any(|input| input.uncertain));
        let (objectives, claims) = (self.objectives(), self.claims());
        let outlook = self.outlook(&objectives, &claims);
        let in_runs = |that: &Condition| !that.is_about_amounts();
        let mut model = Model {
            name: self.title(),
            about: self.text(&["scenario", "about"]),
            sources: self.texts(&["scenario", "sources"]),
            variant: self.raw.variant().map(str::to_owned),
            inputs,
            slots: std::mem::take(&mut self.slots),
            run,
            services,
            databases,
            pools,
            tables,
            queries,
            locks,
            endpoints,
            workloads,
            failures: std::mem::take(&mut self.failures),
            windows,
            objectives: objectives.into_iter().filter(|one| in_runs(&one.that)).collect(),
            claims: claims.into_iter().filter(|one| in_runs(&one.that)).collect(),
            outlook,
            variants: self.variants(),
            assumptions: Vec::new(),
        };
        self.nominal(&mut model, settings);
        model.assumptions = std::mem::take(&mut self.assumptions);
        model
    }

    /// Whether the entry of a number is allowed; the first that is not is reported. The engine has
    /// 16 bits for endpoints, workloads and registers, and 15 bits for windows: files that
    /// include others can have more of them than a table of one file.
    fn is_within(&mut self, index: usize, most: usize, what: &str, span: Span) -> bool {
        if index == most {
            let found = Diagnostic::new(Id::TooManyItems, format!("more than {most} {what}"));
            self.push(found.at(span, "one too many"));
        }
        index < most
    }

    fn something_to_run(&mut self, no_endpoint: bool, no_workload: bool) {
        if self.needs_load && (no_workload || no_endpoint) {
            let what = if no_workload { "workload" } else { "endpoint" };
            let found = Diagnostic::new(Id::NothingToRun, format!("the scenario has no {what}"));
            self.push(found.help(if no_workload {
                "write `[workload.NAME]` with `rate` and `mix`"
            } else {
                "write `[endpoint.NAME]` with `service` and `steps`"
            }));
        }
    }

    fn windows(&mut self) -> Vec<Window> {
        let mut windows = Vec::new();
        for (index, entity) in self.raw.entities("window").enumerate() {
            if !self.is_within(index, WINDOWS_MAX, "windows", entity.name_span) {
                break;
            }
            let section = Section::of(&keys::WINDOW, entity);
            let time = super::Bounds::TIME;
            windows.push(Window {
                name: entity.name.to_owned(),
                from: self.quantity(&section, "from", time),
                to: self.quantity(&section, "to", time),
            });
        }
        windows
    }

    fn objectives(&mut self) -> Vec<Objective> {
        let mut objectives = Vec::new();
        for entity in self.raw.entities("objective") {
            let section = Section::of(&keys::OBJECTIVE, entity);
            let Some((text, span, that)) = self.statement(&section) else { continue };
            let name = entity.name.to_owned();
            objectives.push(Objective { name, text, that, span: Some(span) });
        }
        objectives
    }

    fn claims(&mut self) -> Vec<Claim> {
        let mut claims = Vec::new();
        for entity in self.raw.entities("claim") {
            let section = Section::of(&keys::CLAIM, entity);
            let Some((text, span, that)) = self.statement(&section) else { continue };
            let string = |key| entity.table.get(key).and_then(Node::as_str).map(str::to_owned);
            claims.push(Claim {
                id: entity.name.to_owned(),
                says: string("says").unwrap_or_default(),
                text,
                that,
                variant: string("variant"),
                span: Some(span),
            });
        }
        claims
    }

    /// The text and meaning of what must hold.
    fn statement(&mut self, section: &Section<'a>) -> Option<(String, Span, Condition)> {
        let Some(node) = section.get("that") else {
            self.missing(section, "that");
            return None;
        };
        let Some(text) = node.as_str() else {
            self.malformed(node);
            return None;
        };
        match parse_condition(text) {
            Ok(condition) => Some((text.to_owned(), node.span, condition)),
            Err(error) => {
                self.expression_errors(node, vec![error]);
                None
            }
        }
    }

    fn title(&self) -> String {
        self.text(&["scenario", "name"]).unwrap_or_else(|| {
            let path = self.raw.sources.iter().next().map_or("", |source| source.path.as_str());
            let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
            file.strip_suffix(".toml").unwrap_or(file).to_owned()
        })
    }

    fn text(&self, path: &[&str]) -> Option<String> {
        self.raw.value(path).and_then(Node::as_str).map(str::to_owned)
    }

    fn texts(&self, path: &[&str]) -> Vec<String> {
        let items = self.raw.value(path).and_then(Node::as_array).unwrap_or_default();
        items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
    }

    fn variants(&self) -> Vec<VariantName> {
        let variants = self.raw.variants().iter();
        variants
            .map(|variant| VariantName {
                name: variant.name.to_string(),
                about: variant.about.clone(),
                is_counterfactual: overlay::is_counterfactual(self.raw.variants(), variant),
            })
            .collect()
    }
}
