//! Texts from outside in XML.

use crate::table::escaped;

/// The longest text that a tooltip or a text alternative shows whole, in characters.
const LONGEST: usize = 4_000;

/// A text that XML and HTML show as it is, also as an attribute in double quotes. What XML cannot hold, and what
/// would change the order in which the text around it is shown, is escaped as `\u{…}`; a text of more than 4,000
/// characters ends in an ellipsis.
pub(crate) fn xml(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for character in clipped(text, LONGEST).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => {
                shown.extend(character.escape_unicode());
            }
            other => shown.push(other),
        }
    }
    shown
}

/// A text of at most so many characters, its control characters escaped. Of a longer one the start and an ellipsis.
pub(super) fn clipped(text: &str, most: usize) -> String {
    // An escaped character is longer, so that the text is clipped after it is escaped; but no more of it is
    // escaped than can be shown.
    let start = text.char_indices().nth(most + 1).map_or(text, |(end, _)| &text[..end]);
    let whole = escaped(start);
    match whole.char_indices().nth(most) {
        Some(_) => {
            let end = whole.char_indices().nth(most.saturating_sub(1)).map_or(0, |(end, _)| end);
            format!("{}…", &whole[..end])
        }
        None => whole,
    }
}

/// About how wide a text is in one of the wider sans-serif fonts (`DejaVu Sans`), for a font size of 1.
pub(super) fn width(text: &str) -> f64 {
    let of = |character: char| match character {
        'i' | 'j' | 'l' | 't' | 'f' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' '
        | '(' | ')' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.97,
        'A'..='Z' => 0.72,
        '\u{1100}'.. => {
            // Punctuation such as … and ± aside, these are as wide as they are high.
            if ('\u{2000}'..'\u{2e80}').contains(&character) { 0.7 } else { 1.0 }
        }
        _ => 0.63,
    };
    text.chars().map(of).sum()
}

/// The start of a text that is at most so wide in a font of this size.
pub(super) fn fitting(text: &str, most: f64, size: f64) -> String {
    let whole = clipped(text, LONGEST);
    if width(&whole) * size <= most {
        return whole;
    }
    let mut left = most / size - width("…");
    let mut start = String::new();
    for character in whole.chars() {
        left -= width(character.encode_utf8(&mut [0; 4]));
        if left < 0.0 {
            break;
        }
        start.push(character);
    }
    start + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_shown_and_not_obeyed() {
        assert_eq!(xml("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;");
        assert_eq!(xml("a\0\u{1b}\n\u{202e}\u{ffff}"), "a\\u{0}\\u{1b}\\n\\u{202e}\\u{ffff}");
        assert_eq!(xml(&"é".repeat(10_000)).chars().count(), 4_000);
    }

    #[test]
    fn long_texts_are_clipped() {
        assert_eq!(clipped("abc", 3), "abc");
        assert_eq!(clipped("abcd", 3), "ab…");
        assert_eq!(clipped("\0\0\0", 4), "\\u{…");
        assert_eq!(clipped("a", 0), "…");
        assert_eq!(fitting("short", 100.0, 10.0), "short");
        assert_eq!(fitting("nnnnnnnnnn", 40.0, 10.0), "nnnnn…");
        assert_eq!(fitting("nnnnn", 0.0, 10.0), "…");
    }
}
