//! Doubts that need the whole model and its numbers.

use super::Resolver;
use crate::model::{Binding, Model};

impl Resolver<'_> {
    pub(super) fn warnings(&mut self, _model: &Model, _binding: &Binding) {}
}
