//! Ctrl-C: the first asks the study to stop at a complete prefix, the second ends at once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

use super::{exit, ui};

/// Set when somebody asked to stop.
static STOP: AtomicBool = AtomicBool::new(false);
/// The folder of a report that is being written: removed when the end is sudden.
static STAGING: OnceLock<Mutex<Option<PathBuf>>> = OnceLock::new();

/// Listens from now on. Where that is not possible, Ctrl-C just ends the program.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            end_at_once();
        }
        ui::notice("\nStopping at the last complete run; once more to end at once.\n");
    });
}

/// Whether somebody asked to stop.
pub fn flag() -> &'static AtomicBool {
    &STOP
}

/// The same, now.
pub fn is_set() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// Removes this folder when the end is sudden.
pub fn clean_up(folder: &Path) {
    if let Ok(mut known) = STAGING.get_or_init(Mutex::default).lock() {
        *known = Some(folder.to_owned());
    }
}

#[expect(clippy::exit, reason = "the second Ctrl-C ends everything, whatever other threads do")]
fn end_at_once() {
    if let Some(known) = STAGING.get()
        && let Ok(folder) = known.lock()
        && let Some(folder) = folder.as_ref()
    {
        let _ = std::fs::remove_dir_all(folder);
    }
    std::process::exit(i32::from(exit::INTERRUPTED));
}
