//! `--budget`: the clock of a run that is refined for as long as there is time.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::begun::Begun;
use super::options::RunOptions;
use super::{Failure, interrupt, ui, work};
use crate::report::glance;
use crate::report::phrase::counted;
use crate::study::refine::{self, End, Pace, Refined};
use crate::study::runs::Outside;
use crate::study::{Alternative, Ran};
use crate::units::show;

/// Replications that are made at most where nothing else is said: as many as a precision makes.
const MOST: u32 = 16_384;
/// A report takes its summary and about half as long for charts and files.
const REPORT: f64 = 1.5;
/// How much of the budget may go into finding out how long a report takes, where nobody looks on.
const TRIAL: f64 = 0.02;
/// How often the clock looks whether time is over.
const TICK: Duration = Duration::from_millis(5);

/// What a budget gave.
pub struct Spent {
    /// What would have had to be typed to get the same without a clock.
    pub options: RunOptions,
    /// The scenario under these options.
    pub begun: Begun,
    /// The runs.
    pub ran: Vec<Ran>,
}

/// Refines until the budget (seconds) is spent.
pub fn spend(
    options: &RunOptions,
    budget: f64,
    begun: &Begun,
    main: Alternative,
    others: Vec<Alternative>,
) -> Result<Spent, Failure> {
    let study = &options.study;
    let (seed, designs) = (main.model.run.seed, others.len() + 1);
    let most = if study.insists { main.model.run.replications } else { MOST };
    let clock = Clock::new(budget, begun, ui::is_watched(study.quiet));
    let threads = work::threads(study.jobs)?;
    let refined = clock.ticking(|| {
        threads.install(|| {
            work::watched(true, study.quiet, |outside| {
                let outside = Outside { stop: &clock.stop, ..outside };
                refine::refine(main, others, most, outside, &clock)
            })
        })
    });
    if let End::TooShort(needed) = refined.end {
        return Err(too_short(budget, designs, needed));
    }
    if !study.quiet {
        let spent = clock.began.elapsed().as_secs_f64();
        ui::aside(&said(&refined, designs, budget, spent));
    }
    settled(options, seed, refined)
}

/// What counts of the runs, as if somebody had typed how many.
fn settled(options: &RunOptions, seed: u64, refined: Refined) -> Result<Spent, Failure> {
    let options = options.settled(seed, refined.per_world);
    let (begun, main, others) = Begun::new(&options)?;
    let designs = std::iter::once(main).chain(others);
    let runs = refined.ran.into_iter().zip(refined.prepared);
    let ran = designs
        .zip(runs)
        .filter_map(|(design, (ran, known))| Some(refine::settled(design, ran, &known?)))
        .collect();
    Ok(Spent { options, begun, ran })
}

fn too_short(budget: f64, designs: usize, needed: Option<f64>) -> Failure {
    if interrupt::is_set() {
        return Failure::Interrupted;
    }
    let of = if designs > 1 { format!(" of each of {designs} designs") } else { String::new() };
    let needed = match needed {
        Some(seconds) => format!("; a first look would take about {}", show::duration(seconds)),
        None => "; no run was complete, so that it cannot be said how long a first look would take"
            .to_owned(),
    };
    Failure::Usage(format!(
        "--budget: {} are too short for a complete run{of}{needed}",
        show::duration(budget)
    ))
}

/// How far the budget went.
fn said(refined: &Refined, designs: usize, budget: f64, spent: f64) -> String {
    let made = counted(u64::from(refined.per_world), "replication");
    let each = if designs > 1 { format!(" of each of {designs} designs") } else { String::new() };
    let why = match refined.end {
        End::Precise => "the precision is reached",
        End::Most => "no more are allowed",
        End::NoRoom => "twice as many would not fit into what is left",
        End::Stopped | End::TooShort(_) if interrupt::is_set() => "interrupted",
        End::Stopped | End::TooShort(_) => "the time is over",
    };
    let (spent, budget) = (show::duration(spent), show::duration(budget));
    format!("{made}{each} in {spent}, for a budget of {budget}: {why}.\n")
}

/// The clock.
struct Clock<'a> {
    began: Instant,
    budget: f64,
    /// Stops the runs.
    stop: AtomicBool,
    /// When it is to be set, in milliseconds from the beginning.
    at: AtomicU64,
    /// Whether the work is done.
    done: AtomicBool,
    /// What makes a summary of each look.
    begun: &'a Begun,
    /// Whether somebody looks on.
    is_watched: bool,
    /// What the report of twice the last look will take, in microseconds: it is kept of the budget.
    reserve: AtomicU64,
}

impl<'a> Clock<'a> {
    fn new(budget: f64, begun: &'a Begun, is_watched: bool) -> Self {
        Self {
            began: Instant::now(),
            budget,
            stop: AtomicBool::new(false),
            at: AtomicU64::new(u64::MAX),
            done: AtomicBool::new(false),
            begun,
            is_watched,
            reserve: AtomicU64::new(0),
        }
    }

    /// Seconds that are kept for what comes after the runs.
    fn reserve(&self) -> f64 {
        self.reserve.load(Ordering::Relaxed) as f64 / 1e6
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// Sets the flag when it is time.
    fn tick(&self) {
        while !self.done.load(Ordering::Relaxed) {
            if interrupt::is_set() || self.now() >= self.at.load(Ordering::Relaxed) {
                self.stop.store(true, Ordering::Relaxed);
            }
            std::thread::sleep(TICK);
        }
    }

    /// Does something while the clock ticks.
    fn ticking<T>(&self, work: impl FnOnce() -> T) -> T {
        std::thread::scope(|scope| {
            scope.spawn(|| self.tick());
            // Ends the clock also when the work ends by a panic, which would wait for it otherwise.
            let _done = Done(&self.done);
            work()
        })
    }
}

/// Sets a flag when it goes away.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Pace for Clock<'_> {
    fn left(&self) -> f64 {
        self.budget - self.reserve() - self.began.elapsed().as_secs_f64()
    }

    fn stop_at(&self, left: f64) {
        let at = ((self.budget - self.reserve() - left).max(0.0) * 1e3) as u64;
        self.at.store(at, Ordering::Relaxed);
        // One that came a moment late for the design before is not for this one.
        if self.now() < at && !interrupt::is_set() {
            self.stop.store(false, Ordering::Relaxed);
        }
    }

    fn looked(&self, ran: &[Ran]) {
        let known = self.reserve();
        if !self.is_watched && known > TRIAL * self.budget {
            // It grows with the runs, which are twice as many at each look.
            self.reserve.store((2e6 * known) as u64, Ordering::Relaxed);
            return;
        }
        let begin = Instant::now();
        let summary = self.begun.summary(ran, String::new());
        // Of twice as many runs, shown once more to who looks on.
        let times = if self.is_watched { 1.0 + REPORT } else { REPORT };
        let reserve = 2.0 * times * begin.elapsed().as_secs_f64();
        self.reserve.store((1e6 * reserve) as u64, Ordering::Relaxed);
        if let Some(summary) = summary.filter(|_| self.is_watched) {
            let spent = show::duration(self.began.elapsed().as_secs_f64());
            ui::notice(&format!("{spent}: {}", glance::glance(&summary)));
        }
    }
}
