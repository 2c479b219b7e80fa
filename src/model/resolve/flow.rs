//! Steps of one endpoint: verbs, with `flow = "X"` written out.

use super::endpoint::Around;
use super::names::NOWHERE;
use super::numbers::{ANY, ANY_COUNT, SHARE};
use super::section::Section;
use super::usage::Call;
use super::{MAX_DEPTH, MAX_STEPS, Resolver};
use crate::diag::{Diagnostic, Id, Span, name};
use crate::expr::checked::Checked;
use crate::expr::scope::Symbol;
use crate::model::{
    Bounds, Handler, Join, LockMode, Parallel, QuantityId, Repeat, Step, VariateId, Verb,
};
use crate::scenario::keys::steps::{AGAIN, BRANCH, VerbSpec, WRAPPERS, verb as verb_spec};
use crate::scenario::raw::{Node, Table, Value};
use crate::units::Dimension;

/// Chance of one more round: below 1, or it would never end.
const AGAIN_CHANCE: Bounds = Bounds::real(0.0, 0.999_999);

/// The flow of one endpoint under way.
pub(super) struct Flow<'r, 'm, 'a> {
    pub r: &'r mut Resolver<'a>,
    pub around: Around<'m, 'a>,
    /// Index of the endpoint.
    pub endpoint: usize,
    /// Index of its service.
    pub service: usize,
    registers: u16,
    /// Names of the flows that are being written out, outermost first.
    flows: Vec<&'a str>,
    /// Numbers of the transactions around, outermost first.
    pub held: Vec<usize>,
    depth: usize,
}

impl<'r, 'm, 'a> Flow<'r, 'm, 'a> {
    pub fn new(r: &'r mut Resolver<'a>, around: Around<'m, 'a>, endpoint: usize) -> Self {
        let head = &around.heads[endpoint];
        Self {
            r,
            around,
            endpoint,
            service: head.service,
            registers: head.lets.len() as u16,
            flows: Vec::new(),
            held: Vec::new(),
            depth: 0,
        }
    }

    /// A flow on its own, by its name and steps: of no service, without registers.
    pub fn alone(r: &'r mut Resolver<'a>, around: Around<'m, 'a>, name: &'a str, steps: &'a Node) {
        let mut flow = Self {
            r,
            around,
            endpoint: NOWHERE,
            service: NOWHERE,
            registers: 0,
            flows: vec![name],
            held: Vec::new(),
            depth: 0,
        };
        flow.steps(steps, &format!("flow.{name}.steps"));
    }

    /// The steps of the endpoint and the number of its registers.
    pub fn endpoint(mut self) -> (Vec<Step>, u16) {
        let section = &self.around.heads[self.endpoint].section;
        let steps = self.block(section, "steps");
        (steps, self.registers)
    }

    /// The steps under a key; none if it is not there, which the reader has reported where needed.
    fn block(&mut self, section: &Section<'a>, key: &str) -> Vec<Step> {
        match section.get(key) {
            Some(node) => self.steps(node, &section.at(key)),
            None => Vec::new(),
        }
    }

    fn steps(&mut self, node: &'a Node, path: &str) -> Vec<Step> {
        let Value::Array(items) = &node.value else {
            self.r.malformed(node);
            return Vec::new();
        };
        if self.depth == MAX_DEPTH {
            let message = format!("steps nest more than {MAX_DEPTH} deep, flows written out");
            self.r.push(Diagnostic::new(Id::TooDeep, message).at(node.span, "too deep"));
            return Vec::new();
        }
        self.depth += 1;
        let mut steps = Vec::new();
        for (index, item) in items.iter().enumerate() {
            self.r.steps += 1;
            if self.r.steps > MAX_STEPS {
                self.too_many_steps(item);
                break;
            }
            steps.extend(self.step(item, format!("{path}[{index}]")));
        }
        self.depth -= 1;
        steps
    }

