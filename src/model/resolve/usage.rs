//! Which entities something refers to, and which connections are held where.

use super::names::NOWHERE;
use crate::diag::Span;
use std::collections::BTreeSet;

/// What flows and workloads use.
#[derive(Debug, Clone, Default)]
pub(super) struct Usage {
    pub tables: BTreeSet<usize>,
    pub queries: BTreeSet<usize>,
    pub pools: BTreeSet<usize>,
    pub locks: BTreeSet<usize>,
    pub flows: BTreeSet<String>,
    pub endpoints: BTreeSet<usize>,
    /// Services that are called by a step.
    pub called: BTreeSet<usize>,
    /// Who calls whom, and where.
    pub calls: Vec<Call>,
    /// Endpoints, callees before their callers.
    pub order: Vec<usize>,
    /// Pool of each transaction, once a query says which.
    pub transactions: Vec<Option<usize>>,
    /// Transactions in which a step writes.
    pub writing: BTreeSet<usize>,
}

/// One `call` step.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Endpoint whose flow it is in.
    pub from: usize,
    /// Endpoint that is called.
    pub to: usize,
    /// Where it is written.
    pub span: Span,
    /// Number of the transaction around it.
    pub transaction: Option<usize>,
}

impl Usage {
    /// Notes that an endpoint is reached.
    pub fn endpoint(&mut self, endpoint: usize) {
        if endpoint != NOWHERE {
            self.endpoints.insert(endpoint);
        }
    }
}
