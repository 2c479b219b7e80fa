//! The command that gives a result again, as it is shown.

use super::table::{clean_lines, code_markdown, display_width, wrap};
use super::text::WIDTH;

/// What the command gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// This result.
    This,
    /// More than this: what was interrupted, to its end.
    All,
}

impl Gives {
    /// What is said before it.
    pub fn words(self) -> &'static str {
        match self {
            Self::This => "Again",
            Self::All => "All of it, to its end",
        }
    }
}

/// For a terminal. `with` says by what it was made: `plimsoll 0.1.0`.
pub fn text(gives: Gives, with: &str, command: &str) -> String {
    let lead = wrap(&format!("{}, with {with}:", gives.words()), WIDTH, 0).join("\n");
    format!("{lead}\n{}", lines(command, WIDTH, 2))
}

/// For Markdown.
pub fn markdown(gives: Gives, command: &str) -> String {
    format!("{}: {}", gives.words(), code_markdown(command))
}

/// A command in lines that a shell takes as one when they are pasted: whole words, and a backslash at
/// the end of each line but the last. A word that is wider than a line stays whole.
pub fn lines(command: &str, width: usize, indent: usize) -> String {
    let mut lines = String::new();
    let mut line = " ".repeat(indent);
    let mut is_empty = true;
    for word in words(&clean_lines(command)) {
        if !is_empty && display_width(&line) + 1 + display_width(&word) + 2 > width {
            lines += &format!("{line} \\\n");
            line = " ".repeat(indent + 2);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line += &word;
        is_empty = false;
    }
    lines + &line + "\n"
}

/// Words of a shell, an option with its value: quotes hold them together.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted): (Vec<String>, _, _) = (Vec::new(), String::new(), false);
    for c in command.chars() {
        // Inside quotes a backslash is a character like others.
        quoted ^= c == '\'' && (quoted || !word.ends_with('\\'));
        if c == ' ' && !quoted {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    words.push(word);
    let mut together: Vec<String> = Vec::new();
    for word in words {
        let is_value = |last: &String| last.starts_with("--") && !last.contains(' ');
        match together.last_mut().filter(|last| is_value(last) && !word.starts_with("--")) {
            Some(option) => *option += &format!(" {word}"),
            None => together.push(word),
        }
    }
    together
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: a shell that joins the lines has the command. Source: POSIX shell, 2.2.1, by hand.
    #[test]
    fn lines_are_one_command_for_a_shell() {
        let command = "plimsoll sweep 'my shop.toml' --set 'x=it'\\''s  a b' --over \
                       pool.api_pg.size=10,20,30,40,50 --over workload.buyers.rate=300/s,500/s \
                       --seed 1 --replications 8";
        let shown = lines(command, 60, 2);
        assert!(shown.lines().count() > 2, "{shown}");
        assert!(shown.lines().all(|line| display_width(line) <= 60), "{shown}");
        let joined: Vec<&str> = shown.trim().split(" \\\n").map(str::trim_start).collect();
        assert_eq!(joined.join(" "), command);
        assert!(shown.contains("'x=it'\\''s  a b'"), "{shown}");
        assert_eq!(lines("plimsoll run a.toml", 60, 2), "  plimsoll run a.toml\n");
        // Never cut, whatever the width.
        let long = format!("plimsoll run {}", "x".repeat(90));
        assert!(lines(&long, 60, 2).contains(&"x".repeat(90)));
    }
}