    fn too_many_steps(&mut self, item: &Node) {
        // Said once, however many flows are cut short by it.
        if self.r.steps == MAX_STEPS + 1 {
            let message = format!("more than {MAX_STEPS} steps in all, flows written out");
            self.r.push(Diagnostic::new(Id::TooManyItems, message).at(item.span, "one too many"));
        }
    }

    fn step(&mut self, item: &'a Node, path: String) -> Option<Step> {
        let Some((table, spec)) =
            item.as_table().and_then(|table| Some((table, only_verb(table)?)))
        else {
            self.r.malformed(item);
            return None;
        };
        let section = Section::step(spec, path, table, item.span);
        let name = section.get("as").and_then(Node::as_str).map(str::to_owned);
        let verb = self.verb(&section, spec.key.name, item)?;
        let handler = if spec.key.name == "if" { None } else { self.handler(&section) };
        Some(Step { name, verb, handler })
    }

    /// `else` with its `on` and `degraded`.
    fn handler(&mut self, section: &Section<'a>) -> Option<Handler> {
        section.get("else")?;
        let on = self.r.outcomes(section.get("on"));
        let degraded = section.get("degraded").and_then(Node::as_bool).unwrap_or(true);
        Some(Handler { on, steps: self.block(section, "else"), degraded })
    }

    fn verb(&mut self, section: &Section<'a>, word: &str, item: &'a Node) -> Option<Verb> {
        let time = Bounds::TIME;
        Some(match word {
            "cpu" => {
                self.needs_cores(section);
                Verb::Cpu(self.r.variate(section, "cpu", time))
            }
            "delay" => Verb::Delay(self.r.variate(section, "delay", time)),
            "query" => self.query(section)?,
            "insert" | "update" | "delete" => self.write(section, word, item)?,
            "call" => self.call(section)?,
            "transaction" => self.transaction(section),
            "each" => self.each(section),
            "fork" => self.fork(section),
            "repeat" => self.repeat(section),
            "try" => Verb::Block(self.block(section, "try")),
            "choose" => self.choose(section),
            "if" => Verb::If {
                condition: self.r.condition(section.get("if")?, section.at("if")),
                then: self.block(section, "do"),
                otherwise: self.block(section, "else"),
            },
            "lock" => self.lock(section),
            "timeout" => Verb::Timeout {
                after: self.r.variate(section, "timeout", time),
                cancel: self.r.cancel(section),
                steps: self.block(section, "do"),
            },
            "retry" => Verb::Retry {
                policy: self.r.retry(section, "retry")?,
                steps: self.block(section, "do"),
            },
            "hedge" => Verb::Hedge {
                after: self.r.variate(section, "hedge", time),
                cancel: self.r.cancel(section),
                steps: self.block(section, "do"),
            },
            "flow" => Verb::Block(self.written_out(section)),
            "reply" => Verb::Reply,
            "fail" => Verb::Fail(self.failure(section.get("fail")?)),
            _ => {
                self.r.malformed(item);
                return None;
            }
        })
    }

    fn failure(&mut self, node: &'a Node) -> u16 {
        let Some(text) = node.as_str() else {
            self.r.malformed(node);
            return 0;
        };
        // There are at most MAX_STEPS of them.
        let known = self.r.failures.iter().position(|known| known == text);
        known.unwrap_or_else(|| {
            self.r.failures.push(text.to_owned());
            self.r.failures.len() - 1
        }) as u16
    }

    fn needs_cores(&mut self, section: &Section<'a>) {
        let Some(service) = self.around.services.get(self.service) else { return };
        if service.cores.is_none()
            && let Some(span) = section.span
        {
            self.r.no_cores("service", &service.name, span);
        }
    }

