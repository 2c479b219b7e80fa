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
        ui::aside(&format!(
            "plimsoll {} has a bug: {panic}\nPlease report it with the scenario and this command:\n  \
             {command}\n",
            env!("CARGO_PKG_VERSION")
        ));
    }));
}
