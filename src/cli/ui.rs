//! Everything that is printed, and how.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Failure;
use super::args::MessageFormat;
use crate::diag::{Diagnostics, Sources, json, render};
use crate::experiment::{Phase, Progress};
use crate::units::show;

/// Prints what was asked for. A reader that has gone is [`Failure::Closed`].
pub fn data(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|source| {
        if source.kind() == io::ErrorKind::BrokenPipe {
            Failure::Closed
        } else {
            Failure::Write { what: "to standard output".to_owned(), source }
        }
    })
}

/// Prints something beside it. If that fails there is nobody to tell.
pub fn aside(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Prints why the command failed.
pub fn error(message: &str) {
    // The text may hold a path, and a path anything.
    let message: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    aside(&format!("error: {message}\n"));
}

/// Prints what there is to say about a scenario. For programs also that there is nothing.
pub fn diagnostics(diagnostics: &Diagnostics, sources: &Sources, format: MessageFormat) {
    aside(&match format {
        MessageFormat::Json => json::render(diagnostics, sources),
        _ if diagnostics.is_empty() => return,
        MessageFormat::Full => render::full(diagnostics, sources, wants_color()),
        MessageFormat::Concise => render::concise(diagnostics, sources),
    });
}

/// Color on a terminal, unless it is not wanted (<https://no-color.org>) or cannot be shown.
fn wants_color() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stderr().is_terminal() && !is_set("NO_COLOR") && !is_dumb
}

/// The bar on the terminal, which messages must not run into.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Prints a message while something may be under way.
pub fn notice(text: &str) {
    match BAR.lock().ok().and_then(|bar| bar.clone()) {
        Some(bar) => bar.suspend(|| aside(text)),
        None => aside(text),
    }
}

/// Whether somebody looks on while something is under way.
pub fn is_watched(quiet: bool) -> bool {
    !quiet && io::stderr().is_terminal()
}

/// The progress of a study on standard error; nothing if that is no terminal.
pub struct Meter {
    bar: ProgressBar,
    shown: Mutex<Shown>,
    name: String,
}

/// What the bar shows.
struct Shown {
    /// Nothing yet: no run is complete.
    phase: Option<Phase>,
    /// When the phase began: when the last run of the one before was complete.
    began: Instant,
    latest: Instant,
}

impl Meter {
    /// Begins.
    pub fn new(name: &str, quiet: bool) -> Self {
        let target = if is_watched(quiet) {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if !bar.is_hidden() {
            bar.set_style(style("{prefix}: {elapsed} gone"));
            bar.set_prefix(name.to_owned());
            // Time goes on while a run is long.
            bar.enable_steady_tick(Duration::from_millis(250));
            if let Ok(mut known) = BAR.lock() {
                *known = Some(bar.clone());
            }
        }
        let now = Instant::now();
        let shown = Shown { phase: None, began: now, latest: now };
        Self { bar, shown: Mutex::new(shown), name: name.to_owned() }
    }

    /// Shows how far a study has come; may be called from any thread.
    pub fn show(&self, progress: Progress) {
        if self.bar.is_hidden() {
            return;
        }
        let Ok(mut shown) = self.shown.lock() else { return };
        if shown.phase != Some(progress.phase) {
            shown.phase = Some(progress.phase);
            shown.began = shown.latest;
            self.bar.reset();
            self.bar.set_elapsed(shown.began.elapsed());
            self.bar.set_style(style(match progress.phase {
                Phase::Pilot | Phase::Runs => {
                    "{prefix} {bar:24} {pos} of {len} runs, {elapsed} gone, {left} left, {msg}"
                }
                Phase::Worlds => {
                    "{prefix} {bar:24} {pos} of {len} worlds, {elapsed} gone, {left} left"
                }
            }));
            self.bar.set_prefix(match progress.phase {
                Phase::Pilot => format!("{} (pilot runs)", self.name),
                Phase::Runs | Phase::Worlds => self.name.clone(),
            });
        }
        shown.latest = Instant::now();
        // Threads come out of order; the bar does not go back.
        let done = u64::from(progress.done).max(self.bar.position());
        self.bar.set_length(u64::from(progress.total));
        let seconds = shown.began.elapsed().as_secs_f64();
        if seconds > 0.0 {
            let millions = progress.events as f64 / seconds / 1e6;
            self.bar.set_message(format!("{} million events/s", show::number(millions)));
        }
        self.bar.set_position(done);
    }
}

/// Ends, and leaves no trace.
impl Drop for Meter {
    fn drop(&mut self) {
        if let Ok(mut known) = BAR.lock() {
            *known = None;
        }
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    // Runs are alike: what is left takes as long as what is done, in proportion.
    style.with_key("left", |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        let (done, all) = (state.pos(), state.len().unwrap_or(0));
        let left = state.elapsed().as_secs_f64() * all.saturating_sub(done) as f64;
        let left = Duration::from_secs_f64((left / done.max(1) as f64).min(1e9));
        let _ = write!(text, "{:#}", HumanDuration(left));
    })
}
