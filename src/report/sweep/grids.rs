//! What a sweep over two keys says, in sentences: where every objective is met, and why it is not
//! elsewhere.

use super::facts::{Point, Sweep};
use crate::report::cause::{self, Connections, Placed, Places};
use crate::report::phrase;
use crate::study::sweep;

/// Rows that are named, those that are alike together.
const ROWS: usize = 8;

/// How many points meet every objective, which these are, and what is busy where one is missed.
pub fn findings(found: &sweep::Sweep, all: &Sweep) -> Vec<String> {
    if all.limits.is_empty() && found.points.iter().all(|point| point.objectives.is_empty()) {
        return Vec::new();
    }
    let holds =
        |wanted: Option<bool>| found.points.iter().filter(|one| one.holds() == wanted).count();
    let (met, missed, open) = (holds(Some(true)), holds(Some(false)), holds(None));
    let keys: Vec<String> = all.keys.iter().map(|key| key.path.clone()).collect();
    let open = if open == 0 { String::new() } else { format!(", of {open} the runs can't tell") };
    if met + missed == 0 {
        return vec![format!(
            "The runs can't tell of any of the {} combinations of {} whether every objective is met.",
            found.points.len(),
            phrase::list(&keys)
        )];
    }
    let mut said = vec![format!(
        "Of {} combinations of {}, {met} {} every objective and {missed} {} not{open}.",
        found.points.len(),
        phrase::list(&keys),
        if met == 1 { "meets" } else { "meet" },
        if missed == 1 { "does" } else { "do" },
    )];
    if let [first, second] = all.keys.as_slice() {
        let (first, second) = (first.path.as_str(), second.path.as_str());
        said.extend(frontier(all, (first, second)));
        said.extend(causes(all, (first, second)));
        said.extend(short(all, (first, second)));
    }
    said
}

/// The values of a key, in the order of the grid.
fn values(all: &Sweep, key: usize) -> Vec<&str> {
    let mut values: Vec<&str> = Vec::new();
    for text in all.points.iter().filter_map(|point| point.settings.get(key)) {
        if !values.contains(&text.as_str()) {
            values.push(text);
        }
    }
    values
}

/// Whether the values of a key have an order: all are numbers.
fn places(all: &Sweep, key: usize) -> Places {
    let is_number = |point: &Point| point.values.get(key).is_some_and(Option::is_some);
    if all.points.iter().all(is_number) { Places::Ordered } else { Places::Listed }
}

/// Some of the values of a key: `1 to 3 and 8`, neighbors in the grid together.
fn some(all: &Sweep, key: usize, chosen: &[&str]) -> String {
    let every = values(all, key);
    let order = places(all, key);
    let is_chosen = |text: &&str| chosen.contains(text);
    let stretches = every.chunk_by(|a, b| is_chosen(a) == is_chosen(b));
    let named = |one: &[&str]| match (order, one) {
        (Places::Ordered, [_, _, _, ..]) => vec![order.of(one)],
        _ => one.iter().map(|&text| text.to_owned()).collect(),
    };
    let all = stretches.filter(|one| one.first().is_some_and(is_chosen)).flat_map(named);
    phrase::list(&all.collect::<Vec<_>>())
}

/// For each value of the first key those of the second at which every objective is met; nothing where
/// that is so everywhere or nowhere, or where it takes too many words.
fn frontier(all: &Sweep, (first, second): (&str, &str)) -> Option<String> {
    let met = |row: &str| -> Vec<&str> {
        let here = all.points.iter().filter(|point| point.settings[0] == row && point.is_met());
        here.map(|point| point.settings[1].as_str()).collect()
    };
    let rows = values(all, 0);
    let sets: Vec<(&str, Vec<&str>)> = rows.into_iter().map(|row| (row, met(row))).collect();
    let alike: Vec<&[(&str, Vec<&str>)]> = sets.chunk_by(|a, b| a.1 == b.1).collect();
    if alike.len() < 2 || alike.len() > ROWS {
        return None;
    }
    let part = |part: &&[(&str, Vec<&str>)]| {
        let rows: Vec<&str> = part.iter().map(|one| one.0).collect();
        let at = format!("with {first} = {}", some(all, 0, &rows));
        let met = &part.first()?.1;
        Some(match met.len() {
            0 => format!("{at} at no {second}"),
            count if count == values(all, 1).len() => format!("{at} at every {second}"),
            _ => format!("{at} at {second} = {}", some(all, 1, met)),
        })
    };
    let parts: Vec<String> = alike.iter().filter_map(part).collect();
    Some(format!("Every objective is shown to be met {}.", parts.join("; ")))
}

