//! Rows, whole and broken, and where they stand.

use std::fmt;

use super::Value;

/// Where a row stands in its input, counted from 1. Displays as `line 17` or `record 17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The line on which the row begins.
    Line(u64),
    /// The position among the records of a JSON document (of the chosen group, where there are groups).
    Record(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Record(number) => write!(f, "record {number}"),
        }
    }
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// One value for each of [`Reader::columns`](super::Reader::columns), in their order.
    pub values: Vec<Value>,
}

/// A row that could not be understood; the table layer makes them for broken syntax, later floors for broken
/// contents.
///
/// Displays as `line 17, column net: "(4, 3": the reason`.
#[derive(Debug)]
pub struct BrokenRow {
    /// Where it stands.
    pub place: Place,
    /// The column at fault, where one is.
    pub column: Option<String>,
    /// The text at fault, whole; empty where none can be shown.
    pub token: String,
    /// What is wrong, and the fix.
    pub reason: String,
    /// The row as the input had it, or as near as can be had.
    pub raw: String,
}

impl fmt::Display for BrokenRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if let Some(column) = &self.column {
            write!(f, ", column {}", clip(column))?;
        }
        if !self.token.is_empty() {
            write!(f, ": \"{}\"", clip(&self.token))?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// The longest text that [`clip`] shows whole, in characters.
const SHOWN: usize = 60;

/// `text` made fit for a message: its first 60 characters, an ellipsis where there are more, control
/// characters escaped.
pub fn clip(text: &str) -> String {
    clip_at(text, SHOWN)
}

/// The longest reason that [`clip_reason`] shows whole, in characters.
const REASON: usize = 400;

/// The same for what a parser of outside text says, which may repeat that text: at most 400 characters, in one
/// line.
pub fn clip_reason(text: &str) -> String {
    clip_at(&text.trim_end().replace('\n', " "), REASON)
}

fn clip_at(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => escaped(&text[..end]) + "…",
        None => escaped(text),
    }
}

/// `text` with its control characters escaped, so that a terminal shows them and does not obey them.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// The most columns that [`clip_list`] names.
const LISTED: usize = 40;

/// The names of columns made fit for a message: each [clipped](clip), and at most 40 of them.
pub fn clip_list(names: &[String]) -> String {
    clip_first(names, LISTED)
}

/// The same for the first `most` of the names.
pub fn clip_first(names: &[String], most: usize) -> String {
    if names.is_empty() {
        return "no columns".to_owned();
    }
    let shown: Vec<_> = names.iter().take(most).map(|name| clip(name)).collect();
    let rest = match names.len().saturating_sub(most) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    shown.join(", ") + &rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_long_text_at_a_character() {
        assert_eq!(clip("(4, 3)"), "(4, 3)");
        assert_eq!(clip(&"é".repeat(60)), "é".repeat(60));
        assert_eq!(clip(&"é".repeat(61)), "é".repeat(60) + "…");
        assert_eq!(clip("a\u{1b}[31m\n\0"), "a\\u{1b}[31m\\n\\u{0}");
    }

    #[test]
    fn reasons_are_one_line_without_control_characters() {
        assert_eq!(
            clip_reason("bad key\n\u{1b}]0;x\u{7}\u{9b}\n"),
            "bad key \\u{1b}]0;x\\u{7}\\u{9b}"
        );
        assert_eq!(clip_reason(&"é".repeat(401)), "é".repeat(400) + "…");
    }

    #[test]
    fn broken_rows_name_place_column_and_token() {
        let mut broken = BrokenRow {
            place: Place::Line(17),
            column: Some("net".to_owned()),
            token: "(4, 3".to_owned(),
            reason: "the bracket is not closed".to_owned(),
            raw: String::new(),
        };
        assert_eq!(broken.to_string(), "line 17, column net: \"(4, 3\": the bracket is not closed");
        broken.place = Place::Record(2);
        broken.column = None;
        broken.token.clear();
        assert_eq!(broken.to_string(), "record 2: the bracket is not closed");
    }
}
