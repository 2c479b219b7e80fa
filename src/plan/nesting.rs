//! What can take part in a deadlock, as indices.

use super::catalog::Source;
use super::compile::Compiler;
use super::{NONE, NestingPlan};
use crate::demand::{Nesting, Thing};

impl Compiler<'_> {
    /// Numbers the things that lie on a circle, each with a counter.
    pub fn nesting(&mut self) {
        let nesting = Nesting::of(self.model, None);
        if nesting.is_empty() {
            return;
        }
        let things: Vec<Thing> = nesting.things().collect();
        let index = |thing: Thing| {
            things.iter().position(|other| *other == thing).map_or(NONE, |index| index as u32)
        };
        let instances = self.plan.instances.iter();
        let of_instance = instances.map(|one| index(Thing::Workers(one.service as usize)));
        let mut of_pool = Vec::with_capacity(self.plan.pools.len());
        for (pool, model) in self.model.pools.iter().enumerate() {
            let count = self.plan.services[model.service].instances as usize;
            of_pool.extend(std::iter::repeat_n(index(Thing::Pool(pool)), count));
        }
        let of_lock = (0..self.model.locks.len()).map(|lock| index(Thing::Lock(lock)));
        let mut plan = NestingPlan {
            of_instance: of_instance.collect(),
            of_pool,
            of_lock: of_lock.collect(),
            ..NestingPlan::default()
        };
        for thing in things {
            let path = thing.path(self.model);
            let count = self.counter();
            let about = "deadlocks that it took part in";
            self.plan.catalog.add(format!("{path}.deadlocks"), Source::Count { count }, about);
            plan.paths.push(path);
            plan.counters.push(count);
        }
        self.plan.nesting = plan;
    }
}
