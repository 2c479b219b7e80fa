//! What was typed, checked: what the program does with it.

use std::path::{Path, PathBuf};

use super::Failure;
use super::args::{
    CheckArgs, CompareArgs, ExplainArgs, Format, Gate, MessageFormat, Printed, RunArgs, SizeArgs,
    SourceArgs, StudyArgs, SweepArgs,
};
use crate::expr::metric::{MetricKind, parse_metric};
use crate::units::Dimension;

/// The longest budget \[s\]: a week.
const BUDGET_MAX: f64 = 7.0 * 86_400.0;

/// A scenario and what to change in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioOptions {
    /// Path of the file, as typed.
    pub file: String,
    /// `PATH=VALUE`, in order; options that stand for a key come last.
    pub sets: Vec<String>,
    /// The variant to take.
    pub variant: Option<String>,
    /// How diagnostics are written.
    pub message_format: MessageFormat,
}

impl ScenarioOptions {
    /// Checks what was typed.
    pub fn new(args: CheckArgs) -> Result<Self, Failure> {
        let plain = Self::plain(args.source)?;
        Ok(Self { sets: args.sets, variant: args.variant, ..plain })
    }

    /// A file as it stands.
    pub fn plain(source: SourceArgs) -> Result<Self, Failure> {
        let SourceArgs { file, message_format } = source;
        if file.as_os_str().is_empty() {
            return Err(Failure::Usage("the name of the scenario's file is empty".to_owned()));
        }
        let file = file.into_os_string().into_string().map_err(|file| {
            let shown = Path::new(&file).display().to_string();
            Failure::Usage(format!("the name of the scenario's file is not UTF-8: {shown:?}"))
        })?;
        Ok(Self { file, sets: Vec::new(), variant: None, message_format })
    }

    /// The same on this luck, whatever the file and its variants say: what stands beside other designs
    /// meets theirs.
    #[must_use]
    pub fn on_luck(&self, seed: u64) -> Self {
        let mut options = self.clone();
        options.sets.push(format!("run.seed={seed}"));
        options
    }
}

/// What `explain` is to explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explain {
    /// A diagnostic or a word.
    Word(String),
    /// A query of a scenario.
    Query(ExplainOptions),
}

/// The query that `explain` explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainOptions {
    /// The scenario.
    pub scenario: ScenarioOptions,
    /// Name of the query; none: it is asked for.
    pub query: Option<String>,
    /// What is printed.
    pub format: Format,
}

impl Explain {
    /// Checks what was typed: a file ends in `.toml`, or is there.
    pub fn new(args: ExplainArgs) -> Result<Self, Failure> {
        let path = Path::new(&args.word);
        let is_toml = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
        let is_file = is_toml || path.is_file();
        if is_file || args.query.is_some() {
            let file = PathBuf::from(args.word);
            let source = SourceArgs { file, message_format: args.message_format };
            let plain = ScenarioOptions::plain(source)?;
            let scenario = ScenarioOptions { sets: args.sets, variant: args.variant, ..plain };
            let (query, format) = (args.query, args.format);
            return Ok(Self::Query(ExplainOptions { scenario, query, format }));
        }
        if !args.sets.is_empty() || args.variant.is_some() {
            let message = "`--set` and `--variant` are for the queries of a scenario: plimsoll \
                           explain FILE QUERY";
            return Err(Failure::Usage(message.to_owned()));
        }
        Ok(Self::Word(args.word))
    }
}

/// What is simulated, how, and where the report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyOptions {
    /// The scenario.
    pub scenario: ScenarioOptions,
    /// `--set` options as they were typed, for the command that repeats the study.
    pub typed_sets: Vec<String>,
    /// Whether all replications are to be made, however long they take.
    pub insists: bool,
    /// Threads; none: one per core.
    pub jobs: Option<usize>,
    /// Folder of the report.
    pub out: PathBuf,
    /// What is printed.
    pub format: Format,
    /// Whether neither progress nor summary is printed.
    pub quiet: bool,
}

