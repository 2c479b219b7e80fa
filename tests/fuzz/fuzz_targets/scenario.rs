//! Any bytes as a scenario: whatever is asked of it before a run ends without a panic. Start from
//! the files of `scenarios/`, `tests/it/cli/` and `tests/it/diag/`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../common/survive.rs"]
mod survive;

fuzz_target!(|bytes: &[u8]| {
    survive::survive(bytes);
});
