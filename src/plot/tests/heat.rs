//! Two settings: cells in their places, marks for what misses, the border of what meets.

use super::super::heat::{HeatCell, HeatData, heat};
use super::*;

/// Pool size times cores: too few of either and p95 leaves.
fn grid(columns: &[f64], rows: &[f64]) -> HeatData {
    let mut cells = Vec::new();
    for (column, size) in columns.iter().enumerate() {
        for (row, cores) in rows.iter().enumerate() {
            let spare = size.min(cores * 6.0) - 9.0;
            let value = if spare <= 0.0 { f64::INFINITY } else { 0.15 + 1.6 / spare.powf(1.5) };
            let verdict = match value {
                v if v < 0.45 => Verdict::Pass,
                v if v < 0.55 => Verdict::Inconclusive,
                _ => Verdict::Fail,
            };
            cells.push(HeatCell { column, row, value, verdict: Some(verdict) });
        }
    }
    HeatData {
        title: "p95(endpoint.browse) over pool size and cores".to_owned(),
        finding: "Twelve connections need three cores; more of either alone buys little."
            .to_owned(),
        x_key: "pool.api_pg.size".to_owned(),
        x: Quantity::Count,
        columns: columns.to_vec(),
        y_key: "database.pg.cores".to_owned(),
        y: Quantity::Count,
        rows: rows.to_vec(),
        what: "p95(endpoint.browse)".to_owned(),
        quantity: Quantity::Time,
        log: true,
        objective: "p95(endpoint.browse) < 500 ms".to_owned(),
        cells,
    }
}

#[test]
fn cells_stand_at_their_settings_and_the_border_around_what_meets() {
    let mut data = grid(&[8.0, 10.0, 12.0, 13.0, 16.0], &[1.0, 2.0, 3.0, 4.0]);
    let text = check("heat-round", &heat(&data));
    // Row 2 cores is above row 1; the number of 16 connections and 4 cores stands in both lines.
    assert!(find(&text, "2").1 < find(&text, "1").1);
    let (x, y) = (find(&text, "16").0, find(&text, "4").1);
    let all = texts(&text);
    assert!(
        all.iter().any(|t| t.3 == "236" && (t.0 - x).abs() < 0.5 && (t.1 - y).abs() < 0.5),
        "{all:?}"
    );
    // 1 core never answers, whatever the pool; neither do 8 connections: 5 + 3 cells.
    assert_eq!(all.iter().filter(|t| t.3 == "never").count(), 8);
    assert!(text.contains("Never answered: 8.") && text.contains("at 16, 3."));
    // Around what cannot be told (12 connections, or 2 cores) the border is dashed; it is solid where
    // 13 connections with 2 cores are shown to miss what 3 cores meet.
    let at = data.cells.iter().position(|cell| (cell.column, cell.row) == (3, 1)).unwrap();
    data.cells[at].verdict = Some(Verdict::Fail);
    let text = check("heat-border", &heat(&data));
    let border = |dashed: bool| {
        let thick = text.lines().filter(|l| l.contains("stroke-width=\"10\""));
        let length = |l: &str| {
            let points = l.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
            let points: Vec<(f64, f64)> = points
                .split(' ')
                .filter_map(|p| p.split_once(','))
                .map(|(x, y)| (x.parse::<f64>().unwrap() / 4.0, y.parse::<f64>().unwrap() / 4.0))
                .collect();
            (points[1].0 - points[0].0).abs() + (points[1].1 - points[0].1).abs()
        };
        thick.map(length).filter(|l| (*l < 10.0) == dashed).count()
    };
    // Besides the 22 px of the legend, the width of one cell.
    assert_eq!(border(false), 2, "solid");
    assert!(border(true) > 0, "dashed around what cannot be told");
    assert_eq!(fingerprint(&text), "8aaa96648aa2df0a");
    data.cells.clear();
    assert!(check("heat-empty", &heat(&data)).contains("No design was simulated"));
}

#[test]
fn grids_survive_extremes() {
    let sizes: Vec<f64> = (4..64).map(f64::from).collect();
    let cores: Vec<f64> = (1..=20).map(|i| f64::from(i) / 2.0).collect();
    let text = check("heat-many", &heat(&grid(&sizes, &cores)));
    assert!(text.contains("Not drawn: values beyond the first 40"));
    check("heat-one", &heat(&grid(&[12.0], &[4.0])));
    let mut data = grid(&[1.0, 2.0, 3.0], &[1.0, 2.0]);
    data.x_key =
        "a_key.with_a_name_of_sixty_four_characters_which_is_the_most_there_may_be".to_owned();
    data.y_key = "<script>".to_owned();
    data.objective =
        "p99.9(endpoint.a_very_long_name_that_nobody_would_choose_freely) < 500 ms".to_owned();
    let values = [0.0, -5.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300];
    let verdicts = [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive];
    data.cells = (0..6)
        .map(|i| HeatCell {
            column: i % 3,
            row: i / 3,
            value: values[i],
            verdict: Some(verdicts[i % 3]),
        })
        .collect();
    data.cells.push(HeatCell { column: 9, row: 9, value: 1.0, verdict: None });
    check("heat-awkward", &heat(&data));
    data.log = false;
    data.quantity = Quantity::Share;
    check("heat-awkward-linear", &heat(&data));
    // Everything alike, and no objective.
    let mut flat = grid(&[1_024.0, 2_048.0], &[1.0, 2.0]);
    flat.cells.iter_mut().for_each(|cell| (cell.value, cell.verdict) = (0.0, None));
    flat.quantity = Quantity::Number;
    flat.log = false;
    find(&check("heat-flat", &heat(&flat)), "1,024");
}
