//! `plimsoll forecast`: amounts and money over a calendar.

use super::ageing::{aged, conditions, judgments, reasons, watched};
use super::args::{ForecastArgs, Format, Gate};
use super::load::Loaded;
use super::options::{ScenarioOptions, file_name, quoted, report_name};
use super::output::Staging;
use super::report::Report;
use super::run::judges_nothing;
use super::{Failure, bug, exit, interrupt, ui};
use crate::diag::{Diagnostic, Id};
use crate::expr::check::check;
use crate::expr::scope::{Expectation, NoTables, Scope};
use crate::growth::calendar::{DAY, MONTH, MONTHS_MAX};
use crate::model::Model;
use crate::report::forecast::gather::{Study, summarize};
use crate::report::forecast::summary::Summary;
use crate::report::forecast::{charts, render};
use crate::report::phrase::counted;
use crate::study::forecast::{Problem, Spec, Step, forecast, months_of};
use crate::units::{Dimension, show};
use std::path::{Path, PathBuf};

/// What `forecast` is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastOptions {
    /// The scenario.
    pub scenario: ScenarioOptions,
    /// `--set` options as they were typed.
    pub typed_sets: Vec<String>,
    /// How far, as typed.
    pub horizon: String,
    /// The same in months.
    pub months: u32,
    /// Between the dates that are listed.
    pub step: Step,
    /// The same as it was typed.
    pub typed_step: String,
    /// Worlds.
    pub worlds: u32,
    /// Replications per world at each date, if they were typed: all of them are made, however long they take.
    pub replications: Option<u32>,
    /// Folder of the report.
    pub out: PathBuf,
    /// What is printed.
    pub format: Format,
    /// Whether nothing is simulated.
    pub amounts_only: bool,
    /// Threads; none: one per core.
    pub jobs: Option<usize>,
    /// Whether the exit code tells the verdicts.
    pub gate: bool,
    /// Whether nothing is printed.
    pub quiet: bool,
    /// The seed, if one was typed.
    pub seed: Option<i64>,
}

impl ForecastOptions {
    /// Checks what was typed.
    pub fn new(args: ForecastArgs) -> Result<Self, Failure> {
        let mut scenario = ScenarioOptions::new(args.scenario)?;
        let typed_sets = scenario.sets.clone();
        scenario.sets.extend(args.seed.map(|seed| format!("run.seed={seed}")));
        let replications = args.replications;
        scenario.sets.extend(replications.map(|count| format!("run.replications={count}")));
        let months = horizon(&args.horizon)?;
        let out = folder(args.out, &(report_name(&scenario) + "-forecast"))?;
        let step = step(&args.step, months)?;
        let typed_step = args.step;
        let (horizon, worlds, format) = (args.horizon, args.worlds, args.format);
        let (gate, quiet, seed) = (args.gate, args.quiet, args.seed);
        let (amounts_only, jobs) = (args.amounts_only, args.jobs.map(|jobs| jobs as usize));
        let all = Self {
            scenario,
            typed_sets,
            horizon,
            months,
            step,
            typed_step,
            worlds,
            replications,
            out,
            format,
            amounts_only,
            jobs,
            gate,
            quiet,
            seed,
        };
        Ok(all)
    }

    /// The command that gives the same again, for a shell.
    pub fn reproduce(&self, file: &str) -> String {
        let mut command = format!("plimsoll forecast {}", quoted(file));
        for set in &self.typed_sets {
            command = command + " --set " + &quoted(set);
        }
        if let Some(variant) = &self.scenario.variant {
            command = command + " --variant " + &quoted(variant);
        }
        if let Some(seed) = self.seed {
            command += &format!(" --seed {seed}");
        }
        if let Some(replications) = self.replications {
            command += &format!(" --replications {replications}");
        }
        if self.amounts_only {
            command += " --amounts-only";
        }
        command += &format!(" --horizon {}", quoted(&self.horizon));
        if self.typed_step != "month" {
            command += &format!(" --step {}", quoted(&self.typed_step));
        }
        command + &format!(" --worlds {}", self.worlds)
    }
}

/// What is reported.
const REPORT: Report<Summary> = Report {
    stem: "forecast",
    charts: charts::charts,
    text: render::text,
    markdown: render::markdown,
};

/// Most dates that are listed.
const DATES_MAX: f64 = 400.0;

