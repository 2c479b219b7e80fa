//! `plimsoll completions` and `plimsoll man`: the command line itself, for shells and for `man`.

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::args::Args;
use super::{Failure, exit, ui};

/// Prints the script that completes the command in a shell.
pub fn completions(shell: Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "plimsoll", &mut script);
    ui::data(&String::from_utf8_lossy(&script))?;
    Ok(exit::COMPLETED)
}

/// Prints the manual page of the program, or of one of its commands, in roff.
pub fn man(wanted: Option<&str>) -> Result<u8, Failure> {
    let mut all = Args::command();
    // Gives the commands their full names: `plimsoll run`.
    all.build();
    let page = match wanted {
        None => all,
        Some(name) => named(&all, name)?,
    };
    let mut text = Vec::new();
    let source = concat!("plimsoll ", env!("CARGO_PKG_VERSION"));
    let rendered = clap_mangen::Man::new(page).source(source).render(&mut text);
    rendered.map_err(|source| Failure::Write { what: "the page".to_owned(), source })?;
    ui::data(&String::from_utf8_lossy(&text))?;
    Ok(exit::COMPLETED)
}

fn named(all: &Command, name: &str) -> Result<Command, Failure> {
    let found = all.find_subcommand(name).filter(|command| !command.is_hide_set());
    let Some(found) = found else {
        let message = format!("there is no command {}", crate::diag::name(name));
        return Err(Failure::Usage(message));
    };
    Ok(found.clone().version(env!("CARGO_PKG_VERSION")))
}