    fn transaction(&mut self, section: &Section<'a>) -> Verb {
        let number = self.r.usage.transactions.len();
        self.r.usage.transactions.push(None);
        self.held.push(number);
        let mut steps = self.block(section, "transaction");
        self.held.pop();
        let pool = self.r.usage.transactions[number];
        if pool.is_none() {
            self.r.transaction_without_query(section);
        }
        // What was written is committed by a statement of its own.
        let writes = self.r.usage.writing.contains(&number);
        let database = pool.and_then(|pool| self.around.pools.get(pool)).filter(|_| writes);
        let commit = database.and_then(|pool| *self.r.commit_of.get(pool.database)?);
        if let (Some(query), Some(pool)) = (commit, pool) {
            steps.push(Step {
                name: None,
                verb: Verb::Query { query, pool, row: None },
                handler: None,
            });
        }
        Verb::Transaction { pool, steps }
    }

    fn each(&mut self, section: &Section<'a>) -> Verb {
        let count = self.r.variate(section, "each", ANY_COUNT);
        let some = Bounds::count(1.0, ANY_COUNT.max);
        let batch = section.get("batch").map(|_| self.r.variate(section, "batch", some));
        let parallel = self.parallel(section);
        let join = self.join(section, None);
        let worker = section.get("worker").and_then(Node::as_bool).unwrap_or(false);
        let cancel = self.r.cancel(section);
        let (items, steps) = self.with_items(|flow| flow.block(section, "do"));
        Verb::Each { count, batch, parallel, join, worker, cancel, items, steps }
    }

    /// Runs `body` with `items` in scope; gives its register if it was used.
    fn with_items(
        &mut self,
        body: impl FnOnce(&mut Self) -> Vec<Step>,
    ) -> (Option<u16>, Vec<Step>) {
        let register = self.registers;
        self.registers += 1;
        let mut scope = self.r.scope.clone();
        scope.insert("items", Symbol::Let(register), Dimension::COUNT);
        let outside = std::mem::replace(&mut self.r.scope, scope);
        self.r.used_lets.remove(&register);
        let steps = body(self);
        self.r.scope = outside;
        let used = self.r.used_lets.contains(&register);
        if !used && self.registers == register + 1 {
            self.registers = register;
        }
        (used.then_some(register), steps)
    }

    /// `parallel`: a number (1 if not stated) or "all".
    pub fn parallel(&mut self, section: &Section<'a>) -> Parallel {
        if section.get("parallel").and_then(Node::as_str) == Some("all") {
            return Parallel::All;
        }
        Parallel::Limit(self.r.variate(section, "parallel", Bounds::count(1.0, ANY_COUNT.max)))
    }

    /// `join`; `branches` is how many there are, if that is known.
    pub fn join(&mut self, section: &Section<'a>, branches: Option<usize>) -> Join {
        let Some(node) = section.get("join") else { return Join::All };
        match node.as_str() {
            Some("all") => return Join::All,
            Some("first") => return Join::First,
            Some("none") => return Join::None,
            _ => {}
        }
        if let Some(k) = node.as_str().and_then(quorum) {
            return Join::Quorum(self.quorum(section, node, k, branches));
        }
        self.r.malformed(node);
        Join::All
    }

    fn quorum(
        &mut self,
        section: &Section<'a>,
        node: &'a Node,
        k: u32,
        branches: Option<usize>,
    ) -> QuantityId {
        if let Some(branches) = branches
            && k as usize > branches
        {
            let message = format!("a quorum of {k} among {branches} branches");
            let found = Diagnostic::new(Id::OutOfRange, message);
            self.r.push(found.at(node.inner_span(), format!("must be at most {branches}")));
        }
        let bounds = Bounds::count(1.0, ANY_COUNT.max);
        let checked = Checked::from_number(f64::from(k));
        self.r.add_quantity(section.at("join"), Some(node), checked, bounds)
    }

