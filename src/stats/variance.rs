//! How much of the spread of a metric is what we don't know, and how much the luck of a run.
//!
//! One-way random effects: world i adds its own level, a replication its own luck, so that the mean
//! squares between and within worlds have means `luck + n worlds` and `luck` (Searle, Casella and
//! others, *Variance Components*, 1992, chapter 3). Metrics of queues are skewed over worlds,
//! where intervals from chi-squared and F fail however many worlds there are; so intervals come from
//! the jackknife over worlds on logarithms of mean squares and of their ratio (Arvesen and Schmitz,
//! Biometrics 26, 1970, 677–686), and for the difference of mean squares from the two intervals put
//! together (Zou and Donner, Statistics in Medicine 27, 2008, 1693–1702).

use super::estimate::{Estimate, Quality, mean, mean_and_variance};

/// A component of variance, in the metric's unit squared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    /// The estimate; never negative.
    pub variance: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end of its interval.
    pub upper: f64,
}

/// The variance of one run in one world, split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Between worlds: what we don't know.
    pub worlds: Component,
    /// Between replications of one world: the luck of a run.
    pub luck: Component,
    /// Luck's share of the sum, in 0..1, with its interval; `None` if nothing varies.
    pub share_of_luck: Option<Estimate>,
    /// The estimate of the component between worlds was negative and is said to be 0: luck hides it.
    pub hidden: bool,
    /// Worlds that were used.
    pub used: u64,
    /// Worlds left out because a value in them never came (was not finite).
    pub left_out: u64,
    /// Variance that luck adds to the mean of a world's replications: `noise_variance` of
    /// [`super::sensitivity`].
    pub luck_of_a_mean: f64,
}

/// Splits `values[world][replication]`; worlds of differing length count with the length they have.
/// `None` without 3 worlds of 2 or more values, all finite.
pub fn split(values: &[&[f64]], confidence_level: f64) -> Option<Split> {
    let usable = |world: &&&[f64]| world.len() > 1 && world.iter().all(|value| value.is_finite());
    let worlds: Vec<World> = values.iter().filter(usable).map(|world| World::of(world)).collect();
    if worlds.len() < 3 {
        return None;
    }
    let squares = Squares::of(&worlds.iter());
    let without: Vec<Squares> = (0..worlds.len())
        .map(|gone| Squares::of(&worlds[..gone].iter().chain(&worlds[gone + 1..])))
        .collect();
    let interval = |of: fn(&Squares) -> f64| {
        let left_out: Vec<f64> = without.iter().map(of).collect();
        jackknife(of(&squares), &left_out, confidence_level)
    };
    let (between_lower, between_upper) = interval(|squares| squares.between);
    let (lower, upper) = interval(|squares| squares.within);
    let luck = Component { variance: squares.within, lower, upper };
    let n = squares.per_world;
    let known = (squares.between - squares.within) / n;
    let down = libm::hypot(squares.between - between_lower, upper - squares.within) / n;
    let up = libm::hypot(between_upper - squares.between, squares.within - lower) / n;
    let component = Component {
        variance: known.max(0.0),
        lower: (known - down).max(0.0),
        upper: (known + up).max(0.0),
    };
    let share = |ratio: f64| n / (n + (ratio - 1.0).max(0.0));
    let ratio = |squares: &Squares| squares.between / squares.within;
    let share_of_luck = (squares.between > 0.0 || squares.within > 0.0).then(|| {
        let (lower, upper) = interval(ratio);
        Estimate {
            point: share(ratio(&squares)),
            standard_error: standard_error(
                &without.iter().map(ratio).map(share).collect::<Vec<_>>(),
            ),
            lower: share(upper),
            upper: share(lower),
            confidence_level,
            samples: worlds.len() as u64,
            quality: Quality::Good,
        }
    });
    Some(Split {
        worlds: component,
        luck,
        share_of_luck,
        hidden: known < 0.0,
        used: worlds.len() as u64,
        left_out: (values.len() - worlds.len()) as u64,
        luck_of_a_mean: squares.within / n,
    })
}

/// What a world brings to the sums of squares.
struct World {
    count: f64,
    mean: f64,
    squares: f64,
}

impl World {
    fn of(values: &[f64]) -> Self {
        let (mean, variance) = mean_and_variance(values);
        let count = values.len() as f64;
        Self { count, mean, squares: variance * (count - 1.0) }
    }
}

/// Mean squares, and how many replications a world has (for worlds of differing length, the number
/// by which the component counts in the mean square between them).
struct Squares {
    between: f64,
    within: f64,
    per_world: f64,
}

impl Squares {
    fn of<'a>(worlds: &(impl Iterator<Item = &'a World> + Clone)) -> Self {
        let sum = |of: fn(&World) -> f64| worlds.clone().map(of).sum::<f64>();
        let (k, n) = (sum(|_| 1.0), sum(|world| world.count));
        let grand = sum(|world| world.count * world.mean) / n;
        let between: f64 =
            worlds.clone().map(|w| w.count * (w.mean - grand) * (w.mean - grand)).sum();
        Self {
            between: between / (k - 1.0),
            within: sum(|world| world.squares) / (n - k),
            per_world: (n - sum(|world| world.count * world.count) / n) / (k - 1.0),
        }
    }
}

