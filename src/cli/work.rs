//! Long work: its threads, its progress, and how it is stopped.

use super::ui::Meter;
use super::{Failure, interrupt};
use crate::experiment::Progress;
use crate::study::runs::Outside;

/// The threads that runs are made on; none given: one per core.
pub fn threads(jobs: Option<usize>) -> Result<rayon::ThreadPool, Failure> {
    let mut pool = rayon::ThreadPoolBuilder::new();
    if let Some(jobs) = jobs {
        pool = pool.num_threads(jobs);
    }
    pool.build().map_err(|error| Failure::Usage(format!("cannot start threads: {error}")))
}

/// Does long work that Ctrl-C stops and whose progress the terminal shows.
pub fn watched<T>(insists: bool, quiet: bool, work: impl FnOnce(Outside) -> T) -> T {
    let begin = |name: &str| -> Box<dyn Fn(Progress) + Sync> {
        let meter = Meter::new(name, quiet);
        Box::new(move |progress| meter.show(progress))
    };
    work(Outside { stop: interrupt::flag(), begin: &begin, insists })
}
