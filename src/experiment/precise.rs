//! Runs until what is asked for is known well enough.

use super::ensemble::{Ensemble, Partial, Warning};
use super::study::{Control, Prepared, Study};
use crate::stats::looks::Looks;

impl Study {
    /// Runs in looks at 16, 32, 64, … replications per world until `precise` has held twice in a
    /// row, or until all planned replications are made ([`Study::prepare`] says how many).
    ///
    /// The result is that of [`Study::run`] with as many replications, byte for byte. In one world
    /// a look goes on where the last one ended; in several, where the luck of a run depends on the
    /// replications before it in the order of the runs, each look is made anew. If it is stopped,
    /// the longest complete prefix is kept, of several worlds the last complete look.
    pub fn run_until(&self, control: &Control, precise: &dyn Fn(&Ensemble) -> bool) -> Ensemble {
        let Some(prepared) = self.prepare(control) else { return Ensemble::stopped_early(self) };
        let worlds = self.plans.len() as u32;
        let mut looks = Looks::new(prepared.per_world);
        let mut known: Option<Ensemble> = None;
        while let Some(per_world) = looks.next() {
            let plan = Prepared { per_world, ..prepared.clone() };
            let rows = match &mut known {
                Some(last) if worlds == 1 => std::mem::take(&mut last.rows),
                _ => Vec::new(),
            };
            let found = self.continued(&plan, rows, 0..per_world * worlds, control);
            if found.partial.is_some() {
                return match known {
                    Some(last) if worlds > 1 => last.cut_short(),
                    _ => found,
                };
            }
            looks.looked(precise(&found));
            known = Some(found);
        }
        let Some(mut made) = known else { return Ensemble::stopped_early(self) };
        if made.per_world < prepared.per_world {
            // What was cut was not needed.
            made.warnings.retain(|warning| !matches!(warning, Warning::CutReplications { .. }));
        }
        made
    }
}

impl Ensemble {
    /// Complete, but not all that was wanted.
    fn cut_short(mut self) -> Self {
        let worlds = self.plans.len() as u32;
        self.partial = Some(Partial { worlds, replications: self.per_world });
        self
    }
}
