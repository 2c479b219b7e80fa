//! The folder of a report: an earlier report is never lost, and none is ever half-written.
//!
//! Files are written into a folder of their own first, made before the long run so that a path
//! that cannot be written fails early. At the end each takes its place by renaming, which is all
//! or nothing. What else lies in the folder is not touched.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Failure;

/// Files that a report may have: those of an earlier report that this one lacks are removed.
const OWN: [&str; 26] = [
    "forecast.md",
    "forecast.json",
    "margin.svg",
    "tornado.svg",
    "fan.svg",
    "spectrum.svg",
    "transient.svg",
    "breakdown.svg",
    "stations.svg",
    "growth.svg",
    "variants.svg",
    "storage.svg",
    "cost.svg",
    "summary.md",
    "summary.json",
    "baseline.md",
    "baseline.json",
    "comparison.md",
    "comparison.json",
    "sweep.md",
    "sweep.json",
    "size.md",
    "size.json",
    "designs.svg",
    "curve.svg",
    "heat.svg",
];

/// A report that is being written. Dropped without [`Staging::publish`], it leaves nothing.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    folder: PathBuf,
    files: Vec<String>,
}

impl Staging {
    /// Makes the place for the files.
    pub fn create(target: &Path) -> Result<Self, Failure> {
        let failure = |source| Failure::Write { what: shown(target), source };
        let own = format!(".plimsoll-{}", std::process::id());
        let folder = if target.is_dir() {
            target.join(own)
        } else if target.exists() || target.is_symlink() {
            let source = io::Error::other("there is a file of this name");
            return Err(failure(source));
        } else {
            // A sibling: the folder itself appears when it is complete.
            let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
            let parent = parent.unwrap_or(Path::new("."));
            fs::create_dir_all(parent).map_err(failure)?;
            parent.join(own)
        };
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).map_err(failure)?;
        Ok(Self { target: target.to_owned(), folder, files: Vec::new() })
    }

    /// Where the files are until they are published.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file.
    pub fn write(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(name);
        fs::write(&path, text).map_err(|source| Failure::Write { what: shown(&path), source })?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// Puts all files into their place.
    pub fn publish(self) -> Result<(), Failure> {
        let failure = |source| Failure::Write { what: shown(&self.target), source };
        if !self.target.exists() {
            return fs::rename(&self.folder, &self.target).map_err(failure);
        }
        for name in OWN.iter().filter(|own| !self.files.iter().any(|file| file == *own)) {
            match fs::remove_file(self.target.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failure(error));
                }
                _ => {}
            }
        }
        for name in &self.files {
            fs::rename(self.folder.join(name), self.target.join(name)).map_err(failure)?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After publishing it is empty or gone; nothing can be done about a failure here.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn shown(path: &Path) -> String {
    format!("`{}`", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that goes away with the test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("plimsoll-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn entries(&self, below: &str) -> Vec<String> {
            let mut names: Vec<String> = fs::read_dir(self.0.join(below))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_report_appears_when_it_is_complete() {
        let scratch = Scratch::new("appears");
        let target = scratch.0.join("reports/a");
        let mut staging = Staging::create(&target).unwrap();
        staging.write("summary.json", "{}").unwrap();
        assert!(!target.exists());
        staging.publish().unwrap();
        assert_eq!(scratch.entries("reports"), ["a"]);
        assert_eq!(scratch.entries("reports/a"), ["summary.json"]);
    }

    #[test]
    fn an_earlier_report_stays_until_then_and_other_files_for_ever() {
        let scratch = Scratch::new("stays");
        for (name, text) in [("summary.json", "old"), ("margin.svg", "old"), ("notes.txt", "mine")]
        {
            fs::write(scratch.0.join(name), text).unwrap();
        }
        let read = |name: &str| fs::read_to_string(scratch.0.join(name)).unwrap();
        let mut dropped = Staging::create(&scratch.0).unwrap();
        dropped.write("summary.json", "half").unwrap();
        drop(dropped);
        assert_eq!(read("summary.json"), "old");
        let mut staging = Staging::create(&scratch.0).unwrap();
        staging.write("summary.json", "new").unwrap();
        assert_eq!(read("summary.json"), "old");
        staging.publish().unwrap();
        assert_eq!(read("summary.json"), "new");
        assert_eq!(read("notes.txt"), "mine");
        assert_eq!(scratch.entries(""), ["notes.txt", "summary.json"]);
    }

    #[test]
    fn a_path_that_cannot_be_a_folder_fails_early() {
        let scratch = Scratch::new("fails");
        let file = scratch.0.join("file");
        fs::write(&file, "").unwrap();
        assert!(Staging::create(&file).is_err());
        assert!(Staging::create(&file.join("below")).is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "");
    }
}
