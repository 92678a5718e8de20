//! The fields of one JSON object, and the row that they make.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Input;
use super::columns::Columns;
use crate::table::{BrokenRow, Place, Row, TableError, Value};

/// The most keys of an object, and elements of a list, that are held at once.
const MOST_KEYS: usize = 4 << 20;
const MOST_ELEMENTS: usize = 16 << 20;

/// The raw text of a list's elements, in order.
pub(super) struct Elements<'a>(pub Vec<&'a RawValue>);

impl<'a> Deserialize<'a> for Elements<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'a> Visitor<'a> for List {
            type Value = Elements<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Elements<'a>, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    if elements.len() == MOST_ELEMENTS {
                        return Err(A::Error::custom("more than 16 million values in a list"));
                    }
                    elements.push(element);
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// An object's keys and the raw text of their values, in order; keys may repeat.
#[derive(Clone)]
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Deserialize<'a> for Fields<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'a> Visitor<'a> for Object {
            type Value = Fields<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Fields<'a>, A::Error> {
                let mut fields = Vec::with_capacity(16);
                while let Some((Key(key), value)) = map.next_entry()? {
                    if fields.len() == MOST_KEYS {
                        return Err(A::Error::custom("more than four million keys in an object"));
                    }
                    fields.push((key, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// An object's key, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'a> Deserialize<'a> for Key<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'a> Visitor<'a> for Text {
            type Value = Key<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Key<'a>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'a>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl<'a> Fields<'a> {
    /// The keys and values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &(Cow<'a, str>, &'a RawValue)> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The first value of a key.
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(found, _)| found == key).map(|(_, value)| *value)
    }
}

impl Fields<'_> {
    /// Spreads `NASLib`'s proxy objects, `"flops": {"score": 62.5, "time": 0.8}`, over the fields `flops` and
    /// `flops.time`. Other nested objects stay as they are.
    pub fn spread(self) -> Self {
        let mut spread = Vec::with_capacity(self.0.len());
        for (name, value) in self.0 {
            match proxy(value) {
                Some(Self(parts)) => spread.extend(parts.into_iter().map(|(part, value)| {
                    let part = if part == "score" {
                        name.clone()
                    } else {
                        Cow::Owned(format!("{name}.{part}"))
                    };
                    (part, value)
                })),
                None => spread.push((name, value)),
            }
        }
        Self(spread)
    }

    /// Adds the names that `columns` has not yet.
    pub fn name(&self, columns: &mut Columns, input: &Input) -> Result<(), TableError> {
        for (index, (name, _)) in self.0.iter().enumerate() {
            columns.add(name, index, input)?;
        }
        Ok(())
    }

    /// The row that the fields make.
    ///
    /// # Arguments
    ///
    /// * `first` - the value of the first column, where it is not among the fields
    /// * `unknown` - the reason to give for a key that is no column
    /// * `raw` - gives the text of the whole row, for messages
    pub fn row(
        &self,
        first: Option<&str>,
        columns: &Columns,
        place: Place,
        unknown: &str,
        raw: &dyn Fn() -> String,
    ) -> Result<Row, BrokenRow> {
        let mut values = vec![Value::Missing; columns.len()];
        let mut filled = vec![false; columns.len()];
        if let (Some(first), Some(value), Some(filled)) =
            (first, values.first_mut(), filled.first_mut())
        {
            *value = Value::Text(first.into());
            *filled = true;
        }
        let broken = |column: &str, token: &str, reason: &str| BrokenRow {
            place,
            column: Some(column.to_owned()),
            token: token.to_owned(),
            reason: reason.to_owned(),
            raw: raw(),
        };
        let before = usize::from(first.is_some());
        for (index, (name, value)) in self.0.iter().enumerate() {
            let Some(position) = columns.position(name, before + index) else {
                return Err(broken(name, value.get(), unknown));
            };
            if std::mem::replace(&mut filled[position], true) {
                return Err(broken(
                    name,
                    value.get(),
                    "this key is there twice; leave out one of the two",
                ));
            }
            values[position] =
                decode(value).map_err(|error| broken(name, value.get(), &reason(&error)))?;
        }
        Ok(Row { place, values })
    }
}

/// The parts of a proxy object: one whose first key is `score` or `time`.
fn proxy(value: &RawValue) -> Option<Fields<'_>> {
    if !value.get().starts_with('{') {
        return None;
    }
    let parts: Fields<'_> = serde_json::from_str(value.get()).ok()?;
    parts.0.first().is_some_and(|(name, _)| is_proxy_key(name)).then_some(parts)
}

/// Whether an object whose first key this is, is a proxy.
pub(super) fn is_proxy_key(name: &str) -> bool {
    matches!(name, "score" | "time")
}

/// The value of a raw JSON value.
pub(super) fn decode(raw: &RawValue) -> serde_json::Result<Value> {
    let raw = raw.get();
    Ok(match raw.as_bytes() {
        [b'"', plain @ .., b'"'] if !plain.contains(&b'\\') => {
            Value::Text(raw[1..raw.len() - 1].into())
        }
        [b'"', ..] => Value::Text(serde_json::from_str(raw)?),
        b"null" => Value::Missing,
        _ => Value::Json(raw.into()),
    })
}

/// What `serde_json` has to say, without the line and column, which count from where it began.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let mut reason = error.to_string();
    if let Some(end) = reason.rfind(" at line ") {
        reason.truncate(end);
    }
    reason
}

/// The text from where `serde_json` gave up, or the whole where that is the end.
pub(super) fn token<'a>(text: &'a str, error: &serde_json::Error) -> &'a str {
    let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    let begin = line.floor_char_boundary(error.column().saturating_sub(1));
    if line[begin..].is_empty() { text } else { &line[begin..] }
}
