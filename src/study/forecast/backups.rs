//! How long a database takes to be copied, and to be brought back.
//!
//! A physical backup: all pages of tables and indexes are copied, and copied back. After that the log
//! since that copy is replayed, of which there is most just before the next one: "the system will have
//! to replay all those WAL segments, and that could take awhile if it has been a long time since the last
//! base backup" (`PostgreSQL` 15, 26.3.2 "Making a Base Backup"). So a restore takes
//! `bytes / restore_bandwidth + every x log / replay`, at worst. A purge that runs less often than base backups are
//! made logs all that it does within one interval: the worst is then the one with its run, and with those of all tables.
//!
//! Not counted: finding out that one is needed, a server to restore to, and a dump, whose indexes are
//! built anew.

use crate::access::settings::Disk;
use crate::model::{Binding, Model};

/// Seconds of a full copy of a database, and of bringing it back, with so many bytes and so many bytes of
/// the log per second; of that each purge has so many on average, and so many in all by one run.
pub(super) fn times(
    (model, binding, database): (&Model, &Binding, usize),
    (bytes, log, purges): (f64, f64, &[[f64; 2]]),
) -> [f64; 2] {
    let disk = Disk::of(model, binding, database).bandwidth;
    let Some(backup) = model.databases[database].backup else {
        return [bytes / disk; 2];
    };
    let bandwidth = backup.bandwidth.map_or(disk, |id| binding.get(id));
    let back = backup.restore_bandwidth.map_or(bandwidth, |id| binding.get(id));
    let every = binding.get(backup.every);
    let more = |[rate, run]: &[f64; 2]| (run - every * rate).max(0.0);
    let logged = every * log + purges.iter().map(more).sum::<f64>();
    [bytes / bandwidth, bytes / back + logged / binding.get(backup.replay)]
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, near, worked};

    /// A million rows a day that go each month after 90 days: on the day of the run the log of a month's purge is
    /// replayed and that of a day's inserts, which is the rest of `database.pg.wal`; of two months between base
    /// backups what they log in all.
    #[test]
    fn the_longest_restore_is_that_of_the_day_of_a_purge() {
        let amounts = |every: &str| {
            let text = format!(
                "[database.pg]\ndisk = {{ bandwidth = \"100 MB/s\" }}\nbackup = {{ every = \"{every}\" }}\n\
                 [table.t]\ndatabase = \"pg\"\nrow = \"200 B\"\nkey = \"id\"\nrows = 0\n\
                 growth = \"1_000_000/day\"\n\
                 retention = {{ after = \"90 days\", every = \"month\", then = \"delete\" }}\n"
            );
            let (_, found) = worked(&text, 12, 1);
            let of = |path: &str| at(&found, path, 12);
            let paths = ["database.pg.bytes", "database.pg.wal", "database.pg.restore_time"];
            let [bytes, log, restore] = paths.map(of);
            [bytes / 100e6, log, restore, of("table.t.purge.wal")]
        };
        let month = 365.25 / 12.0 * 86_400.0;
        let [copied, log, restore, purge] = amounts("1 day");
        let inserts = 86_400.0 * (log - purge / month);
        assert!(purge > 10.0 * inserts && inserts > 2e8, "{purge} {inserts}");
        near(restore, copied + (purge + inserts) / 50e6);
        let [copied, log, restore, _] = amounts("60.875 days");
        near(restore, copied + 2.0 * month * log / 50e6);
    }

    /// Pages at the bandwidth of the restore, then two days of the log at the rate of replay. Of 86,400 rows
    /// a day, a second brings one: some 300 to 500 bytes of the log with one index.
    #[test]
    fn a_restore_copies_back_and_replays_the_log() {
        let text = |backup: &str| {
            format!(
                "[database.pg]\ndisk = {{ bandwidth = \"2 MB/s\" }}\n{backup}[table.t]\ndatabase = \"pg\"\n\
                 row = \"200 B\"\nkey = \"id\"\nrows = 400_000\ngrowth = \"86_400/day\"\n"
            )
        };
        let amounts = |backup: &str| {
            let (_, found) = worked(&text(backup), 1, 1);
            let of = |word: &str| at(&found, &format!("database.pg.{word}"), 1);
            [of("bytes"), of("wal"), of("backup_time"), of("restore_time")]
        };
        let [bytes, log, copy, restore] = amounts(
            "backup = { every = \"2 days\", bandwidth = \"8 MB/s\", restore_bandwidth = \"4 MB/s\", \
             replay = \"100 kB/s\" }\n",
        );
        assert!((300.0..500.0).contains(&log), "{log}");
        near(copy, bytes / 8e6);
        // 172,800 seconds of the log at 100 kB/s: as many times 1.728 s as it has bytes per second.
        near(restore, bytes / 4e6 + 1.728 * log);
        // Nothing stated: the disk's bandwidth both ways, and a day at 50 MB/s.
        let [bytes, log, copy, restore] = amounts("");
        near(copy, bytes / 2e6);
        near(restore, bytes / 2e6 + 86_400.0 * log / 50e6);
        // Brought back as fast as it was copied.
        let [bytes, log, copy, restore] = amounts("backup = { bandwidth = \"1 MB/s\" }\n");
        near(copy, bytes / 1e6);
        near(restore, bytes / 1e6 + 86_400.0 * log / 50e6);
    }
}