impl StudyOptions {
    /// Checks what was typed. The name of the report's folder ends in `purpose`.
    fn new(args: StudyArgs, purpose: &str) -> Result<Self, Failure> {
        let mut scenario = ScenarioOptions::new(args.scenario)?;
        let typed_sets = scenario.sets.clone();
        scenario.sets.extend(args.seed.map(|seed| format!("run.seed={seed}")));
        scenario.sets.extend(args.replications.map(|count| format!("run.replications={count}")));
        let out = match args.out {
            Some(out) if out.as_os_str().is_empty() => {
                return Err(Failure::Usage("the folder of the report has no name".to_owned()));
            }
            Some(out) => out,
            None => Path::new("reports").join(report_name(&scenario) + purpose),
        };
        Ok(Self {
            scenario,
            typed_sets,
            insists: args.replications.is_some(),
            jobs: args.jobs.map(|jobs| jobs as usize),
            out,
            format: format_of(args.format, purpose)?,
            quiet: args.quiet,
        })
    }

    /// The same in so many worlds, as if that had been typed.
    #[must_use]
    pub fn in_worlds(&self, worlds: u32) -> Self {
        let mut options = self.clone();
        let set = format!("run.worlds={worlds}");
        options.typed_sets.push(set.clone());
        options.scenario.sets.push(set);
        options
    }

    /// The command that checks the same scenario, for a shell.
    pub fn check(&self) -> String {
        format!("plimsoll check {}{}", quoted(&self.scenario.file), self.changes(&[]))
    }

    /// `--set` and `--variant` as they were typed, and what else must be set to get the same.
    fn changes(&self, more: &[String]) -> String {
        let sets = self.typed_sets.iter().chain(more);
        let mut words: String = sets.map(|set| " --set ".to_owned() + &quoted(set)).collect();
        if let Some(variant) = &self.scenario.variant {
            words = words + " --variant " + &quoted(variant);
        }
        words
    }
}

/// What `run` is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct RunOptions {
    /// What is simulated.
    pub study: StudyOptions,
    /// `--precision` options as they were typed.
    pub precision: Vec<String>,
    /// How long it may take \[s\].
    pub budget: Option<f64>,
    /// Which verdicts the exit code tells; none: it tells none.
    pub gate: Option<Gate>,
    /// The saved summary that this one is held against.
    pub baseline: Option<PathBuf>,
    /// What is printed for a build server, instead of the study's format.
    pub server: Option<Server>,
}

/// Build servers whose format is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// Those that read the XML of `JUnit`.
    Junit,
    /// GitHub's actions.
    Github,
}

impl RunOptions {
    /// Checks what was typed.
    pub fn new(args: RunArgs) -> Result<Self, Failure> {
        let server = match args.study.format {
            Printed::Junit => Some(Server::Junit),
            Printed::Github => Some(Server::Github),
            Printed::Text | Printed::Markdown | Printed::Json => None,
        };
        if args.gate == Some(Gate::Regressions) && args.baseline.is_none() {
            let message = "--gate regressions needs a baseline: --baseline SUMMARY.json";
            return Err(Failure::Usage(message.to_owned()));
        }
        let budget = args.budget.as_deref().map(budget).transpose()?;
        let mut study = StudyOptions::new(args.study, "")?;
        study.scenario.sets.extend(precision(&args.precision));
        let (gate, baseline) = (args.gate, args.baseline);
        Ok(Self { study, precision: args.precision, budget, gate, baseline, server })
    }

    /// What [`RunOptions::reproduce`] would be if it were typed.
    #[must_use]
    pub fn settled(&self, seed: u64, replications: u32) -> Self {
        let mut settled = Self { budget: None, ..self.clone() };
        let study = &mut settled.study;
        study.scenario.sets.clone_from(&study.typed_sets);
        let run = [format!("run.seed={seed}"), format!("run.replications={replications}")];
        study.scenario.sets.extend(run);
        study.scenario.sets.extend(precision(&self.precision));
        study.insists = true;
        settled
    }

