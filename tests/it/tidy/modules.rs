//! Which files the module tree reaches, and which of them are compiled only for tests.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{code_only, shipped, words};
use super::tree::File;

/// What the root of a crate reaches.
#[derive(Default)]
pub struct Reached {
    /// Every file of the module tree.
    pub all: BTreeSet<String>,
    /// Those of them that are declared under `#[cfg(test)]`.
    pub only_tests: BTreeSet<String>,
}

/// Follows `mod name;` from the root through the files given.
pub fn reach(root: &str, files: &[File]) -> Reached {
    let by_path: BTreeMap<&str, &str> =
        files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let mut reached = Reached::default();
    let mut open = vec![(root.to_owned(), false)];
    while let Some((path, is_test)) = open.pop() {
        let Some(text) = by_path.get(path.as_str()) else {
            continue;
        };
        if is_test {
            reached.only_tests.insert(path.clone());
        }
        let code = code_only(text);
        let shipped = declared(&shipped(&code));
        let folder = module_folder(&path, path == root);
        for name in declared(&code) {
            let is_test = is_test || !shipped.contains(&name);
            open.push((format!("{folder}{name}.rs"), is_test));
            open.push((format!("{folder}{name}/mod.rs"), is_test));
        }
        for target in placed(text) {
            open.push((beside(&path, target), is_test));
        }
        reached.all.insert(path);
    }
    reached
}

/// Files named by `#[path = "file"]`.
fn placed(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.strip_prefix("#[path = \"")?.strip_suffix("\"]"))
}

/// A relative path as seen from a file: `../` goes up a folder.
fn beside(file: &str, target: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Names declared as `mod name;`.
fn declared(code: &str) -> BTreeSet<String> {
    let all: Vec<(usize, &str)> = words(code).collect();
    all.windows(2)
        .filter(|pair| pair[0].1 == "mod")
        .map(|pair| pair[1])
        .filter(|(at, name)| code[at + name.len()..].trim_start().starts_with(';'))
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// The folder in which the submodules of a file live.
fn module_folder(path: &str, is_root: bool) -> String {
    if let Some(folder) = path.strip_suffix("mod.rs") {
        return folder.to_owned();
    }
    if is_root {
        return path.rfind('/').map_or(String::new(), |slash| path[..=slash].to_owned());
    }
    format!("{}/", path.strip_suffix(".rs").unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_attribute_is_followed() {
        assert_eq!(beside("tests/oracle/main.rs", "../common/mod.rs"), "tests/common/mod.rs");
        let text = "#[path = \"../common/mod.rs\"]\nmod common;\n";
        assert_eq!(placed(text).collect::<Vec<_>>(), ["../common/mod.rs"]);
    }

    #[test]
    fn the_tree_is_followed_and_orphans_are_not_in_it() {
        let files = [
            File::new("src/lib.rs", "pub mod a; // mod comment;\nmod b;"),
            File::new("src/a/mod.rs", "mod inner; mod here { } #[cfg(test)]\nmod tests;"),
            File::new("src/a/inner.rs", "mod deep;"),
            File::new("src/a/inner/deep.rs", ""),
            File::new("src/a/tests.rs", "mod more;"),
            File::new("src/a/tests/more.rs", ""),
            File::new("src/b.rs", ""),
            File::new("src/comment.rs", ""),
            File::new("src/here.rs", ""),
        ];
        let reached = reach("src/lib.rs", &files);
        let all: Vec<&str> = reached.all.iter().map(String::as_str).collect();
        assert_eq!(
            all,
            [
                "src/a/inner.rs",
                "src/a/inner/deep.rs",
                "src/a/mod.rs",
                "src/a/tests.rs",
                "src/a/tests/more.rs",
                "src/b.rs",
                "src/lib.rs",
            ]
        );
        let tests: Vec<&str> = reached.only_tests.iter().map(String::as_str).collect();
        assert_eq!(tests, ["src/a/tests.rs", "src/a/tests/more.rs"]);
    }
}