/// What is to blame where an objective is missed: the points of the same kind of cause together, the
/// most of them first.
fn causes(all: &Sweep, (first, second): (&str, &str)) -> Vec<String> {
    type Kind<'a> = (Option<&'a str>, Option<&'a str>);
    let mut groups: Vec<(Kind, Vec<&Point>)> = Vec::new();
    for point in all.points.iter().filter(|point| point.objectives.1 > 0) {
        let Some(cause) = &point.cause else { continue };
        match groups.iter_mut().find(|known| known.0 == cause.kind()) {
            Some(known) => known.1.push(point),
            None => groups.push((cause.kind(), vec![point])),
        }
    }
    groups.sort_by_key(|(_, points)| std::cmp::Reverse(points.len()));
    let said = |(_, points): &(Kind, Vec<&Point>)| {
        let at = |key: usize| -> Vec<&str> {
            points.iter().map(|point| point.settings[key].as_str()).collect()
        };
        let designs: Vec<Placed> =
            points.iter().filter_map(|point| Some(("", point.cause.as_ref()?))).collect();
        let many = match points.len() {
            1 => String::new(),
            many => format!("{many} combinations among "),
        };
        format!(
            "Missed at {many}{first} = {} and {second} = {}: {}.",
            some(all, 0, &at(0)),
            some(all, 1, &at(1)),
            cause::first(&designs, None)
        )
    };
    groups.iter().map(said).collect()
}