    /// The command that gives the same result again, for a shell; `more` is what else must be set.
    pub fn reproduce(&self, file: &str, seed: u64, replications: u32, more: &[String]) -> String {
        let mut command = format!("plimsoll run {}{}", quoted(file), self.study.changes(more));
        for goal in &self.precision {
            command = command + " --precision " + &quoted(goal);
        }
        command + &format!(" --seed {seed} --replications {replications}")
    }
}

/// What `compare` is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareOptions {
    /// What is simulated.
    pub study: StudyOptions,
    /// Other scenarios, and saved summaries (`.json`).
    pub others: Vec<String>,
    /// Metrics beside the usual ones.
    pub metrics: Vec<String>,
}

impl CompareOptions {
    /// Checks what was typed.
    pub fn new(args: CompareArgs) -> Result<Self, Failure> {
        let message_format = args.study.scenario.source.message_format;
        let study = StudyOptions::new(args.study, "-compare")?;
        let other = |file| Ok(ScenarioOptions::plain(SourceArgs { file, message_format })?.file);
        let others = args.others.into_iter().map(other).collect::<Result<_, Failure>>()?;
        Ok(Self { study, others, metrics: args.metrics })
    }

    /// The command that gives the same result again, for a shell; `more` is what else must be set.
    pub fn reproduce(&self, file: &str, seed: u64, replications: u32, more: &[String]) -> String {
        let mut command = format!("plimsoll compare {}", quoted(file));
        for other in &self.others {
            command = command + " " + &quoted(other);
        }
        command += &self.study.changes(more);
        for metric in &self.metrics {
            command = command + " --metric " + &quoted(metric);
        }
        command + &format!(" --seed {seed} --replications {replications}")
    }
}

/// What `sweep` is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepOptions {
    /// What is simulated.
    pub study: StudyOptions,
    /// `--over` as it was typed.
    pub over: Vec<String>,
    /// Metrics beside the usual ones.
    pub metrics: Vec<String>,
}

impl SweepOptions {
    /// Checks what was typed.
    pub fn new(args: SweepArgs) -> Result<Self, Failure> {
        let study = StudyOptions::new(args.study, "-sweep")?;
        Ok(Self { study, over: args.over, metrics: args.metrics })
    }

    /// The command that gives the same result again, for a shell.
    pub fn reproduce(&self, file: &str, seed: u64, replications: Option<u32>) -> String {
        let mut command = format!("plimsoll sweep {}{}", quoted(file), self.study.changes(&[]));
        for over in &self.over {
            command = command + " --over " + &quoted(over);
        }
        for metric in &self.metrics {
            command = command + " --metric " + &quoted(metric);
        }
        let replications = replications.map(|count| format!(" --replications {count}"));
        command + &format!(" --seed {seed}") + &replications.unwrap_or_default()
    }
}

/// What `size` is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeOptions {
    /// What is simulated.
    pub study: StudyOptions,
    /// `--vary` as it was typed.
    pub vary: Vec<String>,
    /// `--until` as it was typed.
    pub until: Option<String>,
    /// `--minimize` as it was typed.
    pub minimize: Option<String>,
    /// `--replications` as it was typed.
    replications: Option<u32>,
}

impl SizeOptions {
    /// Checks what was typed.
    pub fn new(args: SizeArgs) -> Result<Self, Failure> {
        let replications = args.study.replications;
        let study = StudyOptions::new(args.study, "-size")?;
        let SizeArgs { vary, until, minimize, .. } = args;
        Ok(Self { study, vary, until, minimize, replications })
    }

    /// The same in so many worlds, as if that had been typed.
    #[must_use]
    pub fn in_worlds(&self, worlds: u32) -> Self {
        Self { study: self.study.in_worlds(worlds), ..self.clone() }
    }

