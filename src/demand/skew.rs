//! Instances that do not get the same work, or do it at other speeds.

use crate::dist::{hash_name, key_place, mix64};
use crate::expr::formula::Variate;
use crate::model::{Balance, BalanceKey, Binding, Model};

/// Ranks of a Zipf law that are hashed one by one; the others are taken as evenly spread.
const RANKS: u64 = 100_000;

/// How the requests of a service fall on its instances.
#[derive(Debug, Clone)]
pub struct Skew {
    /// Share of the requests by instance; sums to 1.
    shares: Vec<f64>,
    /// Speed of the cores by instance.
    speeds: Vec<f64>,
}

/// The instance that fills first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Busiest {
    /// Number of the instance, from 0.
    pub instance: usize,
    /// Its share of the work.
    pub share: f64,
    /// Its load over that of the average instance.
    pub ratio: f64,
}

impl Skew {
    /// Of a service; `None` where all instances are alike. Balancers that look at what is under
    /// way give instances what they can do, the others (but `hash` with a key whose values are
    /// known) equal shares.
    pub fn of(model: &Model, binding: &Binding, service: usize) -> Option<Self> {
        let plan = &model.services[service];
        let instances = binding.count(plan.instances).max(1) as usize;
        let stated = |at: usize| plan.speeds.get(at).map_or(1.0, |&id| binding.get(id));
        let hashed = hashed(model, binding, service, instances);
        if instances == 1 && plan.speeds.is_empty() || plan.speeds.is_empty() && hashed.is_none() {
            return None;
        }
        let speeds: Vec<f64> = (0..instances).map(stated).collect();
        let shares = hashed.unwrap_or_else(|| match plan.balance {
            Balance::LeastOutstanding | Balance::PowerOfTwo => {
                let sum: f64 = speeds.iter().sum();
                speeds.iter().map(|speed| speed / sum).collect()
            }
            _ => vec![1.0 / instances as f64; instances],
        });
        Some(Self { shares, speeds })
    }

    /// The speed at which one core would take as long as the cores take on average.
    pub fn speed(&self) -> f64 {
        1.0 / self.work().sum::<f64>()
    }

    /// Time on a core by instance, relative to the time of all requests at speed 1.
    fn work(&self) -> impl Iterator<Item = f64> {
        self.shares.iter().zip(&self.speeds).map(|(share, speed)| share / speed)
    }

    /// The instance whose cores fill first, if one does.
    pub fn busiest_cores(&self) -> Option<Busiest> {
        busiest(&self.work().collect::<Vec<_>>())
    }

    /// The instance that gets most requests, if one does.
    pub fn most_requests(&self) -> Option<Busiest> {
        busiest(&self.shares)
    }

    /// Whether the speeds differ.
    pub fn is_mixed(&self) -> bool {
        self.speeds.iter().any(|speed| *speed != self.speeds[0])
    }
}

fn busiest(work: &[f64]) -> Option<Busiest> {
    let sum: f64 = work.iter().sum();
    let (instance, most) = work.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let ratio = most / sum * work.len() as f64;
    (ratio > 1.0 + 1e-9).then_some(Busiest { instance, share: most / sum, ratio })
}

/// Shares of instances by the simulator's own hash, where the law of the key has values that are
/// known.
fn hashed(model: &Model, binding: &Binding, service: usize, instances: usize) -> Option<Vec<f64>> {
    let plan = &model.services[service];
    let (Balance::Hash, Some(BalanceKey::Drawn(key))) = (plan.balance, plan.balance_key) else {
        return None;
    };
    let (values, rest) = match binding.variate(key).0 {
        Variate::Fixed(value) => (vec![(*value, 1.0)], 0.0),
        Variate::Law(law) => law.atoms(RANKS)?,
        Variate::Formula(_) => return None,
    };
    let stream = hash_name(&format!("service.{}", plan.name));
    let mut shares = vec![rest / instances as f64; instances];
    for (value, probability) in values {
        let hash = mix64((value + 0.0).to_bits() ^ stream);
        shares[key_place(hash, instances as u32) as usize] += probability;
    }
    Some(shares)
}
