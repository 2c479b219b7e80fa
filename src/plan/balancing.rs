//! How requests find their instances.

use super::NONE;
use super::catalog::Source;
use super::compile::Compiler;
use crate::model::{Balance, BalanceKey, Service};
use crate::units::time::seconds_to_ns;

/// What requests are spread by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Nothing of theirs.
    None,
    /// A variable, drawn for each.
    Drawn(u32),
    /// Who asks.
    User,
}

/// Which instances a balancer passes over because they fail, and how those that come back are
/// spared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutlierPlan {
    /// Errors in a row.
    pub errors: u32,
    /// How long the first time, ns.
    pub base: u64,
    /// Most instances that may be out at once.
    pub most: u32,
    /// Time to the full share of one that comes back, ns; 0: it has it at once.
    pub slow_start: u64,
    /// Level of instances that are out, each caller's balancer counted for itself.
    pub ejected: u32,
    /// Counter of ejections.
    pub ejections: u32,
}

impl Compiler<'_> {
    pub fn balance_key(&mut self, service: &Service) -> Key {
        let by_key = matches!(service.balance, Balance::Sticky | Balance::Hash);
        match service.balance_key.filter(|_| by_key) {
            None => Key::None,
            Some(BalanceKey::User) => Key::User,
            Some(BalanceKey::Drawn(key)) => {
                let name = format!("service.{}/balance_key", service.name);
                Key::Drawn(self.variable(key, &name))
            }
        }
    }

    /// What keeps a balancer from instances, and where it is counted.
    pub fn outliers(&mut self, service: &Service, instances: u32) -> Option<OutlierPlan> {
        let slow_start = service.slow_start.map_or(0, |id| seconds_to_ns(self.binding.get(id)));
        let spared = OutlierPlan {
            errors: u32::MAX,
            base: 0,
            most: 0,
            slow_start,
            ejected: NONE,
            ejections: NONE,
        };
        let Some(eject) = service.eject else { return (slow_start > 0).then_some(spared) };
        let path = format!("service.{}", service.name);
        let (ejected, ejections) = (self.level(0), self.counter());
        let level =
            Source::Level { sum: ejected, instances: vec![ejected], unit: 1.0, capacity: None };
        let about = "instances that a balancer passes over because they failed";
        self.plan.catalog.add(format!("{path}.ejected"), level, about);
        let source = Source::Count { count: ejections };
        self.plan.catalog.add(format!("{path}.ejections"), source, "ejections of instances");
        let share = self.binding.get(eject.at_most) * f64::from(instances);
        // One may always be out, but never all.
        let most = (libm::floor(share + 1e-9) as u32).max(1).min(instances.saturating_sub(1));
        Some(OutlierPlan {
            errors: self.binding.count(eject.errors),
            base: seconds_to_ns(self.binding.get(eject.base)),
            most,
            ejected,
            ejections,
            ..spared
        })
    }
}
