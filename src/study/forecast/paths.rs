//! What each amount means, for those who look for its path.

use super::world;
use crate::model::Model;
use crate::units::Dimension;

/// An amount that a scenario has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its path: `table.streams.rows`.
    pub path: String,
    /// What it measures.
    pub dimension: Dimension,
    /// What it is.
    pub about: &'static str,
}

/// Every amount that conditions may speak of, in the order of the model.
pub fn known(model: &Model) -> Vec<Known> {
    let all = world::names(model, true).into_iter();
    all.filter_map(|(path, dimension)| {
        let about = about(&path)?;
        Some(Known { path, dimension, about })
    })
    .collect()
}

/// What an amount is; none of limits, which are no amounts of their own.
fn about(path: &str) -> Option<&'static str> {
    let words: Vec<&str> = path.split('.').collect();
    Some(match words.as_slice() {
        ["table", _, "purge", word] => match *word {
            "rows" => {
                "rows that the last run of its purge deleted or moved; without `every` a day's"
            }
            "wal" => "bytes of the log that this run wrote, with images of pages",
            "pages" => "pages that it wrote, of the table and its indexes",
            "time" => "how long it took alone, with its vacuum",
            "share" => "that time of the time between two runs: from 100 % on old rows pile up",
            _ => return None,
        },
        ["table", _, "index", _] => "bytes of the index",
        ["table", _, word] => match *word {
            "rows" => "rows",
            "partitions" => "pieces",
            "bytes" => "bytes with indexes and what lies out of line",
            "index_bytes" => "bytes of all indexes",
            "heap" => "bytes without indexes and what lies out of line",
            "toast" => "bytes out of line",
            _ => return None,
        },
        ["database", _, word] => match *word {
            "bytes" => "bytes of its tables and indexes",
            "wal" => "bytes of the log per time, of inserts and purges",
            "backup_time" => "one full copy",
            "restore_time" => {
                "copying that back, and replaying the log of all the time until the next"
            }
            "disk_left" => "what the disk has free beside its tables and indexes",
            "working_set" => "bytes that are in use: of a table with `hot` rows those",
            _ => return None,
        },
        ["storage", _, "bytes"] => "bytes in all tiers",
        ["storage", _, _, "bytes"] => "bytes in the tier",
        ["storage", _, "cost"] => "cost of the month that ends at the date",
        ["storage", _, _, "cost"] => "the part of the tier",
        ["query", _, "cpu"] => "time on a core of one execution, everything in memory",
        ["query", _, "pages"] => "pages that one execution touches",
        ["cost", word] => match *word {
            "instances" => "instances of services, of the month that ends at the date",
            "databases" => "servers of databases",
            "disks" => "disks of databases",
            "backups" => "one full copy of each database that has a price for it",
            "calls" => "requests of workloads",
            "month" => "all of it and the storages, of the month that ends at the date",
            "total" => "of all months until the date",
            _ => return None,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::models;
    use super::*;
    use crate::expr::amount::is_amount;

    /// Whatever is listed can be written in a condition, and what can be worked out is listed, but for
    /// the two limits of a database.
    #[test]
    fn what_is_listed_is_an_amount() {
        let text = "[database.pg]\ncores = 4\n[table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nrows = 0\n\
                    key = \"id\"\ngrowth = \"100/day\"\nretention = { after = \"90 days\" }\n\
                    [query.q]\ntable = \"t\"\nequals = \"id\"\n\
                    [storage.s]\nbytes = \"1 GB\"\ntier = { cold = { price = \"4 $ / (TB*month)\" } }\n";
        let model = models(text).remove(0).1;
        let found = known(&model);
        for one in &found {
            assert!(is_amount(&one.path), "{}", one.path);
        }
        assert_eq!(found.len() + 2, world::names(&model, true).len(), "{found:?}");
        for path in ["table.t.purge.time", "query.q.pages", "storage.s.cold.cost", "cost.total"] {
            assert!(found.iter().any(|one| one.path == path), "{path}");
        }
    }
}
