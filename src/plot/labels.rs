//! Labels: how wide text is, shortening and wrapping it, and pushing direct labels apart.

/// Distance between the centers of neighboring labels, in em.
pub const LABEL_DISTANCE_EM: f64 = 1.2;

/// Width of `text` \[px\] at `size` \[px\], estimated for a sans-serif face of unknown metrics.
///
/// Chosen on the wide side (between Arial and `DejaVu` Sans), because a label that is thought too
/// wide is shortened, while one thought too narrow collides.
pub fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(char_em).sum::<f64>() * size
}

fn char_em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '.' | ',' | ':' | ';' | '|' | '!' | ' ' | '·' => 0.34,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' | '"' | '“' | '”' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '—' => 0.98,
        'A'..='Z' | '<' | '>' | '=' | '+' | '×' | '&' => 0.74,
        c if c.is_ascii() || (c as u32) < 0x1100 => 0.62,
        _ => 1.05,
    }
}

/// `text` made printable: control characters (also the invisible ones that reorder text) become
/// `�`, because XML 1.0 cannot carry them and a name must not rearrange its surroundings.
pub fn clean(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            || matches!(c, '\u{FFFE}' | '\u{FFFF}')
    };
    text.chars().map(|c| if hidden(c) { '\u{FFFD}' } else { c }).collect()
}

/// `text` shortened in the middle to at most `width` \[px\]: names that differ at either end stay
/// apart.
pub fn elide(text: &str, size: f64, width: f64) -> String {
    let text = clean(text);
    if text_width(&text, size) <= width {
        return text;
    }
    let chars: Vec<char> = text.chars().collect();
    let (mut head, mut tail) = (String::new(), Vec::new());
    let mut used = char_em('…') * size;
    let (mut front, mut back) = (0, chars.len());
    while front < back {
        let take_front = front <= chars.len() - back;
        let c = if take_front { chars[front] } else { chars[back - 1] };
        used += char_em(c) * size;
        if used > width {
            break;
        }
        if take_front {
            head.push(c);
            front += 1;
        } else {
            tail.push(c);
            back -= 1;
        }
    }
    let tail: String = tail.into_iter().rev().collect();
    between_words(&head, &tail, &text)
}

/// What is kept of `text` at its ends, with `…` between: without the part of a word that is left of one that
/// was cut, as long as that leaves a third of the end.
pub fn between_words(head: &str, tail: &str, text: &str) -> String {
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let cut = |end: &str, next: Option<char>, last: Option<char>| {
        is_part(last) && is_part(next) && !end.is_empty()
    };
    let mut head = head;
    let after = text[head.len()..].chars().next();
    if cut(head, after, head.chars().next_back())
        && let Some((joint, c)) = head.char_indices().rfind(|(_, c)| !c.is_alphanumeric())
        && 3 * (joint + c.len_utf8()) >= head.len()
    {
        head = &head[..joint + c.len_utf8()];
    }
    let mut tail = tail;
    let before = text[..text.len() - tail.len()].chars().next_back();
    if cut(tail, before, tail.chars().next())
        && let Some((joint, _)) = tail.char_indices().find(|(_, c)| !c.is_alphanumeric())
        && 3 * joint <= 2 * tail.len()
    {
        tail = &tail[joint..];
    }
    format!("{}…{}", head.trim_end(), tail.trim_start())
}

/// `text` broken at spaces into at most `lines` lines of `width` \[px\]; the last is shortened.
pub fn wrap(text: &str, size: f64, width: f64, lines: usize) -> Vec<String> {
    let text = clean(text);
    let mut wrapped: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let last = wrapped.len() == lines;
        match wrapped.last_mut() {
            // On the last line everything is kept, and shortened below.
            Some(line) if last || text_width(&format!("{line} {word}"), size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => wrapped.push(word.to_owned()),
        }
    }
    wrapped.truncate(lines);
    wrapped.iter().map(|line| elide_end(line, size, width)).collect()
}

/// `text` cut at the end to `width` \[px\].
pub fn elide_end(text: &str, size: f64, width: f64) -> String {
    let text = clean(text);
    if text_width(&text, size) <= width {
        return text;
    }
    let mut used = char_em('…') * size;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += char_em(*c) * size;
            used <= width
        })
        .collect();
    between_words(&kept, "", &text)
}

