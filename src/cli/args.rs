//! What can be typed. Nothing is checked here that needs more than the text itself.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    about = "A capacity-planning simulator: how a design behaves under load",
    after_help = "Exit codes: 0 completed, whatever the verdicts; with --gate 1 if an objective \
                  failed, a claim was refuted or a metric got worse than the baseline for sure, \
                  else 3 if one is inconclusive; 2 an error in the command or the scenario; 130 \
                  interrupted; 101 a bug.",
    max_term_width = 100
)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented scenario to start from
    New(NewArgs),
    /// Simulate a scenario, print the summary and write the report
    Run(RunArgs),
    /// Put designs side by side on the same draws: variants of a scenario, or several scenarios
    Compare(CompareArgs),
    /// Take a key (or two) through its range: curves, where limits are crossed, the knee
    Sweep(SweepArgs),
    /// Find the smallest value of a key (or the cheapest of several) that meets what is asked for
    Size(SizeArgs),
    /// Answer without simulating: demand, bottleneck, Erlang's formulas, assumptions
    Check(CheckArgs),
    /// Work out growth, storage and costs over a calendar, and when limits are passed
    Forecast(ForecastArgs),
    /// List every metric of a scenario, and the functions that take it
    Metrics(MetricsArgs),
    /// Say what a diagnostic or a word of scenarios means, or what a query costs and why
    Explain(ExplainArgs),
    /// Print the JSON Schema of scenarios, for completion in editors
    Schema,
    /// Print the script that completes this command in a shell
    Completions(CompletionsArgs),
    /// Print a manual page (for packages)
    #[command(hide = true)]
    Man(ManArgs),
}

/// `plimsoll new`
#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// Name or path of the scenario; `.toml` may be left out
    #[arg(value_name = "NAME", default_value = "scenario.toml")]
    pub path: PathBuf,
    /// Overwrite what is there
    #[arg(long)]
    pub force: bool,
    /// Write the scenario alone, without the schema for editors beside it
    #[arg(long)]
    pub no_schema: bool,
}

/// `plimsoll run`
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// What is simulated, and how
    #[command(flatten)]
    pub study: StudyArgs,
    /// Replicate until a metric is known so well, such as "2% on p99(endpoint.x)"; may be given
    /// several times; `replications`, if the scenario states them, are the most
    #[arg(long, value_name = "GOAL")]
    pub precision: Vec<String>,
    /// Refine for so long, such as 30s: 16 replications first, then 32, 64, 128 and so on, until
    /// more would not fit
    #[arg(long, value_name = "TIME")]
    pub budget: Option<String>,
    /// Let the exit code tell the verdicts (of all, if nothing is named): 1 failed, refuted or
    /// worse, 3 inconclusive
    #[arg(long, value_name = "WHAT", num_args = 0..=1, default_missing_value = "all")]
    pub gate: Option<Gate>,
    /// Say what moved since this saved summary.json, and whether it is luck or change
    #[arg(long, value_name = "SUMMARY.JSON")]
    pub baseline: Option<PathBuf>,
}

/// What every command that simulates takes
#[derive(Debug, clap::Args)]
pub struct StudyArgs {
    /// The scenario and what to change in it
    #[command(flatten)]
    pub scenario: CheckArgs,
    /// Seed of all draws [default: the scenario's, or 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(0..))]
    pub seed: Option<i64>,
    /// Replications per world [default: the scenario's, or 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub replications: Option<u32>,
    /// Threads; they change no result [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub jobs: Option<u32>,
    /// Folder of the report [default: reports/NAME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What is printed
    #[arg(long, value_enum, default_value_t = Printed::Text)]
    pub format: Printed,
    /// Print neither progress nor the summary; the report is written
    #[arg(long, short)]
    pub quiet: bool,
}

/// `plimsoll forecast`
#[derive(Debug, clap::Args)]
pub struct ForecastArgs {
    /// The scenario and what to change in it
    #[command(flatten)]
    pub scenario: CheckArgs,
    /// How far: a time such as "3 years" or "18 months"
    #[arg(long, value_name = "TIME", default_value = "3 years", allow_hyphen_values = true)]
    pub horizon: String,
    /// Between the dates that are listed: `day`, `week`, `month`, `quarter`, `year`, or a time such as
    /// "2 weeks" or "6 months"
    #[arg(long, value_name = "STEP", default_value = "month", allow_hyphen_values = true)]
    pub step: String,
    /// Draws of the uncertain inputs, of what is worked out; requests are simulated in the scenario's
    /// `worlds`
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub worlds: u32,
    /// Replications per world at each date that is simulated [default: the scenario's, or 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub replications: Option<u32>,
    /// Seed of the draws [default: the scenario's, or 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(0..))]
    pub seed: Option<i64>,
    /// Folder of the report [default: reports/NAME-forecast]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Simulate nothing: amounts and money only
    #[arg(long)]
    pub amounts_only: bool,
    /// Threads; they change no result [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub jobs: Option<u32>,
    /// Let the exit code tell the verdicts: 1 failed or refuted, 3 inconclusive
    #[arg(long)]
    pub gate: bool,
    /// Print nothing; the report is written
    #[arg(long, short)]
    pub quiet: bool,
}