    /// The command that gives the same result again, for a shell.
    pub fn reproduce(&self, file: &str, seed: u64) -> String {
        let mut command = format!("plimsoll size {}{}", quoted(file), self.study.changes(&[]));
        for vary in &self.vary {
            command = command + " --vary " + &quoted(vary);
        }
        if let Some(until) = &self.until {
            command = command + " --until " + &quoted(until);
        }
        if let Some(minimize) = &self.minimize {
            command = command + " --minimize " + &quoted(minimize);
        }
        let replications = self.replications.map(|count| format!(" --replications {count}"));
        command + &format!(" --seed {seed}") + &replications.unwrap_or_default()
    }
}

/// `--precision` as a value of `run.precision`; a text without its own quotes stays one if the
/// value is no TOML.
fn precision(goals: &[String]) -> Option<String> {
    match goals {
        [] => None,
        [goal] => Some(format!("run.precision={goal}")),
        goals => Some(format!("run.precision=['{}']", goals.join("', '"))),
    }
}

/// A time as scenarios write it, in seconds.
fn budget(text: &str) -> Result<f64, Failure> {
    let wrong = |why: String| Failure::Usage(format!("--budget `{text}`: {why}"));
    let found = parse_metric(text).map_err(|error| wrong(error.message))?;
    let MetricKind::Literal(quantity, _) = found.kind else {
        return Err(wrong("a time is expected, such as 30s or 5min".to_owned()));
    };
    if quantity.dimension != Dimension::TIME {
        return Err(wrong("a time with its unit is expected, such as 30s or 5min".to_owned()));
    }
    if !(quantity.value > 0.0 && quantity.value <= BUDGET_MAX) {
        return Err(wrong("more than nothing and at most a week is expected".to_owned()));
    }
    Ok(quantity.value)
}

/// What is printed in general; only `run`, whose report has no `purpose` in its name, writes for
/// build servers.
fn format_of(printed: Printed, purpose: &str) -> Result<Format, Failure> {
    match printed {
        Printed::Text => Ok(Format::Text),
        Printed::Markdown => Ok(Format::Markdown),
        Printed::Json => Ok(Format::Json),
        Printed::Junit | Printed::Github if purpose.is_empty() => Ok(Format::Text),
        Printed::Junit | Printed::Github => {
            let message = "--format junit and --format github are for the verdicts of `run`";
            Err(Failure::Usage(message.to_owned()))
        }
    }
}

/// The last part of a path, for a result that does not depend on where the file lies.
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Name of the report's folder: the file's stem, with the variant. Only letters, digits, `-`, `_`
/// and `.` inside, so that it is one folder below `reports` whatever the names are.
pub fn report_name(scenario: &ScenarioOptions) -> String {
    let stem = file_name(&scenario.file);
    let stem = stem.strip_suffix(".toml").unwrap_or(stem);
    let variant = scenario.variant.as_ref().map_or(String::new(), |name| format!("-{name}"));
    let safe = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = format!("{stem}{variant}").chars().map(safe).take(100).collect();
    let name = name.trim_matches('.');
    if name.is_empty() { "scenario".to_owned() } else { name.to_owned() }
}

