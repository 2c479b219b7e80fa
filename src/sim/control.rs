//! Changes of the machine during a run.

use super::Engine;
use super::trace::Trace;
use crate::plan::Control;

impl<T: Trace> Engine<'_, T> {
    /// The change that is due now.
    pub(super) fn control(&mut self, index: u32) {
        match self.plan.controls[index as usize].1 {
            Control::Speed { station, factor } => self.set_speed(station, factor),
            Control::Capacity { station, cores } => self.set_capacity(station, cores),
            Control::InRotation { instance, active } => {
                let service = self.plan.instances[instance as usize].service;
                self.balancers[service as usize].set_in_rotation(instance, active);
                if let Some(plan) = &self.plan.services[service as usize].outliers
                    && active
                {
                    let outliers = &mut self.outliers.services[service as usize];
                    outliers.came_back(plan, instance, self.now);
                }
            }
        }
    }
}
