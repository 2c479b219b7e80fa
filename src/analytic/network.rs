//! Networks of stations: open (Jackson) and closed (mean value analysis).

use super::multi_server::MultiServer;

/// Solves the traffic equations: rates through each station when `outside[i]` arrive at station i
/// and `routing[i][j]` of those leaving i go to j (the rest leave the network).
///
/// lambda = outside + routing' lambda, by Gaussian elimination with pivoting. `None` if somebody
/// never leaves (no solution), or if the sizes do not fit.
///
/// Jackson, "Networks of waiting lines", Operations Research 5(4), 1957.
pub fn traffic(outside: &[f64], routing: &[Vec<f64>]) -> Option<Vec<f64>> {
    let n = outside.len();
    if routing.len() != n || routing.iter().any(|row| row.len() != n) {
        return None;
    }
    // Rows of (I - routing') with the right side behind.
    let mut rows: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            let left = (0..n).map(|j| f64::from(u8::from(i == j)) - routing[j][i]);
            left.chain([outside[i]]).collect()
        })
        .collect();
    for column in 0..n {
        let pivot =
            (column..n).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        if rows[column][column].is_nan() || rows[column][column].abs() < 1e-12 {
            return None;
        }
        let (done, rest) = rows.split_at_mut(column + 1);
        let lead = &done[column];
        for row in rest {
            let factor = row[column] / lead[column];
            for (cell, above) in row.iter_mut().zip(lead).skip(column) {
                *cell -= factor * above;
            }
        }
    }
    let mut rates = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| rows[i][j] * rates[j]).sum();
        rates[i] = (rows[i][n] - known) / rows[i][i];
    }
    Some(rates)
}

/// The stations of an open Jackson network, each M/M/c by the product form; service is
/// (mean, servers) of each. `None` as for [`traffic`].
pub fn jackson(
    outside: &[f64],
    routing: &[Vec<f64>],
    service: &[(f64, u64)],
) -> Option<Vec<MultiServer>> {
    let rates = traffic(outside, routing)?;
    if service.len() != rates.len() {
        return None;
    }
    let stations = rates.iter().zip(service);
    Some(stations.map(|(rate, (mean, servers))| MultiServer::new(*rate, *mean, *servers)).collect())
}

/// Mean time in an open network: Little's law over all stations.
pub fn mean_network_response(outside: &[f64], stations: &[MultiServer]) -> f64 {
    stations.iter().map(MultiServer::mean_present).sum::<f64>() / outside.iter().sum::<f64>()
}

/// The solution of a closed network.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// Requests completed per unit of time.
    pub throughput: f64,
    /// Mean response, without thinking.
    pub response: f64,
    /// Mean number at each station.
    pub present: Vec<f64>,
}

/// Exact mean value analysis of one class: `users` with mean `think`, single-server stations with
/// the given demands per request (product form: exponential first come first served, or any law
/// under processor sharing). Time grows with users × stations.
///
/// Reiser and Lavenberg, "Mean-value analysis of closed multichain queuing networks", Journal of
/// the ACM 27(2), 1980: R(k) = D (1 + Q(k-1)), X = k/(Z + sum of R), Q = X R.
pub fn mean_value_analysis(users: u64, think: f64, demands: &[f64]) -> Closed {
    let mut closed = Closed { throughput: 0.0, response: 0.0, present: vec![0.0; demands.len()] };
    for k in 1..=users {
        let residences: Vec<f64> =
            demands.iter().zip(&closed.present).map(|(demand, q)| demand * (1.0 + q)).collect();
        closed.response = residences.iter().sum();
        closed.throughput = k as f64 / (think + closed.response);
        for (q, residence) in closed.present.iter_mut().zip(&residences) {
            *q = closed.throughput * residence;
        }
    }
    closed
}

