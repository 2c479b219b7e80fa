//! Keys of which more only helps, or only hurts.

/// What more of a key does to the requests of a design: no request is slower or fails because of
/// it, or none is faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// More only helps.
    Helps,
    /// More only hurts.
    Hurts,
}

/// What more of a key does to latency and to the share of good answers; `None`: it may do either, or
/// nobody has said.
///
/// Marked is what theory says of stations that requests pass one after the other (more servers or
/// less work shorten every line), as long as more at one of them does no harm at the next. It may:
/// more instances open more connections than a server accepts, a larger pool or more connections that
/// are accepted let more queries contend. Such keys are not marked, and all of their values are searched.
pub fn more(path: &str) -> Option<More> {
    let mut parts = path.split('.');
    match (parts.next()?, parts.next()?, parts.next(), parts.next()) {
        ("database", _, Some("cores"), None)
        | ("database", _, Some("disk"), Some("iops" | "bandwidth")) => Some(More::Helps),
        ("workload", _, Some("rate" | "users"), None)
        | ("database", _, Some("disk"), Some("read_latency" | "sync")) => Some(More::Hurts),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{More, more};
    use crate::scenario::keys;

    /// A mark on a word that is no key would be a mark on nothing.
    #[test]
    fn marked_keys_are_in_the_registry() {
        for (table, key) in [
            ("database", "cores"),
            ("database", "disk"),
            ("workload", "rate"),
            ("workload", "users"),
        ] {
            assert!(
                keys::table(table).is_some_and(|spec| spec.key(key).is_some()),
                "{table}.{key}"
            );
        }
        assert_eq!(more("database.pg.cores"), Some(More::Helps));
        assert_eq!(more("workload.viewers.rate"), Some(More::Hurts));
        assert_eq!(more("pool.api_pg.size"), None);
        assert_eq!(more("database.pg.max_connections"), None);
        assert_eq!(more("database.pg.disk.iops"), Some(More::Helps));
    }
}