    fn fork(&mut self, section: &Section<'a>) -> Verb {
        let node = section.get("fork");
        let items = node.and_then(Node::as_array).unwrap_or_default();
        let branches: Vec<Vec<Step>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.steps(item, &format!("{}[{index}]", section.at("fork"))))
            .collect();
        let join = self.join(section, Some(branches.len()));
        Verb::Fork { branches, join, cancel: self.r.cancel(section) }
    }

    fn repeat(&mut self, section: &Section<'a>) -> Verb {
        let node = section.get("repeat");
        let repeat = if node.is_some_and(|node| node.as_table().is_some()) {
            let again = Section::maybe(&AGAIN, section.at("repeat"), node);
            Repeat::Again(self.r.variate(&again, "again", AGAIN_CHANCE))
        } else {
            Repeat::Times(self.r.variate(section, "repeat", ANY_COUNT))
        };
        Verb::Repeat { repeat, steps: self.block(section, "do") }
    }

    fn choose(&mut self, section: &Section<'a>) -> Verb {
        let items = section.get("choose").and_then(Node::as_array).unwrap_or_default();
        let mut branches: Vec<(VariateId, Vec<Step>)> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = format!("{}[{index}]", section.at("choose"));
            let branch = Section::maybe(&BRANCH, path, Some(item));
            let p = self.r.variate(&branch, "p", SHARE);
            let steps = self.block(&branch, "do");
            let steps = match self.handler(&branch) {
                None => steps,
                handler => vec![Step { name: None, verb: Verb::Block(steps), handler }],
            };
            branches.push((p, steps));
        }
        if let Some(node) = section.get("choose") {
            self.r.choice(branches.iter().map(|branch| branch.0).collect(), node);
        }
        Verb::Choose(branches)
    }

    fn lock(&mut self, section: &Section<'a>) -> Verb {
        let lock = self.r.reference("lock", section, "lock");
        self.r.usage.locks.insert(lock);
        let key = section.get("key").map(|_| self.r.variate(section, "key", ANY));
        let read = section.get("mode").and_then(Node::as_str) == Some("read");
        let mode = if read { LockMode::Read } else { LockMode::Write };
        self.r.lock_around_nothing(section, mode, !self.held.is_empty());
        Verb::Lock { lock, key, mode, steps: self.block(section, "do") }
    }

    /// The steps of a flow in place of its name.
    fn written_out(&mut self, section: &Section<'a>) -> Vec<Step> {
        let Some(node) = section.get("flow") else { return Vec::new() };
        if self.r.reference("flow", section, "flow") == NOWHERE {
            return Vec::new();
        }
        let raw = self.r.raw;
        let Some(flow) = node.as_str().and_then(|name| raw.entity("flow", name)) else {
            return Vec::new();
        };
        self.r.usage.flows.insert(flow.name.to_owned());
        if let Some(from) = self.flows.iter().position(|open| *open == flow.name) {
            let names: Vec<String> = self.flows[from..].iter().map(|text| name(text)).collect();
            let message = match names.as_slice() {
                [own] => format!("the flow {own} contains itself"),
                names => format!("the flows {} contain each other", names.join(", ")),
            };
            let found = Diagnostic::new(Id::RecursiveFlow, message)
                .at(node.inner_span(), "leads back")
                .and(flow.name_span, "to this flow");
            self.r.push(found.help("for a loop use `repeat`"));
            return Vec::new();
        }
        self.flows.push(flow.name);
        let steps = match flow.table.get("steps") {
            Some(steps) => self.steps(steps, &section.at("flow")),
            None => Vec::new(),
        };
        self.flows.pop();
        steps
    }

    /// Notes a call for what is checked when all flows are known.
    pub fn called(&mut self, to: usize, span: Span) {
        self.r.usage.endpoint(to);
        if let Some(head) = self.around.heads.get(to) {
            self.r.usage.called.insert(head.service);
        }
        let transaction = self.held.last().copied();
        self.r.usage.calls.push(Call { from: self.endpoint, to, span, transaction });
    }
}

/// The verb of a step; a verb that wraps others is a modifier beside one of them.
fn only_verb(table: &Table) -> Option<&'static VerbSpec> {
    let verbs = || table.keys().filter_map(verb_spec);
    let wraps = |verb: &&VerbSpec| WRAPPERS.contains(&verb.key.name);
    verbs().find(|verb| !wraps(verb)).or_else(|| verbs().next())
}

fn quorum(text: &str) -> Option<u32> {
    text.strip_prefix("quorum(")?.strip_suffix(')')?.trim().parse().ok()
}
