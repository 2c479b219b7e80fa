//! `plimsoll explain FILE QUERY`: what a query on a table costs, and why; without a query what becomes
//! of the tables.

use super::args::Format;
use super::load::Loaded;
use super::options::{ExplainOptions, quoted};
use super::{Failure, bug, exit, ui};
use crate::demand;
use crate::diag::suggest;
use crate::model::{Binding, Model, Scaling, Use};
use crate::report::explain::{gather, growth, render};
use crate::study::forecast::{Problem, Spec, Step, forecast};
use crate::study::runs::Outside;

/// Explains a query, or a write by the name that it has in metrics.
pub fn explain(options: &ExplainOptions) -> Result<u8, Failure> {
    bug::remember(&format!("plimsoll explain {}", options.scenario.file));
    let mut loaded = Loaded::new(&options.scenario)?;
    let model = loaded.data(options.scenario.variant.as_deref())?;
    let binding = loaded.bound(|| {
        let world = model.nominal_world().map_err(|problem| vec![problem])?;
        demand::bind(&model, &world, Scaling::default())
    })?;
    let wanted = options.query.as_deref();
    if wanted.is_none() && !model.tables.is_empty() {
        return tables(&mut loaded, options, &model, &binding);
    }
    let bare = wanted.map(|wanted| wanted.strip_prefix("query.").unwrap_or(wanted));
    let found = bare.and_then(|bare| model.queries.iter().position(|query| query.name == bare));
    let Some(query) = found else { return Err(unknown(options, &model, bare)) };
    let Some(all) = gather::explain(&model, &binding, query) else {
        let shown = crate::diag::name(&format!("query.{}", model.queries[query].name));
        let message = match model.queries[query].table {
            Some(Use::Commit) => format!(
                "{shown} is the commit of transactions that write: it flushes the log and asks no \
                 table"
            ),
            _ => format!(
                "{shown} asks no table: what it costs is stated; with `table` it would follow"
            ),
        };
        return Err(Failure::Usage(message));
    };
    loaded.show();
    ui::data(&match options.format {
        Format::Text => render::text(&all),
        Format::Markdown => render::markdown(&all),
        Format::Json => render::json(&all).map_err(|error| Failure::Usage(error.to_string()))?,
    })?;
    Ok(exit::COMPLETED)
}

/// Months until the later numbers of tables.
const MONTHS: u32 = 36;

/// What becomes of the tables of a scenario.
fn tables(
    loaded: &mut Loaded,
    options: &ExplainOptions,
    model: &Model,
    binding: &Binding,
) -> Result<u8, Failure> {
    let spec = Spec { months: MONTHS, worlds: 1, seed: model.run.seed, step: Step::Months(12) };
    let worked = match forecast(&[(None, model.clone())], &spec, Outside::unattended()) {
        Ok(worked) => worked,
        Err(Problem::Binding(problems)) => return loaded.bound(|| Err(problems)),
        Err(Problem::Calendar(why)) => return Err(Failure::Usage(why)),
        Err(Problem::Stopped) => return Err(Failure::Interrupted),
    };
    loaded.show();
    let all = growth::overview(model, binding, &worked, MONTHS);
    let file = quoted(&options.scenario.file);
    ui::data(&match options.format {
        Format::Text => growth::text(&all, &file),
        Format::Markdown => growth::markdown(&all, &file),
        Format::Json => growth::json(&all).map_err(|error| Failure::Usage(error.to_string()))?,
    })?;
    Ok(exit::COMPLETED)
}

fn unknown(options: &ExplainOptions, model: &Model, wanted: Option<&str>) -> Failure {
    let names: Vec<&str> = model
        .queries
        .iter()
        .filter(|query| query.table.is_some())
        .map(|query| query.name.as_str())
        .collect();
    if names.is_empty() {
        let file = crate::diag::name(&options.scenario.file);
        return Failure::Usage(format!("no query of {file} asks a table"));
    }
    let listed = names.join(", ");
    Failure::Usage(match wanted {
        None => format!(
            "which query? plimsoll explain {} QUERY, one of {listed}",
            quoted(&options.scenario.file)
        ),
        Some(wanted) => {
            let close = suggest::closest(wanted, names.iter().copied());
            let help = close.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
            let wanted = crate::diag::name(wanted);
            format!("there is no query {wanted} on a table{help}; there are {listed}")
        }
    })
}
