//! "Did you mean": the closest of some words.

/// At most so many allowed words are listed when none is close.
const MAX_LISTED: usize = 8;

/// Words longer than this get no suggestion: entity names end at 64 characters.
const MAX_COMPARED: usize = 64;

/// The closest of `candidates` to `word` by edit distance, ignoring case; none if even that is
/// farther than a third of the word's length (at least 1, at most 3 edits). The first of equals.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_COMPARED {
        return None;
    }
    let lowered = word.to_lowercase();
    let limit = (lowered.chars().count() / 3).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.len().abs_diff(lowered.len()) > 4 * limit {
            continue;
        }
        // Damerau-Levenshtein counts a swap of neighbors, the commonest slip, as one edit.
        let distance = strsim::damerau_levenshtein(&lowered, &candidate.to_lowercase());
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// "the keys are `a`, `b` and `c`", if there are not more than eight.
pub fn listing(kind: &str, words: &[&str]) -> Option<String> {
    match words {
        [] => None,
        [only] => Some(format!("the only {kind} is {}", super::name(only))),
        _ if words.len() <= MAX_LISTED => {
            Some(format!("the {} are {}", plural(kind), enumerate(words, "and")))
        }
        _ => None,
    }
}

/// "`a`, `b` and `c`" (or "or").
pub fn enumerate(words: &[&str], conjunction: &str) -> String {
    let shown: Vec<String> = words.iter().map(|word| super::name(word)).collect();
    match shown.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} {conjunction} {last}", most.join(", ")),
    }
}

/// "a" or "an" before `word`.
pub fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" }
}

fn plural(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("query") {
        format!("{stem}queries")
    } else if word.ends_with('s') {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

/// Characters that print as nothing or turn the direction of writing, so that a message would not
/// look like what it says.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
