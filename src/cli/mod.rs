//! The command: what was typed into what is done.
//!
//! Only this room knows files, the environment, the clock, threads and the terminal.
//!
//! - [`args`]: what can be typed; inert
//! - [`options`]: what was typed, checked: what the program does with it
//! - [`files`]: scenarios and tables from the disk
//! - [`output`]: the folder of a report, never half-written
//! - [`report`]: one result in all its renderings
//! - [`ui`]: everything that is printed; color, progress
//! - [`interrupt`], [`bug`]: Ctrl-C and panics
//! - [`cases`], [`candidates`]: the variants, and the values of keys, that a command is about
//! - [`baseline`]: saved summaries from the disk
//! - [`ageing`]: what a forecast runs and judges
//! - [`begun`], [`budget`]: a run that is ready to be made, and how long it may take
//! - [`work`]: threads and progress of long work
//! - [`load`], [`run`], [`compare`], [`sweep`], [`size`],
//!   [`check`], [`list`], [`explain`], [`explain_query`], [`forecast`], [`new`], [`shell`]: the commands
//! - [`exit`]: what the exit codes mean
//!
//! Data goes to standard output, everything else to standard error. A reader that closes the pipe
//! has seen enough: that is no failure.
pub mod exit;

pub mod args;

pub mod options;

pub mod files;

pub mod output;

pub mod ui;

mod ageing;
mod baseline;
mod begun;
mod budget;
mod bug;
mod candidates;
mod cases;
mod check;
mod compare;
mod explain;
mod explain_query;
mod forecast;
mod interrupt;
mod list;
mod load;
mod new;
mod report;
mod run;
mod shell;
mod size;
mod sweep;
mod words;
mod work;
mod worlds;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

use crate::scenario::keys::schema::json_schema;

/// Why a command did not do what it was asked for. Everything but the message has been printed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was typed makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The scenario has errors, which have been shown.
    #[error("the scenario has errors")]
    Scenario,
    /// Something could not be written.
    #[error("cannot write {what}: {source}")]
    Write {
        /// The file or folder.
        what: String,
        /// Why.
        source: std::io::Error,
    },
    /// Somebody stopped it before there was anything to report.
    #[error("interrupted before there was anything to report")]
    Interrupted,
    /// The reader of the output is gone.
    #[error("the output was closed")]
    Closed,
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    bug::install();
    let code = match Args::try_parse() {
        Ok(args) => dispatch(args.command).unwrap_or_else(|failure| code_of(&failure)),
        Err(error) => {
            // Help and version are errors to the parser; they go to standard output.
            let shown = error.print();
            if error.use_stderr() && shown.is_ok() { exit::USAGE } else { exit::COMPLETED }
        }
    };
    ExitCode::from(code)
}

fn dispatch(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Run(args) => run::run(&options::RunOptions::new(args)?),
        Command::Compare(args) => compare::compare(&options::CompareOptions::new(args)?),
        Command::Sweep(args) => sweep::sweep(&options::SweepOptions::new(args)?),
        Command::Size(args) => size::size(&options::SizeOptions::new(args)?),
        Command::Check(args) => check::check(&options::ScenarioOptions::new(args)?),
        Command::Forecast(args) => forecast::run(&forecast::ForecastOptions::new(args)?),
        Command::Metrics(args) => list::metrics(&options::ScenarioOptions::plain(args.source)?),
        Command::Explain(args) => match options::Explain::new(args)? {
            options::Explain::Word(word) => explain::explain(&word),
            options::Explain::Query(options) => explain_query::explain(&options),
        },
        Command::New(args) => new::new(&args),
        Command::Completions(args) => shell::completions(args.shell),
        Command::Man(args) => shell::man(args.command.as_deref()),
        Command::Schema => {
            ui::data(&json_schema())?;
            Ok(exit::COMPLETED)
        }
    }
}

fn code_of(failure: &Failure) -> u8 {
    match failure {
        Failure::Closed => return exit::COMPLETED,
        Failure::Interrupted => {
            ui::error(&failure.to_string());
            return exit::INTERRUPTED;
        }
        Failure::Scenario => {}
        Failure::Usage(_) | Failure::Write { .. } => ui::error(&failure.to_string()),
    }
    exit::USAGE
}
