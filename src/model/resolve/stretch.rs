//! `… for T` is judged in whole intervals of the run.

use super::Resolver;
use crate::diag::{Diagnostic, Id};
use crate::model::{Binding, Model};
use crate::units::show;

impl Resolver<'_> {
    /// Stretches that are no multiple of the interval, and those that no run is long enough for.
    pub(super) fn stretches(&mut self, model: &Model, binding: &Binding) {
        let duration = binding.get(model.run.duration);
        let interval = model.run.interval.map_or(duration / 60.0, |id| binding.get(id));
        let objectives = model.objectives.iter().map(|one| ("objective", &one.name, &one.that));
        let claims = model.claims.iter().map(|one| ("claim", &one.id, &one.that));
        for (table, name, condition) in objectives.chain(claims) {
            let stretches = condition.comparisons.iter().filter_map(|one| one.lasting.as_ref());
            for stretch in stretches {
                let Some(node) = self.raw.value(&[table, name, "that"]) else { continue };
                let span = node.sub_span(stretch.span.clone());
                let length = stretch.quantity.value;
                let steps = length / interval;
                // Division may leave a whole number a little off.
                let whole =
                    if (steps - steps.round()).abs() < 1e-6 { steps.round() } else { steps };
                let whole = whole.ceil().max(1.0);
                let shown = show::duration(whole * interval);
                if whole * interval > duration * (1.0 + 1e-9) {
                    let message = format!(
                        "`for` {shown} in a run that measures {}",
                        show::duration(duration)
                    );
                    let found = Diagnostic::new(Id::StretchTooLong, message);
                    self.push(
                        found.at(span, "this can never hold").help("a longer `run.duration`"),
                    );
                } else if (whole - steps).abs() >= 1e-6 {
                    let message = format!(
                        "`for` {} is judged in intervals of {}",
                        show::duration(length),
                        show::duration(interval)
                    );
                    let found = Diagnostic::new(Id::StretchRounded, message);
                    let help = "`run.interval` sets the interval; 1/60 of `duration` by default";
                    self.push(found.at(span, format!("rounded up to {shown}")).help(help));
                }
            }
        }
    }
}
