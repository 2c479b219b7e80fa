//! `plimsoll new`: a commented scenario to start from, valid as it stands.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::args::NewArgs;
use super::{Failure, exit, ui};
use crate::scenario::keys::schema::json_schema;

/// The scenario; its first line refers to [`SCHEMA`].
const STARTER: &str = include_str!("starter.toml");
/// The schema beside it: editors look there, wherever the scenario lies and without a network.
const SCHEMA: &str = "plimsoll.schema.json";
/// Stands in [`STARTER`] for the scenario's name.
const TITLE: &str = "A service in front of a database";

/// Writes a scenario, and its schema if there is none; overwrites only what it is told to.
pub fn new(args: &NewArgs) -> Result<u8, Failure> {
    let path = file(&args.path)?;
    let shown = path.display().to_string();
    let written = write(&path, &starter(&path, !args.no_schema), args.force)?;
    if !written {
        let message = format!("`{shown}` is there already; --force overwrites it");
        return Err(Failure::Usage(message));
    }
    let mut said = format!("Wrote {shown}.\n");
    if !args.no_schema {
        let schema = path.with_file_name(SCHEMA);
        said += &if write(&schema, &json_schema(), args.force)? {
            format!("Wrote {}, for editors that complete TOML.\n", schema.display())
        } else {
            format!("Left {} as it is.\n", schema.display())
        };
    }
    let word = super::options::quoted(&shown);
    ui::aside(&format!("{said}Next: plimsoll check {word}, then plimsoll run {word}\n"));
    Ok(exit::COMPLETED)
}

/// The file of a name or path: with `.toml` at its end.
fn file(path: &Path) -> Result<PathBuf, Failure> {
    let no_name = || Failure::Usage("the name of the scenario's file is empty".to_owned());
    let name = path.file_name().ok_or_else(no_name)?;
    if path.extension().is_some_and(|ending| ending == "toml") {
        return Ok(path.to_owned());
    }
    let mut name = name.to_owned();
    name.push(".toml");
    Ok(path.with_file_name(name))
}

fn starter(path: &Path, has_schema: bool) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let title: String =
        stem.chars().filter(|c| !c.is_control() && !"\"\\".contains(*c)).take(100).collect();
    let text = STARTER.replace(TITLE, &title);
    match text.split_once('\n') {
        Some((_, rest)) if !has_schema => rest.to_owned(),
        _ => text,
    }
}

/// Whether it was written: what is there stays unless `force`.
fn write(path: &Path, text: &str, force: bool) -> Result<bool, Failure> {
    let failure = |source| Failure::Write { what: format!("`{}`", path.display()), source };
    let mut options = OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    match options.open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map_err(failure).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failure(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_file() {
        let file = |path: &str| file(Path::new(path)).map(|path| path.display().to_string());
        assert_eq!(file("shop").unwrap(), "shop.toml");
        assert_eq!(file("shop.toml").unwrap(), "shop.toml");
        assert_eq!(file("a/v1.2").unwrap(), "a/v1.2.toml");
        assert!(file("").is_err() && file("..").is_err() && file("/").is_err());
    }

    #[test]
    fn the_name_is_the_title_whatever_it_is() {
        let text = starter(Path::new("my \"shop\"\\\n.toml"), true);
        assert!(text.contains("name = \"my shop\"\n"), "{text}");
        assert!(text.starts_with(&format!("#:schema ./{SCHEMA}\n")));
        assert!(starter(Path::new("a.toml"), false).starts_with("# One service"));
    }
}