/// Moves the wished centers `wanted` \[px\] as little as order allows, so that neighbors are at least
/// `distance` apart and all lie in `low..=high`. If there is no room for all, they are spread evenly.
/// Returns the centers in the order given; equal wishes keep that order.
pub fn push_apart(wanted: &[f64], distance: f64, low: f64, high: f64) -> Vec<f64> {
    let count = wanted.len();
    if count == 0 {
        return Vec::new();
    }
    let wish = |i: usize| if wanted[i].is_finite() { wanted[i].clamp(low, high) } else { low };
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| wish(*a).total_cmp(&wish(*b)).then(a.cmp(b)));
    let mut placed = vec![low; count];
    let needed = distance * (count - 1) as f64;
    if needed > high - low {
        let step = if count > 1 { (high - low) / (count - 1) as f64 } else { 0.0 };
        for (rank, index) in order.iter().enumerate() {
            placed[*index] = low + step * rank as f64;
        }
        return placed;
    }
    // Neighbors that touch form a block around the mean of their wishes (pool adjacent violators):
    // this minimizes the sum of squared displacements.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (rank, index) in order.iter().enumerate() {
        let shifted = wish(*index) - distance * rank as f64;
        blocks.push((shifted, 1));
        while let [.., (a, n), (b, m)] = blocks[..]
            && a > b
        {
            let merged = (a * n as f64 + b * m as f64) / (n + m) as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((merged, n + m));
        }
    }
    let mut rank = 0;
    for (start, size) in blocks {
        for _ in 0..size {
            let room = high - needed;
            placed[order[rank]] = start.clamp(low, room.max(low)) + distance * rank as f64;
            rank += 1;
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn free_labels_stay_and_touching_ones_share_the_displacement() {
        assert_eq!(push_apart(&[10.0, 50.0], 12.0, 0.0, 100.0), [10.0, 50.0]);
        assert_eq!(push_apart(&[50.0, 50.0], 12.0, 0.0, 100.0), [44.0, 56.0]);
        assert_eq!(push_apart(&[99.0, 100.0], 12.0, 0.0, 100.0), [88.0, 100.0]);
        assert_eq!(push_apart(&[0.0, 0.0, 0.0], 60.0, 0.0, 100.0), [0.0, 50.0, 100.0]);
        assert_eq!(push_apart(&[f64::NAN], 12.0, 5.0, 100.0), [5.0]);
        assert!(push_apart(&[], 12.0, 0.0, 1.0).is_empty());
    }

    proptest! {
        #[test]
        fn labels_keep_order_distance_and_bounds(
            wanted in prop::collection::vec(-50.0..450.0f64, 1..12)
        ) {
            let placed = push_apart(&wanted, 15.0, 20.0, 380.0);
            for (i, a) in placed.iter().enumerate() {
                prop_assert!((20.0 - 1e-9..=380.0 + 1e-9).contains(a));
                for (j, b) in placed.iter().enumerate() {
                    if i != j {
                        prop_assert!((a - b).abs() >= 15.0 - 1e-9);
                    }
                    if wanted[i].clamp(20.0, 380.0) < wanted[j].clamp(20.0, 380.0) {
                        prop_assert!(a < b);
                    }
                }
            }
        }

        #[test]
        fn shortened_text_fits(text in "\\PC{0,80}", width in 20.0..200.0f64) {
            prop_assert!(text_width(&elide(&text, 12.0, width), 12.0) <= width + 1e-9);
            prop_assert!(text_width(&elide_end(&text, 12.0, width), 12.0) <= width + 1e-9);
            for line in wrap(&text, 12.0, width, 3) {
                prop_assert!(text_width(&line, 12.0) <= width + 1e-9);
            }
        }
    }

    #[test]
    fn long_names_lose_their_middle() {
        let short = elide("checkout-service-primary-eu-west-1", 12.0, 120.0);
        assert!(short.starts_with("check") && short.ends_with("-1") && short.contains('…'));
        assert_eq!(clean("a\u{0}b\u{202E}c"), "a\u{FFFD}b\u{FFFD}c");
        // At joints, where they are not too far; a long word has none.
        let between = |head: &str, tail: &str, text: &str| between_words(head, tail, text);
        let text = "share(endpoint.buy.pool_timeout)";
        assert_eq!(between("share(end", "ol_timeout)", text), "share(…_timeout)");
        assert_eq!(between("p50(workl", "wers)", "p50(workload.viewers)"), "p50(…wers)");
        assert_eq!(
            between("the history of transl", "", "the history of translations"),
            "the history of…"
        );
        assert_eq!(
            between("the history", " of it", "the history and all of it"),
            "the history…of it"
        );
        assert_eq!(between("aaaa", "bbbb", "aaaaccccbbbb"), "aaaa…bbbb");
        assert_eq!(elide_end("disk of a server is full", 10.0, 100.0), "disk of a server…");
        let lines = wrap("one two three four five six", 10.0, 60.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'));
    }
}