/// `plimsoll compare`
#[derive(Debug, clap::Args)]
pub struct CompareArgs {
    /// What is simulated, and how; `--variant a,b` names the variants to compare
    #[command(flatten)]
    pub study: StudyArgs,
    /// Other scenarios to compare the first one with, or saved summaries (`summary.json`)
    #[arg(value_name = "OTHER")]
    pub others: Vec<PathBuf>,
    /// Compare by this metric as well, such as "p99(endpoint.x)"; may be given several times
    #[arg(long = "metric", value_name = "METRIC")]
    pub metrics: Vec<String>,
}

/// `plimsoll sweep`
#[derive(Debug, clap::Args)]
pub struct SweepArgs {
    /// What is simulated, and how; `--variant a,b` sweeps several side by side
    #[command(flatten)]
    pub study: StudyArgs,
    /// The key and its values: KEY=FROM..TO, KEY=FROM..TO:STEP, KEY=FROM..TO:xFACTOR or KEY=A,B,C,
    /// with units such as 10..50ms; may be given twice
    #[arg(long, value_name = "KEY=RANGE", required = true)]
    pub over: Vec<String>,
    /// Show this metric as well, such as "p99(endpoint.x)"; may be given several times
    #[arg(long = "metric", value_name = "METRIC")]
    pub metrics: Vec<String>,
}

/// `plimsoll size`
#[derive(Debug, clap::Args)]
pub struct SizeArgs {
    /// What is simulated, and how; --replications is the most that a candidate gets
    #[command(flatten)]
    pub study: StudyArgs,
    /// The key and the values to choose from: KEY, KEY=FROM..TO, KEY=FROM..TO:STEP or KEY=A,B,C; up
    /// to three with --minimize
    #[arg(long, value_name = "KEY[=RANGE]", required = true)]
    pub vary: Vec<String>,
    /// What is asked for, instead of the scenario's objectives
    #[arg(long, value_name = "EXPR")]
    pub until: Option<String>,
    /// What the keys cost: arithmetic of them; the cheapest is looked for
    #[arg(long, value_name = "EXPR")]
    pub minimize: Option<String>,
}

/// `plimsoll check`, and what `run` has in common with it
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The scenario
    #[command(flatten)]
    pub source: SourceArgs,
    /// Change a value; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// The variant to take instead of the scenario as it stands
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
}

/// A scenario, and how to speak of it
#[derive(Debug, clap::Args)]
pub struct SourceArgs {
    /// The scenario: a TOML file
    pub file: PathBuf,
    /// How errors, warnings and advice are written, on standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = MessageFormat::Full)]
    pub message_format: MessageFormat,
}

/// `plimsoll metrics`
#[derive(Debug, clap::Args)]
pub struct MetricsArgs {
    /// The scenario
    #[command(flatten)]
    pub source: SourceArgs,
}

/// `plimsoll explain`
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// The id in brackets of a diagnostic, such as `unknown-key`, or a word: `pool`,
    /// `workload.shape`, `worlds`; or a scenario, whose query is explained
    #[arg(value_name = "WORD or FILE")]
    pub word: String,
    /// The query on a table, or the step that writes, as `plimsoll metrics FILE` names it
    pub query: Option<String>,
    /// Change a value of the scenario; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// The variant to take instead of the scenario as it stands
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
    /// What is printed about a query
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// How errors, warnings and advice are written, on standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = MessageFormat::Full)]
    pub message_format: MessageFormat,
}

/// `plimsoll completions`
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// `plimsoll man`
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// The command; without one, the page of the program
    pub command: Option<String>,
}

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// With the lines they speak of
    Full,
    /// One line each: `file:line:col: error[id]: message`
    Concise,
    /// One JSON array
    Json,
}

/// What the exit code tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Gate {
    /// Whether every objective is met
    Objectives,
    /// Whether every claim holds
    Claims,
    /// Whether no metric got worse than the baseline for sure
    Regressions,
    /// All of these; regressions only with a baseline
    All,
}

/// What a command that simulates prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Printed {
    /// For people, at most 100 columns wide
    Text,
    /// For a pull request
    Markdown,
    /// For programs
    Json,
    /// For build servers that read reports of `JUnit` (`run` only)
    Junit,
    /// For GitHub's actions: annotations at the lines of the scenario (`run` only)
    Github,
}

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, at most 100 columns wide
    Text,
    /// For a pull request
    Markdown,
    /// For programs
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Args::command().debug_assert();
    }

    /// Reports of all of them say how many would tell.
    #[test]
    fn whatever_simulates_takes_replications() {
        let all = Args::command();
        for name in ["run", "compare", "sweep", "size", "forecast"] {
            let command = all.find_subcommand(name).unwrap();
            let mut options = command.get_arguments().filter_map(clap::Arg::get_long);
            assert!(options.any(|option| option == "replications"), "{name}");
        }
    }

    #[test]
    fn every_argument_says_what_it_is() {
        for command in Args::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} has no help", argument.get_id());
            }
        }
    }

    #[test]
    fn zero_of_anything_is_refused() {
        for option in ["--replications=0", "--jobs=0", "--seed=-1"] {
            assert!(Args::try_parse_from(["plimsoll", "run", "a.toml", option]).is_err());
        }
    }
}
