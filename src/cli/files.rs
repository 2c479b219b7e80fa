//! Scenarios and tables from the disk.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::expr::scope::Tables;
use crate::scenario::source::{LoadError, Loader, MAX_FILE_BYTES};

/// Largest table, in bytes.
pub const MAX_TABLE_BYTES: u64 = 64 << 20;
/// Most values of a table.
pub const MAX_TABLE_VALUES: usize = 1_000_000;

/// Files of the scenario's folder and below.
///
/// The scenario itself may lie anywhere; what it names stays below its folder, also through
/// symbolic links.
#[derive(Clone, Debug)]
pub struct Disk {
    scenario: String,
    folder: PathBuf,
}

impl Disk {
    /// The disk as the scenario at `path` sees it.
    pub fn new(path: &str) -> Self {
        let split = path.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
        let folder = if split == 0 { PathBuf::from(".") } else { PathBuf::from(&path[..split]) };
        Self { scenario: path.to_owned(), folder }
    }

    /// Whether a file that is there lies below the folder once links are followed.
    fn is_below(&self, path: &Path) -> bool {
        match (self.folder.canonicalize(), path.canonicalize()) {
            (Ok(folder), Ok(path)) => path.starts_with(folder),
            _ => false,
        }
    }
}

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let file = open(Path::new(path))?;
        if path != self.scenario && !self.is_below(Path::new(path)) {
            let reason = "a link leads out of the scenario's folder";
            return Err(LoadError::Unreadable(reason.to_owned()));
        }
        let mut bytes = Vec::new();
        // One more than a scenario may have: enough to see that it is too large.
        file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|e| load_error(&e))?;
        Ok(bytes)
    }
}

fn open(path: &Path) -> Result<File, LoadError> {
    let file = File::open(path).map_err(|error| load_error(&error))?;
    let kind = file.metadata().map_err(|error| load_error(&error))?;
    if kind.is_dir() {
        return Err(LoadError::Unreadable("it is a folder".to_owned()));
    }
    Ok(file)
}

fn load_error(error: &std::io::Error) -> LoadError {
    match error.kind() {
        ErrorKind::NotFound => LoadError::NotFound,
        ErrorKind::IsADirectory => LoadError::Unreadable("it is a folder".to_owned()),
        _ => LoadError::Unreadable(error.to_string()),
    }
}

impl Tables for Disk {
    /// The first column of a CSV file: one number per line. A first line that is no number is a
    /// head; empty lines and lines that begin with `#` say nothing.
    fn empirical(&self, name: &str) -> Result<Vec<f64>, String> {
        first_column(&self.text(name)?)
    }

    fn text(&self, name: &str) -> Result<String, String> {
        let parts: Vec<&str> = name.split('/').collect();
        let outside = name.is_empty()
            || name.contains(['\\', ':', '\0'])
            || parts.iter().any(|part| part.is_empty() || *part == "..");
        if outside {
            return Err("the path must lead to a file below the scenario's folder".to_owned());
        }
        let path = self.folder.join(name);
        let file = open(&path).map_err(|error| error.to_string())?;
        if !self.is_below(&path) {
            return Err("a link leads out of the scenario's folder".to_owned());
        }
        let mut bytes = Vec::new();
        let read = file.take(MAX_TABLE_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| error.to_string())?;
        if bytes.len() as u64 > MAX_TABLE_BYTES {
            return Err("it is larger than 64 MiB".to_owned());
        }
        String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
    }
}

fn first_column(text: &str) -> Result<Vec<f64>, String> {
    let mut values = Vec::new();
    let mut may_be_head = true;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let cell = line.split([',', ';', '\t']).next().unwrap_or("").trim().trim_matches('"');
        if line.trim().is_empty() || cell.starts_with('#') {
            continue;
        }
        match cell.parse::<f64>() {
            Ok(value) if value.is_finite() => values.push(value),
            Err(_) if may_be_head => {}
            _ => return Err(format!("line {} does not begin with a number", index + 1)),
        }
        may_be_head = false;
        if values.len() > MAX_TABLE_VALUES {
            return Err("it has more than a million values".to_owned());
        }
    }
    if values.is_empty() { Err("there is no number in it".to_owned()) } else { Ok(values) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_column_is_read() {
        assert_eq!(
            first_column("seconds\n# measured\n1.5,a\n\n\"2\";b\n3"),
            Ok(vec![1.5, 2.0, 3.0])
        );
        assert_eq!(first_column("\u{feff}4\r\n5\r\n"), Ok(vec![4.0, 5.0]));
        assert_eq!(first_column("head\n1\nx\n"), Err("line 3 does not begin with a number".into()));
        assert_eq!(first_column("1\ninf\n"), Err("line 2 does not begin with a number".into()));
        assert_eq!(first_column("head\n"), Err("there is no number in it".into()));
    }

    #[test]
    fn tables_stay_below_the_folder() {
        let disk = Disk::new("some/where/a.toml");
        for name in ["", "/etc/passwd", "../a.csv", "x/../../a.csv", "c:\\a.csv", "a\0b"] {
            let found = disk.empirical(name);
            assert!(found.is_err_and(|reason| reason.contains("below")), "{name:?} was allowed");
        }
    }

    #[test]
    fn what_is_not_there_or_is_a_folder_is_said() {
        let disk = Disk::new("Cargo.toml");
        assert_eq!(disk.load("no/such.toml"), Err(LoadError::NotFound));
        assert_eq!(disk.load("src"), Err(LoadError::Unreadable("it is a folder".to_owned())));
        assert!(disk.load("Cargo.toml").is_ok_and(|bytes| bytes.starts_with(b"[package]")));
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_out_are_not_followed() {
        let root = std::env::temp_dir().join(format!("plimsoll-links-{}", std::process::id()));
        let inner = root.join("inner");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(root.join("secret.csv"), "1\n").unwrap();
        std::fs::write(inner.join("a.csv"), "1\n").unwrap();
        std::os::unix::fs::symlink(root.join("secret.csv"), inner.join("out.csv")).unwrap();
        let disk = Disk::new(&format!("{}/a.toml", inner.display()));
        assert_eq!(disk.empirical("a.csv"), Ok(vec![1.0]));
        assert!(disk.empirical("out.csv").is_err());
        assert!(disk.load(&format!("{}/out.csv", inner.display())).is_err());
        std::fs::remove_dir_all(root).unwrap();
    }
}
