//! Text to tokens. Every token has a byte span on character boundaries.
//!
//! Words may contain hyphens and dots (`pool.api-pg`, `p99.9`), so a minus between words needs
//! spaces. A dot belongs to a word or number only when a letter or digit follows, so `1..2` is
//! three tokens.

use super::error::{ExprError, ExprErrorKind};
use std::ops::Range;

/// Longest expression, in bytes.
pub const LENGTH_MAX: usize = 4096;

/// What a token is; its text is found by its span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TokenKind {
    /// A finite, non-negative number.
    Number(f64),
    /// A name, path, function, keyword or unit.
    Word,
    /// `%` or `$`.
    UnitSign,
    /// Quoted text; the span is without the quotes.
    Text,
    /// `+ * / ( ) [ ] , : = < <= > >= ..`
    Sign(&'static str),
    /// `-`, with whether a space stands before and after it.
    Minus {
        /// A space, or the start of the text, stands before it.
        space_before: bool,
        /// A space stands after it.
        space_after: bool,
    },
    /// The end of the text.
    End,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Range<usize>,
}

/// Longer signs first.
const SIGNS: [&str; 14] = ["<=", ">=", "..", "+", "*", "/", "(", ")", "[", "]", ",", ":", "=", "<"];

/// Splits a text into tokens; the last is [`TokenKind::End`].
pub fn tokens(text: &str) -> Result<Vec<Token>, ExprError> {
    if text.len() > LENGTH_MAX {
        let message = format!("an expression of {} bytes; the limit is {LENGTH_MAX}", text.len());
        return Err(ExprError::new(ExprErrorKind::TooLarge, 0..0, message));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let token = one(text, at, first)?;
        // Quoted text leaves its closing quote behind.
        at = token.span.end + usize::from(token.kind == TokenKind::Text);
        tokens.push(token);
    }
    tokens.push(Token { kind: TokenKind::End, span: text.len()..text.len() });
    Ok(tokens)
}

fn one(text: &str, at: usize, first: char) -> Result<Token, ExprError> {
    let rest = &text[at..];
    if first.is_ascii_digit() {
        return number(text, at);
    }
    if is_word_start(first) {
        let end = at + word_length(rest);
        return Ok(Token { kind: TokenKind::Word, span: at..end });
    }
    if first == '"' || first == '\'' {
        let start = at + 1;
        return match text[start..].find(first) {
            Some(length) => Ok(Token { kind: TokenKind::Text, span: start..start + length }),
            None => Err(syntax(at..text.len(), "quoted text without its closing quote")),
        };
    }
    if first == '%' || first == '$' {
        return Ok(Token { kind: TokenKind::UnitSign, span: at..at + 1 });
    }
    if first == '-' {
        let space_before = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        let space_after = rest[1..].starts_with(char::is_whitespace);
        let kind = TokenKind::Minus { space_before, space_after };
        return Ok(Token { kind, span: at..at + 1 });
    }
    let signs = SIGNS.iter().chain(&[">"]);
    if let Some(sign) = signs.into_iter().find(|sign| rest.starts_with(**sign)) {
        return Ok(Token { kind: TokenKind::Sign(sign), span: at..at + sign.len() });
    }
    let span = at..at + first.len_utf8();
    Err(syntax(span, format!("unexpected character `{}`", first.escape_default())))
}

fn syntax(span: Range<usize>, message: impl Into<String>) -> ExprError {
    ExprError::new(ExprErrorKind::Syntax, span, message)
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Bytes of the word at the start of `rest`, which begins with a word character.
fn word_length(rest: &str) -> usize {
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins = (c == '-' || c == '.') && chars.peek().is_some_and(|(_, c)| is_word_char(*c));
        if !is_word_char(c) && !joins {
            return at;
        }
    }
    rest.len()
}

/// Digits with `_` between them, a fraction, an exponent.
fn number(text: &str, at: usize) -> Result<Token, ExprError> {
    let bytes = text.as_bytes();
    let is_digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let digits = |mut i: usize| {
        while is_digit(i) || (bytes.get(i) == Some(&b'_') && is_digit(i + 1)) {
            i += 1;
        }
        i
    };
    let mut end = digits(at);
    if bytes.get(end) == Some(&b'.') && is_digit(end + 1) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if is_digit(end + 1 + signed) {
            end = digits(end + 1 + signed);
        }
    }
    let plain: String = text[at..end].chars().filter(|c| *c != '_').collect();
    match plain.parse::<f64>() {
        Ok(value) if value.is_finite() => {
            Ok(Token { kind: TokenKind::Number(value), span: at..end })
        }
        _ => {
            let message = "a number beyond the largest that can be computed with (1.8e308)";
            Err(ExprError::new(ExprErrorKind::NotFinite, at..end, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).unwrap().iter().map(|token| &text[token.span.clone()]).collect()
    }

    #[test]
    fn words_numbers_and_signs_are_told_apart() {
        assert_eq!(texts("1_000.5e-3ms"), ["1_000.5e-3", "ms", ""]);
        assert_eq!(texts("0.8..0.9"), ["0.8", "..", "0.9", ""]);
        assert_eq!(texts("p99.9(pool.api-pg)"), ["p99.9", "(", "pool.api-pg", ")", ""]);
        assert_eq!(texts("a - b"), ["a", "-", "b", ""]);
        assert_eq!(texts("2e"), ["2", "e", ""]);
        assert_eq!(texts("x >= 8%"), ["x", ">=", "8", "%", ""]);
        assert_eq!(texts("empirical(\"f.csv\")"), ["empirical", "(", "f.csv", ")", ""]);
        assert_eq!(texts("5\u{b5}s"), ["5", "\u{b5}s", ""]);
    }

    #[test]
    fn what_is_no_token_is_an_error() {
        assert_eq!(tokens("1e999").unwrap_err().kind, ExprErrorKind::NotFinite);
        assert_eq!(tokens("a # b").unwrap_err().span, 2..3);
        assert_eq!(tokens("\"abc").unwrap_err().kind, ExprErrorKind::Syntax);
        assert_eq!(tokens(&"1".repeat(4097)).unwrap_err().kind, ExprErrorKind::TooLarge);
    }
}
