//! A description from the text of a file, and on which line it is wrong.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::check::{Fault, check};
use super::description::Description;
use crate::table::{clip, clip_reason};

/// Reads and checks a description. The error is where in the file and what is wrong there.
pub(super) fn parse(text: &str) -> Result<Description, (String, String)> {
    let mut space: Description = toml::from_str(text).map_err(|error| syntax(text, &error))?;
    match check(&mut space) {
        Ok(()) => Ok(space),
        Err(Fault { key, item, reason }) => {
            let line = span_of(text, key, item).map(|span| line(text, &span));
            let line = line.map_or_else(String::new, |line| format!(", line {line}"));
            Err((format!("{line}, key `{key}`"), reason))
        }
    }
}

/// What the TOML parser says, in one line.
fn syntax(text: &str, error: &toml::de::Error) -> (String, String) {
    let mut place = String::new();
    let message = error.message();
    // What is missing stands nowhere.
    if let Some(span) = error.span().filter(|_| !message.starts_with("missing field")) {
        place = format!(", line {}", line(text, &span));
        if let Some(key) = key_at(text, span.start) {
            place = format!("{place}, key `{key}`");
        }
    }
    (place, clip_reason(message))
}

fn line(text: &str, span: &Range<usize>) -> usize {
    text.get(..span.start).unwrap_or_default().matches('\n').count() + 1
}

/// Where a key's value stands, or an item of it. `a.b` is the key `b` in the table `a`.
fn span_of(text: &str, key: &str, item: Option<usize>) -> Option<Range<usize>> {
    let parsed = DeTable::parse(text).ok()?;
    let mut table = parsed.get_ref();
    let mut value = None;
    for part in key.split('.') {
        let found = table.iter().find(|(name, _)| name.get_ref().as_ref() == part)?;
        value = Some(found.1);
        if let Some(inner) = found.1.get_ref().as_table() {
            table = inner;
        }
    }
    let value: &Spanned<DeValue> = value?;
    let items = value.get_ref().as_array();
    let one = items.zip(item).and_then(|(items, item)| items.get(item));
    Some(one.unwrap_or(value).span())
}

/// The key at this byte of the text, or in whose value it stands; `a.b` is the key `b` in the table `a`.
fn key_at(text: &str, at: usize) -> Option<String> {
    let parsed = DeTable::parse(text).ok()?;
    let is_at = |(name, value): &(&Spanned<_>, &Spanned<DeValue>)| {
        name.span().contains(&at) || value.span().contains(&at)
    };
    // The span of a table is that of its header: its keys are looked at by themselves.
    for (name, value) in parsed.get_ref() {
        if let Some(table) = value.get_ref().as_table()
            && let Some((inner, _)) = table.iter().find(is_at)
        {
            return Some(clip(&format!("{}.{}", name.get_ref(), inner.get_ref())));
        }
    }
    parsed.get_ref().iter().find(is_at).map(|(name, _)| clip(name.get_ref()))
}