/// Where the pools may ask for more connections than a server takes, if they do not everywhere.
fn short(all: &Sweep, (first, second): (&str, &str)) -> Vec<String> {
    let mut servers: Vec<(&str, Vec<(&Point, &Connections)>)> = Vec::new();
    for point in &all.points {
        let asked = point.cause.as_ref().and_then(|cause| cause.connections.as_ref());
        let Some(connections) = asked else { continue };
        match servers.iter_mut().find(|known| known.0 == connections.path) {
            Some(known) => known.1.push((point, connections)),
            None => servers.push((&connections.path, vec![(point, connections)])),
        }
    }
    servers.retain(|(_, points)| points.len() < all.points.len());
    let said = |(server, points): &(&str, Vec<(&Point, &Connections)>)| {
        let at = |key: usize| -> Vec<&str> {
            let every = values(all, key).into_iter();
            every.filter(|text| points.iter().any(|(one, _)| one.settings[key] == *text)).collect()
        };
        let (rows, columns) = (at(0), at(1));
        let is_all = |key: usize, chosen: &[&str]| chosen.len() == values(all, key).len();
        let is_product = rows.len() * columns.len() == points.len();
        let place = match () {
            () if is_product && is_all(1, &columns) => format!("{first} = {}", some(all, 0, &rows)),
            () if is_product && is_all(0, &rows) => {
                format!("{second} = {}", some(all, 1, &columns))
            }
            () => {
                let many = if is_product {
                    String::new()
                } else {
                    format!("{} combinations among ", points.len())
                };
                let (rows, columns) = (some(all, 0, &rows), some(all, 1, &columns));
                format!("{many}{first} = {rows} and {second} = {columns}")
            }
        };
        let of: Vec<&Connections> = points.iter().map(|(_, one)| *one).collect();
        let (asked, takes) = cause::asked_and_taken(&of);
        format!(
            "At {place} the pools may ask for more connections ({asked}) than {server} takes ({takes})."
        )
    };
    servers.iter().map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::super::facts::Key;
    use super::*;
    use crate::report::cause::Cause;
    use crate::report::summary::Number;

    /// A grid of which each row says of each point whether it is met (`+`), missed with busy cores (`c`)
    /// or missed with a busy pool (`p`).
    fn grid(rows: &[&str]) -> Sweep {
        let point = |row: usize, (column, mark): (usize, char)| {
            let path = if mark == 'p' { "pool.api" } else { "database.pg.cpu" };
            let at = [row + 1, 10 * (column + 1)];
            Point {
                settings: at.iter().map(ToString::to_string).collect(),
                values: at.iter().map(|&at| Some(Number(at as f64))).collect(),
                objectives: (u32::from(mark == '+'), u32::from(mark != '+'), 0),
                cause: Some(Cause { busiest: Some((path.to_owned(), 0.9)), ..Cause::default() }),
                ..Point::default()
            }
        };
        let rows = rows.iter().enumerate();
        let points = rows.flat_map(|(row, marks)| {
            marks.chars().enumerate().map(move |mark| point(row, mark)).collect::<Vec<_>>()
        });
        let key = |path: &str| Key { path: path.to_owned(), log: false };
        Sweep { keys: vec![key("a"), key("b")], points: points.collect(), ..Sweep::default() }
    }

    /// Read off the marks by hand.
    #[test]
    fn where_it_is_met_is_said_row_by_row_and_alike_rows_together() {
        let all = grid(&["pppp", "pppp", "p++c", "p+++", "++++"]);
        assert_eq!(
            frontier(&all, ("a", "b")).unwrap(),
            "Every objective is shown to be met with a = 1 and 2 at no b; with a = 3 at b = 20 and 30; with a = \
             4 at b = 20 to 40; with a = 5 at every b."
        );
        assert_eq!(frontier(&grid(&["++", "++"]), ("a", "b")), None);
        assert_eq!(
            causes(&all, ("a", "b")),
            [
                "Missed at 10 combinations among a = 1 to 4 and b = 10 to 40: pool.api is the \
                 busiest, 90 % in use.",
                "Missed at a = 3 and b = 40: database.pg.cpu is the busiest, 90 % in \
                 use.",
            ]
        );
    }

    /// Goal: where connections are refused that is said first, apart from where cores are only busy; and
    /// where the pools may ask for too many, whether or not anything is missed there.
    #[test]
    fn refused_connections_stand_apart_from_busy_cores() {
        let mut all = grid(&["++", "++", "+c", "cc"]);
        for (at, point) in all.points.iter_mut().enumerate().skip(4) {
            let cause = point.cause.as_mut().unwrap();
            let path = "database.pg".to_owned();
            let asked = if at < 6 { 32 } else { 64 };
            cause.connections = Some(Connections { path, asked, takes: 22 });
            // In the last row something else is missed.
            cause.refused = (at == 5).then_some(Number(0.0122));
        }
        assert_eq!(
            causes(&all, ("a", "b")),
            [
                "Missed at 2 combinations among a = 4 and b = 10 and 20: database.pg.cpu is the busiest, \
                 90 % in use.",
                "Missed at a = 3 and b = 20: the pools may ask for 32 connections of database.pg, which \
                 takes 22 (1.22 % of checkouts are refused); database.pg.cpu is the busiest, 90 % in use.",
            ]
        );
        assert_eq!(
            short(&all, ("a", "b")),
            [
                "At a = 3 and 4 the pools may ask for more connections (32 to 64) than database.pg takes \
                 (22)."
            ]
        );
        assert_eq!(
            all.points[5].cause.as_ref().unwrap().in_short().unwrap(),
            "connections: 32 asked of database.pg, which takes 22 (1.22 % of checkouts refused)"
        );
        for point in &mut all.points[..4] {
            point.cause.as_mut().unwrap().connections = Some(Connections::default());
        }
        all.points[4].cause.as_mut().unwrap().connections = None;
        assert_eq!(
            short(&all, ("a", "b"))[1],
            "At 3 combinations among a = 3 and 4 and b = 10 and 20 the pools may ask for more connections \
             (32 to 64) than database.pg takes (22)."
        );
    }

    /// Values between which others lie that are met are not spoken of as a stretch.
    #[test]
    fn stretches_end_where_others_lie_between() {
        let all = grid(&["p+pcc"]);
        assert_eq!(some(&all, 1, &["10", "30", "40", "50"]), "10 and 30 to 50");
    }
}