/// The interval of a positive number from those without one world each, on its logarithm; without
/// ends if a logarithm has none.
fn jackknife(whole: f64, without: &[f64], confidence_level: f64) -> (f64, f64) {
    if whole == 0.0 || whole == f64::INFINITY {
        // Luck that never showed, or nothing but worlds.
        return (whole, whole);
    }
    let k = without.len() as f64;
    let pseudo: Vec<f64> =
        without.iter().map(|&part| k * libm::log(whole) - (k - 1.0) * libm::log(part)).collect();
    match mean(&pseudo, confidence_level) {
        Some(found) if found.quality == Quality::Good => {
            // Around the estimate itself, not the jackknife's.
            let half = found.half_width();
            (whole * libm::exp(-half), whole * libm::exp(half))
        }
        _ => (0.0, f64::INFINITY),
    }
}

/// Jackknife standard error from the values without one world each.
fn standard_error(without: &[f64]) -> f64 {
    let (_, variance) = mean_and_variance(without);
    let k = without.len() as f64;
    (k - 1.0) * (variance / k).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::testing::Draws;
    use super::super::worlds::point;
    use super::*;

    /// Worked by hand: means 2, 6, 10; squares within 2 each. Between: 2 · 32 / 2 = 32, within 2.
    #[test]
    fn mean_squares_are_those_of_the_textbook() {
        let found = split(&[&[1.0, 3.0], &[5.0, 7.0], &[9.0, 11.0]], 0.95).unwrap();
        assert_eq!((found.worlds.variance, found.luck.variance), (15.0, 2.0));
        assert_eq!((found.used, found.left_out, found.hidden), (3, 0, false));
        assert!((found.share_of_luck.unwrap().point - 2.0 / 17.0).abs() < 1e-12);
        assert_eq!(found.luck_of_a_mean, 1.0);
    }

    #[test]
    fn worlds_without_an_answer_are_left_out_and_counted() {
        let never = [1.0, f64::INFINITY];
        let found = split(&[&[1.0, 3.0], &never, &[5.0, 7.0], &[9.0, 11.0], &[4.0]], 0.95).unwrap();
        assert_eq!((found.used, found.left_out, found.worlds.variance), (3, 2, 15.0));
        assert!(split(&[&never, &[1.0, 2.0], &[1.0, 2.0]], 0.95).is_none());
        // Means of different worlds closer than luck makes them: the component is 0, and said so.
        let hidden = split(&[&[0.0, 2.0], &[2.0, 0.0], &[0.5, 1.5]], 0.95).unwrap();
        assert!(hidden.hidden && hidden.worlds.variance == 0.0 && hidden.worlds.lower == 0.0);
        assert_eq!(hidden.share_of_luck.unwrap().point, 1.0);
        // No luck at all, and nothing that varies.
        let certain = split(&[&[1.0, 1.0], &[2.0, 2.0], &[4.0, 4.0]], 0.95).unwrap();
        let share = certain.share_of_luck.unwrap();
        assert_eq!((share.point, share.lower, share.upper), (0.0, 0.0, 0.0));
        assert!(!share.standard_error.is_nan() && certain.worlds.variance > 0.0);
        let constant = split(&[[1.0, 1.0].as_slice(); 4], 0.95).unwrap();
        assert_eq!((constant.share_of_luck, constant.worlds.upper), (None, 0.0));
    }

    /// Coverage of the three intervals over 2,000 studies of 64 worlds × 2 replications, with levels
    /// of standard deviation 1 and luck that is exponential with standard deviation `luck`.
    fn coverage(luck: f64, level: fn(&mut Draws, u64, u32) -> f64) -> [f64; 3] {
        const STUDIES: u64 = 2_000;
        let mut covered = [0_u32; 3];
        for study in 1..=STUDIES {
            let mut draws = Draws::new(study);
            let worlds: Vec<[f64; 2]> = (0..64)
                .map(|world| {
                    let level = level(&mut draws, study, world);
                    [(); 2].map(|()| level + luck * draws.exponential())
                })
                .collect();
            let rows: Vec<&[f64]> = worlds.iter().map(<[f64; 2]>::as_slice).collect();
            let found = split(&rows, 0.95).unwrap();
            let share = found.share_of_luck.unwrap();
            let truth = luck * luck / (1.0 + luck * luck);
            covered[0] += u32::from(found.worlds.lower <= 1.0 && 1.0 <= found.worlds.upper);
            covered[1] += u32::from((found.luck.lower..=found.luck.upper).contains(&(luck * luck)));
            covered[2] += u32::from(share.lower <= truth && truth <= share.upper);
        }
        covered.map(|count| f64::from(count) / STUDIES as f64)
    }

    /// The jackknife's level is right for large samples. At 64 worlds exponential luck costs 3.5 %
    /// of it; exponential levels would cost 6 %, if worlds were independent, but those of an even
    /// design give it back.
    #[test]
    fn intervals_cover_with_skewed_worlds_and_luck() {
        let normal = |draws: &mut Draws, _: u64, _: u32| draws.normal();
        let skewed = |draws: &mut Draws, _: u64, _: u32| draws.exponential();
        let designed = |_: &mut Draws, seed: u64, world: u32| -libm::log(point(seed, world, 0));
        for luck in [0.3, 1.0] {
            for (level, least) in
                [(normal as fn(&mut _, _, _) -> _, 0.93), (skewed, 0.88), (designed, 0.94)]
            {
                let [worlds, within, share] = coverage(luck, level);
                assert!((least..=1.0).contains(&worlds), "{luck}: {worlds}");
                assert!((0.90..0.97).contains(&within), "{luck}: {within}");
                assert!((0.91..=1.0).contains(&share), "{luck}: {share}");
            }
        }
    }
}