/// A word for a POSIX shell.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Args, Command};
    use clap::Parser;

    fn run(words: &[&str]) -> RunOptions {
        let words = ["plimsoll", "run"].iter().chain(words);
        match Args::parse_from(words).command {
            Command::Run(args) => RunOptions::new(args).unwrap(),
            _ => panic!("not a run"),
        }
    }

    #[test]
    fn options_that_stand_for_a_key_come_after_what_was_set() {
        let options = run(&["a.toml", "--set", "run.seed=3", "--seed", "7", "--replications", "5"]);
        assert_eq!(options.study.scenario.sets, ["run.seed=3", "run.seed=7", "run.replications=5"]);
        assert_eq!(options.study.typed_sets, ["run.seed=3"]);
    }

    #[test]
    fn goals_are_one_key_and_are_repeated() {
        let one = run(&["a.toml", "--precision", "2% on p99(endpoint.x)"]);
        assert_eq!(one.study.scenario.sets, ["run.precision=2% on p99(endpoint.x)"]);
        let two = run(&["a.toml", "--precision", "2% on a", "--precision", "3% on b"]);
        assert_eq!(two.study.scenario.sets, ["run.precision=['2% on a', '3% on b']"]);
        let again = two.reproduce("a.toml", 1, 64, &[]);
        let goals = "--precision '2% on a' --precision '3% on b'";
        assert_eq!(again, format!("plimsoll run a.toml {goals} --seed 1 --replications 64"));
    }

    #[test]
    fn a_budget_is_a_time_with_its_unit() {
        assert_eq!(run(&["a.toml", "--budget", "1.5 min"]).budget, Some(90.0));
        for wrong in ["30", "30%", "0s", "-1s", "2 weeks", "p95(endpoint.x)", ""] {
            let message = budget(wrong).unwrap_err().to_string();
            assert!(message.starts_with(&format!("--budget `{wrong}`: ")), "{message}");
        }
    }

    /// What was found within a budget is what the printed command would be asked for.
    #[test]
    fn what_is_settled_is_what_the_command_says() {
        let typed = ["a.toml", "--set", "x=1", "--precision", "2% on a", "--budget", "9s"];
        let settled = run(&typed).settled(7, 32);
        let command = run(&typed).reproduce("a.toml", 7, 32, &[]);
        assert_eq!(command, settled.reproduce("a.toml", 7, 32, &[]));
        let again = ["a.toml", "--set", "x=1", "--precision", "2% on a"];
        let again = run(&[&again[..], &["--seed", "7", "--replications", "32"]].concat());
        assert_eq!(settled, again);
    }

    #[test]
    fn a_gate_without_a_word_is_about_all() {
        assert_eq!(run(&["a.toml"]).gate, None);
        assert_eq!(run(&["a.toml", "--gate"]).gate, Some(Gate::All));
        assert_eq!(run(&["a.toml", "--gate", "claims", "-q"]).gate, Some(Gate::Claims));
    }

    #[test]
    fn a_report_has_a_folder_of_its_own_below_reports() {
        let out = |words: &[&str]| run(words).study.out.to_string_lossy().into_owned();
        assert_eq!(out(&["scenarios/browse.toml"]), "reports/browse");
        assert_eq!(out(&["browse.toml", "--variant", "as_found"]), "reports/browse-as_found");
        assert_eq!(out(&["browse.toml", "--variant", "../../up"]), "reports/browse-..-..-up");
        assert_eq!(out(&["...toml"]), "reports/scenario");
        assert_eq!(out(&["dir/.."]), "reports/scenario");
        assert_eq!(out(&["a b\n.toml"]), "reports/a-b-");
        assert_eq!(out(&["browse.toml", "--out", "here"]), "here");
    }

    #[test]
    fn the_command_can_be_pasted() {
        let options = run(&["a.toml", "--set", "x=it's 5", "--variant", "v"]);
        assert_eq!(
            options.reproduce("my file.toml", 1, 16, &[]),
            r"plimsoll run 'my file.toml' --set 'x=it'\''s 5' --variant v --seed 1 --replications 16"
        );
        assert_eq!(
            options.reproduce("a.toml", 1, 2, &["run.worlds=3".to_owned()]),
            r"plimsoll run a.toml --set 'x=it'\''s 5' --set run.worlds=3 --variant v --seed 1 --replications 2"
        );
    }

    #[test]
    fn nothing_is_no_file() {
        let source = SourceArgs { file: PathBuf::new(), message_format: MessageFormat::Full };
        assert!(ScenarioOptions::plain(source).is_err());
    }
}
