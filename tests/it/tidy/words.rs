//! What documents and scenarios say about the repository: links, files they name, commands.

use std::collections::BTreeSet;

use toml::de::DeTable;

use super::tree::File;

/// Splits a Markdown text into prose and fenced blocks; fences become empty lines in the prose.
pub fn split(text: &str) -> (String, String) {
    let (mut prose, mut fenced, mut inside) = (String::new(), String::new(), false);
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        let side = if inside && !is_fence { &mut fenced } else { &mut prose };
        if !is_fence {
            side.push_str(line);
        }
        side.push('\n');
        inside ^= is_fence;
    }
    (prose, fenced)
}

/// Targets of links, images and reference definitions, without those to other hosts.
pub fn links(prose: &str) -> Vec<&str> {
    let inline = prose.match_indices("](").filter_map(|(at, _)| {
        let rest = &prose[at + 2..];
        rest.split([')', ' ', '\n']).next()
    });
    let defined = prose.lines().filter_map(|line| {
        line.strip_prefix('[')?.split_once("]: ").map(|(_, target)| target.trim())
    });
    inline
        .chain(defined)
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

/// Files of the repository that a text names between backquotes.
pub fn named_files(prose: &str) -> Vec<&str> {
    const PLACES: [&str; 7] =
        ["src/", "tests/", "benches/", "docs/", "scenarios/", "examples/", ".ci/"];
    prose
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| PLACES.iter().any(|place| word.starts_with(place)))
        .filter(|word| !word.contains([' ', '*', '<', '{', '…']) && !word.contains("NAME"))
        .collect()
}

/// The path from the root of a link in `from`; none if it leads out of the repository.
pub fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The anchors of a Markdown text, made from its headings in the manner of GitHub.
pub fn anchors(prose: &str) -> BTreeSet<String> {
    prose
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'))
                .map(|letter| if letter == ' ' { '-' } else { letter })
                .collect()
        })
        .collect()
}

/// Links and files that a document names and that are not there. `read` gives the text of a path.
pub fn broken(
    file: &File,
    exists: &dyn Fn(&str) -> bool,
    read: &dyn Fn(&str) -> Option<String>,
) -> Vec<String> {
    let (prose, _) = split(&file.text);
    let mut found = Vec::new();
    for link in links(&prose) {
        let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
        let path = if target.is_empty() {
            Some(file.path.clone())
        } else {
            resolve(&file.path, target).filter(|path| exists(path))
        };
        let Some(path) = path else {
            found.push(format!("{}: the link {link} leads nowhere", file.path));
            continue;
        };
        let text = read(&path).unwrap_or_default();
        if !anchor.is_empty() && !anchors(&split(&text).0).contains(anchor) {
            found.push(format!("{}: {path} has no heading for #{anchor}", file.path));
        }
    }
    for name in named_files(&prose) {
        if !exists(name) {
            found.push(format!("{}: names `{name}`, which is not there", file.path));
        }
    }
    found
}

/// Files that a scenario names and that are not beside it.
pub fn missing_parts(file: &File, exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let table = match DeTable::parse(&file.text) {
        Ok(table) => table.into_inner(),
        Err(error) => return vec![format!("{}: not TOML: {error}", file.path)],
    };
    let mut names = Vec::new();
    let included = table.get("include").and_then(|value| value.get_ref().as_array());
    names.extend(included.into_iter().flatten().filter_map(|value| value.get_ref().as_str()));
    for (at, opening) in file.text.match_indices("empirical(\"") {
        names.extend(file.text[at + opening.len()..].split('"').next());
    }
    let workloads = table.get("workload").and_then(|value| value.get_ref().as_table());
    for (_, workload) in workloads.into_iter().flatten() {
        names.extend(workload.get_ref().get("replay").and_then(|value| value.get_ref().as_str()));
    }
    names
        .into_iter()
        .filter(|name| !resolve(&file.path, name).is_some_and(|path| exists(&path)))
        .map(|name| format!("{}: {name} is not there", file.path))
        .collect()
}

/// Places outside the repository that a file names: somebody's home, a temporary folder, a folder
/// above the root.
pub fn places_outside(file: &File) -> Vec<String> {
    let absolute = ["work", "tmp", "home", "root", "Users", "mnt"].map(|name| format!("/{name}/"));
    let mut found = Vec::new();
    for place in &absolute {
        for (at, _) in file.text.match_indices(place.as_str()) {
            let before = file.text[..at].chars().next_back().unwrap_or(' ');
            if !before.is_alphanumeric() && !matches!(before, '.' | '_' | '-' | '}' | ')' | ']') {
                found.push(format!("{}: names a place under {place}", file.path));
            }
        }
    }
    let depth = file.path.matches('/').count();
    let climbs = (1..=8).rev().find(|n| file.text.contains(&"../".repeat(*n))).unwrap_or(0);
    if climbs > depth {
        found.push(format!("{}: climbs {climbs} folders, out of the repository", file.path));
    }
    found
}

/// The commands of the blocks marked `sh` of a document, one a line, without comments.
pub fn commands(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            found.push(line.split(" #").next().unwrap_or(line).trim());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken_in(text: &str) -> Vec<String> {
        let exists = |path: &str| matches!(path, "docs/language.md" | "README.md" | "src/a.rs");
        let read = |_: &str| Some("# One two\n## Units, and `more`\n".to_owned());
        broken(&File::new("docs/x.md", text), &exists, &read)
    }

    #[test]
    fn broken_links_are_found() {
        for bad in [
            "[a](nothing.md)",
            "![a](img/none.svg)",
            "[a](language.md#three)",
            "[a](../../README.md)",
            "[a]: gone.md",
            "see `src/b.rs`",
        ] {
            assert_eq!(broken_in(bad).len(), 1, "{bad}");
        }
        for good in [
            "[a](language.md)",
            "[a](../README.md#one-two)",
            "[a](language.md#units-and-more)",
            "[a](https://example.org/none)",
            "`src/a.rs` and `src/NAME/mod.rs` and `tests/*.rs`",
            "```\n[a](nothing.md)\n```",
        ] {
            assert_eq!(broken_in(good), Vec::<String>::new(), "{good}");
        }
    }

    #[test]
    fn missing_parts_of_scenarios_are_found() {
        let exists = |path: &str| path == "scenarios/parts/a.toml";
        let check = |text: &str| missing_parts(&File::new("scenarios/x.toml", text), &exists);
        assert_eq!(check("include = [\"parts/a.toml\"]"), Vec::<String>::new());
        assert_eq!(check("include = [\"parts/b.toml\"]").len(), 1);
        assert_eq!(check("[workload.w]\nreplay = \"day.csv\"").len(), 1);
        assert_eq!(check("[query.q]\ntime = 'empirical(\"t.csv\")'").len(), 1);
        assert_eq!(check("[query.q").len(), 1);
    }

    #[test]
    fn places_outside_are_found() {
        let check = |text: &str| places_outside(&File::new("docs/x.md", text)).len();
        assert_eq!(check(concat!("see `/ho", "me/me/x`")), 1);
        assert_eq!(check(concat!("T=/t", "mp/x")), 1);
        assert_eq!(check(&format!("{}x", "../".repeat(2))), 1);
        assert_eq!(check("https://example.org/work/x, ../README.md, target/tmp/x"), 0);
    }

    #[test]
    fn commands_are_read_from_shell_blocks() {
        let text = "a\n```sh\n# first\ncargo test   # all\n\n```\n```toml\nx = 1\n```\n";
        assert_eq!(commands(text), ["cargo test"]);
    }
}
