//! A panic is a bug: say what is needed to find it.

use std::sync::{Mutex, OnceLock};

use super::{exit, ui};

/// The command that leads to where the program is.
static COMMAND: OnceLock<Mutex<String>> = OnceLock::new();

/// Remembers the command that repeats what is being done, with its seed.
pub fn remember(command: &str) {
    if let Ok(mut known) = COMMAND.get_or_init(Mutex::default).lock() {
        command.clone_into(&mut known);
    }
}

/// From now on a panic says version and command; the program then ends with [`exit::BUG`].
pub fn install() {
    // The standard library ends a program whose main thread panics with this code.
    const _: () = assert!(exit::BUG == 101);
    std::panic::set_hook(Box::new(|panic| {
        let known = COMMAND.get().and_then(|known| known.lock().ok().map(|known| known.clone()));
        let command = known.unwrap_or_else(|| {
            let words: Vec<_> =
                std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
            words.join(" ")
        });
        // Not through the progress bar, which may be what panicked; a line of its own is enough.
        ui::aside(&format!(
            "\nplimsoll {} has a bug: {panic}\nPlease report it with the scenario and this command:\n  \
             {command}\n",
            env!("CARGO_PKG_VERSION")
        ));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tells the test below, run in a process of its own, that it is to panic.
    const CHILD: &str = "PLIMSOLL_TEST_OF_THE_PANIC_HOOK";

    #[test]
    fn a_panic_says_what_to_report() {
        if std::env::var_os(CHILD).is_some() {
            install();
            remember("plimsoll run shop.toml --seed 7");
            // As a run does: in a thread of the pool.
            rayon::ThreadPoolBuilder::new()
                .num_threads(1)
                .build()
                .unwrap()
                .install(|| panic!("on purpose"));
        }
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["cli::bug::tests", "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8(child.stderr).unwrap();
        let code = child.status.code();
        assert_eq!(code, Some(i32::from(exit::BUG)), "{said}");
        for part in [
            concat!("plimsoll ", env!("CARGO_PKG_VERSION"), " has a bug"),
            "on purpose",
            "bug.rs",
            "Please report it",
            "  plimsoll run shop.toml --seed 7\n",
        ] {
            assert_eq!(said.matches(part).count(), 1, "{part} in:\n{said}");
        }
    }
}