/// Seconds of a time as it is typed.
fn time(text: &str) -> Option<f64> {
    let found = check(text, &Scope::default(), &NoTables, Expectation::fixed(Dimension::TIME)).ok();
    let found = found.and_then(|found| found.formula.bind(&[]).ok()?.evaluate_fixed());
    found.filter(|time| time.is_finite())
}

/// Months of a time as it is typed.
fn horizon(text: &str) -> Result<u32, Failure> {
    let wrong = |why: &str| {
        Failure::Usage(format!("--horizon {}: {why}, such as \"3 years\"", quoted(text)))
    };
    let Some(time) = time(text) else { return Err(wrong("expected a time")) };
    if time <= 0.0 {
        return Err(wrong("a forecast looks ahead of month 0; expected \"1 month\" or more"));
    }
    if time < MONTH * (1.0 - 1e-9) {
        return Err(wrong("months are the least that is forecast; expected \"1 month\" or more"));
    }
    let months = months_of(time);
    if months > MONTHS_MAX {
        return Err(wrong("the calendar ends after a hundred years; expected no more"));
    }
    Ok(months)
}

/// A step as it is typed: whole months are those of the calendar.
fn step(text: &str, months: u32) -> Result<Step, Failure> {
    let wrong = |why: &str| {
        let known = "`day`, `week`, `month`, `quarter`, `year`, or a time such as \"2 weeks\"";
        Failure::Usage(format!("--step {}: {why} {known}", quoted(text)))
    };
    let seconds = match text {
        "day" => DAY,
        "week" => 7.0 * DAY,
        "month" => MONTH,
        "quarter" => 3.0 * MONTH,
        "year" => 12.0 * MONTH,
        _ => time(text).ok_or_else(|| wrong("expected"))?,
    };
    if seconds <= 0.0 {
        return Err(wrong("dates follow each other; expected a step of more than 0:"));
    }
    let whole = libm::round(seconds / MONTH);
    if whole >= 1.0 && (seconds / MONTH - whole).abs() < 1e-9 * whole {
        return Ok(Step::Months(whole.min(f64::from(MONTHS_MAX)) as u32));
    }
    if f64::from(months) * MONTH / seconds > DATES_MAX {
        return Err(wrong("that is more than 400 dates; expected a longer one,"));
    }
    Ok(Step::Seconds(seconds))
}

/// Where the report goes.
fn folder(out: Option<PathBuf>, name: &str) -> Result<PathBuf, Failure> {
    match out {
        Some(out) if out.as_os_str().is_empty() => {
            Err(Failure::Usage("the folder of the report has no name".to_owned()))
        }
        Some(out) => Ok(out),
        None => Ok(Path::new("reports").join(name)),
    }
}

/// Works out a scenario with its variants.
pub fn run(options: &ForecastOptions) -> Result<u8, Failure> {
    let file = options.scenario.file.as_str();
    let mut loaded = Loaded::new(&options.scenario)?;
    let models = models(&mut loaded, options)?;
    let main = &models[0].1;
    bug::remember(&options.reproduce(file));
    let (months, worlds, step) = (options.months, options.worlds, options.step);
    let spec = Spec { months, worlds, seed: main.run.seed, step };
    conditions(&mut loaded, &models)?;
    let staging = Staging::create(&options.out)?;
    interrupt::clean_up(staging.folder());
    interrupt::listen();
    let worked = match watched(options, |outside| forecast(&models, &spec, outside))? {
        Ok(worked) => worked,
        Err(Problem::Stopped) => return Err(Failure::Interrupted),
        Err(Problem::Binding(problems)) => {
            return loaded.bound(|| Err(problems));
        }
        Err(Problem::Calendar(why)) => {
            let found = Diagnostic::new(Id::HorizonBeyondCalendar, why);
            loaded.diagnostics.push(found.help("a shorter `--horizon`, or an earlier `start`"));
            loaded.show();
            return Err(Failure::Scenario);
        }
    };
    let judged = judgments(&mut loaded, &models, &worked, options)?;
    loaded.show();
    let aged = aged(&mut loaded, options, &models, &worked)?;
    let study = Study {
        models: &models,
        forecast: &worked,
        aged: &aged,
        skipped: reasons(options, &models),
        judged,
        months: (options.months, options.step),
        seed: main.run.seed,
        warnings: loaded.warnings(),
        reproduce: options.reproduce(file_name(file)),
        partial: interrupt::is_set(),
    };
    let mut summary = summarize(&study);
    if summary.partial {
        let is_uncertain = models.iter().any(|(_, model)| model.is_uncertain());
        let asked = if is_uncertain { worlds } else { 1 };
        summary.warnings.insert(0, interrupted(worked.worlds, asked));
    }
    REPORT.write(staging, &summary)?;
    if !options.quiet {
        let said = loaded.warnings();
        let shown = || {
            let mut shown = summary.clone();
            shown.reproduce = options.reproduce(&options.scenario.file);
            // They stand on standard error, with their places in the file.
            shown.warnings.retain(|warning| !said.contains(warning));
            shown
        };
        REPORT.print(&summary, shown, options.format, &options.out)?;
    }
    Ok(if interrupt::is_set() { exit::INTERRUPTED } else { code(options.gate, &summary, main) })
}