/// Exact throughput and response of `users` who think (mean `think`) and visit one station of
/// `servers` exponential servers (mean `service`): the machine-repairman model, M/M/c//N.
///
/// Kleinrock, Queueing Systems I, 1975, section 3.8; the birth–death chain, scaled as it grows.
pub fn repairman(users: u64, think: f64, service: f64, servers: u64) -> Closed {
    if think <= 0.0 {
        let throughput = users.min(servers) as f64 / service;
        let present = users as f64;
        return Closed { throughput, response: present / throughput, present: vec![present] };
    }
    let (mut weight, mut total, mut present, mut busy) = (1.0, 1.0, 0.0, 0.0);
    for n in 1..=users {
        let serving = n.min(servers) as f64;
        let growth = (users - n + 1) as f64 * service / (think * serving);
        weight *= growth;
        total += weight;
        present += weight * n as f64;
        busy += weight * serving;
        if growth < 1.0 && weight < total * 1e-20 {
            break;
        }
        if total > 1e200 {
            weight /= total;
            present /= total;
            busy /= total;
            total = 1.0;
        }
    }
    let (present, throughput) = (present / total, busy / total / service);
    Closed { throughput, response: present / throughput, present: vec![present] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, relative: f64) {
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{found}, expected {expected}"
        );
    }

    /// Source: feedback with probability p multiplies the rate by 1/(1 - p); a tandem adds up.
    #[test]
    fn open_networks_match_hand_calculation() {
        let again = jackson(&[0.4], &[vec![0.2]], &[(1.0, 1)]).unwrap();
        near(again[0].utilization(), 0.5, 1e-14);
        near(mean_network_response(&[0.4], &again), 1.0 / 0.4, 1e-12);
        let tandem =
            jackson(&[0.5, 0.0], &[vec![0.0, 1.0], vec![0.0, 0.0]], &[(1.0, 1), (1.5, 1)]).unwrap();
        near(mean_network_response(&[0.5, 0.0], &tandem), 2.0 + 6.0, 1e-12);
    }

    /// Goal: the solution satisfies the equations. Method: put it back in.
    #[test]
    fn traffic_equations_hold() {
        let outside = [1.0, 0.0, 2.0];
        let routing = [vec![0.0, 0.7, 0.1], vec![0.3, 0.0, 0.6], vec![0.0, 0.5, 0.25]];
        let rates = traffic(&outside, &routing).unwrap();
        for j in 0..3 {
            let inflow: f64 = (0..3).map(|i| rates[i] * routing[i][j]).sum();
            near(rates[j], outside[j] + inflow, 1e-13);
        }
        assert_eq!(traffic(&[1.0], &[vec![1.0]]), None);
        assert_eq!(traffic(&[1.0], &[]), None);
        assert_eq!(traffic(&[f64::NAN, 1.0], &[vec![f64::NAN; 2], vec![0.0; 2]]), None);
    }

    /// Source: Lazowska et al. 1984, chapter 6: demands 0.605, 2.1, 1.35 s, think 15 s. For three
    /// users X = 0.152, R = 4.7 s.
    #[test]
    fn mean_value_analysis_matches_the_textbook() {
        let closed = mean_value_analysis(3, 15.0, &[0.605, 2.1, 1.35]);
        assert!((closed.throughput - 0.152).abs() < 5e-4, "{closed:?}");
        near(closed.present.iter().sum::<f64>() + 15.0 * closed.throughput, 3.0, 1e-12);
    }

    /// Source: two balanced stations without thinking: X = N/((N + 1) D).
    #[test]
    fn balanced_network_has_its_closed_form() {
        for users in [1, 5, 100] {
            let n = users as f64;
            near(
                mean_value_analysis(users, 0.0, &[2.0, 2.0]).throughput,
                n / (n + 1.0) / 2.0,
                1e-12,
            );
        }
        assert_eq!(mean_value_analysis(0, 1.0, &[1.0]).throughput, 0.0);
    }

    /// Source: with one server the repairman model is the mean value analysis of one station; with
    /// as many servers as users nobody waits.
    #[test]
    fn repairman_agrees_with_mean_value_analysis() {
        for users in [1, 10, 1_000] {
            let (a, b) = (repairman(users, 5.0, 1.0, 1), mean_value_analysis(users, 5.0, &[1.0]));
            near(a.throughput, b.throughput, 1e-11);
            near(a.response, b.response, 1e-9);
        }
        near(repairman(40, 5.0, 1.0, 40).response, 1.0, 1e-12);
        near(repairman(100_000, 5.0, 1.0, 10).throughput, 10.0, 1e-9);
    }
}