/// What an interruption left, of so many worlds that were asked for.
fn interrupted(made: u32, asked: u32) -> String {
    let rest = "what was not simulated to its end is not in this report";
    if made == asked {
        return format!("interrupted: {rest}");
    }
    let (made, all) = (counted(u64::from(made), "world"), show::count(f64::from(asked)));
    format!("interrupted after {made} of {all}: amounts are those of these worlds, and {rest}")
}

/// The scenario as it stands, or the variant that is asked for, and the others.
fn models(
    loaded: &mut Loaded,
    options: &ForecastOptions,
) -> Result<Vec<(Option<String>, Model)>, Failure> {
    let main = options.scenario.variant.clone();
    let model = loaded.data(main.as_deref())?;
    let names = model.variants.iter().map(|variant| variant.name.clone());
    let names: Vec<String> = names.filter(|name| Some(name) != main.as_ref()).collect();
    let mut models = vec![(main, model)];
    for name in names {
        let model = loaded.data(Some(&name))?;
        models.push((Some(name), model));
    }
    let has_data = |model: &Model| {
        !model.tables.is_empty() || !model.outlook.storages.is_empty() || model.changes_over_time()
    };
    if !models.iter().any(|(_, model)| has_data(model)) {
        let message = "there is nothing to forecast: no `[table.X]`, no `[storage.X]` and no \
                       `growth` of a workload";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(models)
}

/// What the exit code says of the verdicts.
fn code(gate: bool, summary: &Summary, main: &Model) -> u8 {
    let verdicts = || summary.objectives.iter().chain(&summary.claims).map(|one| one.verdict);
    if !gate {
        exit::COMPLETED
    } else if verdicts().next().is_none() {
        ui::error(&if main.objectives.is_empty() {
            judges_nothing(Gate::All)
        } else {
            "the gate judges nothing: what objectives ask of requests was not simulated".to_owned()
        });
        exit::INCONCLUSIVE
    } else if verdicts().any(crate::report::summary::Verdict::is_bad) {
        exit::FAILED
    } else if verdicts().any(|verdict| !verdict.is_good()) {
        exit::INCONCLUSIVE
    } else {
        exit::COMPLETED
    }
}

#[cfg(test)]
mod tests {
    use super::{ForecastOptions, horizon};
    use crate::cli::args::{Args, Command};
    use clap::Parser;

    #[test]
    fn a_forecast_may_reach_a_hundred_years_and_no_month_more() {
        let months = |text: &str| horizon(text).ok();
        assert_eq!(["100 years", "1_200 months"].map(months), [Some(1_200); 2]);
        assert_eq!(["1_201 months", "101 years"].map(months), [None; 2]);
    }

    #[test]
    fn replications_are_those_of_the_dates_and_said_in_the_command() {
        let words = ["plimsoll", "forecast", "a.toml", "--replications", "5"];
        let Command::Forecast(args) = Args::parse_from(words).command else {
            panic!("not a forecast")
        };
        let Ok(options) = ForecastOptions::new(args) else { panic!("not taken") };
        assert_eq!(options.scenario.sets, ["run.replications=5"]);
        let again = options.reproduce("a.toml");
        assert_eq!(
            again,
            "plimsoll forecast a.toml --replications 5 --horizon '3 years' --worlds 2000"
        );
    }
}
